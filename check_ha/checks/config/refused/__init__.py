"""What corosync refuses, version by version."""
