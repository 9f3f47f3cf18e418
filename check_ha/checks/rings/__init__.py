"""The check of links and rings, and its parts."""
