"""The commands: arguments, state between runs, the run from start to end."""
