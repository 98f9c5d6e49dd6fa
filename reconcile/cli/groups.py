"""Options that travel together: what a command line says, in the few values in which it is handed on."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _typeshed import DataclassInstance

    from reconcile.cli.reach import Reach
    from reconcile.cli.reports import Reports
    from reconcile.render.terminal import Style


@dataclass(frozen=True, slots=True)
class Opening:
    """Which environment of which project is meant, and how its instance is reached."""

    folder: Path
    reach: Reach
    environment: str = ""
    variables: tuple[str, ...] = ()
    state_dir: Path | None = None

    def state(self, root: Path) -> Path:
        """Where runs of the project at `root` leave what the next one needs."""
        return (self.state_dir or root / ".reconcile").absolute()

    def of(self, environment: str) -> Opening:
        """The same for another environment."""
        return replace(self, environment=environment)

    def quietly(self) -> Opening:
        """The same, and nobody is told that reading takes long."""
        return replace(self, reach=replace(self.reach, quiet=True))


@dataclass(frozen=True, slots=True)
class Shown:
    """How the caller wants to see it."""

    form: str
    reports: tuple[tuple[str, Path], ...] = ()
    identifiers: bool = False
    every: bool = False
    no_color: bool = False

    @property
    def look(self) -> Style:
        """What text looks like on this terminal, now."""
        from reconcile.cli.show_plan import style

        return style(no_color=self.no_color, every=self.every)

    def wanted(self) -> Reports:
        """The files beside stdout; raises UsageError where one cannot be written, before anything is done."""
        from reconcile.cli.reports import Reports

        return Reports.asked(self.reports, identifiers=self.identifiers)


def gathered(**groups: type[DataclassInstance]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Hands a command values in place of single options: each is made of the options that its fields are named after.

    They are made from left to right, and a field may be named after a value made before. An option that a command does
    not offer is left to the default of its field.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def command(**given: Any) -> Any:
            for name, group in groups.items():
                mine = {one.name for one in fields(group)} & given.keys()
                given[name] = group(**{one: given.pop(one) for one in mine})
            return function(**given)

        return command

    return decorate
