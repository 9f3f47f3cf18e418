"""What ``crm_mon`` says about the past: failed actions, fail counts, the fence history."""

from __future__ import annotations

import re
from typing import Dict, Iterator, Optional, Tuple

from check_ha.model.cluster import INFINITY, FailCount, Failure, FenceEvent, FenceHistory
from check_ha.parsers.crm_mon_words import (
    number,
    optional_flag,
    optional_moment,
    optional_number,
    optional_text,
    text,
    word,
)
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import LARGE, Element, start_tag

# PCMK_OCF_UNKNOWN: what Pacemaker itself takes for a result without exit code.
_NO_EXIT_CODE = -1

_FENCE_STATUS = {"success": "success", "failed": "failed", "pending": "pending"}

# The tasks that are not a single word, and what the key of a notify action has in front
# of the action it announces (parse_op_key() in lib/common, 1.1 to 3.0).
_TASKS_IN_TWO_WORDS = ("migrate_to", "migrate_from")
_NOTIFICATIONS = ("_confirmed-pre_notify", "_confirmed-post_notify", "_pre_notify", "_post_notify")


def parse_failures(failures: Element) -> Tuple[Failure, ...]:
    """Return the section ``failures``; 1.1.12 lists the same one twice."""
    return tuple(dict.fromkeys(_failure(element) for element in failures.iterchildren("failure")))


def _failure(element: Element) -> Failure:
    """Return one failed action; what follows ``status`` is there only if its time is known::

        <failure op_key="p_single_start_0" node="node1" exitstatus="error" exitreason="knob set to 1 for start"
         exitcode="1" call="45" status="complete" last-rc-change="2026-11-23 04:08:28Z" queued="0" exec="12"
         interval="0" task="start"/>

    An action of a very old history has ``id="vip_last_failure_0"`` in place of ``op_key``.
    """
    resource, task, interval = _action(element)
    exit_code = optional_number(element, "exitcode")
    call = optional_number(element, "call")
    milliseconds = optional_number(element, "interval")
    return Failure(
        resource=resource,
        task=task,
        node=text(element, "node"),
        exit_code=_NO_EXIT_CODE if exit_code is None else exit_code,
        exit_status=optional_text(element, "exitstatus") or "",
        reason=_reason(element, "exitreason"),
        status=optional_text(element, "status") or "",
        interval=interval if milliseconds is None else milliseconds,
        when=optional_moment(element, "last-rc-change"),
        call=-1 if call is None else call,
    )


def _action(element: Element) -> Tuple[str, str, Optional[int]]:
    """Return resource, task and interval, from ``<resource>_<task>_<interval>``, which all may hold a ``_``."""
    task = optional_text(element, "task")
    key = optional_text(element, "op_key") or text(element, "id")
    if element.get("op_key") is None:
        for history in ("_last_failure_0", "_last_0"):
            if key.endswith(history) and key != history:
                return key[: -len(history)], task or "", None
    rest, _, interval = key.rpartition("_")
    if not (interval.isascii() and interval.isdigit() and len(interval) < 20):
        raise ParseError("failed action without interval in its key", start_tag(element))
    resource, task = _split_task(rest, task)
    if not resource:
        raise ParseError("failed action without resource in its key", start_tag(element))
    return resource, task, int(interval)


def _split_task(key: str, task: Optional[str]) -> Tuple[str, str]:
    """``vip_migrate_to`` is resource vip, task migrate_to; the attribute ``task`` knows best."""
    for known in (task, *_TASKS_IN_TWO_WORDS):
        if known and key.endswith(f"_{known}"):
            return key[: -len(known) - 1], known
    resource, _, last = key.rpartition("_")
    for notification in _NOTIFICATIONS:
        if resource.endswith(notification):
            return resource[: -len(notification)], task or "notify"
    return resource, task or last


def _reason(element: Element, name: str) -> str:
    """Return the agent's own words. 1.1 and 2.0 print ``none`` where it gave none.

    Since 2.0.3 they are escaped twice, so that after the XML parser one escape remains:
    ``it&amp;apos;s &amp;quot;bad&amp;quot;``. In 1.1, escaped once, a reason that itself
    reads ``&lt;`` is unescaped once too often here; it is for display only.
    """
    reason = optional_text(element, name) or ""
    return "" if reason == "none" else _unescape(reason)


