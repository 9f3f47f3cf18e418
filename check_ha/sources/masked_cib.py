"""The CIB with asterisks for whatever the checks do not need: passwords stand in more places than anybody can list.

What is let through is listed here: ids and names, addresses and what else tells a virtual IP, whom a fence device can
fence (``pcmk_*``, ports, plugs), meta attributes, utilization, cluster options, constraints, the outcome of operations,
node attributes that are numbers or that Pacemaker, rules or the agents of databases know.
The rest is hidden: parameters (``passwd``, ``hexadecimal_kg``, ``db_pw``, ``options``), run-command and options of
bundles, alerts and their recipients, descriptions, exit reasons, comments. The digests of operations are left out: they
are unsalted MD5 sums of all parameters, the secret ones among them (Pacemaker 1.1 to 3.0).

The scheduler (``crm_simulate``) places everything where it does with the CIB itself. Without digests it restarts what
runs on the way, so that under no-quorum-policy=freeze it foretells that what it should leave alone stops: on a node it
is given the CIB as it is.

A document that is no XML stays none, line by line: its verdict must be the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Dict, FrozenSet, Iterable, List, Match, Set, Tuple

MASK = b"********"
pattern = lru_cache(maxsize=None)(re.compile)
"""Compiled when it is used first: together these take longer than it takes to mask most outputs."""
_FEATURES_OF_2 = (3, 1)

_ATTRIBUTE = rb"\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')"
_TAG = rb"</?([\w:.-]+)((?:" + _ATTRIBUTE + rb")*)\s*(/?)>|[^<]+|<"
_PAIR = rb"(?<!\s)(\s+)([\w:.-]+)(\s*=\s*)(?:\"([^\"<]*)\"|'([^'<]*)')"
_DIGESTS = rb"(?<!\s)\s+op-[\w-]*digest\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')"

_SHOWN = frozenset(
    b"""
    id id-ref name class provider type template uname crm_feature_set validate-with epoch num_updates admin_epoch
    cib-last-written update-origin update-client update-user have-quorum dc-uuid no-quorum-panic
    score score-attribute score-attribute-mangle role rsc rsc-pattern node resource-discovery boolean-op operation
    attribute start end years months weeks days hours minutes seconds monthdays weekdays yeardays yearsdays weekyears
    moon
    first then first-action then-action kind symmetrical with-rsc with-rsc-role rsc-role rsc-instance with-rsc-instance
    node-attribute influence ticket loss-policy sequential require-all ordering action
    target target-pattern target-attribute target-value index devices
    interval timeout enabled on-fail start-delay record-pending requires interval-origin
    granted last-granted standby owner expires booth-cfg-name
    in_ccm crmd join expected crm-debug-origin shutdown operation_key transition-key transition-magic on_node call-id
    rc-code op-status last-rc-change last-run exec-time queue-time op-force-restart op-secure-params migrate_source
    migrate_target queue_time shutdown-lock container remote_node node_fenced
    replicas replicas-per-host promoted-max masters network ip-range-start control-port host-interface host-netmask
    add-host port internal-port range reference xmlns
    """.split()
)
"""Attributes of any element."""

# most of a large CIB: what has nothing else is not looked at attribute by attribute
_OPERATION = (
    rb"(?:\s+(?:id|operation_key|operation|crm-debug-origin|crm_feature_set|transition-key|transition-magic|on_node|"
    rb"call-id|rc-code|op-status|interval|last-rc-change|last-run|exec-time|queue-time|op-force-restart|op-secure-params"
    rb"|type|class|provider)=\"[^\"<]*\"|\s+exit-reason=\"\")*"
)

_OPTIONS = frozenset(
    b"""
    batch-limit cluster-delay cluster-infrastructure cluster-ipc-limit cluster-name cluster-recheck-interval
    concurrent-fencing crmd-finalization-timeout crmd-integration-timeout crmd-transition-delay dc-deadtime dc-version
    default-action-timeout default-resource-stickiness election-timeout enable-acl enable-startup-probes
    expected-quorum-votes fence-reaction fencing-action fencing-enabled fencing-max-attempts fencing-reaction
    fencing-timeout fencing-watchdog-timeout have-watchdog is-managed-default join-finalization-timeout
    join-integration-timeout last-lrm-refresh load-threshold maintenance-mode migration-limit no-quorum-policy
    node-action-limit node-health-base node-health-green node-health-red node-health-strategy node-health-yellow
    node-pending-timeout pe-error-series-max pe-input-series-max pe-warn-series-max placement-strategy
    priority-fencing-delay remove-after-stop shutdown-escalation shutdown-lock shutdown-lock-limit
    start-failure-is-fatal startup-fencing stonith-action stonith-enabled stonith-max-attempts stonith-timeout
    stonith-watchdog-timeout stop-all-resources stop-orphan-actions stop-orphan-resources symmetric-cluster
    transition-delay
    """.split()
)
_META = frozenset(
    b"""
    allow-migrate allow-unhealthy-nodes clone-max clone-min clone-node-max container-attribute-target critical
    failure-timeout globally-unique interleave is-managed maintenance master-max master-node-max migration-threshold
    multiple-active notify ordered priority promotable promoted-max promoted-node-max provides
    remote-addr remote-allow-migrate remote-connect-timeout remote-node remote-port requires resource-stickiness
    restart-type target-role timeout interval on-fail record-pending
    """.split()
)
_PARAMETERS = frozenset(
    b"""
    ip ipaddr ipaddress ipv6addr cidr_netmask netmask broadcast nic iflabel lvs_support lvs_ipv6_addrlabel
    unique_clone_address run_arping arp_count arp_bg arp_interval preferred_lft destination
    port ports plug plugs server reconnect_interval host_list hostlist nodename node_name drbd_resource multiplier
    name rep_mode reader_attribute
    """.split()
)
_OF_NODES = frozenset(b"standby maintenance terminate pingd shutdown probe_complete resource-discovery".split())
_BEGINNINGS = (b"#", b"master-", b"fail-count-", b"last-failure-")
_OF_DATABASES = rb"(?:hana|lpa)_[a-z0-9]{3}_[\w-]*|[\w.-]*-status"
"""Node attributes, and cluster options, that SAPHanaSR sets, and node attributes of ocf:heartbeat:pgsql."""
_SCORE = rb"[+-]?(?:[0-9][0-9.]{0,6}|INFINITY)"
"""Of node attributes such a value tells nothing: a count, a score, a percentage."""
_ASKING = (b"attribute", b"target-attribute", b"score-attribute", b"score-attribute-mangle", b"node-attribute")
_HARMLESS = (
    rb"(?i)(?:true|false|yes|no|on|off|#default|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?|"
    rb"(?:(?:[0-9a-f]{1,4}:){7}|(?=[^:]*(?::[^:]+)*::)(?:[0-9a-f]{0,4}:){2,7})[0-9a-f]{0,4}(?:/[0-9]{1,3})?)?"
)
"""Values that are shown whatever they are of: true and false, addresses, nothing."""
_TELLING = rb"(?i)://[^/@\s]*@|(?:passw|pass|pwd|secret|token|key|community)\w*[=:]"
"""In the value of a parameter that is shown otherwise: a password after all."""


def masked_cib(document: bytes) -> bytes:
    """Return the document of cibadmin as it may be shown. Takes time in proportion to its length."""
    return _Masked(document).text


def without_history(document: bytes) -> bytes:
    """Return the document without the history of resources, which makes most of a large one: 60 MB of 64 MB.

    Only of a Pacemaker 1 do the checks read it, whose crm_mon does not tell them all.
    """
    version = re.search(rb"<cib\b[^<>]*\scrm_feature_set=\"([0-9]+)\.([0-9]+)", document[:4096])
    place = document.find(b"<status")
    if version is None or (int(version[1]), int(version[2])) < _FEATURES_OF_2 or place < 0:
        return document
    parts: List[bytes] = []
    end = 0
    while True:
        start = document.find(b"<lrm ", place)
        tag = document.find(b">", start)
        stop = tag - 1 if document[tag - 1 : tag] == b"/" else document.find(b"</lrm>", tag)
        if min(start, tag, stop) < 0:
            return b"".join((*parts, document[end:]))
        parts.append(document[end:start])
        end = place = document.find(b">", stop) + 1


def hidden_values(document: bytes, shown: bytes) -> Set[bytes]:
    """Return the values of at least four characters that are in the document and not in what is shown of it."""
    before, after = _values(document), _values(shown)
    return {value for value in before - after if len(value) >= 4}


def masked_attributes(document: bytes, asked: FrozenSet[bytes] = frozenset()) -> bytes:
    """Return the document of crm_mon without node attributes but those that Pacemaker itself sets, and those ``asked``
    for by rules."""
    return re.sub(rb"<attribute\b[^<>]*>", lambda tag: _Masked(tag.group(), asked).text, document)


def asked_by_rules(document: bytes) -> FrozenSet[bytes]:
    """Return the names of the node attributes that rules, colocations and fencing levels of this CIB ask for."""
    tags = re.findall(rb"<(?:expression|fencing-level|rule|rsc_colocation)\b[^<]*", document)
    asked = (dict(_pairs(tag)) for tag in tags)
    return frozenset(one[name] for one in asked for name in _ASKING if one.get(name))


def _values(document: bytes) -> Set[bytes]:
    return {match[4] or match[5] or b"" for match in pattern(_PAIR).finditer(document)}


class _Masked:
    """One document while it is being masked."""

    def __init__(self, document: bytes, asked: FrozenSet[bytes] = frozenset()) -> None:
        self._open: List[bytes] = []
        self._names = _references(document)
        self._of_rules = asked | asked_by_rules(document)
        parts: List[bytes] = []
        place, end = 0, len(document)
        comments, next_tag = True, pattern(_TAG).match
        while place < end:
            found = next_tag(document, place)
            assert found is not None  # noqa: S101  # the last of its alternatives takes what is left
            close = document.find(b"-->", place) if comments and document.startswith(b"<!--", place) else -1
            if close >= 0:
                parts.append(b"<!-- -->")
                place = close + 3
                continue
            comments = comments and not document.startswith(b"<!--", place)
            parts.append(self._shown(found))
            place = found.end()
        self.text = b"".join(parts)

    def _shown(self, found: Match[bytes]) -> bytes:
        element, text = found[1], found.group()
        if element is None:
            return text if text.isspace() else re.sub(rb"[^\s<>&;!?\x00-\x1f]", b"*", text)
        if text.startswith(b"</"):
            if self._open:
                self._open.pop()
            return text
        shown = text if not found[2] else self._tag(element, text)
        if not found[3]:
            self._open.append(element)
        return shown

    def _tag(self, element: bytes, text: bytes) -> bytes:
        if element.startswith(b"lrm_"):
            text = pattern(_DIGESTS).sub(b"", text)
            if pattern(_OPERATION).fullmatch(text, len(element) + 1, len(text) - 1 - text.endswith(b"/>")):
                return text
        valued = element in (b"nvpair", b"attribute") and self._is_shown(dict(_pairs(text)), element)
        valued = valued or (element == b"expression")

        def attribute(match: Match[bytes]) -> bytes:
            value = match[5] if match[4] is None else match[4]
            known = valued if match[2] == b"value" else match[2] in _SHOWN
            if known or not value:
                return match.group()
            return match[1] + match[2] + match[3] + b'"' + MASK + b'"'

        return pattern(_PAIR).sub(attribute, text)

    def _is_shown(self, pair: Dict[bytes, bytes], element: bytes) -> bool:
        """Return whether the value of this name is one that the checks need, or tells nothing."""
        value = pair.get(b"value", b"")
        if pattern(_TELLING).search(value):
            return False
        names = {*self._names.get(pair.get(b"id", b""), ()), *((pair[b"name"],) if b"name" in pair else ())}
        where = self._open[-1] if self._open else b""
        around = self._open[-2] if len(self._open) > 1 else b""
        return bool(names) and all(self._is_needed(name, value, where, around, element) for name in names)

    def _is_needed(self, name: bytes, value: bytes, where: bytes, around: bytes, element: bytes) -> bool:
        if pattern(_HARMLESS).fullmatch(value):
            return True
        if where == b"utilization":  # what the scheduler reckons with
            return re.fullmatch(rb"-?[0-9]{1,12}", value) is not None
        if element == b"attribute" or around in (b"node", b"transient_attributes"):
            known = name in _OF_NODES or name.startswith(_BEGINNINGS) or name in self._of_rules
            return (
                known
                or pattern(_SCORE).fullmatch(value) is not None
                or pattern(_OF_DATABASES).fullmatch(name) is not None
            )
        if where == b"cluster_property_set":
            return name in _OPTIONS or (
                name.startswith(b"hana_") and pattern(_OF_DATABASES).fullmatch(name) is not None
            )
        if where == b"meta_attributes":
            return name in _META
        return where == b"instance_attributes" and (name in _PARAMETERS or name.startswith(b"pcmk_"))


def _pairs(text: bytes) -> Iterable[Tuple[bytes, bytes]]:
    return ((match[2], match[5] if match[4] is None else match[4]) for match in pattern(_PAIR).finditer(text))


def _references(document: bytes) -> Dict[bytes, Set[bytes]]:
    """Return the names under which each nvpair is used elsewhere."""
    names: Dict[bytes, Set[bytes]] = {}
    for tag in re.findall(rb"<nvpair\b[^<]*\bid-ref\b[^<]*", document):
        pair = dict(_pairs(tag))
        if b"name" in pair:
            names.setdefault(pair.get(b"id-ref", b""), set()).add(pair[b"name"])
    return names
