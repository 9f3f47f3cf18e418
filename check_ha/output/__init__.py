"""From a verdict to what is printed."""
