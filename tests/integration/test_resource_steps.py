"""What check_ha_resources advises is typed, and mends what it was advised for.

On a recorded CIB: crm_simulate, Pacemaker's own scheduler, does what the cluster would do then, and crm_mon shows it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import List

import pytest

from check_ha.checks.resources.check import CHECK, ResourceOptions, judge
from check_ha.core.evidence import examine
from check_ha.core.finding import Finding
from check_ha.sources.tools import CIBADMIN, CRM_MON, Output
from tests.made import MADE, environment, run
from tests.needed import program
from tests.replay import SAMPLES

pytestmark = pytest.mark.packages

STEPS = {
    "made/ordered-after-disabled": ("disabled", "crm resource start p_first"),
    "made/group-member-disabled": ("disabled", "crm resource start p_fs"),
    "made/group-disabled-member-started": ("disabled", "crm resource start g_web"),
    "made/cloned-group-disabled": ("disabled", "crm resource start cl_stack"),
    "made/bundle-disabled": ("disabled", "crm_resource --resource web --meta --delete-parameter target-role"),
    "made/guest-disabled": ("disabled", "crm resource start vm1"),
    "made/group-unmanaged": ("unmanaged", "crm resource manage g_web"),
    "made/bundle-unmanaged": ("unmanaged", "crm_resource --resource web --meta --delete-parameter is-managed"),
    "made/clone-unmanaged-and-node-in-maintenance": ("unmanaged", "crm resource manage cl_ping"),
    "made/group-in-maintenance": (
        "maintenance", "crm_resource --resource g_web --meta --delete-parameter maintenance",
    ),
    "samples/node-maintenance/node1": ("maintenance", "crm_attribute --node node2 --name maintenance --delete"),
    "samples/maintenance-mode/node1": ("maintenance", "crm_attribute --name maintenance-mode --delete"),
    "made/stop-all-resources": ("stop-all", "crm_attribute --name stop-all-resources --delete"),
    "made/banned-everywhere": (
        "stopped", "crm configure delete p_single-node3 p_single-node2 p_single-node1",
    ),
    "made/opt-in": ("stopped", "crm configure location l-p_single p_single 0: node1"),
    "made/promotion-banned-by-drbd": ("not-promoted", "crm configure delete drbd-fence-by-handler-r0-ms_db"),
}  # fmt: skip
"""The recording, the condition, and the first of the commands that are advised.

Not here: pcs, which is not installed beside crmsh; crm_resource --cleanup and --refresh, which ask a running cluster;
crm_ticket, crm_simulate, --why and --locate, which show something and mend nothing.
"""


def found(cib: Path) -> List[Finding]:
    shown = subprocess.run(CRM_MON.argv, env=environment(cib), stdout=subprocess.PIPE, check=True).stdout
    outputs = {
        CRM_MON: Output(CRM_MON, CRM_MON.argv, 0, shown, "", 0.0),
        CIBADMIN: Output(CIBADMIN, CIBADMIN.argv, 0, cib.read_bytes(), "", 0.0),
    }
    return list(judge(examine(CHECK.readings, outputs), ResourceOptions()).findings)


@pytest.mark.parametrize(("recording", "condition", "command"), [(name, *step) for name, step in STEPS.items()])
def test_the_step_mends_it(recording: str, condition: str, command: str, tmp_path: Path) -> None:
    program("crm_simulate", "pacemaker-cli-utils")
    program("crm", "crmsh")
    root, _, name = recording.partition("/")
    cib = tmp_path / "cib.xml"
    cib.write_bytes(({"made": MADE, "samples": SAMPLES}[root] / name / "cibadmin.xml").read_bytes())
    assert (condition, command) in [(one.condition.name, one.commands[0]) for one in found(cib) if one.commands]
    subprocess.run(command, shell=True, env=environment(cib), check=True, capture_output=True)
    for _ in range(3):
        run("settle", cib)
    assert condition not in [one.condition.name for one in found(cib)]
