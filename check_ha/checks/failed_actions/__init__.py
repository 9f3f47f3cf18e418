"""The check of failed actions, and its parts."""
