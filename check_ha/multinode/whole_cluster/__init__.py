"""The cluster as a whole, out of the views of its nodes."""
