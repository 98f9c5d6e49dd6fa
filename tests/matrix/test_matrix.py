"""Every cell holds, the tables of what is left out are right, and the matrix has all the cells that it should."""

from __future__ import annotations

import pytest

from reconcile.model import Action
from reconcile.simulator.effects import DEFAULT_CODES, EFFECTS
from tests.lab import known
from tests.matrix import report
from tests.matrix.cells import IN_PROJECTS, candidates, cells, names
from tests.matrix.play import KEPT, LOST, Cell, play
from tests.matrix.points import points
from tests.matrix.troubles import IMPOSSIBLE, UNKNOWABLE, exempt
from tests.matrix.worlds import projects

PARTS = 4
every_kind = pytest.mark.parametrize("name", sorted(known().kinds))


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", names())
def test_after_one_more_run_everything_is_as_wanted_and_nothing_else_has_changed(
    name: str, part: int
) -> None:
    wrong = [text for cell in in_parts(cells(name))[part] for text in play(cell).texts]

    assert not wrong, "\n".join([f"{len(wrong)} complaints", *wrong[:20]])


def in_parts(found: tuple[Cell, ...]) -> list[list[Cell]]:
    """The cells in parts of about one length; those of a point stay together, because they begin alike."""
    by_point: dict[str, list[Cell]] = {}
    for cell in found:
        by_point.setdefault(str(cell.point), []).append(cell)
    parts: list[list[Cell]] = [[] for _ in range(PARTS)]
    for group in sorted(by_point.values(), key=len, reverse=True):
        min(parts, key=len).extend(group)
    return parts


# --- what is left out ---


@pytest.mark.parametrize("row", IMPOSSIBLE, ids=lambda row: row.reason)
def test_what_is_left_out_as_impossible_does_not_fire(row: object) -> None:
    mine = [cell for cell in everything() if exempt(IMPOSSIBLE, cell.point, cell.trouble) is row]

    assert mine, "no cell is left out because of this; remove the row"
    for cell in mine[:: max(1, len(mine) // 24)]:
        assert not play(cell).fired, f"{cell} does fire"


@pytest.mark.parametrize("row", UNKNOWABLE, ids=lambda row: row.reason)
def test_what_is_left_out_as_unknowable_fires_and_goes_unnoticed(row: object) -> None:
    mine = [cell for cell in everything() if exempt(UNKNOWABLE, cell.point, cell.trouble) is row]

    assert mine, "no cell is left out because of this; remove the row"
    for cell in mine:
        found = play(cell)
        assert found.fired, cell
        assert found.sorts(KEPT) & {"lost", "pending"}, f"{cell} holds; it belongs into the matrix"


@pytest.mark.parametrize("row", UNKNOWABLE, ids=lambda row: row.reason)
def test_without_receipts_the_next_run_sends_it_again_and_then_it_is_there(row: object) -> None:
    for cell in everything():
        fields = cell.point.scene.kind.fields
        once = any(fields[name].create_only for name in cell.point.unseen)
        if exempt(UNKNOWABLE, cell.point, cell.trouble) is row and not once:
            assert play(cell).sorts(LOST) <= {"lost"}, cell


def everything() -> list[Cell]:
    return [cell for name in sorted(known().kinds) for cell in candidates(name)]


# --- what is there ---


@every_kind
def test_every_route_of_a_kind_is_a_point(name: str) -> None:
    kind = known().kinds[name]
    member = kind.path if kind.singleton else f"{kind.path}/*"
    wanted = {
        (kind.create, kind.path) if kind.key else None,
        (kind.update, member),
        (kind.delete, member) if kind.key else None,
        ("POST", f"{member}/{kind.revert}") if kind.revert else None,
        *(("POST", f"{member}/{path}") for path in kind.shortcuts.values()),
        *(("GET", one.path) for one in kind.references.values()),
        ("PATCH" if kind.read == "echo" else "GET", kind.path),
    }

    there = {(point.method, point.pattern) for point in points(name)}

    assert {route for route in wanted if route and route[0]} <= there


@every_kind
def test_what_a_plan_may_do_with_a_kind_is_a_point(name: str) -> None:
    kind = known().kinds[name]
    hidden = kind.read == "echo" or any(
        one.write_only and not one.create_only for one in kind.fields.values()
    )
    wanted = {
        Action.CREATE: kind.key and kind.create,
        Action.UPDATE: kind.update,
        Action.DELETE: kind.key and kind.delete,
        Action.REVERT: kind.revert,
        Action.ASSERT: hidden,
        "rename": kind.renameable,
        "plan read": True,
        "proof read": True,
    }

    assert {role for role, is_so in wanted.items() if is_so} <= {point.role for point in points(name)}


@every_kind
def test_every_point_meets_every_fault_before_the_effect_and_after(name: str) -> None:
    families = {*map(str, (*DEFAULT_CODES, 502)), "reset"}
    damage = {"lost answer", "slow", "too slow", "truncated", "not JSON"}
    for point in points(name):
        met = {(one.trouble.family, one.trouble.took) for one in candidates(name) if one.point is point}
        assert {(family, False) for family in families} <= met
        assert {(family, not point.reads) for family in damage} <= met
        if not point.reads:
            assert {(family, True) for family in families} <= met
            assert ("second writer", False) in met
        assert {("dropped field", False), ("rewritten body", False), ("stale read", False)} <= met


def test_every_effect_that_the_simulator_knows_is_used() -> None:
    used = {name for cell in everything() for name in (*cell.trouble.rule, *cell.trouble.reads)}

    assert EFFECTS.keys() <= used


def test_bodies_come_in_every_form_for_every_status() -> None:
    forms = {cell.trouble.rule.get("body", "") for cell in everything()}

    assert {None, "empty", "html"} <= forms


def test_no_two_cells_are_called_the_same() -> None:
    called = [str(cell) for name in names() for cell in candidates(name)]

    assert len(set(called)) == len(called)


@pytest.mark.parametrize("name", projects())
def test_whole_projects_meet_what_they_are_said_to_meet(name: str) -> None:
    assert {str(cell.trouble) for cell in cells(name)} == IN_PROJECTS


def test_the_page_holds_the_counts_of_the_matrix() -> None:
    assert report.on_the_page() == report.counts(), "run: python -m tests.matrix --write"
