"""How a pull ended: what was decided, what of it could not be written, and which files changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconcile.pull.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Finding, Instance, Path
    from reconcile.pull.verdict import Item


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of the project, before and after; None where there is none."""

    name: str
    before: str | None
    after: str | None

    @property
    def word(self) -> str:
        """What becomes of it."""
        if self.before is None:
            return "new"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything to be told about one pull. `stuck` are reasons why something could not be written, by its place."""

    environment: str
    instance: Instance
    items: tuple[Item, ...] = ()
    stuck: tuple[Finding, ...] = ()
    failed: tuple[tuple[str, Path], ...] = ()
    """The addresses of `stuck`, each with the path inside of it."""
    unmanaged: tuple[str, ...] = ()
    unread: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    to_set: tuple[str, ...] = ()
    """What of a first pull only stands in comments, because no call returns it."""
    files: tuple[FileChange, ...] = ()
    shared: tuple[str, ...] = ()
    """Other environments that want something else as well now, because they share a file."""
    agreed: str = ""
    """When files and instance last agreed, as far as that is known."""
    written: bool = False
    unused: tuple[str, ...] = ()
    """Files that a value came from, and which nothing names any more."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Sections that were not looked at, each with the reason: this instance does not offer them."""

    @property
    def settled(self) -> tuple[Item, ...]:
        """What the files say as the instance does from now on."""
        return tuple(item for item in self.items if item.settled and not self._stuck(item))

    @property
    def left(self) -> tuple[Item, ...]:
        """Where the files are ahead."""
        return of(self.items, Verdict.LEFT)

    @property
    def conflicts(self) -> tuple[Item, ...]:
        """Where both have changed."""
        return of(self.items, Verdict.CONFLICT)

    @property
    def open(self) -> bool:
        """Whether a person has to do something before files and instance agree."""
        return bool(self.conflicts or self.stuck)

    def _stuck(self, item: Item) -> bool:
        """Whether something of an item, or all that it is about, could not be written."""
        return any(
            address == item.address
            and (path[: len(item.path)] == item.path or item.path[: len(path)] == path)
            for address, path in self.failed
        )


def of(items: Iterable[Item], verdict: Verdict) -> tuple[Item, ...]:
    """The items of one verdict."""
    return tuple(item for item in items if item.verdict is verdict)
