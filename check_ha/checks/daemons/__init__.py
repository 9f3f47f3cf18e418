"""The check of daemons, and its parts."""
