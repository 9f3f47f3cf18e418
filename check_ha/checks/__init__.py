"""The checks of a node: a module each, or a folder where one has parts of its own."""
