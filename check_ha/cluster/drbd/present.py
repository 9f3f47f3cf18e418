"""Whether there is DRBD, and which. A module of its own: it is asked of every cluster, and most have none."""

from check_ha.sources.tools import Output


def is_8(output: Output) -> bool:
    """Return whether /proc/drbd is that of DRBD 8, which has all devices and no names."""
    return output.stdout.startswith(b"version: 8.")


def is_9(output: Output) -> bool:
    """Return whether it is that of a later one, which has none of them."""
    return output.stdout.startswith(b"version: ") and not is_8(output)


def is_drbd(agent: str) -> bool:
    """Return whether this agent is about DRBD in some way."""
    return agent.rpartition(":")[2].startswith("drbd")
