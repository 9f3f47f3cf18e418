"""The page of check_ha_cluster: one HTML file that needs no other."""
