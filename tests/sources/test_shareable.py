"""What is shared of a node has no secret in it, wherever one may stand, and gives the same verdict."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Dict, Iterator, List, Sequence

import pytest

from check_ha.cli import snapshot
from check_ha.cli.register import check_named
from check_ha.sources.masked_cib import hidden_values, masked_cib
from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.shareable import all_shareable, shareable
from check_ha.sources.tools import (
    ALL,
    BOOTH_CONF,
    CIBADMIN,
    CMAPCTL,
    COROSYNC_CONF,
    CRM_MON,
    CRM_VERIFY,
    IP_ADDR,
    PS,
    Output,
)
from tests.core.said import output
from tests.faketools import from_recording
from tests.replay import SAMPLES, checks, expected_of, label, recorded, replay, replay_all, said

HEALTHY = SAMPLES / "healthy-2node" / "node1"


class Plants:
    """Secrets that can be told apart, and none of which is a part of something else."""

    def __init__(self) -> None:
        self.number = 0

    def __str__(self) -> str:
        self.number += 1
        return f"s3cr3t{self.number:03}x"

    @property
    def found_in(self) -> List[str]:
        return [f"s3cr3t{number:03}x" for number in range(1, self.number + 1)]


PARAMETERS = re.findall(
    r"\w+",
    """
    passwd password passwd_script login username user userid ipmi_pw db_pw hexadecimal_kg kg key identity_file
    secret token community snmp_priv_passwd snmp_auth_passwd api_key apikey auth auth_pass options statusurl dsn
    config directory device binary client_binary replication_passwd test_passwd ssl_key lock_key mysql_pass pwd
    credentials secretkey access_key bearer webhook curl_opts env extra_args cmdline_options monitor_user rep_pass
    vcenter_pass zone tenant_id project_id client_secret
    """,
)


def planted_cib(plants: Plants) -> str:
    pairs = "".join(f'<nvpair id="p-{name}" name="{name}" value="{plants}"/>' for name in PARAMETERS)
    return f"""\
