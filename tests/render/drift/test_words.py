"""What is said about drift beside what the golden files show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconcile import catalogue
from reconcile.errors import FilesError, UnreachableError
from reconcile.model import (
    ABSENT,
    Base,
    Difference,
    Drift,
    Drifted,
    Finding,
    Found,
    Hidden,
    Ignore,
    Instance,
    Known,
    Severity,
    Side,
    Value,
)
from reconcile.render.drift import drift_document, drift_markdown, drift_text, watch_line, watch_row
from reconcile.render.drift.words import PHRASE, SIGN, base_text, steps
from reconcile.render.mask import Mask
from reconcile.render.terminal import Style
from reconcile.validate.explain import problems
from reconcile.watch import failed, follow, seen

AT = "2027-01-15T08:00:00Z"
QUIET = Drift("prod", Instance("ins_1", "production"), AT, Base(Known.APPLIED, None, AT, "c0ffee1234567"))


def entry(key: str, found: Found = Found.EXTRA, side: Side = Side.INSTANCE) -> Drifted:
    field = Difference(("identifier",), side, None, Value(key), ABSENT)
    return Drifted(f"allowlist/{key}", "allowlist", key, found, side, fields=(field,))


def token(*paths: str) -> Drifted:
    fields = tuple(
        Difference((path,), Side.FILES, Value(1), Value(1), Value(2), entry=path == "list") for path in paths
    )
    return Drifted("jwt_template/a", "jwt_template", "a", Found.CHANGED, Side.FILES, fields=fields)


def test_each_case_has_its_phrase_and_its_sign() -> None:
    assert set(PHRASE) == set(SIGN) == {(found, side) for found in Found for side in Side}
    assert len(set(PHRASE.values())) == len(PHRASE)


@pytest.mark.parametrize("side", Side)
def test_each_side_has_its_advice_with_the_environment_in_it(side: Side) -> None:
    [(found, advice)] = steps(replace(QUIET, objects=(entry("a", side=side),)))

    assert found is side
    assert {"apply", "ignore"} <= {one.do for one in advice} <= {"pull", "apply", "ignore"}
    assert [one.command for one in advice if one.do == "apply"] == ["reconcile apply -e prod"]


def test_what_was_held_against_is_named() -> None:
    assert base_text(QUIET.base) == f"since the run of {AT}, commit c0ffee123456"
    assert base_text(replace(QUIET.base, dirty=True)).endswith("c0ffee123456 with uncommitted changes")
    assert base_text(replace(QUIET.base, revision="")) == f"since the run of {AT}"
    assert base_text(Base(Known.REVISION, revision="c0ffee")) == "since commit c0ffee"
    assert base_text(Base()) == "no earlier state is known"


def test_why_nobody_can_tell_is_said_where_that_is_so() -> None:
    unknown = replace(QUIET, objects=(entry("a", side=Side.UNKNOWN),))
    part = replace(unknown, base=replace(QUIET.base, complete=False))

    assert "note: only a part of what was applied is known here" in drift_text(part)
    assert "> [!NOTE]\n> only a part" in drift_markdown(part)
    assert "note: nobody can tell" in drift_text(replace(unknown, base=Base()))
    known = replace(part, objects=(entry("a"),))
    assert "note: " not in drift_text(known)
    assert drift_document(known, "0")["remarks"] == []


def test_a_selection_is_said() -> None:
    part = replace(QUIET, complete=False)

    assert "only what was selected" in drift_text(part)
    assert "only what was selected" in drift_markdown(part)


def test_all_lists_every_entry_with_its_fields_and_otherwise_the_first_ones() -> None:
    drift = replace(QUIET, objects=tuple(entry(f"{number}@a.example") for number in range(12)))

    assert "… and 2 more (--all lists them)" in drift_text(drift)
    shown = drift_text(drift, Style(every=True))
    assert "more (--all" not in shown
    assert shown.count("identifier:") == 12


def test_colours_stand_where_they_are_wanted() -> None:
    shown = drift_text(replace(QUIET, objects=(entry("a"),)), Style(colour=True))

    assert "\x1b[32m+\x1b[0m \x1b[1mallowlist/a\x1b[0m" in shown


def test_on_a_narrow_terminal_prose_is_in_lines_that_fit() -> None:
    drift = replace(QUIET, objects=(entry("a"),), unread=tuple((f"kind/{n}", ("field",)) for n in range(3)))
    rule = Ignore("allowlist/*", "a reason that takes more than one line to be told in", AT[:10])

    shown = drift_text(replace(drift, hidden=(Hidden(rule, entry("b")),), in_sync=7), Style(width=40))

    assert "Drift: 1 object, 1 on the instance. 7 in\n  sync, 1 ignored, 3 cannot be read\n  back." in shown
    assert "\n    reason that takes more than one line" in shown
    shown = drift_text(replace(drift, in_sync=7), Style(width=20))
    assert "Drift: 1 object, 1\n  on the instance." in shown


def test_people_are_masked_everywhere() -> None:
    drift = replace(
        QUIET,
        objects=(entry("ada@acme.example"),),
        findings=(Finding(Severity.WARNING, "x", "grace@acme.example is odd"),),
        unmanaged=("allowlist/alan@acme.example",),
        unread=(("allowlist/joan@acme.example", ("x",)),),
    )

    shown = drift_markdown(Mask().drift(drift))

    for name in ("ada", "grace", "alan", "joan"):
        assert f"{name}@" not in shown
    assert "a***@acme.example" in shown
    assert Mask().drift(QUIET) == QUIET


def test_a_line_says_what_has_drifted_and_of_much_the_first() -> None:
    objects = (token("a", "b", "c", "d", "list"), *(entry(f"{number}") for number in range(4)))

    line = watch_line(follow(None, seen(replace(QUIET, objects=objects)), "then"))

    assert line == (
        f"{AT} prod: drift: 4 on the instance, 1 in the files: jwt_template/a a, b, c and 2 more; "
        "allowlist/0 created on the instance; allowlist/1 created on the instance; and 2 more"
    )


def test_a_line_names_all_of_a_little() -> None:
    assert watch_line(seen(replace(QUIET, objects=(entry("a"),)))) == (
        f"{AT} prod: drift: 1 on the instance: allowlist/a created on the instance"
    )


def test_a_line_is_one_line_whatever_went_wrong() -> None:
    many = FilesError([Finding(Severity.ERROR, "x", text) for text in ("one\x1b[2J", "two", "three")])

    assert watch_line(failed("prod", AT, many)) == f"{AT} prod: error: one\\x1b[2J (and 2 more)"
    assert watch_line(failed("prod", AT, UnreachableError("gone"))) == f"{AT} prod: error: gone"
    assert watch_line(seen(QUIET)) == f"{AT} prod: in sync"


def test_each_round_is_a_row_as_its_schema_says() -> None:
    rounds = (
        seen(QUIET),
        seen(replace(QUIET, objects=(token("a"),))),
        failed("prod", AT, UnreachableError("x")),
    )
    schema = catalogue.schema("watch")

    rows = [watch_row(follow(None, one, "then")) for one in rounds]

    assert [list(problems(schema, row)) for row in rows] == [[], [], []]
    assert [(row["state"], row["consecutive_failures"]) for row in rows] == [
        ("in sync", 0),
        ("drift", 0),
        ("error", 1),
    ]
    assert rows[2]["error"] == {"code": "unreachable", "message": "x"}
