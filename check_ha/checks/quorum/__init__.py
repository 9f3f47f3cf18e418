"""The check of quorum, and its parts."""
