"""What the files want and a version of the API does not have. Dates sort as text, so versions do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Declared, Desired, Kind


def lacking(kinds: Mapping[str, Kind], desired: Desired, api_version: str) -> Iterator[Finding]:
    """An error for each kind and field that came with a later version, naming that one."""
    for name, section in desired.sections.items():
        kind = kinds[name]
        if kind.since > api_version:
            message = f"{kind.section}: {_too_old(api_version, kind.since)}"
            yield Finding(Severity.ERROR, "api-version", message, origin=section.origin)
        for declared in section.objects.values():
            yield from _fields(kind, declared, api_version)


def _fields(kind: Kind, declared: Declared, api_version: str) -> Iterator[Finding]:
    """Fields that are written as the id of something that this version cannot look up."""
    for name, reference in kind.references.items():
        if name in declared.fields and reference.since > api_version:
            message = f"{name}: {_too_old(api_version, reference.since)}"
            address = kind.address(declared.key)
            yield Finding(Severity.ERROR, "api-version", message, address, declared.place((name,)))


def _too_old(api_version: str, since: str) -> str:
    return (
        f"version {api_version} of the API does not have what this needs, and {since} does; "
        f"set `api_version: {since}` or a later one in the environment, or take this out"
    )
