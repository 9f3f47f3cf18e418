"""One module a comparison: a check that judges the views of several nodes, run on the monitoring server."""
