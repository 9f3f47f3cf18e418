"""corosync.conf by corosync's own grammar. What corosync itself makes of it: tests/live/test_corosync_conf.py."""

from __future__ import annotations

from typing import Dict, List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.model.corosync_conf import CorosyncConf, Mistake, Section, Setting
from check_ha.parsers.corosync_conf import parse_corosync_conf

TWO_NODES = """\
# Please read the corosync.conf.5 manual page
totem {
    version: 2
    cluster_name: lab
    transport: knet
    token: 1000
    crypto_cipher: aes256
    crypto_hash: sha256
    interface {
        linknumber: 1
        knet_link_priority: 2
    }
}
nodelist {
    node {
        name: node1
        nodeid: 1
        ring0_addr: 198.51.100.1
    }
    node {
        name: node2
        nodeid: 2
        ring0_addr: fd00::2
    }
}
quorum {
    provider: corosync_votequorum
    two_node: 1
}
"""


def settings(text: str) -> List[Tuple[str, str, str, int]]:
    return [
        (section.path, one.key, one.value, one.line)
        for section in parse_corosync_conf(text.encode()).root.walk()
        for one in section.settings
    ]


def mistakes(text: str) -> List[Tuple[int, str]]:
    return [(one.line, one.message) for one in parse_corosync_conf(text.encode()).mistakes]


def test_file() -> None:
    conf = parse_corosync_conf(TWO_NODES.encode())
    assert conf.mistakes == ()
    assert [section.path for section in conf.root.walk()] == [
        "", "totem", "totem.interface", "nodelist", "nodelist.node", "nodelist.node", "quorum",
    ]  # fmt: skip
    assert [section.line for section in conf.sections("nodelist.node")] == [15, 20]
    assert conf.sections("nodelist.node")[1].settings == (
        Setting("name", "node2", 21),
        Setting("nodeid", "2", 22),
        Setting("ring0_addr", "fd00::2", 23),
    )
    assert (conf.get("quorum.two_node"), conf.get("totem.interface.linknumber")) == ("1", "1")
    assert (conf.get("totem.key"), conf.get("nosuch.key")) == (None, None)


def test_last_value_counts() -> None:
    conf = parse_corosync_conf(b"totem {\n token: 1\n token: 2\n}\ntotem {\n version: 2\n}\n")
    assert conf.get("totem.token") == "2"


@pytest.mark.parametrize("text", ["", "\n", "  \n\t\n", "# only a comment\n"], ids=repr)
def test_empty(text: str) -> None:
    assert parse_corosync_conf(text.encode()).empty


LINES: Dict[str, Tuple[str, List[Tuple[str, str, str, int]]]] = {
    "blanks": ("totem\t{ \n \tversion \t:\t 2 \t\n  }\t\n", [("totem", "version", "2", 2)]),
    "no-blanks": ("totem{\nversion:2\n}", [("totem", "version", "2", 2)]),
    "colon-before-brace": ("totem: {\nversion: 2\n}\n", [("totem", "version", "2", 2)]),
    "carriage-returns": ("totem {\r\nversion: 2\r\n}\r\n", [("totem", "version", "2", 2)]),
    "no-trailing-comment": ("totem {\ncluster_name: a # b\n}\n", [("totem", "cluster_name", "a # b", 2)]),
    "indented-comment": ("totem {\n  # token: 1\n}\n", []),
    "comment-with-braces": ("#totem {\n", []),
    "value-with-colons": ("totem {\ncluster_name: fd00::1\n}\n", [("totem", "cluster_name", "fd00::1", 2)]),
    "value-with-closing-brace": ("totem {\ncluster_name: a }\n}\n", [("totem", "cluster_name", "a }", 2)]),
    "empty-value": ("totem {\ncluster_name:\n}\n", [("totem", "cluster_name", "", 2)]),
    "key-in-no-section": ("compatibility: whitetank\n", [("", "compatibility", "whitetank", 1)]),
    "dotted-key": ("totem.token: 3000\n", [("", "totem.token", "3000", 1)]),
    "dotted-key-is-a-mere-text": ("totem.token: x\n", [("", "totem.token", "x", 1)]),
    "longest-line": ("abc: " + "x" * 505, [("", "abc", "x" * 505, 1)]),
    "no-break-space-in-latin-1": ("totem {\n\xa0version: 2\n}\n", [("totem", "version", "2", 2)]),
}


@pytest.mark.parametrize(("text", "expected"), list(LINES.values()), ids=list(LINES))
def test_line(text: str, expected: List[Tuple[str, str, str, int]]) -> None:
    conf = parse_corosync_conf(text.encode("latin-1"))
    found = [(one.path, s.key, s.value, s.line) for one in conf.root.walk() for s in one.settings]
    assert conf.mistakes == ()
    assert found == expected


