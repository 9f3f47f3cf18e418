"""Who has the tickets of a geo cluster, and can they still move?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import pytest

from check_ha.checks.tickets.check import CHECK, TicketOptions, holds, judge
from check_ha.core.check import Judgement
from check_ha.core.condition import NO_PERMISSION, NOT_RUNNING
from check_ha.core.finding import Finding
from check_ha.core.options import regex
from check_ha.model.cib import NOBODY, Cib, TicketDependency, TicketState
from check_ha.model.cluster import Cluster, Ticket
from check_ha.parsers.booth import parse_booth_list, parse_booth_peers
from check_ha.parsers.booth_conf import parse_booth_conf
from check_ha.parsers.times import parse_time
from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.tools import ALL, BOOTH_CONF, BOOTH_LIST, BOOTH_PEERS, CIBADMIN, CRM_MON, HUNG, MISSING
from tests.checks.build import Found, cluster, evidence, found, measured, primitive
from tests.replay import RECORDINGS, SAMPLES, replay

NOW = 1_795_900_000.0
LOCAL = "2026-11-28 21:20:00"
CONF = "site = 192.0.2.1\nsite = 192.0.2.2\narbitrator = 192.0.2.3\nticket = a\n"  # a lease of 600 s, renewed after 300
A_NEEDED = (TicketDependency("a", ("g_web",)),)
HERE, OTHER = "192.0.2.1", "192.0.2.2"


def view(granted: bool = True, standby: bool = False, *resources: Any) -> Cluster:
    return cluster(*resources, tickets=(Ticket("a", granted, standby),), updated=parse_time(LOCAL + "Z"))


def state(granted: bool = True, owner: Optional[str] = "305685262", left: float = 500, booth: str = "") -> TicketState:
    return TicketState("a", granted, False, NOW - 4000, owner, NOW + left if owner else None, booth)


def cib(*states: TicketState, needed: Tuple[TicketDependency, ...] = A_NEEDED) -> Cib:
    return Cib((), tickets=needed, ticket_states=states)


def listed(leader: str = HERE, expires: str = "21:28:20", more: str = "") -> str:
    lease = f", expires: 2026-11-28 {expires}" if leader != "NONE" else ""
    return f"ticket: a, leader: {leader}{lease}{more}\n"


def peers(other: str = "21:17:00", arbitrator: str = "21:17:00", refused: int = 0, site: str = OTHER) -> str:
    counters = f"\tSent pkts:1 error:0 resends:0\n\tRecv pkts:1 error:0 authfail:{refused} invalid:0\n\n"
    lines = ((f"site         {site}", other), ("arbitrator   192.0.2.3", arbitrator))
    times = ((who, f"2026-11-28 {time}" if time else "1970-01-01 01:00:00") for who, time in lines)
    return "".join(f"{who}, last recv: {time}\n{counters}" for who, time in times)


def judged(
    view: Optional[Cluster],
    cib: Optional[Cib],
    listed: Optional[str] = None,
    peers: Optional[str] = None,
    conf: str = CONF,
    failed: Optional[Finding] = None,
    **options: Any,
) -> Judgement:
    made = evidence(
        {
            CRM_MON: view,
            CIBADMIN: cib,
            BOOTH_CONF: parse_booth_conf(conf.encode()),
            BOOTH_LIST: None if listed is None else parse_booth_list(listed.encode()),
            BOOTH_PEERS: None if peers is None else parse_booth_peers(peers.encode()),
        }
    )._replace(now=NOW, failed={BOOTH_LIST: failed} if failed else {})
    return judge(made, TicketOptions(**options))


FROM_THERE = peers(site=HERE)
PASSIVE = (view(False), cib(state(False)))
CASES: Dict[str, Tuple[Tuple[Any, ...], Found]] = {
    "ok-here": ((view(), cib(state()), listed(), peers()), []),
    "ok-at-the-other-site": ((*PASSIVE, listed(OTHER), peers()), []),
    "ok-revoked-and-nobody-needs-it": (
        (view(False), cib(state(False, NOBODY), needed=()), listed("NONE"), peers()),
        [],
    ),
    "ok-the-arbitrator-has-nothing-to-say": ((*PASSIVE, listed(OTHER), peers(arbitrator="10:00:00")), []),
    "warn-the-other-site-was-heard-in-the-future": (
        (view(), cib(state()), listed(), peers(other="23:21:00")),
        [(
            "peer-silent",
            "site 192.0.2.2 was last heard at a time that is still to come (in 2h): "
            "whether it is silent cannot be told",
        )],
    ),
    "warn-a-lease-that-is-too-long": (
        (view(), cib(state(left=9000)), listed(), peers()),
        [("lease-long", "the lease of a ends in 2h, and lasts 10m: whose clock is wrong?")],
    ),
    "ok-a-lease-that-has-just-begun": ((view(), cib(state(left=601)), listed(), peers()), []),
    "ok-by-hand-here": ((view(), cib(state(owner=None)), None, None, ""), []),
    "ok-by-hand-not-here": (
        (view(False), cib(state(False, owner=None)), None, None, ""),
        [("not-here", "a is not granted here, and whether another site has it cannot be told")],
    ),
    "warn-a-ticket-that-booth-does-not-have": (
        (view(), cib(state(), needed=(*A_NEEDED, TicketDependency("A", ("g_db",)))), listed(), peers()),
        [("not-granted", "A is not granted here, and booth has no such ticket: g_db may not run")],
    ),
    "ok-a-ticket-of-another-booth-beside": (
        (
            view(), cib(state(), state(booth="second")._replace(id="b"),
                        needed=(*A_NEEDED, TicketDependency("A", ("g_db",)))), listed(), peers(),
        ),
        [("not-here", "A is not granted here, and whether another site has it cannot be told")],
    ),
    "crit-granted-twice-by-the-words-of-booth": (
        (
            view(), cib(state()),
            f"ticket: a, leader: {HERE}, expires: INF [manual mode]\nWARNING: The ticket a is granted to multiple "
            f"sites: {HERE}, {OTHER}. Revoke the ticket from the faulty sites.\n", peers(),
        ),
        [("granted-twice", "a is granted to 192.0.2.1 and 192.0.2.2")],
    ),
    "crit-granted-here-and-by-booth-to-the-other": (
        (view(), cib(state()), listed(OTHER), peers()),
        [("granted-twice", "a is granted here, and by booth to 192.0.2.2")],
    ),
    "crit-lease-over-here": (
        (view(), cib(state(left=-70)), listed(expires="21:18:50"), peers()),
        [
            (
                "lease-expired",
                "the lease of a ended 70s ago, and it is still granted here: another site may have it, too",
            )
        ],
    ),
    "crit-lease-over-there": (
        (view(False), cib(state(False, left=-70)), listed(OTHER, "21:18:50"), peers()),
        [("lease-expired", "the lease of a ended 70s ago (at 192.0.2.2)")],
    ),
    "crit-granted-to-nobody": (
        (view(False), cib(state(False, NOBODY, left=-300)), listed("NONE"), peers()),
        [("not-granted", "a is granted to no site (for 5m), and g_web needs it")],
    ),
    "crit-granted-to-nobody-that-is-known-here": (
        (view(False), cib(state(False, NOBODY, left=-300)), listed("NONE"), peers("21:00:00", "")),
        [
            (
                "not-granted",
                "a is granted to no site that this one knows of (for 5m), and g_web needs it (192.0.2.2 was heard 20m"
                " ago and 192.0.2.3 was never heard)",
            )
        ],
    ),
    "crit-pacemaker-has-not-been-told": (
        (view(False), cib(state(False)), listed(), peers()),
        [("not-written", "booth has granted a to this site, and Pacemaker does not have it: g_web may not run")],
    ),
    "warn-it-comes-later": (
        (view(False), cib(state(False)), listed(more=" (commit pending until 2026-11-28 21:29:00)"), peers()),
        [("pending", "a comes here in 9m: until then a site that does not answer may have it")],
    ),
    "warn-standby": (
        (view(standby=True), cib(state()), listed(), peers()),
        [("standby", "a is in standby: g_web may not run")],
    ),
    "warn-granted-past-booth": (
        (view(), cib(state(owner=NOBODY)), listed("NONE"), peers()),
        [("by-hand", "a was granted here past booth, which knows of no site that has it")],
    ),
    "warn-renewal-overdue": (
        (view(), cib(state(left=270)), listed(expires="21:24:30"), peers()),
        [("lease-short", "the lease of a ends in 4m: its renewal is overdue")],
    ),
    "warn-arbitrator-silent": (
        (view(), cib(state()), listed(), peers(arbitrator="21:14:40")),
        [("peer-silent", "arbitrator 192.0.2.3 has been silent for 5m")],
    ),
    "warn-the-site-with-the-ticket-is-silent": (
        (*PASSIVE, listed(OTHER), peers(other="21:14:40")),
        [("peer-silent", "site 192.0.2.2 has been silent for 5m")],
    ),
    "crit-no-majority-and-one-cause-is-told-once": (
        (view(), cib(state(left=270)), listed(expires="21:24:30"), peers("21:14:40", "")),
        [
            (
                "no-majority",
                "192.0.2.2 has been silent for 5m and 192.0.2.3 was never heard: without a majority (1 of 3) this site"
                " loses a",
            )
        ],
    ),
    "warn-another-configuration": (
        (view(), cib(state()), listed(), peers(), f"{CONF}ticket = b\nsite = 192.0.2.4\n"),
        [("conf-differs", "booth runs with another configuration than booth.conf: 3 members (file: 4), without b")],
    ),
    "ok-booth-of-another-name": (
        (*(view(), cib(state(booth="prod"))), None, None, "", Finding(NO_PERMISSION, "booth: refused")),
        [("not-asked", "booth is set up as prod: its peers are not asked")],
    ),
    "unknown-booth-refuses-the-user": (
        (view(), cib(state(booth="booth")), None, None, "", Finding(NO_PERMISSION, "booth: refused")),
        [("no-permission", "booth: refused")],
    ),
    "crit-booth-is-down": (
        (view(), cib(state()), None, None, CONF, Finding(NOT_RUNNING, "booth: refused")),
        [("booth-down", "booth does not run at this site: it neither renews a ticket nor takes one over")],
    ),
    "crit-booth-is-down-by-its-resource": (
        (view(True, False, primitive("p_booth", agent="ocf:pacemaker:booth-site")), cib(state()), listed(), peers()),
        [("booth-down", "booth does not run at this site: it neither renews a ticket nor takes one over")],
    ),
    "unknown-crm-mon-was-not-read": ((None, cib(state()), listed(), peers()), []),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), list(CASES.values()), ids=list(CASES))
def test_judgement(given: Tuple[Any, ...], expected: Found) -> None:
    assert found(judged(*given)) == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param("here", [], id="ok-here"),
        pytest.param(HERE, [], id="ok-by-its-address"),
        pytest.param("elsewhere", [("wrong-site", "a is here, and should be elsewhere")], id="warn-elsewhere"),
        pytest.param(OTHER, [("wrong-site", "a is here, and should be at 192.0.2.2")], id="warn-at-an-address"),
    ],
)
def test_expect(where: str, expected: Found) -> None:
    assert found(judged(view(), cib(state()), listed(), peers(), expect=(("a", where),))) == expected


def test_expect_a_ticket_that_is_none() -> None:
    judgement = judged(view(), cib(state()), listed(), peers(), expect=(("b", "here"),))
    assert found(judgement) == [("wrong-site", "--expect b=here: there is no ticket b")]


def test_a_wrong_signature_is_the_advice() -> None:
    judgement = judged(view(), cib(state()), listed(), peers(other="", refused=3))
    (finding,) = judgement.findings
    assert finding.advice == "3 packets with a wrong signature: see that it has the same authfile, and the same time"


def test_filters_leave_nothing() -> None:
    judgement = judged(view(), cib(state()), listed(), peers(), exclude=(regex("a"),))
    assert found(judgement) == [("filtered-out", "--include and --exclude leave none of 1 ticket")]


def test_measures() -> None:
    assert measured(judged(view(), cib(state()), listed(), peers())) == {
        "cluster.tickets.count": 1,
        "cluster.tickets.granted.count": 1,
        "a#cluster.ticket.lease.seconds": 500,
        "a#cluster.ticket.granted.seconds": 4000,
        "cluster.booth.peers.count": 2,
        "cluster.booth.peers.silent.count": 0,
    }


OLD = (1, 1, 13)
APPLIES: List[Tuple[Optional[Cluster], Optional[Cib], Optional[bool], str]] = [
    (view(), None, True, "a-ticket"),
    (cluster(primitive("b", "node1", agent="ocf:pacemaker:booth-site")), None, True, "booth-runs-here"),
    (cluster(primitive("p", "node1")), Cib((), tickets=A_NEEDED), False, "crm-mon-would-list-it"),
    (cluster(version=OLD), Cib((), tickets=A_NEEDED), True, "old-crm-mon-lists-none"),
    (cluster(version=OLD), Cib(()), False, "old-and-none"),
    (cluster(version=OLD), None, None, "old-and-not-known"),
    (None, cib(state()), None, "not-known"),
]


@pytest.mark.parametrize(("view", "cib", "expected", "name"), APPLIES, ids=[case[3] for case in APPLIES])
def test_where_it_applies(view: Optional[Cluster], cib: Optional[Cib], expected: Optional[bool], name: str) -> None:
    assert holds(evidence({CRM_MON: view, CIBADMIN: cib})) is expected


def test_crit_a_site_must_have_a_ticket() -> None:
    code, output = replay(CHECK, "--from", str(SAMPLES / "geo-granted" / "site2"), "-c", "1:")
    assert (code, output.partition(" | ")[0]) == (
        2,
        "HA_TICKETS CRITICAL - tickets granted to this site: 0 (outside range 1:)",
    )


BAD: Dict[str, Tuple[Dict[str, Any], int, str]] = {
    "unknown-words": ({"stdout": b"all is well\n"}, 3, "booth: not a line of booth list: all is well"),
    "unknown-cut-off": ({"stdout": b"ticket: ticketA, le"}, 3, "booth: output that is cut off: ticket: ticketA, le"),
    "unknown-aborted": ({"status": -6, "stdout": b""}, 3, "booth: was killed by signal 6"),
    "unknown-no-file": (
        {"status": 1, "stdout": b"", "stderr": "ERROR: failed to open /etc/booth/booth.conf: No such file"},
        3,
        "booth: exit 1, ERROR: failed to open /etc/booth/booth.conf: No such file",
    ),
    "unknown-may-not-read-the-authfile": (
        {"status": 1, "stdout": b"", "stderr": "ERROR: cannot open /etc/booth/authkey: Permission denied"},
        3,
        "user root may not run booth; to allow it: run it as root or with --sudo",
    ),
    "crit-down": (
        {"status": 1, "stdout": b"", "stderr": "ERROR: connect to 192.0.2.1 got an error: Connection refused"},
        2,
        "booth does not run at this site: it neither renews a ticket nor takes one over",
    ),
    "crit-hung": ({"status": None, "fault": HUNG}, 2, "booth: no answer within 8 s"),
    "unknown-not-installed": ({"status": None, "fault": MISSING, "stderr": ""}, 3, "booth: not installed"),
}


@pytest.mark.parametrize(("change", "code", "text"), list(BAD.values()), ids=list(BAD))
def test_what_booth_may_do(change: Dict[str, Any], code: int, text: str, tmp_path: Path) -> None:
    source = Recording(str(RECORDINGS / "geo" / "taken-over" / "site2"))
    outputs = source.collect(ALL)
    outputs[BOOTH_LIST] = outputs[BOOTH_LIST]._replace(**change)
    write_recording(str(tmp_path / "made"), source.node, source.now, outputs.values())
    found, output = replay(CHECK, "--from", str(tmp_path / "made"))
    assert (found, output.partition(" | ")[0]) == (
        code,
        f"HA_TICKETS {'CRITICAL' if code == 2 else 'UNKNOWN'} - {text}",
    )
