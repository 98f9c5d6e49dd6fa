"""What the plan of the instance did not include when it was last tried: said before it is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Finding, Gate, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Change, Kind


def gate_of(kind: Kind, change: Change) -> str:
    """Under which name a gate is remembered: entries of a list all meet the same one."""
    return f"{kind.name}/*" if kind.entries else change.address


def gated(
    kinds: Mapping[str, Kind], changes: Iterable[Change], remembered: Mapping[str, Gate]
) -> Iterator[Finding]:
    """One warning for each gate that these changes are going to meet."""
    if not remembered:
        return
    met = {gate_of(kinds[change.kind], change): change for change in changes}
    for name in sorted(met.keys() & remembered.keys()):
        gate = remembered[name]
        what = ", ".join(gate.features) or "this"
        message = f"needs a paid plan: at {gate.at} that of the instance did not include {what}"
        yield Finding(Severity.WARNING, "gated", message, name, met[name].origin)
