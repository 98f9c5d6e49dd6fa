"""Changes that reach further than they look: too many at once, to what is protected, or out to people. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.guard.scene import Scene, covers, listed, refusal
from reconcile.model import Action, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.model import Change, Finding, Kind

_CHANGES = frozenset({Action.UPDATE, Action.REPLACE, Action.REVERT})
_DONE = {
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.REVERT: "reverted",
    Action.ASSERT: "written to, whatever it is now",
}
_ON, _OFF = Value(value=True), Value(value=False)


def too_many(scene: Scene) -> Iterator[Finding]:
    """More of a kind than `max_change` lets change at once."""
    limit = scene.rules.max_change
    changing = (change for change in scene.plan.changes if change.action in _CHANGES)
    for kind, changes in scene.by_kind(changing).items() if limit else ():
        total = len(scene.before(kind) or ())
        if limit and limit.exceeded(len(changes), total, scene.rules.min_size):
            yield refusal(
                "max-change",
                f"{scene.kinds[kind].section}: {len(changes)} of {total} would be changed, and max_change is {limit} "
                f"({listed(change.address for change in changes)}); "
                "apply them in parts with --target, or raise policy.max_change in reconcile.yml",
                origin=scene.place(kind),
            )


def protected(scene: Scene) -> Iterator[Finding]:
    """What `protected` names may be created, and nothing else may happen to it."""
    for change in scene.plan.changes:
        glob = _protecting(scene.rules.protected, _names(scene.kinds[change.kind], change))
        if glob and change.action in _DONE:
            yield refusal(
                "protected",
                f"would be {_DONE[change.action]}, and policy.protected holds {glob}; "
                "only an edit of reconcile.yml lifts that",
                change.address,
                change.origin,
            )


def _names(kind: Kind, change: Change) -> Iterator[str]:
    """The address of a change, and the one that it takes away: a rename hits what has the old name."""
    yield change.address
    for field in change.fields:
        if field.path == (kind.key,) and isinstance(field.before, Value):
            yield kind.address(str(field.before.value))


def _protecting(globs: Iterable[str], names: Iterable[str]) -> str:
    names = tuple(names)
    return next((glob for glob in globs if any(covers(glob, name) for name in names)), "")


def handed_over(scene: Scene) -> Iterator[Finding]:
    """The service stops doing something, and nobody is named who does it instead."""
    for change in scene.plan.changes if not scene.rules.delivery_consumer else ():
        field = scene.kinds[change.kind].hands_over
        live = (scene.live.objects.get(change.kind) or {}).get(change.key)
        if field and change.body.get(field) == _OFF and not (live and live.fields.get(field) is False):
            yield refusal(
                "delivery",
                f"{field}: false, so the service stops sending this and only tells your webhooks; "
                "name what sends it instead as policy.delivery_consumer in reconcile.yml",
                change.address,
                change.origin,
            )


def messages(scene: Scene) -> Iterator[Finding]:
    """People would be written to, which cannot be taken back."""
    writing = [change for change in scene.plan.changes if _writes(scene.kinds[change.kind], change)]
    if len(writing) > scene.rules.allow_notify:
        noun = "message" if len(writing) == 1 else "messages"
        yield refusal(
            "notify",
            f"{len(writing)} {noun} would be sent ({listed(change.address for change in writing)}), "
            f"and --allow-notify is {scene.rules.allow_notify}; say --allow-notify {len(writing)} if they are meant",
            origin=writing[0].origin,
        )


def _writes(kind: Kind, change: Change) -> bool:
    creates = change.action in {Action.CREATE, Action.REPLACE}
    return creates and bool(kind.messages) and change.body.get(kind.messages) == _ON
