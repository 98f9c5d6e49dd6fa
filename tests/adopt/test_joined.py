"""The files with what is new, for our own rules to look at."""

from __future__ import annotations

from reconcile.adopt import joined, without
from reconcile.model import Candidate, Declared, Desired, Origin, Section, Value

HERE, DOCUMENT = Origin("clerk.yml", 3), Origin("clerk.json")


def test_new_settings_and_objects_come_to_what_is_declared() -> None:
    desired = Desired(
        {"protect": Section(HERE, {"": Declared("", HERE, {"rules_enabled": Value(True)})}, prune=True)}
    )
    new = [
        Candidate("protect", fields={"specter_enabled": False}),
        Candidate("allowlist", "a@b.c", origin=HERE),
    ]
    sections = joined(desired, new, DOCUMENT).sections

    assert sections["protect"].prune
    group = sections["protect"].objects[""]
    assert group.fields == {"rules_enabled": Value(True), "specter_enabled": Value(False)}
    assert (group.origin, group.place(("specter_enabled",))) == (HERE, DOCUMENT)
    assert sections["allowlist"].objects["a@b.c"].origin == HERE


def test_what_is_missing_is_taken_away_field_by_field() -> None:
    new = [
        Candidate("protect", fields={"rules_enabled": True, "specter_enabled": False}),
        Candidate("allowlist", "a@b.c"),
        Candidate("jwt_template", "x", {"claims": {}}),
        Candidate("blocklist", "d@e.f"),
    ]
    missing = [Candidate("protect", fields={"rules_enabled": True}), new[2], new[3]]

    assert list(without(new, missing)) == [Candidate("protect", fields={"specter_enabled": False}), new[1]]
