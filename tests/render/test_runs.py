from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.model import Action, Change, Instance, Plan
from reconcile.plan import Took
from reconcile.render.runs import (
    cut_off_text,
    run_document,
    run_sheet,
    run_text,
    runs_document,
    runs_sheet,
    runs_text,
)
from reconcile.state.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = {
    "line": "run",
    "at": "2026-01-01T00:00:00Z",
    "command": "apply",
    "environment": "staging",
    "instance": "ins_1",
    "revision": "0123456789abcdef",
    "dirty": True,
    "changes": 3,
    "tool_version": "1",
}
CALL = {"line": "call", "at": "t", "call": 1, "address": "k/a", "method": "POST", "path": "/k"}
ENDED = {
    "line": "outcome",
    "at": "t",
    "address": "k/a",
    "action": "create",
    "status": "failed",
    "reason": "\x1b[2J",
}


def run(*lines: Mapping[str, object], **head: object) -> Kept:
    whole = {**HEAD, **head}
    journal = b"".join(json.dumps(line).encode() + b"\n" for line in (whole, *lines))
    return Kept(Path("20260101T000000Z-abcdef01"), whole, journal)


def test_a_run_is_one_line() -> None:
    end = {"line": "end", "at": "t", "stopped": False, "pending": 0}

    assert runs_text([run(ENDED, end)]) == (
        "20260101T000000Z-abcdef01  apply staging (ins_1) from 01234567 with changes: 1 failed"
    )
    assert runs_text([run(revision=None)]).endswith("apply staging (ins_1): nothing ended  cut off")
    assert runs_text([]) == "No run is kept here."


def test_everything_that_happened_is_told_without_commanding_the_terminal() -> None:
    lines: list[Mapping[str, object]] = [
        CALL,
        {"line": "answer", "at": "t", "call": 1, "error": None},
        {"line": "answer", "at": "t", "call": 2, "error": "422"},
        ENDED,
        {**ENDED, "status": "done", "reason": None},
        {"line": "end", "at": "t", "stopped": True, "pending": 2},
        {"line": "end", "at": "t", "stopped": False, "pending": 0},
        {"line": "seen", "at": "t"},
    ]

    assert run_text(run(*lines)).splitlines()[2:] == [
        "2026-01-01T00:00:00Z  began with 3 changes, reconcile 1",
        "t  call 1: POST /k for k/a",
        "t  call 1: answered",
        "t  call 2: 422",
        "t  create k/a: failed: \\x1b[2J",
        "t  create k/a: done",
        "t  stopped, 2 pending",
        "t  ended, 0 pending",
        "t  a later run has told of this one",
    ]


def test_of_a_run_that_was_cut_off_it_is_told_what_is_certain_and_what_was_looked_up() -> None:
    calls = [{**CALL, "call": number, "address": f"k/{name}"} for number, name in enumerate("abcd")]
    found = {"k/a": Took.NO, "k/b": Took.YES, "k/c": Took.UNSEEN}

    assert cut_off_text(run(*calls), found, {"k/a"}).splitlines() == [
        "The run 20260101T000000Z-abcdef01 was cut off: 0 of 3 changes had ended; this was looked up:",
        "  k/a: was being sent; is not as that run wanted it, and is planned now",
        "  k/b: was being sent; is as that run wanted it",
        "  k/c: was being sent; cannot be read back",
        "  k/d: was being sent; cannot be read back",
    ]
    assert cut_off_text(run(), {}).endswith("nothing was under way")


def test_of_very_many_calls_under_way_some_are_told_and_the_rest_counted() -> None:
    many = [{**CALL, "call": number, "address": f"k/{number:03}"} for number in range(50)]

    lines = cut_off_text(run(*many), {"k/000": Took.YES, "k/049": Took.YES}).splitlines()

    assert len(lines) == 22
    assert lines[-1] == "  and 30 more, of which 1 are as that run wanted them"


def test_documents_are_json_and_hold_it_all() -> None:
    one = run(CALL)

    listed = json.loads(json.dumps(runs_document([one])))["runs"][0]
    shown = json.loads(json.dumps(run_document(one, {"digest": "d"})))

    assert (listed["run"], listed["state"], listed["unanswered"]) == (one.name, "cut off", ["k/a"])
    assert shown["plan"] == {"digest": "d"}
    assert shown["journal"][1] == CALL


def test_the_list_as_a_table_says_how_each_run_ended() -> None:
    end = {"line": "end", "at": "t", "stopped": False, "pending": 0}
    done = run({"line": "outcome", "address": "k/a", "status": "done"}, end)
    cut_off = run({"line": "outcome", "address": "k/a", "status": "failed"})

    table = runs_sheet([done, cut_off]).tables[0]

    assert [(row.cells[-1], row.tone) for row in table.rows] == [
        ("1 done", "create"),
        ("1 failed; cut off", "update"),
    ]
    assert runs_sheet([]).lead == "No run is kept here."


def test_one_run_as_tables_has_its_changes_and_its_journal() -> None:
    plan = Plan("staging", Instance("ins_1", "d"), (Change("k/a", "k", "a", Action.CREATE),))

    changes, journal = run_sheet(run(CALL), plan).tables

    assert [row.cells for row in changes.rows] == [("+ create", "k/a")]
    assert journal.rows[-1].cells[1] == "call 1: POST /k for k/a"
