"""The check of virtual IPs, and its parts."""
