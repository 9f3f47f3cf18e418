"""All faults, those of one kind of cluster together: it is started once for them."""

from __future__ import annotations

from typing import Iterator

import pytest

from . import faults_config, faults_daemons, faults_fencing, faults_network, faults_nodes, faults_resources, faults_vip
from .fault import FENCING, QDEVICE, THREE, TWO, UDPU

MODULES = (faults_network, faults_nodes, faults_daemons, faults_resources, faults_vip, faults_config, faults_fencing)
KINDS = (TWO, THREE, FENCING, QDEVICE, UDPU)


def cases() -> Iterator[object]:
    """The faults as parameters; those of one module and one kind of cluster are given to the same process."""
    faults = [(KINDS.index(fault.options), module.__name__, fault) for module in MODULES for fault in module.FAULTS]
    for kind, module, fault in sorted(faults, key=lambda one: one[0]):
        yield pytest.param(fault, marks=pytest.mark.xdist_group(f"{module} {kind}"), id=fault.name)
