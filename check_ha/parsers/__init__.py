"""Parsers of what the tools of Pacemaker, Corosync and DRBD print: bytes in, immutable records out, or a ParseError.

A library of its own, described in docs/library.md::

    from check_ha.parsers import ParseError, parse_cfgtool, parse_crm_mon

Each function is named after the tool, takes its output as bytes, and returns records of check_ha.model. It reads no
file, runs no tool and looks at no clock. Output that it does not recognise is a ParseError, never half an answer; it
raises nothing else.

What stays, from one version to the next: the names in ``__all__``, what they take and return, and the names and the
meaning of the fields of a record. What may come: more functions, and more fields, each at the end of its record and
with a default. So read a record by the names of its fields, not by position. The modules behind this one may change.

A parser is loaded when it is first asked for: who reads no XML does not load lxml.
"""

from typing import TYPE_CHECKING, Any, List

if TYPE_CHECKING:
    from check_ha.parsers.addresses import parse_ip_addr
    from check_ha.parsers.booth import parse_booth_list, parse_booth_peers
    from check_ha.parsers.booth_conf import parse_booth_conf
    from check_ha.parsers.cfgtool import parse_cfgtool
    from check_ha.parsers.cfgtool_nodes import parse_cfgtool_nodes
    from check_ha.parsers.cib import parse_cib
    from check_ha.parsers.cmapctl import parse_cmapctl, parse_cmapctl_stats
    from check_ha.parsers.corosync_conf import parse_corosync_conf
    from check_ha.parsers.crm_mon import parse_crm_mon
    from check_ha.parsers.crm_simulate import parse_crm_simulate
    from check_ha.parsers.crm_verify import parse_crm_verify
    from check_ha.parsers.crmadmin import parse_crmadmin
    from check_ha.parsers.drbdsetup import parse_drbdsetup_status
    from check_ha.parsers.errors import ParseError
    from check_ha.parsers.installed import parse_corosync_version, parse_pacemakerd_features, parse_stat
    from check_ha.parsers.nodename import parse_crm_node, parse_crm_node_list
    from check_ha.parsers.proc_drbd import parse_drbd_names, parse_proc_drbd
    from check_ha.parsers.processes import parse_ps, parse_ps_executables
    from check_ha.parsers.quorumtool import parse_quorumtool, parse_quorumtool_nodes
    from check_ha.parsers.sbd import parse_sbd_config, parse_sbd_dump, parse_sbd_list
    from check_ha.parsers.view import parse_view
    from check_ha.parsers.watchdogs import parse_watchdogs

__all__ = [
    "ParseError",
    "parse_booth_conf",
    "parse_booth_list",
    "parse_booth_peers",
    "parse_cfgtool",
    "parse_cfgtool_nodes",
    "parse_cib",
    "parse_cmapctl",
    "parse_cmapctl_stats",
    "parse_corosync_conf",
    "parse_corosync_version",
    "parse_crm_mon",
    "parse_crm_node",
    "parse_crm_node_list",
    "parse_crm_simulate",
    "parse_crm_verify",
    "parse_crmadmin",
    "parse_drbd_names",
    "parse_drbdsetup_status",
    "parse_ip_addr",
    "parse_pacemakerd_features",
    "parse_proc_drbd",
    "parse_ps",
    "parse_ps_executables",
    "parse_quorumtool",
    "parse_quorumtool_nodes",
    "parse_sbd_config",
    "parse_sbd_dump",
    "parse_sbd_list",
    "parse_stat",
    "parse_view",
    "parse_watchdogs",
]

_PLACES = {
    "ParseError": "errors.ParseError",
    "parse_booth_conf": "booth_conf.parse_booth_conf",
    "parse_booth_list": "booth.parse_booth_list",
    "parse_booth_peers": "booth.parse_booth_peers",
    "parse_cfgtool": "cfgtool.parse_cfgtool",
    "parse_cfgtool_nodes": "cfgtool_nodes.parse_cfgtool_nodes",
    "parse_cib": "cib.parse_cib",
    "parse_cmapctl": "cmapctl.parse_cmapctl",
    "parse_cmapctl_stats": "cmapctl.parse_cmapctl_stats",
    "parse_corosync_conf": "corosync_conf.parse_corosync_conf",
    "parse_corosync_version": "installed.parse_corosync_version",
    "parse_crm_mon": "crm_mon.parse_crm_mon",
    "parse_crm_node": "nodename.parse_crm_node",
    "parse_crm_node_list": "nodename.parse_crm_node_list",
    "parse_crm_simulate": "crm_simulate.parse_crm_simulate",
    "parse_crm_verify": "crm_verify.parse_crm_verify",
    "parse_crmadmin": "crmadmin.parse_crmadmin",
    "parse_drbd_names": "proc_drbd.parse_drbd_names",
    "parse_drbdsetup_status": "drbdsetup.parse_drbdsetup_status",
    "parse_ip_addr": "addresses.parse_ip_addr",
    "parse_pacemakerd_features": "installed.parse_pacemakerd_features",
    "parse_proc_drbd": "proc_drbd.parse_proc_drbd",
    "parse_ps": "processes.parse_ps",
    "parse_ps_executables": "processes.parse_ps_executables",
    "parse_quorumtool": "quorumtool.parse_quorumtool",
    "parse_quorumtool_nodes": "quorumtool.parse_quorumtool_nodes",
    "parse_sbd_config": "sbd.parse_sbd_config",
    "parse_sbd_dump": "sbd.parse_sbd_dump",
    "parse_sbd_list": "sbd.parse_sbd_list",
    "parse_stat": "installed.parse_stat",
    "parse_view": "view.parse_view",
    "parse_watchdogs": "watchdogs.parse_watchdogs",
}

if not TYPE_CHECKING:  # which would let any name pass

    def __getattr__(name: str) -> Any:
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        module, _, function = _PLACES[name].partition(".")
        return getattr(importlib.import_module(f"{__name__}.{module}"), function)


def __dir__() -> List[str]:
    return sorted(__all__)
