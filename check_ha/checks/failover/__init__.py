"""The check that foretells what the loss of a node does, and its parts."""
