"""The finding that corosync refuses a configuration, and who notices it first."""

from __future__ import annotations

from typing import Tuple

from check_ha.checks.config.authkey import CONFIG
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import SETTING, Finding, Subject

INVALID = Condition("invalid", Severity.CRITICAL, "Corosync would not start, or reload, with this corosync.conf.")
TEST = ("correct it until corosync finds no error in it", ("corosync -t",))
"""What to do about it: advice and commands."""


def not_loaded(text: str, *subjects: Subject) -> Finding:
    """Return the finding for what ``corosync -t`` refuses, as a reload does."""
    return Finding(INVALID, f"{CONFIG}: {text}; corosync will not load it", subjects, *TEST)


def not_started(text: str, *subjects: Subject) -> Finding:
    """Return the finding for what is refused when corosync starts, and not by ``corosync -t``."""
    advice = "correct it before corosync has to start again; corosync -t does not notice this"
    return Finding(INVALID, f"{CONFIG}: {text}; corosync will not start with it", subjects, advice)


def with_steps(finding: Finding, version: Tuple[int, ...]) -> Finding:
    """Return the finding with what to do where there is no ``corosync -t`` yet, before 2.3.4."""
    if finding.condition is not INVALID or version >= (2, 3, 4):
        return finding
    return finding._replace(
        advice="correct it before corosync has to start again; its log names the error", commands=()
    )


def key(name: str) -> Subject:
    """Return this key of corosync.conf as a subject."""
    return Subject(SETTING, name)
