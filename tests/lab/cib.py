"""The Pacemaker configuration of a lab: the demo resources and, if wanted, one fence device per node.

Where everything runs on a healthy cluster is fixed: p_single on node2, all else that runs once on node1.
"""

from __future__ import annotations

from .config import Options
from .network import PUBLIC, VIP


def cib_xml(options: Options) -> str:
    """Return a CIB to start the cluster with. Fencing is off in it: else the slower node to start would be shot.

    It knows the nodes: where it does not, the fencer of 3.0.0 takes every device for one of others, and does not look
    again (ClusterLabs/pacemaker pull request 3855).
    """
    devices = options.names if options.stonith == "on" else []
    return f"""\
<cib crm_feature_set="3.6.0" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0">
  <configuration>
    <crm_config>{_properties(options)}</crm_config>
    <nodes>{"".join(f'<node id="{n}" uname="{name}"/>' for n, name in enumerate(options.names, 1))}</nodes>
    <resources>{_SINGLE}{_web(options)}{_CLONES}{"".join(_device(name) for name in devices)}</resources>
    <constraints>
      <rsc_location id="l_web" rsc="g_web" score="10" node="node1"/>
      <rsc_location id="l_single" rsc="p_single" score="10" node="node2"/>
      <rsc_location id="l_db" rsc="ms_db" role="Promoted" score="100" node="node1"/>
      {"".join(f'<rsc_location id="l_st_{n}" rsc="st_{n}" score="-INFINITY" node="{n}"/>' for n in devices)}
    </constraints>
    <rsc_defaults>{_defaults(options)}</rsc_defaults>
  </configuration>
  <status/>
</cib>
"""


def _properties(options: Options) -> str:
    values = {
        "stonith-enabled": "false",
        "no-quorum-policy": options.no_quorum_policy,
        "dc-deadtime": "1s",  # the first election waits this long, by default 20 s
        **options.properties,
    }
    pairs = "".join(f'<nvpair id="property-{name}" name="{name}" value="{value}"/>' for name, value in values.items())
    return f'<cluster_property_set id="cib-bootstrap-options">{pairs}</cluster_property_set>'


def _defaults(options: Options) -> str:
    if options.migration_threshold is None:
        return ""
    value = f'name="migration-threshold" value="{options.migration_threshold}"'
    return f'<meta_attributes id="defaults"><nvpair id="defaults-threshold" {value}/></meta_attributes>'


def _knob(name: str) -> str:
    return f"""
      <primitive id="{name}" class="ocf" provider="lab" type="Knob">
        <operations>
          <op id="{name}-monitor" name="monitor" interval="2s" timeout="8s"/>
          <op id="{name}-start" name="start" interval="0" timeout="8s"/>
          <op id="{name}-stop" name="stop" interval="0" timeout="40s"/>
        </operations>
      </primitive>"""


def _web(options: Options) -> str:
    return f"""
      <group id="g_web">
        <primitive id="p_vip" class="ocf" provider="heartbeat" type="IPaddr2">
          <instance_attributes id="p_vip-attributes">
            <nvpair id="p_vip-ip" name="ip" value="{VIP}"/>
            <nvpair id="p_vip-cidr_netmask" name="cidr_netmask" value="24"/>
            <nvpair id="p_vip-nic" name="nic" value="{PUBLIC}"/>
          </instance_attributes>
          <operations>
            <op id="p_vip-monitor" name="monitor" interval="{options.vip_monitor}" timeout="20s"/>
          </operations>
        </primitive>{_knob("p_app")}
      </group>"""


def _device(node: str) -> str:
    # Of two nodes that have lost each other the one whose own device waits survives.
    delay = f'<nvpair id="st_{node}-delay" name="pcmk_delay_base" value="1s"/>' if node == "node1" else ""
    return f"""
      <primitive id="st_{node}" class="stonith" type="fence_lab">
        <instance_attributes id="st_{node}-attributes">
          <nvpair id="st_{node}-hosts" name="pcmk_host_list" value="{node}"/>{delay}
        </instance_attributes>
        <operations>
          <op id="st_{node}-monitor" name="monitor" interval="60s" timeout="20s"/>
        </operations>
      </primitive>"""


_SINGLE = _knob("p_single")

_CLONES = """
      <clone id="cl_ping">
        <primitive id="p_ping" class="ocf" provider="pacemaker" type="Dummy">
          <operations>
            <op id="p_ping-monitor" name="monitor" interval="10s" timeout="20s"/>
          </operations>
        </primitive>
      </clone>
      <clone id="ms_db">
        <meta_attributes id="ms_db-meta">
          <nvpair id="ms_db-promotable" name="promotable" value="true"/>
          <nvpair id="ms_db-interleave" name="interleave" value="true"/>
        </meta_attributes>
        <primitive id="p_db" class="ocf" provider="pacemaker" type="Stateful">
          <operations>
            <op id="p_db-monitor-promoted" name="monitor" interval="10s" timeout="20s" role="Promoted"/>
            <op id="p_db-monitor-unpromoted" name="monitor" interval="11s" timeout="20s" role="Unpromoted"/>
          </operations>
        </primitive>
      </clone>"""
