"""``make demo``: each scene of its story says what it is there for."""

from __future__ import annotations

import runpy
from typing import List

from check_ha.cli.register import check_named
from check_ha.multinode import split_brain
from tests.replay import SAMPLES, compare, replay, replay_all

DEMO = runpy.run_path(str(SAMPLES.parent / "demo.py"))

STATES = {
    "founding-2.4-healthy": [1, 0, 0],
    "founding-2.4-ring-faulty": [1, 1, 0],
    "founding-2.4-both-rings-cut": [2, 2, 2],
    "founding-2.4-standby": [1, 0, 0],
    "founding-2.4-failed-action": [1, 0],
}


def test_the_story_in_five_scenes() -> None:
    found = {}
    for scene in DEMO["STORY"]:
        codes: List[int] = []
        for name, *nodes in scene.commands:
            place = SAMPLES / scene.sample
            if len(nodes) > 1:
                codes.append(compare(split_brain.CHECK, place)[0])
            elif name == "check_ha":
                codes.append(replay_all("--from", str(place / nodes[0]))[0])
            else:
                codes.append(replay(check_named(name.replace("check_ha_", "")), "--from", str(place / nodes[0]))[0])
        found[scene.sample] = codes
    assert found == STATES


def test_every_sample_has_a_line() -> None:
    samples = list(DEMO["recorded"]())
    assert samples == sorted(path for path in SAMPLES.iterdir() if path.is_dir())
    assert all(DEMO["note"](sample) and DEMO["nodes_of"](sample) for sample in samples)
