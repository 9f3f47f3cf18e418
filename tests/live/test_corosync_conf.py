"""Our reading of corosync.conf against corosync's own: ``corosync -t`` says at which line it gives up, and why."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import List, Optional, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from check_ha.checks.config.refused.whole import refused_by_test
from check_ha.checks.config.settings import map_keys, settings_of
from check_ha.parsers.corosync_conf import parse_corosync_conf

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(shutil.which("corosync") is None, reason="apt-get install corosync"),
]

# Hundreds of files in one directory, which is the test's own.
asked_often = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def corosync(folder: Path, text: str) -> Tuple[int, Optional[int], str]:
    """The exit status of corosync -t, the line of the parser's error, and what else it says."""
    path = folder / "corosync.conf"
    path.write_bytes(text.encode())
    done = subprocess.run(["corosync", "-t", "-c", str(path)], capture_output=True, text=True, check=False)
    error = re.search(r"parser error: [^:]*:(\d+): ", done.stdout + done.stderr)
    return done.returncode, int(error[1]) if error else None, done.stdout + done.stderr


BLANKS = st.sampled_from(["", " ", "\t", "  "])
SECTIONS = st.sampled_from(
    ["totem", "quorum", "nodelist", "node", "interface", "device", "logging", "foo", "totem:", "to tem", "", "a.b", "é"]
)
KEYS = st.sampled_from(
    (
        *(
            "token",
            "two_node",
            "expected_votes",
            "ring0_addr",
            "nodeid",
            "name",
            "mcastport",
            "ttl",
            "linknumber",
            "ab",
        ),
        *("a", "a b", "crypto_hash", "crypto_cipher", "ip_version", "é", "x:y", "to#ken", "knet_compression_level"),
    )
)
VALUES = st.sampled_from(
    (
        *("2", "0", "-1", "+3", "70000", "256", "4294967296", "9" * 23, "abc", "", "none", "aes256", "3des", "sha1"),
        *("ipv4", "fd00::1", "3 # x", "yes", "1.2.3.4", " 5 ", '"1"', "0x10", "é", "}"),
    )
)
LINES = st.one_of(
    st.tuples(BLANKS, SECTIONS, BLANKS, st.just("{"), st.sampled_from(["", "", "", " ", "x", " # c", "}"])).map(
        "".join
    ),
    st.tuples(BLANKS, KEYS, BLANKS, st.just(":"), BLANKS, VALUES, st.sampled_from(["", " ", "\r"])).map("".join),
    st.tuples(BLANKS, st.just("}"), st.sampled_from(["", "", "", " ", "x", "}"])).map("".join),
    st.sampled_from(["# c", "", "   ", "junk", "#{", "foo bar", "\r", " # x: y", "\0abc"]),
    st.sampled_from([505, 506]).map(lambda length: "abc: " + "v" * length),
)


@asked_often
@given(lines=st.lists(LINES, min_size=1, max_size=14), newline=st.sampled_from(["", "\n"]))
def test_first_mistake(tmp_path: Path, lines: List[str], newline: str) -> None:
    text = "\n".join(lines) + newline
    _, line, said = corosync(tmp_path, text)
    mistakes = [one for one in parse_corosync_conf(text.encode()).mistakes if one.refused_by((3, 1, 7))]
    assert min((mistake.line for mistake in mistakes), default=None) == line, said


HOST = os.uname().nodename
NODES = st.lists(
    st.tuples(
        st.sampled_from([0] * 40 + [1, 65535, 65536]),
        st.sampled_from([True] * 40 + [False]),
        st.sampled_from([False] * 60 + [True]),
    ),
    min_size=1,
    max_size=3,
)
TOTEM = st.fixed_dictionaries(
    {"version": st.sampled_from(["2"] * 40 + ["1"])},
    optional={
        "transport": st.sampled_from(["knet", "knet", "udpu"]),
        "crypto_cipher": st.sampled_from(["none", "none", "aes256"]),
        "crypto_hash": st.sampled_from(["none", "none", "sha256"]),
        "token": st.sampled_from(["20", "90", "126", "140", "1000", "1000"]),
        "consensus": st.sampled_from(["40", "1200", "1200"]),
        "link_mode": st.sampled_from(["active", "rr"]),
    },
)


@asked_often
@given(
    totem=TOTEM,
    nodes=NODES,
    links=st.sampled_from([[0], [0], [0, 1], [0, 1], [0, 5], [1, 8]]),
    interface=st.sampled_from([""] * 6 + ["0", "3", "9"]),
)
def test_refused(
    tmp_path: Path, totem: dict[str, str], nodes: List[Tuple[int, bool, bool]], links: List[int], interface: str
) -> None:
    text = "totem {\nkey: " + "k" * 200 + "\n" + "".join(f"{key}: {value}\n" for key, value in totem.items())
    text += f"interface {{\nlinknumber: {interface}\nknet_link_priority: 1\n}}\n" if interface else ""
    text += "}\nnodelist {\n"
    for number, (other_id, named, ipv6) in enumerate(nodes, 1):
        name = f"name: {HOST if number == 1 else f'n{number}'}\n" if named or number == 1 else ""
        addresses = (f"ring{link}_addr: {'::1' if ipv6 else f'127.0.{link}.{number}'}\n" for link in links)
        text += f"node {{\n{name}nodeid: {other_id or number}\n{''.join(addresses)}}}\n"
    text += "}\n"
    status, _, said = corosync(tmp_path, text)
    conf = parse_corosync_conf(text.encode())
    assert not conf.mistakes
    assert bool(list(refused_by_test(settings_of(map_keys(conf, 3), (3, 1, 7))))) == (status != 0), said
