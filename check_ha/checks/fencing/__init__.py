"""The check of fencing, and its parts."""
