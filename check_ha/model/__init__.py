"""What the tools say, as immutable tuples with names, in the words of Pacemaker and Corosync."""
