"""The check of nodes, and its parts."""
