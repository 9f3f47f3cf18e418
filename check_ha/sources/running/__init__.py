"""One command: what is to be run, while it runs, and what is left of it."""