def test_lines_that_begin_with_a_nul_byte() -> None:
    conf = parse_corosync_conf(b"\0abc: d\n# x\n\0\0")
    assert conf == CorosyncConf(Section("", 0), (), (1, 3))
    assert not conf.empty


MISTAKES: Dict[str, Tuple[str, List[Tuple[int, str]]]] = {
    "neither": ("totem {\nfoo\n}\n", [(2, "neither a section nor a key with a value")]),
    "section-on-one-line": (
        "totem { version: 2 }\n",
        [(1, "something follows the opening brace"), (1, "missing closing brace: totem, line 1, is still open")],
    ),
    "comment-after-brace": ("totem { # x\n}\n", [(1, "something follows the opening brace")]),
    "two-closing-braces": (
        "quorum {\ndevice {\n}}\n",
        [(3, "something stands beside the closing brace"), (3, "missing closing brace: quorum, line 1, is still open")],
    ),
    "brace-too-many": ("totem {\n}\n}\n", [(3, "one closing brace too many")]),
    "brace-missing": (
        "totem {\nversion: 2\nquorum {\n}\n", [(4, "missing closing brace: totem, line 1, is still open")],
    ),
    "section-without-name": ("{\n}\n", [(1, "no section name before the brace")]),
    "setting-without-key": (" : 1\n", [(1, "no key before the colon")]),
    "key-with-blank": (
        "totem {\ntoken timeout: 3\n}\n",
        [(2, "a key is at least three of A to Z, a to z, 0 to 9 and . _ - /")],
    ),
    "key-too-short": ("ab: 3\n", [(1, "a key is at least three of A to Z, a to z, 0 to 9 and . _ - /")]),
    "line-too-long": ("abc: " + "x" * 506, [(1, "the line is longer than 510 bytes")]),
    "nul": ("abc: d\0e\n", [(1, "the line holds a NUL byte")]),
    "names-too-long": (
        f"{'a' * 200} {{\n{'b' * 60} {{\n", [(2, "the name, with those of the sections around it, is too long")],
    ),
    "section-in-uidgid": ("uidgid {\nfoo {\n}\n}\n", [(2, "no section is allowed in uidgid")]),
    "setting-in-uidgid": ("uidgid {\nuser: root\n}\n", [(2, "only uid and gid may stand in uidgid")]),
    "setting-in-member": (
        "totem {\ninterface {\nmember {\naddr: 10.0.0.1\n}\n}\n}\n",
        [(4, "only memberaddr may stand in totem.interface.member")],
    ),
    "subsystem-without-name": (
        "logging {\nlogger_subsys {\ndebug: on\n}\n}\n", [(2, "logging.logger_subsys has no subsys")],
    ),
    "subsystem-with-a-blank": (
        "logging {\nlogger_subsys {\nsubsys: a b\n}\n}\n", [(3, "subsys is 'a b', which cannot be part of a key")],
    ),
    "poll-period": (
        "resources {\nsystem {\nload_15min {\npoll_period: x\n}\n}\n}\n",
        [(4, "resources.system.load_15min.poll_period must be a whole number, but is 'x'")],
    ),
    "several": (
        "foo\n: 1\n", [(1, "neither a section nor a key with a value"), (2, "no key before the colon")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), list(MISTAKES.values()), ids=list(MISTAKES))
def test_mistake(text: str, expected: List[Tuple[int, str]]) -> None:
    assert mistakes(text) == expected


def test_mistake_tells_which_versions_mind() -> None:
    assert parse_corosync_conf(b"foo\n{\n").mistakes == (
        Mistake(1, "neither a section nor a key with a value", since=(3,), ignored=True),
        Mistake(2, "no section name before the brace"),
    )


VALUES: Dict[str, Tuple[str, str]] = {
    "number": ("totem.token", "1000"),
    "number-signed": ("totem.token", "+1000"),
    "number-of-64-bits": ("totem.config_version", str(2**64 - 1)),
    "level": ("totem.knet_compression_level", "-1"),
    "choice": ("totem.crypto_hash", "sha512"),
    "unknown-key": ("totem.foo", "bar"),
    "word-that-is-looked-at-later": ("logging.debug", "maybe"),
    "config-version-signed": ("totem.config_version", "-1"),
    "dscp": ("totem.ip_dscp", "af41"),
    "dscp-in-octal": ("totem.ip_dscp", "056"),
}


@pytest.mark.parametrize(("path", "value"), list(VALUES.values()), ids=list(VALUES))
def test_value(path: str, value: str) -> None:
    section, _, key = path.partition(".")
    assert mistakes(f"{section} {{\n{key}: {value}\n}}\n") == []


BAD_VALUES: Dict[str, Tuple[str, str, str]] = {
    "trailing-comment": (
        "totem.token", "3000 # ms",
        "totem.token must be a whole number from 0 to 4294967295, but is '3000 # ms'",
    ),
    "empty": ("totem.token", "", "totem.token must be a whole number from 0 to 4294967295, but is ''"),
    "negative": ("totem.token", "-1", "totem.token must be a whole number from 0 to 4294967295, but is '-1'"),
    "digits-not-ascii": ("totem.token", "٣", "totem.token must be a whole number from 0 to 4294967295, but is '٣'"),
    "boolean-as-word": ("quorum.two_node", "yes", "quorum.two_node must be a whole number from 0 to 255, but is 'yes'"),
    "too-large": ("quorum.two_node", "256", "quorum.two_node must be a whole number from 0 to 255, but is '256'"),
    "no-choice": (
        "totem.crypto_cipher", "aes257",
        "totem.crypto_cipher must be none or aes256 or aes192 or aes128, but is 'aes257'",
    ),
    "level": ("totem.knet_compression_level", "x", "totem.knet_compression_level must be a whole number, but is 'x'"),
    "dscp": (
        "totem.ip_dscp", "cs8", "totem.ip_dscp must be from 0 to 63, or a name such as cs6, af41 or ef, but is 'cs8'",
    ),
    "compression-none": (
        "totem.knet_compression_model", "none",
        "totem.knet_compression_model must be zlib or lz4 or lz4hc or lzo2 or lzma or bzip2 or zstd, but is 'none'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), list(BAD_VALUES.values()), ids=list(BAD_VALUES))
def test_bad_value(path: str, value: str, message: str) -> None:
    section, _, key = path.partition(".")
    assert mistakes(f"{section} {{\n{key}: {value}\n}}\n") == [(2, message)]


@pytest.mark.parametrize(
    ("setting", "refused", "taken"),
    [
        ("totem.crypto_cipher: 3des", [(3, 0, 0), (3, 1, 7)], [(2, 4, 6)]),
        ("totem.knet_compression_model: none", [(3, 1, 3), (3, 1, 10)], [(3, 1, 2), (2, 4, 6)]),
        ("totem.ip_dscp: 64", [(3, 1, 10)], [(3, 1, 9)]),
        ("totem.interface.ringnumber: x", [(2, 4, 6)], [(1, 4, 8), (3, 0, 0)]),
        ("pload.count: x", [(2, 4, 6)], [(3, 1, 7)]),
        ("totem.crypto_type: sober", [(2, 4, 6)], [(1, 4, 8), (3, 0, 0)]),
        ("totem.ip_version: ipv6-4", [(2, 4, 6)], [(1, 4, 8), (3, 0, 0)]),
    ],
)
def test_value_that_not_all_versions_refuse(
    setting: str, refused: List[Tuple[int, ...]], taken: List[Tuple[int, ...]]
) -> None:
    path, _, value = setting.partition(": ")
    *sections, key = path.split(".")
    text = "".join(f"{name} {{\n" for name in sections) + f"{key}: {value}\n" + "}\n" * len(sections)
    (mistake,) = parse_corosync_conf(text.encode()).mistakes
    assert not mistake.ignored
    assert [mistake.refused_by(version) for version in refused] == [True] * len(refused)
    assert [mistake.refused_by(version) for version in taken] == [False] * len(taken)


def test_1_4_reads_a_number_where_there_is_none() -> None:
    (mistake,) = parse_corosync_conf(b"totem {\ntoken: x\n}\n").mistakes
    assert mistake.ignored
    assert not mistake.refused_by((1, 4, 8))
    assert mistake.refused_by((2, 0, 0))


def test_hostile_depth_and_length() -> None:
    assert len(parse_corosync_conf(b"a {\n" * 100_000).mistakes) == 1
    assert len(parse_corosync_conf(b"foo\n" * 100_000).mistakes) == 100


NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=3, max_size=8)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="{\n\r\0"), max_size=20).map(str.strip)


@given(st.lists(st.tuples(NAMES, st.lists(st.tuples(NAMES, WORDS), max_size=4)), max_size=4))
def test_what_is_written_is_read(sections: List[Tuple[str, List[Tuple[str, str]]]]) -> None:
    text = "".join(
        f"x{name} {{\n" + "".join(f"  {key}: {value}\n" for key, value in pairs) + "}\n" for name, pairs in sections
    )
    found = [(path, key) for path, key, _, _ in settings(text)]
    assert found == [(f"x{name}", key) for name, pairs in sections for key, _ in pairs]


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    parse_corosync_conf(data)


@given(st.text("ab:{}# \n\t", max_size=60))
def test_sections_nest_or_it_is_a_mistake(text: str) -> None:
    """Whatever is read without a mistake is written down again as the same."""
    conf = parse_corosync_conf(text.encode())
    opened = sum(1 for _ in conf.root.walk()) - 1
    if not conf.mistakes:
        lines = [line.strip() for line in text.split("\n")]
        assert opened == sum("{" in line and not line.startswith("#") for line in lines)
        assert opened == sum(line == "}" for line in lines)
