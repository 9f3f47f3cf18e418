"""The comparison of the sites of a geo cluster."""
