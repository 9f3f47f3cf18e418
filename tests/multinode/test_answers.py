"""From what a command printed to a view, or to the reason why there is none; and who it is from."""

from __future__ import annotations

from typing import Any, List, Tuple

import pytest

from check_ha.core.wording import joined
from check_ha.model.view import AddressView, ConfiguredView, View
from check_ha.multinode.answers import Answer, answer_of
from check_ha.multinode.cluster_state import combine
from check_ha.multinode.node_names import clusters_of, identify
from check_ha.output.view_text import view_text
from check_ha.sources.tools import BROKEN, FLOODED, HUNG, MISSING, PEER, Output, Tool
from tests.multinode.views import VIP, answer, corosync, pacemaker, resource, silent, stopped, three, view

TEXT = view_text(view("node1")).encode()


def said(**given: Any) -> Answer:
    argv = ("/usr/bin/ssh", "node1", "check_ha_view")
    return answer_of("node1", Output(**{
        "tool": Tool("node1", argv, PEER), "argv": argv, "status": 0, "stdout": b"", "stderr": "", "seconds": 0.4,
        "limit": 4.0, **given,
    }))  # fmt: skip


@pytest.mark.parametrize(
    "stdout",
    [TEXT, TEXT + b"\n", b"Welcome!\n\n  " + TEXT + b" \r\n", TEXT + b"\n{}\n"],
)
def test_a_view(stdout: bytes) -> None:
    assert said(stdout=stdout) == Answer("node1", view("node1"), within=0.4)


@pytest.mark.parametrize("status", [0, 3, 255])
def test_the_exit_status_of_a_transport_says_nothing_of_a_view(status: int) -> None:
    assert said(stdout=TEXT, status=status).view


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"fault": MISSING, "status": None}, "/usr/bin/ssh: no such program here"),
        ({"fault": HUNG, "status": None, "stdout": TEXT}, "no answer within 4 s"),
        ({"fault": FLOODED, "status": None}, "it printed more than any node has to say"),
        ({"fault": BROKEN, "status": None, "stderr": "Exec format error"}, "/usr/bin/ssh: Exec format error"),
        ({"status": -9, "stdout": TEXT}, "ssh was killed by signal 9"),
        ({"status": 0}, "ssh ended with exit status 0 and printed nothing"),
        ({"status": 3, "stdout": b"\n \nfirst\nsecond\n", "stderr": "err"}, "first"),
        ({"status": 255, "stderr": "first\nlast\n\n"}, "last"),
        ({"status": 3, "stdout": b"x" * 5000}, "x" * 200),
    ],
)
def test_no_view(given: Any, reason: str) -> None:
    assert said(**given) == Answer("node1", reason=reason)


def test_garbled() -> None:
    assert said(stdout=b'{"schema": 9}\n') == Answer(
        "node1", reason="a view of schema 9, and this version of check_ha knows 1 and 2: update it", unreadable=True
    )


# Who is who


def names(*given: Any) -> Tuple[List[str], List[str], Tuple[str, ...]]:
    cluster = identify([answer(one) if hasattr(one, "time") else one for one in given])
    return [one.node for one in cluster.answered], [one.node for one in cluster.unreachable], cluster.not_asked


@pytest.mark.parametrize("asked", ["node3", "node3.example.net", "198.51.100.3"])
def test_a_silent_node_is_known_by_name_by_the_name_of_its_host_and_by_its_address(asked: str) -> None:
    assert names(three("node1"), silent(asked)) == (["node1"], ["node3"], ("node2",))


def test_the_only_one_left_is_the_one() -> None:
    assert names(three("node1"), three("node2"), silent("db3-mgmt")) == (["node1", "node2"], ["node3"], ())


def test_which_of_two_cannot_be_told() -> None:
    assert names(three("node1"), silent("db2-mgmt"), silent("db3-mgmt")) == (["node1"], ["", ""], ())


def test_two_hosts_of_one_short_name_are_told_apart_by_the_whole() -> None:
    nodes = (ConfiguredView(1, "node1", ()), ConfiguredView(2, "db.paris", ()), ConfiguredView(3, "db.lyon", ()))
    one = view("node1", nodelist=nodes, pacemaker=None)
    assert names(one, silent("db.lyon")) == (["node1"], ["db.lyon"], ("db.paris",))
    assert names(one, silent("db.mgmt")) == (["node1"], [""], ())


def test_an_address_has_no_short_name() -> None:
    assert names(three("node1"), silent("198.51.100.9"), silent("fd00::9")) == (["node1"], ["", ""], ())


def test_a_node_that_does_not_know_its_name() -> None:
    nameless = stopped("node2", nodelist=None)._replace(node=None)
    assert names(view("node1"), answer(nameless, "node2.example.net")) == (["node1", "node2"], [], ())
    assert names(view("node1"), answer(nameless, "elsewhere")) == (["node1", "elsewhere"], [], ("node2",))


def test_nodes_of_corosync_without_names() -> None:
    made = view("node1", pacemaker=None, nodelist=(ConfiguredView(1, "", ("198.51.100.1",)), ConfiguredView(None, "")))
    assert identify([answer(made)]).nodes == ("node1",)
    made = made._replace(corosync=None)
    assert identify([answer(made)]).nodes == ("198.51.100.1", "node1")


