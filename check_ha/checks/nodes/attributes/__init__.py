"""What attributes tell of a node: connectivity, health, databases, and those that the user names."""