_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def _unescape(text: str) -> str:
    """Return the five names of XML and the references of ``crm_xml_escape`` (2.1.8: ``&#x0A;``), once."""
    if "&" not in text:
        return text
    return re.sub(r"&(?:(lt|gt|amp|quot|apos)|#x([0-9a-fA-F]{1,4}));", _character, text)


def _character(match: re.Match[str]) -> str:
    name, code = match.groups()
    if name:
        return _CHARACTERS[name]
    character = chr(int(code, 16))
    return match.group() if "\ud800" <= character <= "\udfff" else character


def parse_fail_counts(history: Element) -> Tuple[FailCount, ...]:
    """Parse the fail-counts of the section ``node_history``, which is the bulk of a document."""
    return tuple(_fail_counts(history))


def _fail_counts(history: Element) -> Iterator[FailCount]:
    """All versions::

        <resource_history id="p_single" orphan="false" migration-threshold="1000000" fail-count="1"
         last-failure="Mon Nov 23 04:08:28 2026">

    The count is left out where it is 0. Both numbers are 1000000 for INFINITY; the word is understood as well.
    """
    for node in history.iterchildren("node"):
        for element in node.iterchildren("resource_history"):
            if element.get("fail-count") is not None and _times(element, "fail-count") > 0:
                yield _fail_count(text(node, "name"), element)


_NO_ACTIONS = ("probe", "monitor", "cancel", "asyncmon")
_OPERATION = rb'(<operation_history )(?:call="[0-9-]*" )?(task="[^"<>]*")[^<>]*(?=/>)'


def without_details(document: bytes) -> bytes:
    """Return the document with nothing but the task of each operation in the history.

    Two operations of each resource are half of a large document, and the other half of the time that it takes to parse.
    """
    return document if len(document) < LARGE else b"".join(re.split(_OPERATION, document))


def parse_history(history: Element) -> Dict[str, Dict[str, bool]]:
    """Parse ``node_history``: by node its resources, and whether they were started, stopped, ... there::

        <resource_history id="p_single" orphan="false" migration-threshold="1000000">
          <operation_history call="13" task="start" rc="0" rc_text="ok" .../>

    What cleanup and refresh leave is ``task="probe"``, or nothing where it does not run.
    """
    return {
        text(node, "name"): {text(one, "id"): _acted_on(one) for one in node.iterchildren("resource_history")}
        for node in history.iterchildren("node")
    }


def _acted_on(resource: Element) -> bool:
    for operation in resource:
        if operation.get("task") not in _NO_ACTIONS and operation.tag == "operation_history":
            return True
    return False


def _times(element: Element, name: str) -> int:
    return INFINITY if element.get(name) in ("INFINITY", "+INFINITY") else number(element, name)


def _fail_count(node: str, element: Element) -> FailCount:
    threshold = _times(element, "migration-threshold") if element.get("migration-threshold") else None
    removed = optional_flag(element, "removed")  # since 3.0.2, beside the old name
    return FailCount(
        node=node,
        resource=text(element, "id"),
        fail_count=_times(element, "fail-count"),
        migration_threshold=INFINITY if threshold is None else threshold,
        last_failure=optional_moment(element, "last-failure"),
        orphan=(optional_flag(element, "orphan") if removed is None else removed) or False,
    )


def parse_fence_history(history: Element) -> FenceHistory:
    """Return the section ``fence_history``. When the fencer does not answer, 2.0.4 and later print::

        <fence_history status="102"/>

    That says nothing about what happened, so it is not the same as no section.
    """
    return FenceHistory(
        readable=not optional_number(history, "status"),
        events=tuple(_fence_event(element) for element in history.iterchildren("fence_event")),
    )


def _fence_event(element: Element) -> FenceEvent:
    """Return one fencing action; a pending one has no ``completed``::

        <fence_event status="failed" action="reboot" target="node3" client="pacemaker-controld.92" origin="node1"
         delegate="node2" completed="2026-11-23 04:10:27Z"/>

    1.1.20 to 1.1.24 and 2.0.1 to 2.0.2 call the status ``state``.
    """
    return FenceEvent(
        action=text(element, "action"),
        target=text(element, "target"),
        status=word(element, "state" if element.get("status") is None else "status", _FENCE_STATUS),
        client=optional_text(element, "client") or "",
        origin=optional_text(element, "origin") or "",
        delegate=optional_text(element, "delegate"),
        completed=optional_moment(element, "completed"),
        reason=_reason(element, "exit-reason"),
    )
