"""``corosync-cfgtool -s``: this node's links or rings, in every layout since corosync 1.

The layout is told from the text alone; the exit code says nothing (a fault is 0 in 3.0.0
to 3.0.3 and again since 3.1.1). A line that is not known is an error and never skipped.
"""

from __future__ import annotations

import re
from typing import List, Optional, Set, Tuple

from check_ha.model.corosync import LinkStatus, PeerLink, Ring
from check_ha.parsers.errors import ParseError
from check_ha.record import NamedTuple

# Printed before everything else, even before the daemon is asked (until 3.1.0).
_TITLES = ("Printing ring status.", "Printing link status.")

# Local node ID 1                        1, 2, 3.0
# Local node ID -1407188757              1.4 prints the unsigned id as signed
# Local node ID 1, transport knet        3.1.1 and later; also udpu, udp
_HEADER = r"Local node ID (-?[0-9]{1,10})(?:, transport (\S+))?"

# RING ID 0                              1, 2
# LINK ID 0                              3.0.0 to 3.1.4
# LINK ID 0 udp                          3.1.5 and later: knet's transport, also sctp
# LINK ID 0 (and a trailing blank)       3.1.5 and later with udp/udpu
_OPENING = r"(RING|LINK) ID ([0-9]{1,2})(?: \S*)?"
_ADDRESS_KEYS = {"RING": "\tid", "LINK": "\taddr"}

# Since 3.1.10, between "LINK ID 0 sctp" and its "addr".
_SCTP_NOTE = "**SCTP is deprecated"

#         node 0:    link enabled:1    link connected:1     3.0.0, 3.0.1: an index
#         nodeid  2:    link enabled:1    link connected:0  3.0.2, 3.0.3
#         nodeid  2:    disconnected                        3.0.4 to 3.1.0
#         nodeid:   2:    connected                         3.1.1 to 3.1.4
#         nodeid:          2:    connected                  3.1.5 and later
_NODE = r"\t\tnode(id:?)? +(-?[0-9]{1,10}):\t(.+)"

# The words after the colon: (connected, enabled).
_STATES = {
    # 3.0.0 to 3.0.3. The states 'n' (no peer), '?' and 'd' of knet end up in these as well.
    "link enabled:0\tlink connected:0": (False, False),
    "link enabled:0\tlink connected:1": (True, False),
    "link enabled:1\tlink connected:0": (False, True),
    "link enabled:1\tlink connected:1": (True, True),
    # 3.0.4 and later; since 3.1.1 only the first three.
    "localhost": (None, True),
    "connected": (True, True),
    "disconnected": (False, True),
    "connected (not enabled)": (True, False),
    "disconnected (not enabled)": (False, False),
    "knet error": (None, True),
    "config error": (None, True),
}
_UNDECODED = "can't decode status character "  # 3.0.4 to 3.1.0, followed by 'x'


class _NodeLine(NamedTuple):
    node: int
    by_index: bool
    word: str
    connected: Optional[bool]
    enabled: bool


class _Block:
    """What stands under one ``RING ID`` or ``LINK ID``."""

    def __init__(self, kind: str, number: int, opening: str) -> None:
        self.kind = kind
        self.number = number
        self.opening = opening
        self.address: Optional[str] = None
        self.status: Optional[str] = None
        self.nodes: Optional[List[_NodeLine]] = None


def parse_cfgtool(data: bytes) -> LinkStatus:
    """Read the output of ``corosync-cfgtool -s``.

    The local node's own line is dropped. A peer's ``connected`` is ``None`` where the tool
    could not say: ``localhost`` on the line of another node (3.1.1 to 3.1.4, if the nodelist
    is not in the order of the node ids), and ``nodeid: 0``, printed since 3.1.1 for a node
    whose status could not be asked.

    No link at all is accepted only with udp/udpu on 3.1, where it means that the local
    interface is down.
    """
    local_id, transport, body = read_header(data)
    blocks = _read_blocks(body)
    if not blocks and transport not in ("udp", "udpu"):
        raise ParseError("corosync-cfgtool lists no link and no ring")
    addresses = tuple((block.number, block.address or "") for block in blocks)
    if any(block.status is not None for block in blocks):
        rings = tuple(_ring(block) for block in blocks)
        return LinkStatus(local_id, transport, addresses, rings=rings)
    by_index = any(line.by_index for block in blocks for line in block.nodes or ())
    own = _loopback_index(blocks) if by_index else local_id
    links = tuple(_peer_link(block.number, line) for block in blocks for line in block.nodes or () if line.node != own)
    return LinkStatus(
        local_id,
        transport,
        addresses,
        links=links,
        by_index=by_index,
        mislabelled=any(link.word == "localhost" for link in links),
    )


