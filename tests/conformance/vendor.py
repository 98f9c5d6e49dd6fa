"""The vendor's own description of its API, one file for each version: looked into, never rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

METHODS: Final = ("get", "put", "post", "patch", "delete")

# The parser of libyaml reads a file ten times faster; both read the same language.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A description in the OpenAPI format. Ours is looked into in the same way."""

    version: str
    document: Mapping[str, Any]

    def operation(self, method: str, path: str) -> Mapping[str, Any] | None:
        """One operation, with the parameters of its path among its own; None where there is none."""
        item = self.document["paths"].get(path)
        if item is None or method.lower() not in item:
            return None
        operation = item[method.lower()]
        return {**operation, "parameters": [*item.get("parameters", ()), *operation.get("parameters", ())]}

    def operations(self) -> tuple[tuple[str, str], ...]:
        """Method (in capitals) and path of everything described, in the order of the file."""
        paths = self.document["paths"].items()
        return tuple((verb.upper(), path) for path, item in paths for verb in METHODS if verb in item)

    def resolve(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """The part itself, or what its `$ref` stands for, to the end of the chain; keywords beside a `$ref` mean nothing."""
        while isinstance(reference := part.get("$ref"), str):
            part = self._at(reference)
        return part

    def _at(self, reference: str) -> Mapping[str, Any]:
        found: Any = self.document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        if not isinstance(found, Mapping):
            raise TypeError(f"{reference} in {self.version} is no object")
        return found

    def slice(self, paths: Iterable[str], prefix: str = "") -> dict[str, Any]:
        """The description of some paths alone, each behind a prefix, so that a validator starts in no time.

        Of the components only those stay that these paths lead to. What is not there is left out without a word.
        """
        wanted = {
            prefix + path: item for path in paths if (item := self.document["paths"].get(path)) is not None
        }
        reduced = {**self.document, "paths": wanted, "components": self._components(wanted)}
        reduced.pop("tags", None)
        return reduced

    def _components(self, paths: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The components behind some paths, with the ways to sign in, which are named without a reference."""
        every = self.document.get("components", {})
        kept: dict[str, dict[str, Any]] = {"securitySchemes": every.get("securitySchemes", {})}
        waiting, seen = list(references(paths)), set[str]()
        while waiting:
            reference = waiting.pop()
            if reference in seen:
                continue
            seen.add(reference)
            section, name = reference.removeprefix("#/components/").split("/")[:2]
            part = every[section][name]
            kept.setdefault(section, {})[name] = part
            waiting += references(part)
        return kept


def references(part: object) -> Iterable[str]:
    """Every `$ref` within a part of a description."""
    if isinstance(part, Mapping):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for child in part.values():
            yield from references(child)
    elif isinstance(part, list):
        for child in part:
            yield from references(child)


@cache
def read(path: Path, version: str) -> Vendor:
    """One file, read once in a process."""
    return Vendor(version, yaml.load(path.read_text(encoding="utf-8"), _LOADER))  # noqa: S506 - it is a safe loader


def load(folder: Path) -> Mapping[str, Vendor]:
    """Every dated version in a folder, oldest first; raises FileNotFoundError where there is none."""
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].yml"))
    if not files:
        raise FileNotFoundError(
            f"{folder} holds no description named by its version, such as 2026-05-12.yml."
        )
    return {path.stem: read(path, path.stem) for path in files}
