"""A lab: the namespaces, machines and cluster of one ``with`` statement."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Optional

from .cluster import at_once
from .config import Options
from .control import Control
from .faults import Faults
from .furnish import furnish
from .machine import HERE
from .network import PREFIXES
from .node import Node
from .space import Space


class Lab(Faults):
    """A running cluster; everything of it is gone after close(), or when this process ends in any way."""

    def __init__(self, options: Optional[Options] = None) -> None:
        super().__init__(options or Options(), Space(["sh", str(HERE / "hub.sh"), *PREFIXES]))
        self._control = Control(self)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process of the lab; return when they are gone."""
        self._control.close()
        self.hub.kill()

    def _start(self) -> None:
        at_once(lambda machine: machine.boot(), self.machines())
        at_once(furnish, self.machines())
        self.start_qnetd()
        authkey = secrets.token_hex(128)
        at_once(lambda node: node.configure(authkey), self.nodes.values())
        at_once(Node.start, self.nodes.values())
        self.wait_healthy()
        if self.options.stonith != "off":
            self.set_property("stonith-enabled", "true")
            self.wait_healthy()
        self.remember()
