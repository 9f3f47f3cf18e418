"""Resources with all their instances: the state of each, and what is down because of another."""
