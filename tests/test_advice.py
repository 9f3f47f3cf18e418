"""What can be typed and stands in an advice is carried out by a test, or there is a reason why it is not."""

from __future__ import annotations

import json

import pytest

from tests.advised import matches, templates
from tests.live.advice import CASES, ELSEWHERE, LOOK_UPS, NOT_CARRIED_OUT
from tests.replay import label, recorded, replay_all

KNOWN = [
    *dict.fromkeys(template for case in CASES for template in case.commands),
    *LOOK_UPS,
    *ELSEWHERE,
    *NOT_CARRIED_OUT,
]
# names of commands of this project that stand in the code for other reasons
NAMES = {"check_ha_setup", "check_ha_snapshot", "check_ha_view"}
METRICS = {"check_ha_build_info", "check_ha_finding", "check_ha_run_timestamp_seconds", "check_ha_state"}


def test_each_advice_in_the_code_is_proven_or_there_is_a_reason() -> None:
    assert sorted(KNOWN) == sorted(set(KNOWN))
    assert templates() - NAMES - METRICS - set(KNOWN) == set(), "advised, and not proven"
    assert set(KNOWN) - templates() == set(), "advised no longer"


@pytest.mark.no_cover
def test_each_advice_on_a_recording_is_one_of_these() -> None:
    unknown = {}
    for directory in recorded():
        _, output = replay_all("--format=json", "--from", str(directory))
        for finding in json.loads(output)["findings"]:
            for command in finding["commands"]:
                if not any(matches(template, command) for template in KNOWN):
                    unknown[command] = label(directory)
    assert unknown == {}
