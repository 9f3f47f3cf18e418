"""The check of resources, and its parts."""
