"""The check of the configuration, and its parts."""
