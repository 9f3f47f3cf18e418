"""DRBD in the view of a node, and compared between nodes."""
