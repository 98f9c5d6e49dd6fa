"""The files as they would be with what is new: to ask our own rules about it before anything is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.model import Candidate, Declared, Desired, Origin, Section, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Path


def joined(desired: Desired, new: Iterable[Candidate], whence: Origin) -> Desired:
    """What the files want, and with it all that is new."""
    sections = {name: (section, dict(section.objects)) for name, section in desired.sections.items()}
    for found in new:
        _, objects = sections.setdefault(found.kind, (Section(whence), {}))
        origin = found.origin or whence
        fields = {name: Value(value) for name, value in found.fields.items()}
        before = objects.get(found.key, Declared(found.key, origin))
        places: dict[Path, Origin] = {(name,): origin for name in fields}
        objects[found.key] = replace(
            before, fields={**before.fields, **fields}, lines={**before.lines, **places}
        )
    return Desired({name: replace(section, objects=objects) for name, (section, objects) in sections.items()})


def without(new: Iterable[Candidate], missing: Iterable[Candidate]) -> Iterator[Candidate]:
    """What is new but for what is missing all the same."""
    gone: Mapping[tuple[str, str], Candidate] = {(one.kind, one.key): one for one in missing}
    for found in new:
        lost = gone.get((found.kind, found.key))
        if lost is None:
            yield found
        elif rest := {name: value for name, value in found.fields.items() if name not in lost.fields}:
            yield replace(found, fields=rest)
