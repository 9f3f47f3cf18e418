"""What the nodes say of their cluster, put together and compared."""
