"""``corosync-objctl``: what corosync 1.4 has for a map, under the keys of corosync 2."""

from __future__ import annotations

import pytest

from check_ha.model.corosync import CorosyncMap, SeenMember
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.errors import ParseError

HEAD = """\
totem.version=2
totem.interface.ringnumber=0
totem.interface.bindnetaddr=198.51.100.0
totem.interface.member.memberaddr=198.51.100.1
totem.interface.member.memberaddr=198.51.100.2
totem.interface.ringnumber=1
totem.interface.bindnetaddr=203.0.113.0
totem.interface.member.memberaddr=203.0.113.1
totem.interface.member.memberaddr=203.0.113.2
totem.transport=udpu
my own key=value
amf.mode=disabled
quorum
logging.logger_subsys.subsys=AMF
logging.logger_subsys.debug=off
logging.logger_subsys.subsys=TOTEM
logging.logger_subsys.debug=on
service.name=pacemaker
service.ver=1
service.name=other
service.ver=0
runtime.services.quorum.service_id=12
runtime.connections.my tool:CFG:92:23.service_id=7
"""
MEMBERS = """\
runtime.totem.pg.mrp.srp.mcast_retx=3
runtime.totem.pg.mrp.srp.members.23344070.ip=r(0) ip(198.51.100.1) r(1) ip(203.0.113.1) \n\
runtime.totem.pg.mrp.srp.members.23344070.join_count=1
runtime.totem.pg.mrp.srp.members.23344070.status=joined
runtime.totem.pg.mrp.srp.members.40121286.ip=r(0) ip(198.51.100.2) r(1) ip(203.0.113.2) \n\
runtime.totem.pg.mrp.srp.members.40121286.join_count=1
runtime.totem.pg.mrp.srp.members.40121286.status=left
"""
LAST = "runtime.blackbox.dump_flight_data=no\nruntime.blackbox.dump_state=no\n"


def test_objctl() -> None:
    assert parse_cmapctl((HEAD + MEMBERS + LAST).encode()) == CorosyncMap(
        nodes=(),
        members=(
            SeenMember(23344070, True, ("198.51.100.1", "203.0.113.1")),
            SeenMember(40121286, False, ("198.51.100.2", "203.0.113.2")),
        ),
        transport="udpu",
        values={
            "totem.version": "2",
            "totem.transport": "udpu",
            "totem.interface.0.bindnetaddr": "198.51.100.0",
            "totem.interface.0.member.0": "198.51.100.1",
            "totem.interface.0.member.1": "198.51.100.2",
            "totem.interface.1.bindnetaddr": "203.0.113.0",
            "totem.interface.1.member.0": "203.0.113.1",
            "totem.interface.1.member.1": "203.0.113.2",
            "service.0.name": "pacemaker",
            "service.0.ver": "1",
            "service.1.name": "other",
            "service.1.ver": "0",
        },
        totem={"srp.mcast_retx": 3},
    )


def test_of_a_key_that_is_there_twice_the_first_counts() -> None:
    text = "totem.token=3000\ntotem.token=5000\n" + MEMBERS + LAST
    assert parse_cmapctl(text.encode()).values["totem.token"] == "3000"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(HEAD + MEMBERS, "runtime.totem.pg.mrp.srp.members.40121286.status=left", id="cut-at-a-line"),
        pytest.param(HEAD + MEMBERS[:60], "runtime.totem.pg.mrp.s", id="cut-in-a-line"),
        pytest.param(HEAD + LAST, "", id="no-member"),
        pytest.param(
            HEAD + MEMBERS.replace("status=left", "status=gone") + LAST,
            "runtime.totem.pg.mrp.srp.members.40121286.status=gone",
            id="unknown-status",
        ),
        pytest.param(HEAD + "what is this\n" + MEMBERS + LAST, "what is this", id="unknown-line"),
    ],
)
def test_objctl_not_understood(text: str, line: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_cmapctl(text.encode())
    assert caught.value.line.startswith(line)
