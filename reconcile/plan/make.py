"""The plan of all sections, put together from the decision on each object."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.diff import digest
from reconcile.model import (
    ABSENT,
    Action,
    Change,
    FieldChange,
    Finding,
    Memory,
    Plan,
    Policy,
    Severity,
    Source,
    Value,
)
from reconcile.plan.decide import Decision, decide
from reconcile.plan.gated import gated
from reconcile.plan.named import unnamed
from reconcile.plan.order import arrange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Desired, Kind, Live, Object, Section, Unverified

_FRESH = Memory()
_EVERYTHING = Policy()
_NO_SOURCE = Source()


def make_plan(
    kinds: Mapping[str, Kind],
    desired: Desired,
    live: Live,
    *,
    memory: Memory = _FRESH,
    policy: Policy = _EVERYTHING,
    environment: str = "",
    source: Source = _NO_SOURCE,
) -> Plan:
    """Everything that separates `live` from `desired`, in the order in which it should be applied."""
    changes: list[Change] = []
    unverified: list[Unverified] = []
    findings: list[Finding] = []
    in_sync, unmanaged = [], []
    for name in sorted(desired.sections.keys() - live.missing.keys()):
        for one in _section(kinds[name], desired.sections[name], live, memory, policy):
            if one.change:
                changes.append(one.change)
            unverified += one.unverified
            findings += one.findings
            if one.in_sync:
                in_sync.append(one.address)
            if one.unmanaged:
                unmanaged.append(one.address)
    findings += unnamed(kinds, changes, desired, live)
    plan = Plan(
        environment=environment,
        source=source,
        instance=live.instance,
        changes=arrange(kinds, changes),
        unverified=tuple(sorted(unverified, key=lambda item: (item.address, str(item.path)))),
        in_sync=tuple(sorted(in_sync)),
        unmanaged=tuple(sorted(unmanaged)),
        findings=(*_unsupported(kinds, desired, live), *sorted(findings, key=_place)),
    )
    chosen = _select(plan, policy)
    warnings = gated(kinds, chosen.changes, memory.gated)
    return replace(chosen, findings=(*warnings, *chosen.findings))


def _unsupported(kinds: Mapping[str, Kind], desired: Desired, live: Live) -> Iterator[Finding]:
    """Sections of kinds that the instance does not offer: they are reported, and the rest goes on."""
    for name in sorted(desired.sections.keys() & live.missing.keys()):
        message = f"{kinds[name].section}: left as they are, because {live.missing[name]}"
        yield Finding(Severity.WARNING, "unsupported", message, origin=desired.sections[name].origin)


def _place(finding: Finding) -> tuple[str, int, str, str]:
    origin = finding.origin
    return (origin.file if origin else "", origin.line if origin else 0, finding.address, finding.message)


def _section(kind: Kind, section: Section, live: Live, memory: Memory, policy: Policy) -> Iterator[Decision]:
    objects = live.objects.get(kind.name)
    renamed = set()
    for key, declared in section.objects.items():
        found = objects.get(key) if objects is not None else None
        if found is None and declared.renamed_from and objects is not None:
            found = objects.get(declared.renamed_from)
            renamed.add(declared.renamed_from)
        yield decide(kind, declared, found, objects, memory, policy)
    if kind.singleton or objects is None:
        return
    for key, found in objects.items():
        if key not in section.objects and key not in renamed and found.id not in memory.foreign:
            yield from _leftover(kind, found, prune=section.prune and key not in section.unset)


def _leftover(kind: Kind, found: Object, *, prune: bool) -> Iterator[Decision]:
    """What is live and not declared: removed where the section is authoritative, otherwise only reported."""
    address = kind.address(found.key)
    if kind.fixed:
        field, override = kind.overridden
        if found.fields.get(field) == override:
            yield Decision(address, unmanaged=True)
    elif prune:
        yield Decision(address, change=_delete(kind, found, address))
    else:
        yield Decision(address, unmanaged=True)


def _delete(kind: Kind, found: Object, address: str) -> Change:
    lost = (
        FieldChange((name,), Value(value), ABSENT)
        for name, value in found.fields.items()
        if name in kind.fields
    )
    return Change(
        address=address,
        kind=kind.name,
        key=found.key,
        action=Action.DELETE,
        id=found.id,
        live_digest=digest(kind, found.fields),
        fields=tuple(lost),
    )


def _select(plan: Plan, policy: Policy) -> Plan:
    """Only what the caller asked for; refused where that leaves out something it needs."""
    chosen = policy.selected
    if chosen is None:
        return plan
    changes = tuple(change for change in plan.changes if chosen(change.address))
    left_out = [change for change in plan.changes if not chosen(change.address)]
    return replace(
        plan,
        changes=changes,
        unverified=tuple(item for item in plan.unverified if chosen(item.address)),
        in_sync=tuple(address for address in plan.in_sync if chosen(address)),
        unmanaged=tuple(address for address in plan.unmanaged if chosen(address)),
        findings=(
            *(item for item in plan.findings if not item.address or chosen(item.address)),
            *_torn(changes, left_out),
        ),
        complete=False,
    )


def _torn(changes: Iterable[Change], left_out: Iterable[Change]) -> Iterator[Finding]:
    """Needs of the selected changes that the selection leaves out."""
    missing = {name for change in left_out for name in (change.address, _group(change)) if name}
    for change in changes:
        for need in sorted(missing.intersection(change.needs)):
            message = f"needs {need}, which is left out; select that too, or neither"
            yield Finding(Severity.REFUSAL, "needs", message, change.address, change.origin)


def _group(change: Change) -> str:
    """How other changes name all that add to this kind."""
    return "" if change.action is Action.DELETE else f"{change.kind}/*"