<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.8" epoch="9" num_updates="0" admin_epoch="0">
  <!-- the password is {plants} -->
  <configuration>
    <crm_config><cluster_property_set id="cib-bootstrap-options">
      <nvpair id="c1" name="stonith-enabled" value="true"/><nvpair id="c2" name="site-token" value="{plants}"/>
      <nvpair id="c3" name="cluster-name" value="lab"/>
      <nvpair id="c4" name="hana_ha1_site_srHook_TWO" value="SOK"/><nvpair id="c5" name="hana_pw" value="{plants}"/>
      <nvpair id="c6" name="their-status" value="{plants}"/>
    </cluster_property_set></crm_config>
    <nodes><node id="1" uname="node1" description="{plants}"><instance_attributes id="n1">
      <nvpair id="n1a" name="standby" value="off"/><nvpair id="n1b" name="site" value="siteA"/>
      <nvpair id="n1c" name="ipmi_secret" value="{plants}"/></instance_attributes>
      <utilization id="n1u"><nvpair id="n1u1" name="licence" value="{plants}"/></utilization></node></nodes>
    <resources>
      <bundle id="db" description="{plants}"><podman image="registry/{plants}" replicas="3" options="--env P={plants}"
        run-command="/start --token {plants}" network="host"/>
        <network ip-range-start="192.0.2.10"><port-mapping id="pm" port="80"/></network>
        <storage><storage-mapping id="sm" source-dir="/x/{plants}" target-dir="/y/{plants}"
          options="{plants}"/></storage>
      </bundle>
      <template id="t" class="ocf" provider="heartbeat" type="mysql"><instance_attributes id="ti">
        <nvpair id="t1" name="passwd" value="{plants}"/></instance_attributes></template>
      <primitive id="f" class="stonith" type="fence_ipmilan" description="{plants}">
        <instance_attributes id="i"><rule id="r" score="0"><expression id="e" attribute="#uname" operation="eq"
          value="node1"/></rule>{pairs}
          <nvpair id="p-host" name="pcmk_host_list" value="node1 node2"/>
          <nvpair id="p-port" name="port" value="plug 7"/>
          <nvpair  id = "blank"  name = "passwd"  value = "two words {plants} and more" />
          <nvpair value='{plants}' name='single' id='quotes'/>
          <nvpair id="elsewhere" value="{plants}"/><nvpair id-ref="elsewhere" name="passwd"/>
          <nvpair id="twice" name="ip" value="{plants}"/><nvpair id-ref="twice" name="passwd"/>
          <nvpair id="url" name="ip" value="http://x:{plants}@192.0.2.1/"/>
          <nvpair id="inside" name="nic" value="eth0,password={plants}"/>
        </instance_attributes>
        <meta_attributes id="m"><nvpair id="m1" name="target-role" value="Started"/>
          <nvpair id="m2" name="note" value="{plants}"/></meta_attributes>
        <operations><op id="o" name="monitor" interval="10s" description="{plants}"><instance_attributes id="oi">
          <nvpair id="oi1" name="depth_key" value="{plants}"/></instance_attributes></op></operations>
      </primitive>
      <primitive id="v" class="ocf" provider="heartbeat" type="IPaddr2"><instance_attributes id="vi">
        <nvpair id="v1" name="ip" value="192.0.2.100"/><nvpair id="v2" name="mac" value="{plants}"/>
        <nvpair id="v3" name="address" value="2001:db8::7/64"/></instance_attributes></primitive>
    </resources>
    <constraints><rsc_location id="l" rsc="v"><rule id="lr" score="100"><expression id="le" attribute="site"
      operation="eq" value="siteA"/></rule></rsc_location></constraints>
    <acls><acl_role id="role" description="{plants}"><acl_permission id="ap" kind="deny"
      xpath="//nvpair[@value='{plants}']"/></acl_role></acls>
    <tags><tag id="tag"><obj_ref id="v"/></tag></tags>
    <alerts><alert id="al" path="/x/{plants}" description="{plants}"><instance_attributes id="ali">
      <nvpair id="ali1" name="smtp" value="{plants}"/></instance_attributes>
      <recipient id="re" value="https://hooks.example.org/services/{plants}"><instance_attributes id="rei">
      <nvpair id="rei1" name="auth" value="{plants}"/></instance_attributes></recipient></alert></alerts>
    <rsc_defaults><meta_attributes id="rd"><nvpair id="rd1" name="custom" value="{plants}"/></meta_attributes>
    </rsc_defaults>
    <op_defaults><meta_attributes id="od"><nvpair id="od1" name="custom" value="{plants}"/></meta_attributes>
    </op_defaults>
  </configuration>
  <status><node_state id="1" uname="node1" crmd="online" in_ccm="true" join="member"><transient_attributes id="1">
    <instance_attributes id="status-1"><nvpair id="s1" name="fail-count-v#monitor_0" value="1"/>
      <nvpair id="s2" name="session" value="{plants}"/><nvpair id="s3" name="load" value="-12.5"/>
      <nvpair id="s4" name="hana_ha1_roles" value="4:P:master1:master:worker:master"/>
      <nvpair id="s5" name="p_pg-data-status" value="STREAMING|SYNC"/><nvpair id="s6" name="gw" value="-INFINITY"/>
      <nvpair id="s7" name="lpa_ha1_lpt" value="1795406908"/><nvpair id="s8" name="pin" value="12345678"/>
    </instance_attributes></transient_attributes>
    <lrm id="1"><lrm_resources><lrm_resource id="v" type="IPaddr2" class="ocf" provider="heartbeat">
      <lrm_rsc_op id="v_last_0" operation="start" rc-code="0" op-digest="{plants}" op-restart-digest="{plants}"
        op-secure-digest="{plants}" exit-reason="login with {plants} refused"/></lrm_resource></lrm_resources></lrm>
  </node_state></status>
</cib>
"""


def planted_conf(plants: Plants) -> str:
    return f"""\
# the old one: {plants}
totem {{
    version: 2
    cluster_name: lab
    key: {plants}
    Key:{plants}
    #key {plants}
    private_key: {plants}
    kye: {plants}
    password: {plants}
    pr\N{LATIN SMALL LETTER E WITH ACUTE}shared: {plants}
    {plants}
    key {plants}
    interface {{ secret: {plants}
        linknumber: 0
    }} {plants}
}}
logging {{
    logfile: /var/log/corosync.log
    note: {plants}
}}
"""


def planted_map(plants: Plants) -> str:
    return f"""\
