"""Plans after which people cannot get in. No flag lifts these; they judge what is there once the plan is carried out.

No I/O here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.guard.scene import Scene, listed, refusal
from reconcile.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Change, Desired, Finding, Kind

_ON = Value(value=True)


@dataclass(frozen=True, slots=True)
class _Switch:
    """A field that puts a list in force, and how it stands after the plan: None where nobody can say."""

    kind: Kind
    field: str
    change: Change | None
    on: bool | None

    @property
    def name(self) -> str:
        return f"{self.kind.section}.{self.field}"


def lists_at_stake(
    kinds: Mapping[str, Kind], desired: Desired, changes: Iterable[Change] = ()
) -> Iterator[str]:
    """The kinds whose entries are all who get in once the files, or these changes, have put their list in force."""
    declared = (
        (name, one.fields) for name, part in desired.sections.items() for one in part.objects.values()
    )
    for name, fields in (*declared, *((change.kind, change.body) for change in changes)):
        for field, gated in kinds[name].gates.items():
            if fields.get(field) == _ON and kinds[gated].admits:
                yield gated


def nobody_admitted(scene: Scene) -> Iterator[Finding]:
    """A list that is put in force, or kept in force, with nobody on it.

    An instance that does not offer the list does not offer its switch either.
    """
    for kind in scene.kinds.values():
        if kind.admits and kind.name not in scene.live.missing and not scene.after(kind.name):
            switches = tuple(_switches(scene, kind.name))
            yield from _switched_on(scene, kind, switches)
            yield from _pruned(scene, kind, switches)


def _switches(scene: Scene, gated: str) -> Iterator[_Switch]:
    changes = {change.kind: change for change in scene.plan.changes}
    for kind in scene.kinds.values():
        for field in (field for field, name in kind.gates.items() if name == gated):
            change = changes.get(kind.name)
            if change is not None and field in change.body:
                yield _Switch(kind, field, change, change.body[field] == _ON)
            else:
                yield _Switch(kind, field, None, _as_it_is(scene, kind, field))


def _as_it_is(scene: Scene, kind: Kind, field: str) -> bool | None:
    found = (scene.live.objects.get(kind.name) or {}).get(kind.key)
    value = found.fields.get(field) if found else None
    return value if isinstance(value, bool) else None


def _switched_on(scene: Scene, kind: Kind, switches: Iterable[_Switch]) -> Iterator[Finding]:
    for switch in switches:
        if switch.change is not None and switch.on:
            known = scene.after(kind.name) is not None
            why = "is empty after this plan" if known else "could not be read, so it may be empty"
            yield refusal(
                "lock-out",
                f"{switch.field}: true lets in nobody but those on the {kind.section}, which {why}; "
                f"declare entries under {kind.section}, or leave the switch off",
                switch.change.address,
                switch.change.origin,
            )


def _pruned(scene: Scene, kind: Kind, switches: tuple[_Switch, ...]) -> Iterator[Finding]:
    """The last entries go.

    Switches of one list are one switch under several names: what the plan sets one to holds for all, and any that is known
    to be off will do.
    """
    mine = [change for change in scene.deletes if change.kind == kind.name]
    known = [switch for switch in switches if switch.change is not None] or switches
    on = [switch for switch in known if switch.on]
    off = [switch for switch in known if switch.on is False]
    if not mine or not switches or (off and not on):
        return
    why = f"{on[0].name} is on" if on else "nobody can say that the list is out of force"
    first = switches[0]
    yield refusal(
        "lock-out",
        f"{kind.section}: the last entries would be deleted ({listed(change.address for change in mine)}), and {why}; "
        f"keep one, or declare `{first.field}: false` under {first.kind.section} as well (and say --reassert where it "
        "is declared already)",
        origin=scene.place(kind.name),
    )


def nothing_left(scene: Scene) -> Iterator[Finding]:
    """The last of a family goes, such as the last redirect URL of an application's own scheme."""
    for name, changes in scene.by_kind(scene.deletes).items():
        family, section = scene.kinds[name].family, scene.kinds[name].section
        left = {family(key) for key in scene.after(name) or ()} | {""}
        going = [change for change in changes if not scene.retired(change)]
        for one in sorted({family(change.key) for change in going} - left):
            last = [change.address for change in going if family(change.key) == one]
            yield refusal(
                "lock-out",
                f"{section}: nothing of {one} would be left ({listed(last)}); "
                f"keep one, or list them under policy.retired in reconcile.yml",
                origin=scene.place(name),
            )
