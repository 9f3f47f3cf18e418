"""The small shape of the samples: one service a node, and one for the cluster that tells once what all nodes say.

A node that dies, and a fault that all nodes see, are then one notification: the hosts of the nodes send none, and a
node's service sends none while the cluster's is CRITICAL. Nothing is hidden: all of it is shown as it is.
"""

from __future__ import annotations

from typing import List, Tuple

from check_ha.node_setup.nrpe import PLUGINS
from generators.commands import CLUSTER, OWN
from generators.nagios import define, templates
from generators.services import CHECK_NRPE

OWN_TITLE, TITLE, FAILOVER = "HA own", "HA cluster", "HA failover"
FOLDER = "check_ha"
"""Where the web server has the pages of the clusters."""
PAGES = f"/var/www/html/{FOLDER}"
_ATTEMPTS = "4"
"""Runs until a node's own alarm: two more than the cluster's needs, which comes first and silences it."""

_NAGIOS = """\
# A Pacemaker cluster in few services, and one alarm for one fault: one service a node, for what that node alone knows,
# and one for the cluster, which asks all nodes and tells once what all of them say. (check_ha.cfg beside this file is
# the other shape: every check on every node.) Use one of the two. Change the hosts at the end to yours.
# generic-host, generic-service and check-host-alive are what Nagios comes with.
"""
_NODES = """\
# Your nodes. They send no notification of their own: that a node is down is told by its cluster.
"""
_CLUSTER = """\
# A host that stands for the cluster; one per cluster. It has no check of its own: no node's death may silence it. Its
# address is that of a node, any of them, which is asked for what every node says alike and what costs more than the
# rest: whether everything survives the loss of a node. The service also writes a page for a browser, to which its
# notes_url leads; its folder must be there: install -d -o nagios /var/www/html/check_ha
"""
_FIRST = """\
# While the cluster's alarm is CRITICAL, these notify nobody: somebody is looking already. Name the nodes.
"""


def nagios() -> str:
    """Return the objects for Nagios Core and what reads the same."""
    nodes = (("node1", "192.0.2.11"), ("node2", "192.0.2.12"))
    blocks = [_NAGIOS, *templates(("notifications_enabled", "0"))]
    own = ("use", "ha-service"), ("hostgroup_name", "ha-nodes"), ("service_description", OWN_TITLE)
    blocks.append(define("service", *own, ("check_command", f"check_ha_nrpe!{OWN}"), ("max_check_attempts", _ATTEMPTS)))
    blocks.append(_NODES)
    blocks += [define("host", ("use", "ha-node"), ("host_name", name), ("address", where)) for name, where in nodes]
    line = f"$USER1$/{CLUSTER} $ARG1$ --via '$USER1$/{CHECK_NRPE}' --page {PAGES}/$HOSTNAME$.html"
    blocks += [_CLUSTER, define("command", ("command_name", CLUSTER), ("command_line", line))]
    blocks.append(
        define("host", ("use", "generic-host"), ("host_name", "cluster1"), ("address", "192.0.2.11"),
               ("max_check_attempts", "3"))
    )  # fmt: skip
    here = ("use", "ha-service"), ("host_name", "cluster1")
    asked = ("check_command", f"{CLUSTER}!--node node1 --node node2")
    notes = ("notes_url", f"/{FOLDER}/$HOSTNAME$.html")
    blocks.append(define("service", *here, ("service_description", TITLE), asked, notes))
    failover: List[Tuple[str, str]] = [("check_command", "check_ha_nrpe!check_ha_failover"), ("check_interval", "5")]
    blocks.append(
        define("service", *here, ("service_description", FAILOVER), *failover, ("max_check_attempts", _ATTEMPTS))
    )
    blocks.append(_FIRST)
    for names, title in (("node1,node2", OWN_TITLE), ("cluster1", FAILOVER)):
        blocks.append(
            define(
                "servicedependency", ("host_name", "cluster1"), ("service_description", TITLE),
                ("dependent_host_name", names), ("dependent_service_description", title),
                ("execution_failure_criteria", "n"), ("notification_failure_criteria", "c"),
            )
        )  # fmt: skip
    return "\n".join(blocks)


