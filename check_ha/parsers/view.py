"""The view of another node, as ``check_ha_view`` printed it there.

It comes from another machine, which may be broken or hostile: every value has its type, its bounds and nothing else.
What a newer version has added is passed over; a schema that is not known is refused.
"""

from __future__ import annotations

import json
from typing import NoReturn

from check_ha.model.view import (
    COMPRESSED,
    RUNNING,
    SCHEMA,
    SILENT,
    STOPPED,
    AddressView,
    ConfiguredView,
    ConfView,
    CorosyncView,
    CutView,
    DaemonsView,
    DrbdPeerView,
    DrbdView,
    FailedToolView,
    FencingView,
    FindingView,
    LinkView,
    MemberView,
    NodeView,
    PacemakerView,
    ResourceView,
    SectionView,
    SubjectView,
    TicketView,
    VersionsView,
    View,
    VipView,
)
from check_ha.parsers.errors import ParseError
from check_ha.parsers.view_fields import Fields, Shared

LONGEST = 256 * 1024
"""Bytes of a view; those of ours end at 48,000."""
LONGEST_UNPACKED = 8 * 1024 * 1024
"""Bytes of a view that came compressed: ten times those of 64 nodes with 2,000 resources."""

_OLD_NRPE = 1100
_SEVERITIES = ("WARNING", "CRITICAL", "UNKNOWN")


def parse_view(data: bytes) -> View:
    """Return the view in this one line of JSON; ParseError with the reason where there is none."""
    return parse_one_of_many(data, {})


def parse_one_of_many(data: bytes, shared: Shared) -> View:
    """Return the same of one of the views of a cluster, which are much alike: equal lists are read once.

    ``shared`` is empty for the first of them, and then handed on.
    """
    if len(data) > LONGEST:
        raise ParseError(f"a view of more than {LONGEST // 1024} kB")
    fields = Fields("view", _loaded(data), shared)
    if fields.natural("schema") == COMPRESSED:
        fields = Fields("view", _loaded(_unpacked(fields.long_text("zlib"))), shared)
    schema = fields.natural("schema")
    if schema != SCHEMA:
        known = f"{SCHEMA} and {COMPRESSED}"
        raise ParseError(f"a view of schema {schema}, and this version of check_ha knows {known}: update it")
    return _view(fields)


def _loaded(data: bytes) -> object:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise ParseError(_not_json(data)) from None


def _unpacked(text: str) -> bytes:
    """Return what was compressed, of which no more is unpacked than a view can have."""
    import zlib  # with binascii, for large clusters alone
    from binascii import Error, a2b_base64

    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(a2b_base64(text.encode("ascii")), LONGEST_UNPACKED)
    except (Error, UnicodeEncodeError, zlib.error):
        raise ParseError("a view that cannot be unpacked") from None
    if not unpacker.eof:
        long = bool(unpacker.unconsumed_tail)
        raise ParseError(
            f"a view of more than {LONGEST_UNPACKED >> 20} MB" if long else "a view that cannot be unpacked"
        )
    return data


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity, which are no JSON


def _not_json(data: bytes) -> str:
    if data.rstrip().endswith(b"}"):
        return "a view that is not JSON"
    hint = ": NRPE 2 carries 1 kB, use NRPE 4 at both ends, or ssh" if len(data) < _OLD_NRPE else ""
    return f"a view that is cut off after {len(data)} bytes{hint}"


def _view(fields: Fields) -> View:
    return View(
        time=fields.number("time"),
        node=fields.known("node", fields.text),
        cluster=fields.known("cluster", fields.text),
        corosync=fields.known("corosync", lambda key: fields.object(key, _corosync)),
        pacemaker=fields.known("pacemaker", lambda key: fields.object(key, _pacemaker)),
        cib_epoch=fields.known("cib_epoch", fields.text),
        nodelist=fields.known("nodelist", lambda key: fields.objects(key, _configured)),
        vips=fields.known("vips", lambda key: fields.objects(key, _vip)),
        addresses=fields.known("addresses", lambda key: fields.objects(key, _address)),
        daemons=fields.object("daemons", _daemons),
        corosync_conf=fields.known("corosync_conf", lambda key: fields.object(key, _conf)),
        authkey=fields.known("authkey", fields.text),
        versions=fields.object("versions", _versions),
        troubles=fields.objects("troubles", _failed_tool, optional=True),
        cut=fields.objects("cut", _cut, optional=True),
        links=fields.optional("links", lambda key: fields.objects(key, _link)),
        findings=fields.optional("findings", lambda key: fields.objects(key, _finding)),
        drbd=fields.optional("drbd", lambda key: fields.objects(key, _drbd)),
        tickets=fields.objects("tickets", _ticket, optional=True),
    )


def _ticket(fields: Fields) -> TicketView:
    return TicketView(fields.text("id"), fields.flag("granted"), fields.flag("standby"), fields.flag("needed"))


