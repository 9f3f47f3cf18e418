"""The state of a resource in one word, and what is said of one that another waits for."""

from __future__ import annotations

from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.record import NamedTuple


class ResourceState:
    """The state of a resource, in one word."""

    RUNNING = "running"
    MOVING = "moving"
    """An action runs on it, and nothing of it is active yet or any more."""
    LOST = "lost"
    """Shown as active on nothing but nodes that are lost."""
    LOCKED = "locked"
    """Kept for the node that was shut down with it (shutdown-lock)."""
    DISABLED = "disabled"
    TICKET = "ticket"
    """It depends on a ticket that is not granted here."""
    DOWN = "down"


_WAITED_FOR = {
    ResourceState.MOVING: "is being started or stopped",
    ResourceState.LOST: "is on a lost node",
    ResourceState.LOCKED: "is kept for a node that was shut down (shutdown-lock)",
    ResourceState.DISABLED: "is stopped on purpose (target-role)",
    ResourceState.TICKET: "waits for a ticket",
    ResourceState.DOWN: "runs nowhere",
}
_ON_PURPOSE = (ResourceState.LOCKED, ResourceState.DISABLED, ResourceState.TICKET)


class Waiting(NamedTuple):
    """What keeps a resource from running: another one, which does not run itself, or is not promoted."""

    cause: ResourceInstances
    state: str
    """That of the cause."""

    @property
    def _held_back(self) -> bool:
        return self.state == ResourceState.RUNNING and self.cause.promotion_disabled

    @property
    def on_purpose(self) -> bool:
        """Whether somebody wants it so."""
        return self._held_back or self.state in _ON_PURPOSE

    @property
    def text(self) -> str:
        """``it waits for p_fs (g_web), which is stopped on purpose (target-role)``."""
        why = _WAITED_FOR.get(self.state, "is promoted nowhere")
        if self._held_back:
            why = "is not promoted on purpose (target-role)"
        return f"it waits for {self.cause.label}, which {why}"