nodelist.node.0.name (str) = node1
nodelist.node.0.note (str) = {plants}
totem.cluster_name (str) = lab
totem.key (str) = {plants}
totem.KEY (bin) = {plants}
totem.kye (str) = {plants}
totem.private_key (str) = {plants}
quorum.device.net.password (str) = {plants}
runtime.members.1.ip (str) = r(0) ip(192.0.2.1)
totem.version (u32) = 2
"""


def test_of_the_objects_of_corosync_1_only_what_is_known_is_shown() -> None:
    shown = (
        "totem.version=2\nservice.name=pacemaker\ntotem.interface.bindnetaddr=198.51.100.0\n"
        "runtime.totem.pg.mrp.srp.members.23344070.ip=r(0) ip(198.51.100.1) \n"
    )
    hidden = "totem.note=hunter2\nmy note=hunter2=3\nold key=hunter2\n"
    made = Output(CMAPCTL, CMAPCTL.older, 0, (shown + hidden).encode(), "", 0.0)
    assert shareable(made).stdout.decode() == shown + "totem.note=*******\nmy note=*********\nold key=*******\n"


def planted_ps(plants: Plants) -> str:
    return f"""\
    PID    PPID STAT USER     COMMAND
      1       0 Ss   root     /sbin/init --token={plants}
     36       1 Tsl  root     corosync -f --key {plants}
     40       1 S    mysql    mysql -p{plants}
     41       1 S    root     /usr/lib/pacemaker/pacemaker-fenced {plants}
     42       1 S    root     sbd: inquisitor {plants}
     43       1 S    root     corosync.sh {plants}
     44       1 S    root     pacemakerd --features
     45       1 Z    root     [corosync] <defunct>
"""


def planted_booth_conf(plants: Plants) -> str:
    return f"""\
# old key: {plants}
site = 192.0.2.1
  arbitrator="192.0.2.3"
