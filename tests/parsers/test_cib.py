"""Configured primitives with their parameters, as Pacemaker itself would resolve them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Dict, Optional, Set, Tuple

import pytest

from check_ha.model.cib import Cib, ConfiguredCollection, ConfiguredPrimitive, is_false, is_true
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.errors import ParseError
from tests.replay import RECORDINGS, SAMPLES

DATA = Path(__file__).parent / "data" / "pacemaker"

RULE = '<rule id="r" score="0"><expression id="e" attribute="#uname" operation="eq" value="node1"/></rule>'


def parse(resources: str, elsewhere: str = "") -> Cib:
    return parse_cib(
        f'<cib admin_epoch="0" epoch="25" num_updates="3"><configuration><resources>{resources}</resources>{elsewhere}'
        "</configuration></cib>".encode()
    )


def pair(name: str, value: str) -> str:
    return f'<nvpair id="{name}-{value}" name="{name}" value="{value}"/>'


def attributes(*content: str, score: str = "") -> str:
    scored = f' score="{score}"' if score else ""
    return f'<instance_attributes id="s"{scored}>{"".join(content)}</instance_attributes>'


def vip(*sets: str, identity: str = "vip") -> str:
    return f'<primitive id="{identity}" class="ocf" provider="heartbeat" type="IPaddr2">{"".join(sets)}</primitive>'


def parameters(resources: str, elsewhere: str = "") -> Tuple[Tuple[str, str], ...]:
    (primitive,) = parse(resources, elsewhere).primitives
    return primitive.parameters


def test_recorded() -> None:
    cib = parse_cib((DATA / "multiple-active-blocked-2.1.5.cib.xml").read_bytes())
    assert cib.epoch == "0.10.41"
    assert [primitive.id for primitive in cib.primitives] == ["p_single", "p_vip", "p_app", "p_ping", "p_db"]
    assert cib.primitives[1] == ConfiguredPrimitive(
        "p_vip",
        "ocf:heartbeat:IPaddr2",
        (("ip", "192.0.2.100"), ("cidr_netmask", "24"), ("nic", "pub0")),
        (("multiple-active", "block"),),
        monitored=True,
    )
    assert cib.primitives[1].values("ip") == ("192.0.2.100",)
    assert cib.primitives[1].values("mac") == ()


@pytest.mark.parametrize(
    ("attributes", "agent"),
    [
        ('class="ocf" provider="heartbeat" type="IPaddr2"', "ocf:heartbeat:IPaddr2"),
        ('class="systemd" type="httpd"', "systemd:httpd"),
        ('class="stonith" type="fence_ipmilan"', "stonith:fence_ipmilan"),
        ("", ""),
        ('class="ocf"', ""),
    ],
)
def test_agent(attributes: str, agent: str) -> None:
    (primitive,) = parse(f'<primitive id="a" {attributes}/>').primitives
    assert primitive.agent == agent


@pytest.mark.parametrize(
    "around",
    [
        "%s",
        '<group id="g">%s</group>',
        '<clone id="c">%s</clone>',
        '<master id="m">%s</master>',
        '<clone id="c"><group id="g">%s</group></clone>',
        '<bundle id="b"><podman image="i"/><network ip-range-start="192.0.2.9"/>%s</bundle>',
    ],
)
def test_primitive_in_a_collection(around: str) -> None:
    assert parse(around % vip()).primitives == (ConfiguredPrimitive("vip", "ocf:heartbeat:IPaddr2"),)


PARAMETERS: Dict[str, Tuple[str, Tuple[Tuple[str, str], ...]]] = {
    "none": (vip(), ()),
    "in order": (vip(attributes(pair("ip", "1"), pair("nic", "2"))), (("ip", "1"), ("nic", "2"))),
    "without value": (vip(attributes('<nvpair id="x" name="ip"/>')), ()),
    "without name": (vip(attributes('<nvpair id="x" value="1"/>')), ()),
    "as by default": (vip(attributes(pair("ip", "#default"))), ()),
    "twice in a set, the first counts": (vip(attributes(pair("ip", "1"), pair("ip", "2"))), (("ip", "1"),)),
    "two sets": (vip(attributes(pair("ip", "1")), attributes(pair("nic", "2"))), (("nic", "2"), ("ip", "1"))),
    "two sets of one score, the later one counts": (
        vip(attributes(pair("ip", "1")), attributes(pair("ip", "2"))),
        (("ip", "2"),),
    ),
    "the higher score counts": (
        vip(attributes(pair("ip", "1"), score="5"), attributes(pair("ip", "2"))),
        (("ip", "1"),),
    ),
    "infinity is the highest score": (
        vip(
            attributes(pair("ip", "1"), score="INFINITY"),
            attributes(pair("ip", "2"), score="999"),
            attributes(pair("ip", "3"), score="-INFINITY"),
        ),
        (("ip", "1"),),
    ),
    "what is no score is 0": (
        vip(attributes(pair("ip", "1"), score="1"), attributes(pair("ip", "2"), score="high")),
        (("ip", "1"),),
    ),
    "a rule may choose": (
        vip(attributes(RULE, pair("ip", "1"), score="2"), attributes(pair("ip", "2"), score="1")),
        (("ip", "1"), ("ip", "2")),
    ),
    "a rule below a set without rule does not": (
        vip(attributes(pair("ip", "1"), score="2"), attributes(RULE, pair("ip", "2"), score="1")),
        (("ip", "1"),),
    ),
}


@pytest.mark.parametrize(("resources", "expected"), PARAMETERS.values(), ids=PARAMETERS.keys())
def test_parameters(resources: str, expected: Tuple[Tuple[str, str], ...]) -> None:
    assert parameters(resources) == expected


COLLECTIONS: Dict[str, Tuple[str, Tuple[ConfiguredCollection, ...]]] = {
    "group": (f'<group id="g">{vip()}{vip(identity="v2")}</group>', (ConfiguredCollection("g", (), ("vip", "v2")),)),
    "promotable": (
        f'<clone id="c"><meta_attributes id="m">{pair("promoted-max", "2")}</meta_attributes>{vip()}</clone>',
        (ConfiguredCollection("c", (("promoted-max", "2"),), ("vip",)),),
    ),
    "group-in-a-clone": (
        f'<clone id="c"><group id="g">{vip()}</group></clone>',
        (ConfiguredCollection("c", (), ("vip",)), ConfiguredCollection("g", (), ("vip",))),
    ),
    "bundle": (
        '<bundle id="b"><docker image="i" replicas="4" promoted-max="2" replicas-per-host="2"/>'
        f'<network ip-range-start="192.0.2.9" host-netmask="24" host-interface="eth0"/>{vip()}</bundle>',
        (
            ConfiguredCollection(
                "b",
                (("promoted-max", "2"), ("replicas-per-host", "2")),
                ("vip",),
                (("host-interface", "eth0"), ("host-netmask", "24")),
            ),
        ),
    ),
    "bundle-of-old": (
        f'<bundle id="b"><rkt image="i" masters="1"/>{vip()}</bundle>',
        (ConfiguredCollection("b", (("promoted-max", "1"), ("replicas-per-host", "1")), ("vip",)),),
    ),
    "bundle-that-is-not-promotable": (
        '<bundle id="b"><podman image="i" replicas="3"/></bundle>',
        (ConfiguredCollection("b", (("promoted-max", "0"), ("replicas-per-host", "1"))),),
    ),
}


@pytest.mark.parametrize(("resources", "expected"), COLLECTIONS.values(), ids=COLLECTIONS)
def test_collections(resources: str, expected: Tuple[ConfiguredCollection, ...]) -> None:
    assert parse(resources).collections == expected


@pytest.mark.parametrize(
    ("value", "true", "false"),
    [("true", True, False), ("ON", True, False), ("no", False, True), ("ja", False, False), (None, False, False)],
)
def test_what_pacemaker_takes_for_true(value: Optional[str], true: bool, false: bool) -> None:
    assert (is_true(value), is_false(value)) == (true, false)


def test_template() -> None:
    template = (
        '<template id="t" class="ocf" provider="heartbeat" type="IPaddr2">'
        f"{attributes(pair('cidr_netmask', '24'), pair('nic', 'eth0'))}</template>"
    )
    own = f'<primitive id="vip" template="t">{attributes(pair("ip", "192.0.2.9"), pair("nic", "eth1"))}</primitive>'
    assert parse(template + own).primitives == (
        ConfiguredPrimitive(
            "vip", "ocf:heartbeat:IPaddr2", (("ip", "192.0.2.9"), ("nic", "eth1"), ("cidr_netmask", "24"))
        ),
    )


def test_template_that_is_not_there() -> None:
    """ACLs may hide it; the primitive is there all the same."""
    assert parse('<primitive id="vip" template="t"/>').primitives == (ConfiguredPrimitive("vip", ""),)


@pytest.mark.parametrize(
    ("referring", "expected"),
    [
        ('<instance_attributes id-ref="shared"/>', (("ip", "192.0.2.9"),)),
        ('<instance_attributes id="s"><nvpair id-ref="shared-ip"/></instance_attributes>', (("ip", "192.0.2.9"),)),
        (
            '<instance_attributes id="s"><nvpair id-ref="shared-ip" name="addr"/></instance_attributes>',
            (("addr", "192.0.2.9"),),
        ),
        ('<instance_attributes id-ref="gone"/>', ()),
        ('<instance_attributes id="s"><nvpair id-ref="gone"/></instance_attributes>', ()),
        ('<instance_attributes id-ref="shared-ip"/>', ()),
    ],
)
def test_references(referring: str, expected: Tuple[Tuple[str, str], ...]) -> None:
    shared = (
        '<instance_attributes id="shared"><nvpair id="shared-ip" name="ip" value="192.0.2.9"/></instance_attributes>'
    )
    (first, _) = parse(vip(referring) + vip(shared, identity="other")).primitives
    assert first.parameters == expected


def test_a_reference_is_looked_up_only_once() -> None:
    """Two primitives with references, one walk through the document."""
    shared = (
        '<instance_attributes id="shared"><nvpair id="shared-ip" name="ip" value="192.0.2.9"/></instance_attributes>'
    )
    referring = '<instance_attributes id-ref="shared"/>'
    cib = parse(vip(shared) + vip(referring, identity="two") + vip(referring, identity="three"))
    assert [primitive.values("ip") for primitive in cib.primitives] == [("192.0.2.9",)] * 3


@pytest.mark.parametrize(
    ("op", "monitored"),
    [
        ('name="monitor" interval="10s"', True),
        ('name="monitor" interval="PT1M"', True),
        ('name="monitor" interval="10s" role="Master"', True),
        ('name="monitor" interval="10s" enabled="true"', True),
        ('name="monitor" interval="0"', False),
        ('name="monitor" interval="0s"', False),
        ('name="monitor"', False),
        ('name="monitor" interval="10s" enabled="false"', False),
        ('name="monitor" interval="10s" role="Stopped"', False),
        ('name="start" interval="10s"', False),
    ],
)
def test_monitored(op: str, monitored: bool) -> None:
    operations = f'<operations><op id="o" {op}/></operations>'
    template = f'<template id="t" class="ocf" type="x">{operations}</template><primitive id="b" template="t"/>'
    referred = f'<primitive id="c"><operations id="x"><op {op}/></operations></primitive>'
    cib = parse(vip(operations) + template + referred + '<primitive id="d"><operations id-ref="x"/></primitive>')
    assert [primitive.monitored for primitive in cib.primitives] == [monitored] * 4


def test_nothing_configured() -> None:
    assert parse_cib(EMPTY) == Cib((), epoch="0.1.0")


EMPTY = (
    b'<cib admin_epoch="0" epoch="1" num_updates="0"><configuration><crm_config/><nodes/><resources/><constraints/>'
    b"</configuration><status/></cib>"
)


@pytest.mark.parametrize(
    ("left_out", "hidden"),
    [
        (b'admin_epoch="0" epoch="1" num_updates="0"', ("attributes",)),
        (b"<crm_config/>", ("crm_config",)),
        (b"<nodes/>", ("nodes",)),
        (b"<resources/>", ("resources",)),
        (b"<constraints/>", ("constraints",)),
        (b"<status/>", ("status",)),
        (b"<crm_config/><nodes/><resources/><constraints/>", ("crm_config", "nodes", "resources", "constraints")),
    ],
)
def test_what_an_acl_hides(left_out: bytes, hidden: Tuple[str, ...]) -> None:
    assert parse_cib(EMPTY.replace(left_out, b"")).hidden == hidden


def test_nothing_is_hidden_from_root_in_any_recording() -> None:
    found = {}
    for path in (*RECORDINGS.rglob("cibadmin.xml"), *SAMPLES.rglob("cibadmin.xml")):
        with contextlib.suppress(ParseError):
            found[str(path.parent.relative_to(path.parents[2]))] = parse_cib(path.read_bytes()).hidden
    assert len(found) > 50
    assert {name: hidden for name, hidden in found.items() if hidden} == {
        "made/acl-configuration-only": ("attributes", "status"),
        "made/acl-without-crm_config": ("crm_config",),
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no output where XML was expected"),
        (b"Call cib_query failed (-13): Permission denied\n", "text where XML was expected"),
        (b'<crm_mon version="2.1.5"/>', "XML, but not a CIB"),
        (b'<cib epoch="1"/>', "CIB without configuration"),
        (b"<cib><configuration><resources><primitive/></resources></configuration></cib>", "primitive without id"),
    ],
)
def test_refused(data: bytes, message: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_cib(data)
    assert refusal.value.message == message


TIMEOUT = '<meta_attributes id="m"><nvpair id="t" name="failure-timeout" value="%s"/></meta_attributes>'
SECONDS = TIMEOUT % "60s"
REFERENCE = '<meta_attributes id-ref="m"/>'
EXPIRING = {
    "none": ('<primitive id="a"/>', "", set()),
    "its-own": (f'<primitive id="a">{SECONDS}</primitive><primitive id="b"/>', "", {"a"}),
    "zero": (f'<primitive id="a">{TIMEOUT % "0s"}</primitive>', "", set()),
    "of-its-group": (f'<group id="g">{SECONDS}<primitive id="a"/></group><primitive id="b"/>', "", {"a"}),
    "of-its-clone": (f'<clone id="c">{SECONDS}<group id="g"><primitive id="a"/></group></clone>', "", {"a"}),
    "of-its-template": (
        f'<template id="t">{SECONDS}</template><primitive id="a" template="t"/><primitive id="b"/>', "", {"a"},
    ),
    "of-an-operation": (
        f'<primitive id="a"><operations><op id="o" name="monitor">{SECONDS}</op></operations></primitive>', "", {"a"},
    ),
    "by-reference": (
        f'<primitive id="a">{SECONDS}</primitive><primitive id="b">{REFERENCE}</primitive>', "", {"a", "b"},
    ),
    "by-default": (
        '<primitive id="a"/><group id="g"><primitive id="b"/></group>', f"<rsc_defaults>{SECONDS}</rsc_defaults>",
        {"a", "b"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "defaults", "names"), EXPIRING.values(), ids=EXPIRING)
def test_failures_that_expire(resources: str, defaults: str, names: Set[str]) -> None:
    document = f"<cib><configuration><resources>{resources}</resources>{defaults}</configuration></cib>"
    assert parse_cib(document.encode()).expiring == names
