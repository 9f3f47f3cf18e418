"""What one node says of its cluster, for the comparison with others."""