authfile = /etc/booth/authkey
ticket = "ticketA"
    expire = 600
    before-acquire-handler = /usr/local/bin/ask --password {plants} '{plants}' # {plants}
    attr-prereq = auto {plants} eq {plants}
 site-passwd={plants}
{plants}
"""


def test_what_is_shown_of_booth_conf() -> None:
    made = Output(BOOTH_CONF, BOOTH_CONF.argv, 0, planted_booth_conf(Plants()).encode(), "", 0.0)
    assert shareable(made).stdout.decode().splitlines()[1:6] == [
        "site = 192.0.2.1",
        '  arbitrator="192.0.2.3"',
        "authfile = /etc/booth/authkey",
        'ticket = "ticketA"',
        "    expire = 600",
    ]


def planted(plants: Plants) -> Dict[str, str]:
    return {
        CIBADMIN.file: planted_cib(plants),
        COROSYNC_CONF.file: planted_conf(plants),
        BOOTH_CONF.file: planted_booth_conf(plants),
        CMAPCTL.file: planted_map(plants),
        PS.file: planted_ps(plants),
        CRM_MON.file: (HEALTHY / CRM_MON.file)
        .read_text(encoding="utf-8")
        .replace("</node_attributes>", f'<attribute name="ipmi" value="{plants}"/></node_attributes>'),
    }


def planted_tools(tmp_path: Path) -> Path:
    """Tools that answer as those of a healthy node, but for what is planted."""
    folder, kept = tmp_path / "tools", tmp_path / "said"
    folder.mkdir()
    source = Recording(str(HEALTHY))
    texts = planted(Plants())
    outputs = [
        one._replace(stdout=texts[one.tool.file].encode(), status=0, fault=None) if one.tool.file in texts else one
        for one in source.collect(ALL).values()
    ]
    write_recording(str(kept), source.node, source.now, outputs)
    from_recording(kept, folder)
    return folder


@pytest.fixture(name="tools")
def node_with_secrets(tmp_path: Path) -> Path:
    return planted_tools(tmp_path)


def leaks(plants: Sequence[str], text: str) -> List[str]:
    return [one for one in plants if one in text]


def all_plants() -> List[str]:
    plants = Plants()
    planted(plants)
    assert plants.number >= 100
    return plants.found_in


def test_none_of_them_is_in_a_snapshot(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "snapshot"
    monkeypatch.setattr(sys, "argv", ["check_ha_snapshot", "-t", "20", "--tools", str(tools), str(directory)])
    snapshot.main()
    written = {path.name: path.read_text(encoding="utf-8") for path in directory.iterdir()}
    assert set(planted(Plants())) <= set(written)
    assert {name: leaks(all_plants(), text) for name, text in written.items() if leaks(all_plants(), text)} == {}


@pytest.mark.parametrize("verbose", ["-v", "-vv", "-vvv"])
def test_none_of_them_is_printed(verbose: str, tools: Path) -> None:
    for name in checks():
        _, text = replay(check_named(name), "--tools", str(tools), "-t", "20", verbose)
        assert leaks(all_plants(), text) == [], name
    _, text = replay_all("--tools", str(tools), "-t", "20", verbose)
    assert leaks(all_plants(), text) == []


NEEDED = (
    'name="stonith-enabled" value="true"',
    'name="cluster-name" value="lab"',
    'name="standby" value="off"',
    'name="site" value="siteA"',
    'name="pcmk_host_list" value="node1 node2"',
    'name="port" value="plug 7"',
    'name="target-role" value="Started"',
    'name="ip" value="192.0.2.100"',
    'name="address" value="2001:db8::7/64"',
    'name="fail-count-v#monitor_0" value="1"',
    'name="load" value="-12.5"',
    'name="gw" value="-INFINITY"',
    'name="hana_ha1_site_srHook_TWO" value="SOK"',
    'name="hana_ha1_roles" value="4:P:master1:master:worker:master"',
    'name="lpa_ha1_lpt" value="1795406908"',
    'name="p_pg-data-status" value="STREAMING|SYNC"',
    'name="pin" value="********"',
    'attribute="#uname" operation="eq"',
    'value="node1"/></rule>',
    'ip-range-start="192.0.2.10"',
    'interval="10s"',
    'rc-code="0"',
)


def test_what_the_checks_need_is_shown() -> None:
    shown = masked_cib(planted_cib(Plants()).encode()).decode()
    assert [one for one in NEEDED if one not in shown] == []
    assert "digest" not in shown


def variants(text: str) -> Iterator[str]:
    """The document cut off and damaged, so that it is no XML any more."""
    for end in range(0, len(text), 97):
        yield text[:end]
        yield text[:end] + text[end + 1 :]
        yield text[end:]


def test_none_of_them_is_shown_of_a_document_that_is_damaged() -> None:
    plants = Plants()
    text = planted_cib(plants).replace(
        ' name="ip" value="s3cr3t', ' name="passwd" value="s3cr3t'
    )  # its id would be lost
    for variant in variants(text):
        shown = masked_cib(variant.encode()).decode()
        assert leaks(plants.found_in, shown) == []
        assert shown.count("\n") >= variant.count("\n") - 2  # but for what stands in a comment


@pytest.mark.parametrize("name", ["fencing", "vip", "constraints", "resources", "daemons", "config"])
def test_none_of_them_is_in_an_error(name: str, tmp_path: Path) -> None:
    """A line of a CIB, or of corosync.conf, that cannot be read is not quoted."""
    plants = Plants()
    # what parses is a setting, if a misspelt one, and is compared with what runs
    texts = {CIBADMIN: planted_cib(plants), COROSYNC_CONF: re.sub("kye:.*", "", planted_conf(plants))}
    source = Recording(str(HEALTHY))
    ends = range(0, len(texts[CIBADMIN]), 331)
    for number, end in enumerate(ends):
        damaged = {CIBADMIN: texts[CIBADMIN][:end], COROSYNC_CONF: texts[COROSYNC_CONF][end % 400 :]}
        outputs = [
            one._replace(stdout=damaged[one.tool].encode()) if one.tool in damaged else one
            for one in source.collect(ALL).values()
        ]
        write_recording(str(tmp_path / str(number)), source.node, source.now, outputs)
        _, text = replay(check_named(name), "--from", str(tmp_path / str(number)), "-v")
        assert leaks(plants.found_in, text) == []


def test_a_secret_of_the_cib_is_hidden_in_the_words_of_every_tool() -> None:
    cib = output(CIBADMIN, stdout='<cib><nvpair id="a" name="passwd" value="hunter2"/></cib>')
    said = output(IP_ADDR, 1, stderr="cannot log in with hunter2\n")
    assert [one.stderr for one in all_shareable([said, cib])] == ["cannot log in with ********\n", ""]


@pytest.mark.parametrize(
    "words",
    [
        "login: passwd=hunter2 refused",
        'element nvpair: value="hunter2" is not valid',
        "password: 'hunter2'",
        "db_pw = hunter2",
    ],
)
def test_a_secret_that_a_tool_names_is_hidden(words: str) -> None:
    assert "hunter2" not in shareable(output(IP_ADDR, 1, stderr=words)).stderr
    assert "hunter2" not in CRM_VERIFY.words_without_secrets(words)  # which every check shows


@pytest.mark.parametrize(
    "words",
    [
        "sudo: a password is required\n",
        "Failed to initialize the cmap API. Error CS_ERR_ACCESS\n",
        "stat: cannot statx '/etc/corosync/authkey': No such file or directory\n",
    ],
)
def test_what_the_verdict_rests_on_is_shown(words: str) -> None:
    assert shareable(output(IP_ADDR, 1, stderr=words)).stderr == words


def test_hidden_values() -> None:
    document = b'<nvpair id="a" name="passwd" value="hunter2"/><nvpair id="b" name="x" value="abc"/>'
    assert hidden_values(document, masked_cib(document)) == {b"hunter2"}


WITH_HISTORY = """\
<cib crm_feature_set="{}"><configuration/><status><node_state id="1"><lrm id="1"><lrm_resources><lrm_resource id="a"/>
</lrm_resources></lrm>
<transient_attributes id="1"/></node_state><node_state id="2"><lrm id="2"/></node_state><node_state id="3"><lrm id="3">
</lrm></node_state></status></cib>
"""
WITHOUT = re.sub(r'<lrm id="2"/>|(?s:<lrm id="[13]">.*?</lrm>)', "", WITH_HISTORY)


@pytest.mark.parametrize("version", ["3.1.0", "3.16.1", "3.19.7"])
def test_no_history_of_a_pacemaker_that_tells_it_otherwise(version: str) -> None:
    said = output(CIBADMIN, stdout=WITH_HISTORY.format(version))
    assert all_shareable([said], history=False)[0].stdout.decode() == WITHOUT.format(version)
    assert all_shareable([said])[0].stdout == said.stdout


@pytest.mark.parametrize("version", ["3.0.14", "3.0.1", "x", '" x="3.1.0'])
def test_the_history_of_an_old_pacemaker_is_kept(version: str) -> None:
    said = output(CIBADMIN, stdout=WITH_HISTORY.format(version))
    assert b"<lrm_resource" in all_shareable([said], history=False)[0].stdout


ENDLESS = {
    "blanks": b"<a" + b" " * 400_000,
    "blanks-in-a-tag": b'<nvpair name="x"' + b" " * 400_000 + b"/>",
    "tags": b"<" * 400_000,
    "quotes": b'<a b="' * 100_000,
    "comments": b"<!--" * 100_000,
    "attributes": b"<a" + b' x="1"' * 100_000,
    "end-tags": b"</a>" * 100_000,
}


@pytest.mark.parametrize("document", ENDLESS.values(), ids=ENDLESS)
def test_time_grows_with_the_length_and_no_faster(document: bytes) -> None:
    started = time.process_time()
    masked_cib(document)
    for tool in (CRM_MON, COROSYNC_CONF, CMAPCTL, PS):
        shareable(output(tool)._replace(stdout=document))
    assert time.process_time() - started < 6


SHARED = [one for number, one in enumerate(recorded()) if SAMPLES in one.parents or number % 4 == 0]
"""All samples, and one of four other recordings."""


@pytest.mark.no_cover
@pytest.mark.parametrize("directory", SHARED, ids=label)
def test_a_masked_recording_gives_the_same_verdict(directory: Path, tmp_path: Path) -> None:
    source = Recording(str(directory))
    outputs: List[Output] = all_shareable(source.collect(ALL).values())
    kept = [one for one in outputs if one.stderr not in ("not in this recording",)]
    write_recording(str(tmp_path / "masked"), source.node, source.now, kept)
    assert not any(one.tool == CRM_VERIFY and "********" in one.stderr for one in kept)
    for name in checks():
        if label(directory) in expected_of(name):
            assert said(name, tmp_path / "masked") == expected_of(name)[label(directory)]
