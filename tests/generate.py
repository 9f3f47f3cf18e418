"""Clusters of any size, for measuring: what crm_mon and cibadmin print of them, in the shape of Pacemaker 2.1.5.

What the other tools say of the same cluster is made by ``tests.generate_node``.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Sequence

NOW = 1795406827
"""Mon Nov 23 04:07:07 2026, the time of all that happens, in UTC."""

_FLAGS = 'orphaned="false" blocked="false" managed="true"'
_OPTIONS = (
    'stonith-enabled="true" symmetric-cluster="true" no-quorum-policy="stop" maintenance-mode="false" '
    'stop-all-resources="false" stonith-timeout-ms="60000" priority-fencing-delay-ms="0"'
)


class Big(NamedTuple):
    """A cluster: a fence device a node, the rest of the resources in groups of four with a virtual IP each."""

    resources: int = 10_000
    nodes: int = 64
    dead: int = 0
    """The number of a node that must be fenced, and cannot be; 0: all are well."""
    failed: int = 0
    """How many resources, each the last of a group, have failed wherever they were started."""
    probed: bool = False
    """Whether the status has the probe of each resource on each node, as in a cluster that has grown."""

    @property
    def names(self) -> List[str]:
        return [f"node{number}" for number in range(1, self.nodes + 1)]

    @property
    def devices(self) -> int:
        """Fence devices: as many as there are nodes, if there are that many resources beside them."""
        return self.nodes if self.resources >= 2 * self.nodes else 0

    @property
    def groups(self) -> int:
        return (self.resources - self.devices + 3) // 4

    def members(self, group: int) -> Sequence[int]:
        """The numbers of the resources in that group."""
        return range(4 * group, min(4 * group + 4, self.resources - self.devices))

    def place(self, group: int) -> str:
        """The node that a group runs on."""
        return f"node{group % self.nodes + 1}"

    def guard(self, number: int) -> str:
        """The node that the fence device of node NUMBER runs on: the next one that lives."""
        following = number % self.nodes + 1
        return f"node{following if following != self.dead else following % self.nodes + 1}"

    def is_failed(self, number: int) -> bool:
        return number % 4 == 3 and number // 4 < self.failed


def crm_mon_xml(resources: int, nodes: int = 64) -> bytes:
    """A healthy cluster of that size."""
    return crm_mon(Big(resources, nodes))


def crm_mon(big: Big) -> bytes:
    """``crm_mon --output-as=xml --inactive``, with an operation history for every resource."""
    parts = [
        '<pacemaker-result api-version="2.25" request="crm_mon --output-as=xml --inactive">',
        '<pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-23 04:07:07Z"/>',
        '<summary><stack type="corosync"/><current_dc present="true" version="2.1.5-a3f44794f94" name="node1" id="1" '
        'with_quorum="true" mixed_version="false"/><last_update time="Mon Nov 23 04:07:07 2026"/>'
        '<last_change time="Mon Nov 23 04:07:05 2026" user="root" client="cibadmin" origin="node1"/>'
        f'<nodes_configured number="{big.nodes}"/>'
        f'<resources_configured number="{big.resources}" disabled="0" blocked="0"/>'
        f"<cluster_options {_OPTIONS}/></summary><nodes>",
        *(_node(number, name, big) for number, name in enumerate(big.names, 1)),
        "</nodes><resources>",
        *(_resource(f"st_{name}", "stonith:fence_lab", big.guard(number))
          for number, name in enumerate(big.names[: big.devices], 1)),
        *_groups(big),
        "</resources><node_history>",
        *_histories(big),
        "</node_history>",
        *_failures(big),
        *_fencing(big),
        '<status code="0" message="OK"/></pacemaker-result>',
    ]  # fmt: skip
    return "\n".join(parts).encode()


def _node(number: int, name: str, big: Big) -> str:
    running = sum(len(big.members(group)) for group in range(number - 1, big.groups, big.nodes))
    up, unclean = ("false", "true") if number == big.dead else ("true", "false")
    return (
        f'<node name="{name}" id="{number}" online="{up}" standby="false" standby_onfail="false" maintenance="false" '
        f'pending="false" unclean="{unclean}" health="green" feature_set="3.16.1" shutdown="false" expected_up="true" '
        f'is_dc="{"true" if number == 1 else "false"}" resources_running="{running}" type="member"/>'
    )


def _resource(identity: str, agent: str, node: str, indent: str = "") -> str:
    if not node:
        return (
            f'{indent}<resource id="{identity}" resource_agent="{agent}" role="Stopped" active="false" {_FLAGS} '
            'failed="true" failure_ignored="false" nodes_running_on="0"/>'
        )
    return (
        f'{indent}<resource id="{identity}" resource_agent="{agent}" role="Started" active="true" {_FLAGS} '
        f'failed="false" failure_ignored="false" nodes_running_on="1">\n'
        f'{indent}  <node name="{node}" id="{node[4:]}" cached="true"/>\n{indent}</resource>'
    )


def _groups(big: Big) -> Iterator[str]:
    for group in range(big.groups):
        members = big.members(group)
        yield f'<group id="g_{group}" number_resources="{len(members)}" managed="true" disabled="false">'
        for number in members:
            agent = "ocf:heartbeat:IPaddr2" if number == members[0] else "ocf:pacemaker:Dummy"
            yield _resource(f"p_{number}", agent, "" if big.is_failed(number) else big.place(group), "  ")
        yield "</group>"


def _histories(big: Big) -> Iterator[str]:
    for position, name in enumerate(big.names):
        yield f'<node name="{name}">'
        for number, guarded in enumerate(big.names[: big.devices], 1):
            if big.guard(number) == name:
                yield _history(f"st_{guarded}")
        for group in range(position, big.groups, big.nodes):
            for number in big.members(group):
                failed = (
                    ' fail-count="1000000" last-failure="Mon Nov 23 04:07:06 2026"' if big.is_failed(number) else ""
                )
                yield _history(f"p_{number}", failed)
        yield "</node>"


def _history(identity: str, failed: str = "") -> str:
    return (
        f'  <resource_history id="{identity}" orphan="false" migration-threshold="1000000"{failed}>\n'
        '    <operation_history call="24" task="start" rc="0" rc_text="ok" last-rc-change="Mon Nov 23 '
        '04:07:05 2026" exec-time="58ms" queue-time="0ms"/>\n'
        '    <operation_history call="26" task="monitor" rc="0" rc_text="ok" interval="10000ms" '
        'last-rc-change="Mon Nov 23 04:07:06 2026" exec-time="11ms" queue-time="0ms"/>\n'
        "  </resource_history>"
    )


def _failures(big: Big) -> Iterator[str]:
    """Each failed resource failed to start on three nodes."""
    failed = [4 * group + 3 for group in range(big.failed)]
    if failed:
        yield "<failures>"
        for number in failed:
            for node in big.names[:3]:
                yield (
                    f'  <failure op_key="p_{number}_start_0" node="{node}" exitstatus="error" exitcode="1" call="57" '
                    'exitreason="no such file" status="complete" last-rc-change="2026-11-23 04:07:06Z" queued="0" '
                    'exec="14" interval="0" task="start"/>'
                )
        yield "</failures>"


def _fencing(big: Big) -> Iterator[str]:
    if big.dead:
        yield "<fence_history>"
        for second in (6, 4, 2):
            yield (
                f'  <fence_event action="reboot" target="node{big.dead}" client="pacemaker-controld.92" origin="node1" '
                f'status="failed" delegate="{big.guard(big.dead)}" completed="2026-11-23 04:07:0{second}Z"/>'
            )
        yield "</fence_history>"


def cib(big: Big) -> bytes:
    """``cibadmin -Q``: the configuration, and the status with two operations for every resource."""
    parts = [
        '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.0" epoch="7" num_updates="102" admin_epoch="0" '
        'cib-last-written="Mon Nov 23 04:07:05 2026" update-origin="node1" update-client="cibadmin" update-user="root" '
        'have-quorum="1" dc-uuid="1">\n  <configuration>\n    <crm_config>',
        '      <cluster_property_set id="cib-bootstrap-options">',
        _pair("cib-bootstrap-options", "stonith-enabled", "true"),
        _pair("cib-bootstrap-options", "cluster-name", "big"),
        "      </cluster_property_set>\n    </crm_config>\n    <nodes>",
        *(f'      <node id="{number}" uname="{name}"/>' for number, name in enumerate(big.names, 1)),
        "    </nodes>\n    <resources>",
        *(_primitive(f"st_{name}", 'class="stonith" type="fence_lab"', pcmk_host_list=name, port=name)
          for name in big.names[: big.devices]),
        *_configured(big),
        "    </resources>\n    <constraints/>\n  </configuration>\n  <status>",
        *_states(big),
        "  </status>\n</cib>",
    ]  # fmt: skip
    return "\n".join(parts).encode()


def address(group: int) -> str:
    """The virtual IP of that group."""
    return f"10.{16 + group // 62500}.{group // 250 % 250}.{group % 250 + 1}"


def _pair(owner: str, name: str, value: str) -> str:
    return f'        <nvpair id="{owner}-{name}" name="{name}" value="{value}"/>'


def _primitive(identity: str, kind: str, **parameters: str) -> str:
    owner = f"{identity}-instance_attributes"
    pairs = "\n".join(_pair(owner, name, value) for name, value in parameters.items())
    attributes = f'        <instance_attributes id="{owner}">\n{pairs}\n        </instance_attributes>\n'
    return (
        f'      <primitive id="{identity}" {kind}>\n{attributes if pairs else ""}        <operations>\n'
        f'          <op name="monitor" interval="10s" timeout="20s" id="{identity}-monitor-10s"/>\n'
        f'          <op name="start" timeout="20s" interval="0" id="{identity}-start-0"/>\n'
        f'          <op name="stop" timeout="20s" interval="0" id="{identity}-stop-0"/>\n'
        "        </operations>\n      </primitive>"
    )


def _configured(big: Big) -> Iterator[str]:
    for group in range(big.groups):
        members = big.members(group)
        yield f'      <group id="g_{group}">'
        for number in members:
            if number == members[0]:
                kind = 'class="ocf" provider="heartbeat" type="IPaddr2"'
                yield _primitive(f"p_{number}", kind, ip=address(group), cidr_netmask="32", nic="pub0")
            else:
                yield _primitive(f"p_{number}", 'class="ocf" provider="pacemaker" type="Dummy"')
        yield "      </group>"


def _states(big: Big) -> Iterator[str]:
    for position, name in enumerate(big.names):
        yield (
            f'    <node_state id="{position + 1}" uname="{name}" in_ccm="true" crmd="online" '
            'crm-debug-origin="do_update_resource" join="member" expected="member">\n'
            f'      <lrm id="{position + 1}">\n        <lrm_resources>'
        )
        for group in range(position, big.groups, big.nodes):
            for number in big.members(group):
                yield f'          <lrm_resource id="p_{number}" type="Dummy" class="ocf" provider="pacemaker">'
                yield _operation(number, "start", 0, name)
                yield _operation(number, "monitor", 10000, name)
                yield "          </lrm_resource>"
        for number in range(big.resources if big.probed else 0):
            if number // 4 % big.nodes != position:
                yield f'          <lrm_resource id="p_{number}" type="Dummy" class="ocf" provider="pacemaker">'
                yield _operation(number, "monitor", 0, name)
                yield "          </lrm_resource>"
        yield "        </lrm_resources>\n      </lrm>\n    </node_state>"


def _operation(number: int, operation: str, interval: int, node: str) -> str:
    transition = f"{number}:1:0:b69c00c8-d58f-46eb-a771-f26a619a20c5"
    return (
        f'            <lrm_rsc_op id="p_{number}_{operation}_{interval}" '
        f'operation_key="p_{number}_{operation}_{interval}" operation="{operation}" '
        'crm-debug-origin="do_update_resource" crm_feature_set="3.16.1" '
        f'transition-key="{transition}" transition-magic="0:0;{transition}" exit-reason="" on_node="{node}" '
        f'call-id="26" rc-code="0" op-status="0" interval="{interval}" last-rc-change="{NOW}" exec-time="24" '
        'queue-time="0" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8" op-secure-params="  passwd  " '
        'op-secure-digest="4811cef7f7f94e3a35a70be7916cb2fd"/>'
    )
