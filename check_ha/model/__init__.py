"""What the tools say, as frozen dataclasses in the words of Pacemaker and Corosync."""
