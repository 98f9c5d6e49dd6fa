"""What a plan names by key, and the instance turns out not to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Finding, Ref, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Change, Desired, Kind, Live


def unnamed(
    kinds: Mapping[str, Kind], changes: Iterable[Change], desired: Desired, live: Live
) -> Iterator[Finding]:
    """An error for each reference to something that is not there, as far as anybody has looked."""
    for change in changes:
        declared = desired.sections[change.kind].objects.get(change.key)
        for field, reference in kinds[change.kind].references.items():
            target, there = change.body.get(reference.written_as), live.named.get(reference.kind)
            key = target.address.partition("/")[2] if isinstance(target, Ref) else ""
            if declared and key and there is not None and key not in there:
                noun = reference.kind.replace("_", " ")
                message = (
                    f"{field}: the instance has no {noun} {key}; it has: {', '.join(sorted(there))}. Create it there "
                    "first, or name another one, in an overlay if other environments have it"
                )
                yield Finding(Severity.ERROR, "reference", message, change.address, declared.place((field,)))
