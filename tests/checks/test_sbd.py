"""Can sbd fence this node and the others?"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import pytest

from check_ha.checks.sbd.check import CHECK, SbdOptions, judge
from check_ha.checks.sbd.readings import DUMPS, LISTS, READINGS
from check_ha.core.evidence import Evidence, examine, stand_ins
from check_ha.core.verdict import verdict_of
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.corosync import CorosyncMap
from check_ha.model.node import Process, Processes
from check_ha.model.sbd import SbdConfig, SbdHeader, SbdSlot, SbdSlots, Watchdogs
from check_ha.parsers.sbd import parse_sbd_config
from check_ha.sources.tools import (
    CIBADMIN,
    CMAPCTL,
    CRM_MON,
    HUNG,
    MISSING,
    NOT_SET_UP,
    PS,
    SBD_CONFIG,
    SBD_DUMPS,
    SBD_LISTS,
    WATCHDOGS,
    Output,
    Tool,
)
from tests.checks.build import Found, cluster, evidence, found, lines, measured, node

NAMES = ("/dev/a", "/dev/b", "/dev/c")
OFFLINE = node("node2", online=False)
BOTH = (SbdSlot(0, "node1", "clear"), SbdSlot(1, "NODE2", "clear"))
FENCER = ConfiguredPrimitive("fence", "stonith:external/sbd")


def device(
    number: int, *slots: SbdSlot, watchdog: int = 5, msgwait: int = 10, readable: bool = True
) -> Dict[Tool, Any]:
    """What is said of that device; without slots both nodes have one, and no message."""
    name = NAMES[number - 1]
    header = SbdHeader(name, readable, "2.1", f"u{number}", 255, 512, watchdog, 2, 1, msgwait)
    return {SBD_DUMPS[number - 1]: header, SBD_LISTS[number - 1]: SbdSlots(readable, slots or BOTH)}


def config(number: int = 3, **more: Any) -> Dict[Tool, Any]:
    return {SBD_CONFIG: SbdConfig(**{"devices": NAMES[:number], "watchdog_seconds": 5, **more})}


def cib(*primitives: ConfiguredPrimitive, **options: str) -> Dict[Tool, Any]:
    named = {"have_watchdog": "true", **options}
    return {CIBADMIN: Cib(primitives, properties=tuple((key.replace("_", "-"), text) for key, text in named.items()))}


def processes(sbd: Optional[int] = 100, pacemakerd: int = 90, *more: Process) -> Dict[Tool, Any]:
    own = () if sbd is None else (Process(70, 1, "S", "root", "sbd", sbd),)
    return {PS: Processes((Process(1, 0, "S", "root", "systemd", 200), *own, *more,
                           Process(86, 1, "S", "root", "pacemakerd", pacemakerd)))}  # fmt: skip


def dogs(*holders: int, complete: bool = True, name: str = "/dev/watchdog") -> Dict[Tool, Any]:
    return {WATCHDOGS: Watchdogs({name: ""}, tuple((pid, name) for pid in holders), complete)}


RESET = SbdSlot(1, "node2", "reset", "node1")


WELL: Dict[Tool, Any] = {
    **config(), **cib(FENCER), **processes(), **dogs(70), **device(1), **device(2), **device(3), CRM_MON: cluster(),
}  # fmt: skip
DISKLESS: Dict[Tool, Any] = {
    **config(0), **cib(stonith_watchdog_timeout="10s"), **processes(), **dogs(70),
    CRM_MON: cluster(nodes=(node("node1"), node("node2"), node("node3"))),
}  # fmt: skip
DEAD = {CRM_MON: cluster(nodes=(node("node1"), OFFLINE))}
CLEAR = "sbd -d /dev/a message node2 clear"
DOWN = "sbd is not running, and the cluster fences with it: this node cannot be fenced"

CASES: Dict[str, Tuple[Dict[Tool, Any], Found]] = {
    "warn-pacemaker-unwatched": (config(values={"SBD_PACEMAKER": "no"}), [
        ("pacemaker-unwatched", "sbd is told not to watch Pacemaker (SBD_PACEMAKER=no): a node whose Pacemaker hangs, "
         "or that has lost quorum, is not reset"),
    ]),
    "ok": ({}, []),
    "ok-watchdog-held-by-whom-may-not-be-seen": (dogs(complete=False), []),
    "ok-watchdog-of-another-name": (config(watchdog="/dev/misc/dog"), []),
    "ok-fenced-and-not-yet-back": ({**device(1, BOTH[0], RESET), **DEAD}, []),
    "ok-stopped-cleanly": ({**device(1, BOTH[0], SbdSlot(1, "node2", "exit")), **config(clean_start=True), **DEAD}, []),
    "ok-one-device-that-others-share": (
        {**config(1), **device(1, *BOTH, SbdSlot(2, "elsewhere", "reset"))}, [],
    ),
    "ok-node-that-sbd-is-not-for": (
        {**cib(FENCER._replace(parameters=(("pcmk_host_list", "node1"),))), **device(1, BOTH[0])}, [],
    ),
    "ok-node-under-another-name": (
        {**cib(FENCER._replace(parameters=(("pcmk_host_map", "node1:n1;node2:second"),))),
         **device(1, BOTH[0], SbdSlot(1, "second", "clear"))}, [],
    ),
    "warn-one-of-three-lost": (device(2, readable=False), [
        ("device-unreadable", "/dev/b cannot be read, 2 of 3 sbd devices left"),
    ]),
    "crit-two-of-three-lost": ({**device(2, readable=False), **device(3, readable=False)}, [
        ("device-unreadable", "/dev/b and /dev/c cannot be read, 1 of 3 sbd devices left: this node can fence nobody"),
        # what is on the last one may be the last to be lost
    ]),
    "crit-one-of-two-lost": ({**config(2), **device(1, readable=False)}, [
        ("device-unreadable", "/dev/a cannot be read, 1 of 2 sbd devices left: this node can fence nobody"),
    ]),
    "crit-the-only-one-lost": ({**config(1), **device(1, readable=False)}, [
        ("device-unreadable", "/dev/a cannot be read, no sbd device is left: this node can fence nobody"),
    ]),
    "crit-slots-that-cannot-be-read": ({**config(1), SBD_LISTS[0]: SbdSlots(False)}, [
        ("device-unreadable", "/dev/a cannot be read, no sbd device is left: this node can fence nobody"),
    ]),
    "warn-no-slot-on-one": (device(3, BOTH[0]), [
        ("no-slot", "node2 has no slot on /dev/c: no message reaches it there"),
    ]),
    "crit-no-slot-on-most": ({**device(3, BOTH[0]), **device(2, BOTH[0])}, [
        ("no-slot", "node2 has no slot on /dev/b, /dev/c: no message reaches it there"),
    ]),
    "warn-message-unread-on-one": (device(1, BOTH[0], RESET), [
        ("message-unread", "node2 has not read the message reset from node1 on /dev/a, and is online"),
    ]),
    "crit-message-unread": ({**config(1), **device(1, BOTH[0], SbdSlot(1, "node2", "test"))}, [
        ("message-unread", "node2 has not read the message test on /dev/a, and is online"),
    ]),
    "warn-start-barred": ({**config(clean_start=True), **device(1, BOTH[0], RESET), **DEAD}, [
        ("start-barred", "node2 has the message reset from node1 on /dev/a: with SBD_STARTMODE=clean "
         "it does not start"),
    ]),
    "warn-msgwait-short": ({**device(1, msgwait=9), **device(2, msgwait=9), **device(3, msgwait=9)}, [
        ("msgwait-short", "/dev/a, /dev/b and /dev/c: msgwait 9 s is less than twice the watchdog timeout of 5 s"),
    ]),
    "warn-one-disk-by-two-names": (
        {SBD_DUMPS[1]: SbdHeader("/dev/b", True, "2.1", "u1", 255, 512, 5, 2, 1, 10)}, [
            ("same-device", "/dev/a and /dev/b are one disk (they have the same UUID): "
             "its loss counts as that of 2 of 3 devices"),
        ],
    ),
    "warn-one-disk-named-twice": (
        config(devices=("/dev/a", "/dev/b", "/dev/a")), [
            ("same-device", "/dev/a is named 2 times: its loss counts as that of 2 of 3 devices"),
        ],
    ),
    "warn-timeouts-differ": (device(2, watchdog=15, msgwait=30), [
        ("timeouts-differ", "/dev/b and /dev/a have different timeouts: sbd watches only those like the first"),
    ]),
    "crit-stonith-timeout-short": (cib(FENCER, stonith_timeout="10"), [
        ("stonith-timeout-short", "fence: stonith-timeout 10 s is not longer than msgwait 10 s: no fencing succeeds"),
    ]),
    "warn-stonith-timeout-short": (cib(FENCER, stonith_timeout="11s"), [
        ("stonith-timeout-short", "fence: stonith-timeout 11 s is less than 1.2 times msgwait 10 s"),
    ]),
    "ok-timeout-of-the-fence-device": (
        cib(FENCER._replace(parameters=(("pcmk_reboot_timeout", "40s"),)), stonith_timeout="5s"), [],
    ),
    "crit-the-default-is-short": ({number: one for k in (1, 2, 3)
                                   for number, one in device(k, watchdog=45, msgwait=90).items()}, [
        ("stonith-timeout-short", "fence: stonith-timeout 60 s is not longer than msgwait 90 s: no fencing succeeds"),
    ]),
    "crit-too-many": (config(0, devices=(*NAMES, "/dev/d")), [
        ("too-many-devices", "SBD_DEVICE names 4 devices: sbd takes 3 and does not start"),
    ]),
    "crit-no-device": (config(0), [
        ("no-device", "SBD_DEVICE names no device: this node does not read the messages of fence"),
    ]),
    "crit-sbd-down": (processes(None), [("sbd-down", DOWN), ("watchdog-held", "/dev/watchdog is held by process 70: "
                                                             "sbd cannot have it")]),
    "warn-started-late": (processes(20), [
        ("started-late", "sbd was started 70s after Pacemaker: until then this node was not watched"),
    ]),
    "crit-watchdog-missing": (dogs(name="/dev/watchdog1"), [
        ("watchdog-missing", "there is no watchdog device /dev/watchdog: sbd cannot start"),
    ]),
    "crit-watchdog-held-by-systemd": (dogs(1), [
        ("watchdog-held", "/dev/watchdog is held by process 1 (systemd): sbd cannot have it"),
    ]),
    "crit-watchdog-idle": (dogs(), [
        ("watchdog-idle", "sbd runs and does not have /dev/watchdog open: nothing resets this node when sbd hangs"),
    ]),
    "warn-no-watchdog": (config(watchdog="/dev/null"), [
        ("no-watchdog", "sbd is told to work without a watchdog: nothing resets this node when sbd hangs"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_devices(given: Dict[Tool, Any], expected: Found) -> None:
    judgement = judge(evidence({**WELL, **given}), SbdOptions())
    assert found(judgement) == expected


@pytest.mark.parametrize("name", CASES)
def test_the_state_that_the_name_says(name: str) -> None:
    verdict = verdict_of(CHECK, judge(evidence({**WELL, **CASES[name][0]}), SbdOptions()), {})
    assert verdict.state.name == {"ok": "OK", "warn": "WARNING", "crit": "CRITICAL"}[name.split("-")[0]]


WITHOUT: Dict[str, Tuple[Dict[Tool, Any], Found]] = {
    "ok": ({}, []),
    "ok-watchdog-timeout-by-itself": (cib(stonith_watchdog_timeout="-1"), []),
    "crit-watchdog-timeout-short": (cib(stonith_watchdog_timeout="5"), [
        ("watchdog-timeout-short", "stonith-watchdog-timeout 5 is not longer than SBD_WATCHDOG_TIMEOUT 5 s"),
    ]),
    "warn-watchdog-timeout-short": (cib(stonith_watchdog_timeout="9s"), [
        ("watchdog-timeout-short", "stonith-watchdog-timeout 9s is less than twice SBD_WATCHDOG_TIMEOUT 5 s"),
    ]),
    "crit-watchdog-timeout-0": (config(0, watchdog_seconds=0), [
        ("watchdog-timeout-short", "SBD_WATCHDOG_TIMEOUT is 0: sbd cannot set the watchdog, and nothing says when a "
         "lost node is down"),
    ]),
    "crit-pacemaker-unwatched": (config(0, values={"SBD_PACEMAKER": "no"}), [
        ("pacemaker-unwatched", "sbd is told not to watch Pacemaker (SBD_PACEMAKER=no): without a device it watches "
         "nothing, and a node that has lost quorum is not reset"),
    ]),
    "warn-two-nodes": ({CRM_MON: cluster(), CMAPCTL: CorosyncMap((), ())}, [
        ("diskless-two-nodes", "sbd has no device, and this cluster of two nodes has no quorum device: no half of it "
         "can be sure of itself"),
    ]),
    "ok-two-nodes-and-a-quorum-device": (
        {CRM_MON: cluster(), CMAPCTL: CorosyncMap((), (), values={"quorum.device.model": "net"})}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), WITHOUT.values(), ids=WITHOUT)
def test_without_a_device(given: Dict[Tool, Any], expected: Found) -> None:
    assert found(judge(evidence({**DISKLESS, **given}), SbdOptions())) == expected


def test_too_few_devices() -> None:
    assert found(judge(evidence({**WELL, **config(1)}), SbdOptions(devices=3))) == [
        ("too-few-devices", "1 sbd device configured, and not 3 as --devices says")
    ]


def test_slow() -> None:
    slow = evidence(WELL)._replace(seconds={SBD_DUMPS[1]: 2.6})
    judgement = judge(slow, SbdOptions())
    assert found(judgement) == [("device-slow", "/dev/b: sbd dump took 2.6 s, and the watchdog fires after 5 s")]
    assert measured(judgement)["cluster.sbd.slowest.seconds"] == 2.6


def test_what_is_told_of_all() -> None:
    judgement = judge(evidence(WELL), SbdOptions())
    text = "3 sbd devices with 2 slots, no message left, msgwait 10 s, watchdog /dev/watchdog"
    assert judgement.summary == text
    assert lines(judgement) == (
        *(f"{name}: watchdog 5 s, msgwait 10 s, slots: node1 clear, NODE2 clear" for name in NAMES),
        "/dev/watchdog: held by process 70",
        "sbd: runs for 100s",
    )
    assert measured(judgement) == {
        "cluster.sbd.slowest.seconds": 0.0,
        "cluster.sbd.devices.count": 3,
        "cluster.sbd.devices.readable.count": 3,
        "cluster.sbd.messages.count": 0,
        **{f"{name}#sbd.device.read.seconds": 0.0 for name in NAMES},
    }


def output(tool: Tool, stdout: str = "", status: int = 0, stderr: str = "", user: str = "root", **more: Any) -> Output:
    given = {"status": None if more.get("fault") else status, "seconds": 0.1, "limit": 8.0, **more}
    return Output(tool, tool.argv, stdout=stdout.encode(), stderr=stderr, user=user, **given)


UNREADABLE = {
    SBD_DUMPS[0]: output(SBD_DUMPS[0], "==Dumping header on disk /dev/a\n", 1,
                         "== disk /dev/a unreadable!\n==Header on disk /dev/a NOT dumped\n"),
    SBD_LISTS[0]: output(SBD_LISTS[0], "", 1, "== disk /dev/a unreadable!\nsbd failed; please check the logs.\n"),
}  # fmt: skip
LOST = ("device-unreadable", "/dev/a cannot be read, no sbd device is left: this node can fence nobody")


def judged(outputs: Dict[Tool, Output], user: str = "root") -> List[Tuple[str, str]]:
    """What is said of one device where these are the outputs of its tools, and all else is well."""
    said = {SBD_CONFIG: output(SBD_CONFIG, "SBD_DEVICE=/dev/a\n"), **outputs}
    tools = (SBD_CONFIG, SBD_DUMPS[0], SBD_LISTS[0])
    readings = [one for one in READINGS if one.tool in tools]
    made = examine(readings, {tool: one._replace(user=user) for tool, one in said.items()})
    values = {tool: value for tool, value in WELL.items() if tool not in (*tools, *SBD_DUMPS, *SBD_LISTS)}
    whole = Evidence({**values, **made.values}, made.findings, failed=made.failed, seconds=made.seconds)
    return found(judge(whole, SbdOptions()))


def test_crit_a_device_that_cannot_be_opened() -> None:
    assert judged(UNREADABLE) == [LOST]


def test_unknown_without_the_right_to_open_it() -> None:
    text = "user nagios may not run sbd; to allow it: run it as root or with --sudo"
    assert judged(UNREADABLE, "nagios") == [("no-permission", text)]


HANGING = output(SBD_DUMPS[0], fault=HUNG)
GOOD_LIST = output(SBD_LISTS[0], "0\tnode1\tclear\t\n1\tnode2\tclear\t\n")
GOOD_DUMP = output(
    SBD_DUMPS[0],
    "==Dumping header on disk /dev/a\nHeader version     : 2.1\nUUID               : u\nNumber of slots    : 255\n"
    "Sector size        : 512\nTimeout (watchdog) : 5\nTimeout (allocate) : 2\nTimeout (loop)     : 1\n"
    "Timeout (msgwait)  : 10\n==Header on disk /dev/a is dumped\n",
)
REFUSED = output(SBD_DUMPS[0], fault=MISSING, stderr="'/dev/shm/a' is not the name of a device below /dev")


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ((GOOD_DUMP, GOOD_LIST), []),
        (
            (HANGING, output(SBD_LISTS[0], fault=HUNG)),
            [("device-unreadable", "/dev/a does not answer (no answer within 8 s), no sbd device is left: this node "
              "can fence nobody")],
        ),
        ((GOOD_DUMP._replace(stdout=GOOD_DUMP.stdout[:200]), GOOD_LIST), [
            ("unreadable", "sbd: unknown line of sbd dump: T"),
        ]),
        ((GOOD_DUMP, GOOD_LIST._replace(stdout=b"0\tnode1\tdance\t\n")), [
            ("unreadable", "sbd: unknown line of sbd list: 0\tnode1\tdance\t"),
        ]),
        ((output(SBD_DUMPS[0], fault=MISSING), output(SBD_LISTS[0], fault=MISSING)), [
            ("tool-missing", "sbd: not installed"),
        ]),
        ((REFUSED, REFUSED._replace(tool=SBD_LISTS[0])), [
            ("tool-missing", "sbd: '/dev/shm/a' is not the name of a device below /dev"),
        ]),
    ],
    ids=["ok", "crit-hangs", "unknown-cut", "unknown-message", "unknown-not-installed", "unknown-refused"],
)  # fmt: skip
def test_what_the_tools_say(outputs: Tuple[Output, ...], expected: Found) -> None:
    assert judged({one.tool: one for one in outputs}) == expected


def test_only_the_devices_that_are_named_are_asked() -> None:
    said = output(SBD_CONFIG, "SBD_DEVICE='/dev/a;/dev/b'\n")
    wanted = [*SBD_DUMPS[:2], *SBD_LISTS[:2]]
    assert stand_ins([*DUMPS, *LISTS], {SBD_CONFIG: said}) == wanted
    assert stand_ins([*DUMPS, *LISTS], {SBD_CONFIG: said._replace(stdout=b"if\n")}) == []
    assert stand_ins([*DUMPS, *LISTS], {SBD_CONFIG: output(SBD_CONFIG, fault=MISSING, stderr=NOT_SET_UP)}) == []
    assert len(parse_sbd_config(said.stdout).devices) == 2


SET_UP: Dict[str, Tuple[Dict[Tool, Any], Optional[bool]]] = {
    "sbd-runs": ({PS: WELL[PS]}, True),
    "have-watchdog": (cib(), True),
    "fence-device": (cib(FENCER, have_watchdog="false"), True),
    "watchdog-timeout": (cib(have_watchdog="false", stonith_watchdog_timeout="5s"), True),
    "nothing": ({**cib(have_watchdog="false"), **processes(None)}, False),
    "sbd-of-a-user": ({**cib(have_watchdog="no"), **processes(None, 9, Process(5, 1, "S", "eve", "sbd", 1))}, False),
    "not-known": (processes(None), None),
}


@pytest.mark.parametrize(("given", "expected"), SET_UP.values(), ids=SET_UP)
def test_where_it_applies(given: Dict[Tool, Any], expected: Optional[bool]) -> None:
    assert CHECK.applies
    assert CHECK.applies.holds(evidence(given)) is expected


def test_nothing_is_said_of_sbd_where_nothing_tells_of_it() -> None:
    judgement = judge(evidence({**processes(None), **config(0)}), SbdOptions())
    assert (found(judgement), judgement.summary) == ([], "whether sbd is set up here is not known")


def test_unknown_without_a_configuration() -> None:
    said = {one: WELL[one] for one in (CIBADMIN, PS, CRM_MON)}
    text = "sbd is in use, and no configuration of it is found on this node (/etc/sysconfig/sbd or /etc/default/sbd)"
    assert found(judge(evidence(said), SbdOptions())) == [("no-config", text)]


def test_every_step_can_be_typed() -> None:
    steps = {
        one.condition.name: one.commands
        for name in CASES
        for one in judge(evidence({**WELL, **CASES[name][0]}), SbdOptions()).findings
        if one.commands
    }
    assert steps == {
        "no-slot": ("sbd -d /dev/b -d /dev/c allocate node2",),
        "message-unread": (CLEAR,),
        "start-barred": (CLEAR,),
        "stonith-timeout-short": ("crm_attribute --type crm_config --name stonith-timeout --update 108s",),
    }
