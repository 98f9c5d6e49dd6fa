"""Which files the patterns of reconcile.yml mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconcile.load.files import Refused, matching, relative
from reconcile.load.manifest import FILE_NAME, text, wrong
from reconcile.load.nodes import Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconcile.load.nodes import Node
    from reconcile.model import Finding


@dataclass(slots=True)
class Finder:
    """Finds the files that patterns match; what is wrong with that is kept in `problems`."""

    root: Path
    problems: list[Finding] = field(default_factory=list)
    unmatched: list[Finding] = field(default_factory=list)
    _resources: dict[Path, int] = field(default_factory=dict)

    def once(self, patterns: Node | None) -> tuple[Path, ...]:
        """The resource files: however many patterns match one, it is read once."""
        for line, paths in self._matching("resources", patterns):
            for path in paths:
                self._resources.setdefault(path, line)
        self._resources.pop(self.root / FILE_NAME, None)
        return tuple(self._resources)

    def layers(self, name: str, patterns: Node | None) -> tuple[tuple[Path, ...], ...]:
        """The files of each pattern of an environment's overlays; none may be in two, or a resource file as well."""
        where = f"environments.{name}.overlays"
        seen: dict[Path, int] = {}
        layers = []
        for line, paths in self._matching(where, patterns):
            for path in paths:
                file = relative(self.root, path)
                if path in seen:
                    self.say(f"{where}: {file} is matched on line {seen[path]} too; name it once", line)
                elif path in self._resources or file == FILE_NAME:
                    is_one = f"is matched by resources on line {self._resources.get(path, 1)} as well"
                    self.say(f"{where}: {file} {is_one}; keep overlays in a folder of their own", line)
                seen.setdefault(path, line)
            layers.append(tuple(paths))
        return tuple(layers)

    def _matching(self, where: str, patterns: Node | None) -> Iterator[tuple[int, list[Path]]]:
        for item in patterns.items if isinstance(patterns, Sequence) else ():
            try:
                paths = matching(self.root, text(item))
            except (Refused, ValueError) as error:
                reason = error.message if isinstance(error, Refused) else error
                self.say(f"{where}: {reason}", item.line)
                continue
            if not paths:
                message = f"{where}: {text(item)} matches no file; create one or fix the pattern"
                told = self.unmatched if where == "resources" else self.problems
                told.append(wrong(message, item.line))
            yield item.line, paths

    def say(self, message: str, line: int) -> None:
        """Report a mistake on that line."""
        self.problems.append(wrong(message, line))
