"""The check of DRBD, and its parts."""