_ICINGA = """\
// A Pacemaker cluster in few services, and one alarm for one fault: for every host with vars.ha_cluster = name of its
// cluster's host one service, for what that node alone knows; for the cluster's host (vars.ha_nodes) one that asks all
// nodes and tells once what all of them say. (services.conf beside this file is the other shape: every check on every
// node.) Use one of the two, with commands.conf. Nodes are asked through NRPE, or with vars.ha_endpoint = name of its
// endpoint through the Icinga agent; vars.ha_via of the cluster's host is another way to ask its nodes for their views.

template Service "ha_small" {
  check_interval = 1m
  retry_interval = 30s
}

apply Service "%(own)s" {
  import "ha_small"
  max_check_attempts = %(attempts)s
  if (host.vars.ha_endpoint) {
    check_command = "ha"
    command_endpoint = host.vars.ha_endpoint
    vars.ha_own = true
  } else {
    check_command = "nrpe"
    vars.nrpe_command = "%(command)s"
    vars.nrpe_timeout = 15
  }
  assign where host.vars.ha_cluster
}

// It also writes a page for a browser, to which notes_url leads; its folder must be there:
// install -d -o nagios /var/www/html/check_ha
apply Service "%(cluster)s" {
  import "ha_small"
  max_check_attempts = 2
  check_command = "ha_cluster"
  vars.ha_cluster_node = host.vars.ha_nodes
  vars.ha_cluster_page = "%(pages)s/" + host.name + ".html"
  notes_url = "/%(folder)s/" + host.name + ".html"
  vars.ha_cluster_via = if (host.vars.ha_via) { host.vars.ha_via } else { PluginDir + "/%(via)s" }
  assign where host.vars.ha_nodes
}

// What every node says alike, and what costs more than the rest: asked of one of them.
apply Service "%(failover)s" {
  import "ha_small"
  max_check_attempts = %(attempts)s
  check_interval = 5m
  if (host.vars.ha_endpoint) {
    check_command = "ha_failover"
    command_endpoint = host.vars.ha_endpoint
  } else {
    check_command = "nrpe"
    vars.nrpe_command = "check_ha_failover"
    vars.nrpe_timeout = 15
  }
  assign where host.vars.ha_nodes
}

// While the cluster's alarm is CRITICAL, these notify nobody: somebody is looking already.
apply Dependency "ha-cluster-first" to Service {
  parent_host_name = host.vars.ha_cluster || host.name
  parent_service_name = "%(cluster)s"
  states = [ OK, Warning, Unknown ]
  disable_checks = false
  disable_notifications = true
  assign where host.vars.ha_cluster && service.name == "%(own)s"
  assign where host.vars.ha_nodes && service.name == "%(failover)s"
}

// Two nodes to begin with: change them to yours. They send no notification of their own: that a node is down is told by
// its cluster.
object Host "node1" {
  address = "192.0.2.11"
  check_command = "hostalive"
  enable_notifications = false
  vars.ha_cluster = "cluster1"
}

object Host "node2" {
  address = "192.0.2.12"
  check_command = "hostalive"
  enable_notifications = false
  vars.ha_cluster = "cluster1"
}

// It has no check of its own: no node's death may silence it. Its address is that of any of its nodes.
object Host "cluster1" {
  address = "192.0.2.11"
  check_command = "dummy"
  vars.ha_nodes = [ "node1", "node2" ]
}
"""


def icinga2() -> str:
    """Return the services for Icinga 2."""
    words = {"own": OWN_TITLE, "cluster": TITLE, "failover": FAILOVER, "attempts": _ATTEMPTS, "command": OWN}
    return _ICINGA % {**words, "via": CHECK_NRPE, "pages": PAGES, "folder": FOLDER}


_MRPE = f"""\
# A Pacemaker cluster in few services, for Checkmk: this line goes into /etc/check_mk/mrpe.cfg of each node, for what
# that node alone knows. The cluster itself is one service of the server: a rule "Integrate Nagios plugins" for the host
# that stands for the cluster, with
#   {CLUSTER} --node node1 --node node2 --via 'ssh -o BatchMode=yes {{node}} check_ha_view'
# and, for a page for a browser, --page FILE: a rule "Notes URL for services" can lead to it.
# To be told of a dead node once, switch off the notifications of the hosts of the nodes (a rule "Enable/disable
# notifications for hosts"): the service of the cluster tells it. mrpe.cfg is the other shape: every check on each.
HA_own (interval=60) {PLUGINS}/check_ha --own
"""


def mrpe() -> str:
    """Return the lines for mrpe.cfg."""
    return _MRPE
