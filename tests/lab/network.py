"""The lab's three networks, each a switch (a bridge) in the machine room with one port per machine.

All addresses are reserved for documentation (RFC 5737); nothing leads out of the lab.
"""

from __future__ import annotations

import subprocess
from typing import Sequence

from .space import Space
from .waiting import LabError

PUBLIC = "pub0"  # clients, the virtual address, the monitoring host, the quorum device
RINGS = ("ring0", "ring1")  # corosync's links 0 and 1
PREFIXES = {PUBLIC: "192.0.2", "ring0": "198.51.100", "ring1": "203.0.113"}
VIP = f"{PREFIXES[PUBLIC]}.100"


def address(network: str, number: int) -> str:
    """Return the address of machine ``number`` on a network."""
    return f"{PREFIXES[network]}.{number}"


class Network:
    """Plugs machines in, and breaks their ways; what is broken stays so when a machine loses power and boots again."""

    def __init__(self, hub: Space) -> None:
        self._hub = hub
        self._ports: set[tuple[str, str]] = set()
        self._broken: dict[tuple[str, str], str] = {}

    def attach(self, machine: str, number: int, space: Space, networks: Sequence[str]) -> None:
        """Give a machine that has just booted its network cards; they carry the names of the networks."""
        for network in networks:
            port = f"{machine}-{network}"
            card = f"name {network} address 02:00:00:00:{list(PREFIXES).index(network):02x}:{number:02x}"
            _ip(self._hub, f"link add {port} type veth peer {card} netns {space.pid}")
            self._ports.add((machine, network))
            self._plug(machine, network)
            prefix = PREFIXES[network]
            _ip(space, f"address add {prefix}.{number}/24 brd {prefix}.255 dev {network}\nlink set {network} up")

    def detach(self, machine: str) -> None:
        """Take the machine's ports out of the switches: it has lost power."""
        for name, network in sorted(self._ports):
            if name == machine:
                self._port(name, network, "delete")
                self._ports.discard((name, network))

    def cut(self, machine: str, network: str) -> None:
        """Lose every packet of this machine silently: its card still sees a carrier."""
        self._set(machine, network, "nomaster up")

    def unplug(self, machine: str, network: str) -> None:
        """Take the carrier away from the machine's card, as pulling the cable does."""
        self._set(machine, network, "down")

    def lose_multicast(self, machine: str, network: str) -> None:
        """Lose the multicast packets to this machine, as a switch with IGMP snooping and no querier does."""
        port = f"{machine}-{network}"
        self._set(machine, network, f"master {network} up\nlink set {port} type bridge_slave mcast_flood off")

    def heal(self, machine: str, network: str) -> None:
        """Undo all of these."""
        self._broken.pop((machine, network), None)
        self._plug(machine, network)

    def broken(self) -> list[tuple[str, str]]:
        """Return the (machine, network) pairs that are broken in one of these ways."""
        return sorted(self._broken)

    def _set(self, machine: str, network: str, state: str) -> None:
        self.heal(machine, network)  # also from unplugged to cut
        self._broken[machine, network] = state
        self._plug(machine, network)

    def _plug(self, machine: str, network: str) -> None:
        if (machine, network) in self._ports:
            mended = f"master {network} up\nlink set {machine}-{network} type bridge_slave mcast_flood on"
            state = self._broken.get((machine, network), mended)
            self._port(machine, network, "set", state)

    def _port(self, machine: str, network: str, verb: str, state: str = "") -> None:
        try:
            _ip(self._hub, f"link {verb} {machine}-{network} {state}")
        except LabError as error:
            if "Cannot find device" not in str(error):  # the kernel removes a dead machine's ports by itself
                raise


def _ip(space: Space, commands: str) -> None:
    # Only the network namespace is entered: process numbers in the commands are then those that we see.
    done = subprocess.run(
        ["nsenter", f"--target={space.pid}", "--net", "ip", "-batch", "-"],
        input=commands + "\n",
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    if done.returncode:
        raise LabError(f"ip {commands!r}: {done.stderr.strip()}")
