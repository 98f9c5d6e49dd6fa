"""Rounds, one after the other: what is told, what is counted, what is kept."""

from __future__ import annotations

from dataclasses import replace

from reconcile.errors import AnswerError, FilesError, UnreachableError
from reconcile.model import (
    Base,
    Difference,
    Drift,
    Drifted,
    Finding,
    Instance,
    Origin,
    Presence,
    Severity,
    Side,
    Value,
)
from reconcile.watch import Round, State, bare, failed, follow, seen

ONE = Drifted(
    "jwt_template/a",
    "jwt_template",
    "a",
    Presence.CHANGED,
    Side.INSTANCE,
    Origin("a.yml", 1),
    (Difference(("lifetime",), Side.INSTANCE, Value(1), Value(2), Value(1)),),
)
QUIET = Drift("prod", Instance("ins_1", "production"), "t", Base())
DOWN, BROKEN = UnreachableError("no answer"), FilesError([Finding(Severity.ERROR, "x", "wrong")])


def drifted(at: str, *objects: Drifted) -> Round:
    return seen(replace(QUIET, at=at, objects=objects))


def told(*rounds: Round) -> list[tuple[str, bool, str, int]]:
    """State, whether it is told, since when it holds and how many failures, round by round."""
    found, before = [], None
    for one in rounds:
        now = follow(before, one, "then")
        found.append((now.state.value, now.news, now.since, now.failures))
        before = bare(now)
    return found


def test_a_round_in_which_the_instance_proves_the_files_wrong_is_an_error_and_keeps_its_drift() -> None:
    wrong = Finding(Severity.ERROR, "slug", "the service has no such template")
    note = Finding(Severity.WARNING, "note", "to know")
    looks = [
        replace(QUIET, at="1", findings=(note,)),
        replace(QUIET, at="2", findings=(note, wrong)),
        replace(QUIET, at="3", findings=(wrong,)),
        replace(QUIET, at="4", findings=(wrong,), objects=(ONE,)),
        replace(QUIET, at="5", findings=(wrong, replace(wrong, message="nor this one")), objects=(ONE,)),
    ]
    assert told(*map(seen, looks)) == [
        ("in sync", True, "1", 0),
        ("error", True, "2", 1),
        ("error", False, "2", 2),
        ("error", True, "2", 3),
        ("error", True, "2", 4),
    ]
    assert (seen(looks[3]).code, seen(looks[3]).drift) == ("files", looks[3])
    assert "no such template" in seen(looks[3]).message


def test_each_change_of_state_is_told_and_nothing_while_it_stays() -> None:
    assert told(
        drifted("1"),
        drifted("2"),
        drifted("3", ONE),
        drifted("4", ONE),
        failed("prod", "5", DOWN),
        failed("prod", "6", AnswerError("strange")),
        drifted("7"),
    ) == [
        ("in sync", True, "1", 0),
        ("in sync", False, "1", 0),
        ("drift", True, "3", 0),
        ("drift", False, "3", 0),
        ("error", True, "5", 1),
        ("error", False, "5", 2),
        ("in sync", True, "7", 0),
    ]


def test_other_drift_and_another_sort_of_error_are_told_and_the_state_stays() -> None:
    other = replace(ONE, fields=(replace(ONE.fields[0], live=Value(3)),))

    assert told(drifted("1", ONE), drifted("2", other)) == [("drift", True, "1", 0), ("drift", True, "1", 0)]
    assert told(failed("prod", "1", DOWN), failed("prod", "2", BROKEN)) == [
        ("error", True, "1", 1),
        ("error", True, "1", 2),
    ]


def test_drift_that_only_stands_elsewhere_in_the_files_is_the_same() -> None:
    moved = replace(ONE, origin=Origin("b.yml", 7))

    assert [news for _, news, _, _ in told(drifted("1", ONE), drifted("2", moved))] == [True, False]


def test_nothing_is_kept_of_a_round_that_could_be_large() -> None:
    kept = bare(follow(None, drifted("1", ONE), "then"))

    assert (kept.drift, kept.message, kept.state) == (None, "", State.DRIFT)
