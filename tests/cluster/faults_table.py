"""All faults, those of one kind of cluster together: it is started once for them."""

from __future__ import annotations

from . import faults_config, faults_daemons, faults_fencing, faults_network, faults_nodes, faults_resources, faults_vip
from .fault import FENCING, QDEVICE, THREE, TWO, UDPU, Fault

MODULES = (faults_network, faults_nodes, faults_daemons, faults_resources, faults_vip, faults_config, faults_fencing)
FAULTS: list[Fault] = [fault for module in MODULES for fault in module.FAULTS]
FAULTS.sort(key=lambda fault: (TWO, THREE, FENCING, QDEVICE, UDPU).index(fault.options))
