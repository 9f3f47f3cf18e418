"""DRBD: what of it is on this node, and what Pacemaker has of it."""
