"""Clusters of any size, for measuring: what crm_mon and cibadmin print of them, in the shape of Pacemaker 2.1.5."""

from __future__ import annotations

from typing import Iterator, List

_FLAGS = 'orphaned="false" blocked="false" managed="true" failed="false" failure_ignored="false"'


def node_names(nodes: int) -> List[str]:
    return [f"node{number}" for number in range(1, nodes + 1)]


def crm_mon_xml(resources: int, nodes: int = 64) -> bytes:
    """A healthy cluster: groups of four with a virtual IP each, and an operation history for every resource."""
    names = node_names(nodes)
    parts = [
        '<pacemaker-result api-version="2.25" request="crm_mon --output-as=xml --inactive">',
        '<pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-23 04:07:07Z"/>',
        '<summary><stack type="corosync"/><current_dc present="true" version="2.1.5-a3f44794f94" name="node1" id="1" '
        'with_quorum="true" mixed_version="false"/><last_update time="Mon Nov 23 04:07:07 2026"/>'
        '<last_change time="Mon Nov 23 04:07:05 2026" user="root" client="cibadmin" origin="node1"/>'
        f'<nodes_configured number="{nodes}"/><resources_configured number="{resources}" disabled="0" blocked="0"/>'
        '<cluster_options stonith-enabled="true" symmetric-cluster="true" no-quorum-policy="stop" '
        'maintenance-mode="false" stop-all-resources="false" stonith-timeout-ms="60000" priority-fencing-delay-ms="0"/>'
        "</summary><nodes>",
        *(_node(number, name) for number, name in enumerate(names, 1)),
        "</nodes><resources>",
        *_groups(resources, names),
        "</resources><node_history>",
        *_histories(resources, names),
        '</node_history><status code="0" message="OK"/></pacemaker-result>',
    ]
    return "\n".join(parts).encode()


def _node(number: int, name: str) -> str:
    dc = "true" if number == 1 else "false"
    return (
        f'<node name="{name}" id="{number}" online="true" standby="false" standby_onfail="false" maintenance="false" '
        f'pending="false" unclean="false" health="green" feature_set="3.16.1" shutdown="false" expected_up="true" '
        f'is_dc="{dc}" resources_running="1" type="member"/>'
    )


def _groups(resources: int, names: List[str]) -> Iterator[str]:
    for first in range(0, resources, 4):
        group = first // 4
        name = names[group % len(names)]
        members = range(first, min(first + 4, resources))
        yield f'<group id="g_{group}" number_resources="{len(members)}" managed="true" disabled="false">'
        for number in members:
            agent = "ocf:heartbeat:IPaddr2" if number == first else "ocf:pacemaker:Dummy"
            yield (
                f'  <resource id="p_{number}" resource_agent="{agent}" role="Started" active="true" {_FLAGS} '
                f'nodes_running_on="1">\n    <node name="{name}" id="{name[4:]}" cached="true"/>\n  </resource>'
            )
        yield "</group>"


def _histories(resources: int, names: List[str]) -> Iterator[str]:
    for position, name in enumerate(names):
        yield f'<node name="{name}">'
        for number in range(resources):
            if number // 4 % len(names) == position:
                yield (
                    f'  <resource_history id="p_{number}" orphan="false" migration-threshold="1000000">\n'
                    '    <operation_history call="24" task="start" rc="0" rc_text="ok" last-rc-change="Mon Nov 23 '
                    '04:07:05 2026" exec-time="58ms" queue-time="0ms"/>\n'
                    '    <operation_history call="26" task="monitor" rc="0" rc_text="ok" interval="10000ms" '
                    'last-rc-change="Mon Nov 23 04:07:06 2026" exec-time="11ms" queue-time="0ms"/>\n'
                    "  </resource_history>"
                )
        yield "</node>"