def test_nodes_of_another_cluster_have_other_addresses_even_if_they_have_the_same_names() -> None:
    other = tuple(ConfiguredView(number, f"node{number}", (f"203.0.113.{number}",)) for number in (1, 2))
    one, two = answer(view("node1"), "a"), answer(view("node2", nodelist=other), "b")
    assert clusters_of([one, two]) == [(one,), (two,)]
    same = answer(view("node2"), "b")
    assert clusters_of([one, same]) == [(one, same)]
    nothing_known = answer(stopped("node2", nodelist=None), "b")
    assert clusters_of([one, nothing_known]) == [(one, nothing_known)]


def test_the_cluster_with_most_views_comes_first_and_has_what_is_not_known() -> None:
    other = tuple(ConfiguredView(number, f"node{number}", (f"203.0.113.{number}",)) for number in (4, 5))
    four = answer(view("node4", nodelist=other, pacemaker=None))
    one, two, lost, fifth = answer(view("node1")), answer(view("node2")), silent("nodex"), silent("node5")
    assert clusters_of([four, fifth, one, lost, two]) == [(one, lost, two), (four, fifth)]


def test_no_views_are_one_cluster() -> None:
    assert clusters_of([silent("a"), silent("b")]) == [(silent("a"), silent("b"))]


# Machines, not names


def renamed(*, own: str = "web2") -> View:
    """Node 2, which calls itself otherwise since it was renamed, and cannot join."""
    made = pacemaker(dc=None, online=(), nodes=("node1", "node2"), quorate=None)
    nodes = (made.nodes[0], made.nodes[1]._replace(name=own))
    return view("node2", pacemaker=made._replace(nodes=nodes, resources=()))._replace(node=own)


def test_a_renamed_node_is_one_machine() -> None:
    cluster = identify([answer(view("node1")), answer(renamed(), "192.0.2.2")])
    assert cluster.nodes == ("node1", "web2")
    assert cluster.not_asked == ()
    assert cluster.other_names == {"node2": "web2"}
    one = cluster.with_one_name_each().views["node1"]
    assert one.corosync
    assert one.pacemaker
    assert [member.name for member in one.corosync.members] == ["node1", "web2"]
    assert [node.name for node in one.pacemaker.nodes] == ["node1", "web2"]


def test_two_machines_of_one_name_are_two() -> None:
    """The copy of a machine, which says the name of the first; only the addresses differ."""
    copy = view("node1", addresses=(AddressView("192.0.2.77", "pub0"), AddressView(VIP, "pub0")))
    cluster = identify([answer(view("node1")), answer(copy, "copy1")])
    assert [one.node for one in cluster.answered] == ["node1", "copy1"]
    assert cluster.asked_twice == ()
    assert cluster.views["copy1"].pacemaker
    again = identify([answer(view("node1")), answer(view("node1"), "node1.example.net")])
    assert [one.node for one in again.answered] == ["node1"]
    assert [(one.asked, other.asked) for one, other in again.asked_twice] == [("node1", "node1.example.net")]


def test_where_ids_differ_each_node_that_answers_stays_itself() -> None:
    wrong = view("node2", nodelist=(ConfiguredView(1, "node2"), ConfiguredView(2, "node1")))
    cluster = identify([answer(view("node1")), answer(wrong)])
    assert cluster.nodes == ("node1", "node2")
    assert cluster.other_names == {}


# Put together


@pytest.mark.parametrize("epoch", [None, "", "1.2", "1.2.3.4", "x.y.z", "9" * 13 + ".1.1", "٣.1.1"])
def test_a_cib_version_that_is_none_is_the_oldest(epoch: Any) -> None:
    old = view("node1", cib_epoch=epoch, pacemaker=pacemaker(resource("p_a", "node1")))
    new = view("node2", cib_epoch="0.0.1", pacemaker=pacemaker(resource("p_a", "node2")))
    answered = identify([answer(old), answer(new)]).answered
    assert combine(answered).active_on == {"p_a": ("node2",)}


def test_of_views_of_one_age_that_of_the_dc_counts() -> None:
    dc = view("node2", pacemaker=pacemaker(resource("p_a", "node2"), dc="node2"))
    other = view("node1", pacemaker=pacemaker(resource("p_a", "node1"), dc="node2"))
    assert combine(identify([answer(other), answer(dc)]).answered).active_on == {"p_a": ("node2",)}


def test_members_are_known_by_address_where_they_have_no_id() -> None:
    """Corosync 2 without names in the nodelist, and a node that may not ask its own corosync."""
    ring = corosync("node1")._replace(members=corosync("192.0.2.1", ("192.0.2.1", "192.0.2.2")).members)
    one, other = view("node1", corosync=ring), view("node2", corosync=None)
    assert len(combine(identify([answer(one), answer(other)]).answered).partitions) == 1


def test_a_chain_is_one_partition() -> None:
    views = [three("node1", ("node1", "node2")), three("node3", ("node2", "node3")), three("node2")]
    (partition,) = combine(identify([answer(one) for one in views]).answered).partitions
    assert partition.nodes == ("node1", "node3", "node2")


@pytest.mark.parametrize(
    ("names", "text"), [((), "none"), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_listed(names: Tuple[str, ...], text: str) -> None:
    assert joined(names) == text