def _corosync(fields: Fields) -> CorosyncView:
    return CorosyncView(
        node_id=fields.known("node_id", fields.natural),
        ring_id=fields.known("ring_id", fields.text),
        quorate=fields.known("quorate", fields.truth),
        votes=fields.known("votes", fields.natural),
        expected_votes=fields.known("expected_votes", fields.natural),
        members=fields.objects("members", _member),
        config_version=fields.known("config_version", fields.natural),
    )


def _member(fields: Fields) -> MemberView:
    device = fields.optional("device", fields.text)
    return MemberView(fields.natural("id"), fields.text("name"), fields.known("votes", fields.natural), device or "")


def _pacemaker(fields: Fields) -> PacemakerView:
    return PacemakerView(
        dc=fields.known("dc", fields.text),
        quorate=fields.known("quorate", fields.truth),
        nodes=fields.objects("nodes", _node),
        resources=fields.objects("resources", _resource),
        fencings=fields.objects("fencings", _fencing, optional=True),
    )


def _node(fields: Fields) -> NodeView:
    return NodeView(
        name=fields.text("name"),
        id=fields.text("id"),
        online=fields.truth("online"),
        unclean=fields.flag("unclean"),
        pending=fields.flag("pending"),
        remote=fields.flag("remote"),
        expected_up=fields.optional("expected_up", fields.truth),
        standby=fields.flag("standby"),
        maintenance=fields.flag("maintenance"),
    )


def _resource(fields: Fields) -> ResourceView:
    return ResourceView(
        id=fields.text("id"),
        nodes=fields.texts("nodes"),
        cloned=fields.flag("cloned"),
        promoted=fields.texts("promoted"),
        moving=fields.flag("moving"),
        fencing=fields.flag("fencing"),
    )


def _fencing(fields: Fields) -> FencingView:
    return FencingView(
        target=fields.text("target"),
        action=fields.text("action"),
        status=fields.text("status"),
        age=fields.known("age", fields.number),
        ahead=fields.optional("ahead", fields.number),
    )


def _configured(fields: Fields) -> ConfiguredView:
    return ConfiguredView(fields.known("id", fields.natural), fields.text("name"), fields.texts("addresses"))


def _vip(fields: Fields) -> VipView:
    addresses = fields.texts("addresses")
    if not addresses:
        raise ParseError("vips: addresses is missing or not what it should be")
    return VipView(fields.text("resource"), addresses, fields.flag("cloned"))


def _address(fields: Fields) -> AddressView:
    return AddressView(
        address=fields.text("address"),
        interface=fields.text("interface"),
        prefix=fields.optional("prefix", fields.natural),
        operstate=fields.optional("operstate", fields.text),
        flags=fields.texts("flags"),
    )


def _daemons(fields: Fields) -> DaemonsView:
    def word(key: str) -> str:
        text = fields.text(key)
        if text not in (RUNNING, STOPPED, SILENT):
            raise ParseError(f"daemons: {key} is missing or not what it should be")
        return text

    return DaemonsView(fields.known("corosync", word), fields.known("pacemaker", word))


def _conf(fields: Fields) -> ConfView:
    return ConfView(fields.text("hash"), fields.objects("sections", _section))


def _section(fields: Fields) -> SectionView:
    return SectionView(fields.text("name"), fields.text("hash"))


def _versions(fields: Fields) -> VersionsView:
    return VersionsView(
        corosync=fields.known("corosync", fields.text),
        pacemaker=fields.known("pacemaker", fields.text),
        feature_set=fields.known("feature_set", fields.text),
    )


def _drbd(fields: Fields) -> DrbdView:
    return DrbdView(fields.text("name"), fields.text("role"), fields.objects("peers", _drbd_peer))


def _drbd_peer(fields: Fields) -> DrbdPeerView:
    return DrbdPeerView(fields.text("peer"), fields.text("state"))


def _failed_tool(fields: Fields) -> FailedToolView:
    return FailedToolView(fields.text("tool"), fields.text("condition"), fields.text("text"))


def _cut(fields: Fields) -> CutView:
    return CutView(fields.text("field"), fields.natural("kept"), fields.natural("total"))


def _link(fields: Fields) -> LinkView:
    address = fields.optional("address", fields.text)
    return LinkView(fields.natural("number"), fields.text("peer"), fields.known("up", fields.truth), address or "")


def _finding(fields: Fields) -> FindingView:
    severity = fields.text("severity")
    if severity not in _SEVERITIES:
        raise ParseError("findings: severity is missing or not what it should be")
    return FindingView(
        check=fields.word("check"),
        condition=fields.word("condition"),
        severity=severity,
        text=fields.text("text"),
        subjects=fields.objects("subjects", _subject, optional=True),
        advice=fields.optional("advice", fields.text) or "",
        commands=fields.texts("commands"),
        standing=fields.flag("standing"),
    )


def _subject(fields: Fields) -> SubjectView:
    return SubjectView(fields.word("kind"), fields.text("name"))