def read_header(data: bytes) -> Tuple[int, Optional[str], List[str]]:
    """Return local node id, transport and the lines after the header, of ``-s`` and ``-n`` alike."""
    lines = [line for line in data.decode("utf-8", "backslashreplace").split("\n") if line]
    for line in lines:
        # On stdout up to 2.4.5 and in 3.0, "Could not initialize corosync configuration API error 2";
        # any version, with exit code 0: "Could not get the ring status, the error is: 6".
        if line.startswith("Could not "):
            raise ParseError("corosync-cfgtool failed", line)
    if lines and lines[0] in _TITLES:
        del lines[0]
    if not lines:
        raise ParseError("corosync-cfgtool printed no status")
    header = re.fullmatch(_HEADER, lines[0])
    if header is None:
        raise ParseError("corosync-cfgtool does not name the local node", lines[0])
    return node_id(header[1], lines[0]), header[2], lines[1:]


def node_id(text: str, line: str) -> int:
    """Return a node id; the negative ones are unsigned ids that went through ``%d``."""
    number = int(text)
    if not -(2**31) <= number < 2**32:
        raise ParseError("not a node id", line)
    return number % 2**32


def _read_blocks(lines: List[str]) -> List[_Block]:
    blocks: List[_Block] = []
    for line in lines:
        opening = re.fullmatch(_OPENING, line)
        if opening is not None:
            blocks.append(_Block(opening[1], int(opening[2]), line))
        elif blocks:
            _read_line(blocks[-1], line)
        else:
            raise ParseError("unknown line of corosync-cfgtool", line)
    _check_agreement(blocks)
    return blocks


def _read_line(block: _Block, line: str) -> None:
    key, equals, value = line.partition("\t= ")
    stateless = block.status is None and block.nodes is None
    if block.address is None:
        if equals and key == _ADDRESS_KEYS[block.kind]:
            block.address = value
            return
        if line.startswith(_SCTP_NOTE):
            return
    elif stateless and equals and key == "\tstatus":
        block.status = value
        return
    elif stateless and line == "\tstatus:" and block.kind == "LINK":
        block.nodes = []
        return
    elif block.nodes is not None:
        block.nodes.append(_read_node(line))
        return
    raise ParseError("unknown line of corosync-cfgtool", line)


def _read_node(line: str) -> _NodeLine:
    match = re.fullmatch(_NODE, line)
    if match is None:
        raise ParseError("unknown line of corosync-cfgtool", line)
    label, number, word = match.groups()
    if word in _STATES:
        connected, enabled = _STATES[word]
    elif word.startswith(_UNDECODED):
        connected, enabled = None, True
    else:
        raise ParseError("unknown link state", line)
    return _NodeLine(node_id(number, line), label is None, word, connected, enabled)


def _check_agreement(blocks: List[_Block]) -> None:
    """Refuse output that was cut off or that mixes two layouts: it contradicts itself."""
    seen: Set[int] = set()
    for block in blocks:
        if block.status is None and not block.nodes:
            raise ParseError("a link without a state", block.opening)
        if block.number in seen:
            raise ParseError("a link is listed twice", block.opening)
        seen.add(block.number)
        # Every version prints one list of nodes, again for each link.
        if block.kind != blocks[0].kind or _listed(block) != _listed(blocks[0]):
            raise ParseError("the links do not list the same nodes", block.opening)
        named = [number for number, by_index in _listed(block) if number or by_index]
        if len(named) != len(set(named)):
            raise ParseError("a node is listed twice", block.opening)


def _listed(block: _Block) -> List[Tuple[int, bool]]:
    return [(line.node, line.by_index) for line in block.nodes or ()]


def _ring(block: _Block) -> Ring:
    status = block.status or ""
    faulty = "FAULTY" in status
    if block.kind == "RING":
        healthy = status == f"ring {block.number} active with no faults"
        return Ring(block.number, block.address or "", status, faulty=faulty, healthy=healthy)
    # 3.0 with udp/udpu says "OK" whatever happens, dead nodes included. Anything else
    # here is the output of another command (-s -b prints "n33").
    if status != "OK" and not faulty:
        raise ParseError("unknown link state", f"\tstatus\t= {status}")
    return Ring(block.number, block.address or "", status, faulty=faulty, healthy=False, hard_coded=not faulty)


def _loopback_index(blocks: List[_Block]) -> Optional[int]:
    """Return the local node's index in 3.0.0 and 3.0.1, which number the nodes without naming them.

    Only link 0 has a loopback. On the other links the local node's state is 'n', decoded as
    ``enabled:0 connected:1``. ``None`` with link 0 alone, or if more than one node reads so.
    """
    found: Optional[Set[int]] = None
    for block in blocks:
        if block.number:
            marked = {line.node for line in block.nodes or () if line.connected and not line.enabled}
            found = marked if found is None else found & marked
    return found.pop() if found and len(found) == 1 else None


def _peer_link(number: int, line: _NodeLine) -> PeerLink:
    unasked = line.node == 0 and not line.by_index
    return PeerLink(line.node, number, None if unasked else line.connected, line.enabled, line.word)
