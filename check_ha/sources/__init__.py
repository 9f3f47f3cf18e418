"""Where the output of the cluster tools comes from: this node, or a recorded directory."""
