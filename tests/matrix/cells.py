"""All cells: of each kind by itself, and of whole projects."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tests.lab import known
from tests.matrix.play import Cell
from tests.matrix.points import points, together
from tests.matrix.troubles import IMPOSSIBLE, UNKNOWABLE, exempt, troubles
from tests.matrix.worlds import projects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.matrix.points import Point

IN_PROJECTS = frozenset({"401 empty", "500, lasting"})
"""What is played in whole projects, where one change needs another: a refusal that stops everything, and silence."""


@cache
def cells(name: str) -> tuple[Cell, ...]:
    """The matrix of one kind, or of one project."""
    return tuple(cell for cell in candidates(name) if not left_out(cell))


@cache
def candidates(name: str) -> tuple[Cell, ...]:
    """Every fault at every point, also those that are no part of the matrix."""
    return tuple(_of_project(name) if name in projects() else _of_points(points(name)))


def _of_points(found: tuple[Point, ...]) -> Iterator[Cell]:
    return (Cell(point, trouble) for point in found for trouble in troubles(point))


def _of_project(name: str) -> Iterator[Cell]:
    return (cell for cell in _of_points(together(name)) if str(cell.trouble) in IN_PROJECTS)


def left_out(cell: Cell) -> bool:
    """Whether one of the two tables says that this is no cell."""
    return bool(exempt((*IMPOSSIBLE, *UNKNOWABLE), cell.point, cell.trouble))


def names() -> list[str]:
    """Every kind, and every project."""
    return [*known().kinds, *projects()]
