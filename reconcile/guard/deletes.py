"""Deletes that are probably not meant. Whoever does mean them says `--allow-delete`. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.guard.scene import Scene, counted, listed, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.model import Finding


def too_many_for_the_caller(scene: Scene) -> Iterator[Finding]:
    """`--allow-delete=N` is a promise as well: that there are no more than N."""
    allowed = scene.rules.allow_delete
    if allowed is not None and not _meant(scene):
        found, count = counted(scene.deletes), len(scene.deletes)
        yield refusal(
            "allow-delete",
            f"{found} would be deleted, and --allow-delete={allowed:g} allows no more than that number; "
            f"say --allow-delete={count} if all of them are meant",
        )


def in_a_protected_environment(scene: Scene) -> Iterator[Finding]:
    """Nothing goes from a protected environment unasked."""
    if scene.rules.protected_environment and scene.deletes and not _meant(scene):
        yield refusal(
            "protected-environment",
            f"environment {scene.plan.environment} is protected, and {counted(scene.deletes)} would be deleted; "
            f"{_remedy(len(scene.deletes))}",
        )


def too_many(scene: Scene) -> Iterator[Finding]:
    """More of a kind than `max_delete` lets go at once."""
    limit = scene.rules.max_delete
    for kind, changes in scene.by_kind(scene.deletes).items():
        total = len(scene.before(kind) or ())
        if limit.exceeded(len(changes), total, scene.rules.min_size) and not _meant(scene):
            yield refusal(
                "max-delete",
                f"{scene.kinds[kind].section}: {len(changes)} of {total} would be deleted, and max_delete is {limit} "
                f"({listed(change.address for change in changes)}); "
                f"{_remedy(len(scene.deletes))}, or raise policy.max_delete in reconcile.yml",
                origin=scene.place(kind),
            )


def emptied(scene: Scene) -> Iterator[Finding]:
    """A section that had entries and is left without, as a variable or a file that came out empty leaves it.

    Also where some entries stay, such as those that were not selected; what is `retired` goes without being declared.
    """
    for kind, changes in scene.by_kind(scene.deletes).items():
        section, asked = scene.desired.sections.get(kind), not all(map(scene.retired, changes))
        declared_empty = section is not None and section.prune and not section.objects and asked
        left = "" if scene.after(kind) else "nothing would be left"
        why = left or ("it is declared empty" if declared_empty else "")
        if why and not _meant(scene):
            yield refusal(
                "emptied",
                f"{scene.kinds[kind].section}: {why}, {counted(changes)} would be deleted; "
                f"{_remedy(len(scene.deletes))}{', or leave the section out to keep them' if asked else ''}",
                origin=scene.place(kind),
            )


def _meant(scene: Scene) -> bool:
    allowed = scene.rules.allow_delete
    return allowed is not None and len(scene.deletes) <= allowed


def _remedy(count: int) -> str:
    return f"say --allow-delete={count} if that is meant"
