"""What was found against the files of every environment: only what they say nothing about is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.adopt import against
from reconcile.model import (
    ABSENT,
    Candidate,
    Declared,
    Desired,
    Left,
    Origin,
    Secret,
    Section,
    Taken,
    Value,
    Why,
)
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Adoption, Tagged

HERE = Origin("clerk.yml", 3)


def files(kind: str, key: str = "", unset: Mapping[str, Origin] | None = None, **fields: Tagged) -> Desired:
    return Desired({kind: Section(HERE, {key: Declared(key, HERE, fields)}, unset=unset or {})})


def settings(**fields: Any) -> Candidate:
    return Candidate("restrictions", fields=fields, sources=dict.fromkeys(fields, "x"))


def judge(*found: Candidate, **sides: Desired) -> Adoption:
    return against(
        known().kinds, Taken(found, (Left(("x",), Why.UNKNOWN, "y"),)), sides or {"local": Desired()}
    )


def test_what_the_files_do_not_mention_is_new() -> None:
    found = (
        settings(allowlist=True),
        Candidate("allowlist", "ada@acme.example"),
        Candidate("jwt_template", "a"),
    )
    judged = judge(*found)

    assert (judged.new, judged.same, judged.clashes) == (found, (), ())
    assert [one.name for one in judged.left] == ["x"]


def test_fields_are_judged_one_by_one() -> None:
    judged = judge(
        settings(allowlist=True, blocklist=True, block_email_subaddresses=False),
        local=files("restrictions", allowlist=Value(True), blocklist=Value(False)),
    )

    assert [one.fields for one in judged.new] == [{"block_email_subaddresses": False}]
    assert [one.fields for one in judged.same] == [{"allowlist": True}]
    (clash,) = judged.clashes
    assert (clash.address, clash.field, clash.origin) == ("restrictions", "blocklist", HERE)
    assert (clash.declared, clash.found, clash.environments) == (Value(False), Value(True), ())


def test_a_switch_that_is_declared_under_its_other_name_is_declared() -> None:
    judged = judge(
        settings(allowlist=True),
        Candidate("instance_settings", fields={"test_mode": True}),
        local=Desired(
            {
                **files("instance_settings", restricted_to_allowlist=Value(False)).sections,
                **files("instance", test_mode=Value(True)).sections,
            }
        ),
    )

    assert judged.new == ()
    assert [one.fields for one in judged.same] == [{"test_mode": True}]
    assert [(one.address, one.field) for one in judged.clashes] == [("restrictions", "allowlist")]


def test_sets_and_texts_are_compared_as_a_plan_compares_them() -> None:
    judged = judge(
        Candidate("communication", fields={"blocked_country_codes": ["ZW", "ML"]}),
        local=files("communication", blocked_country_codes=Value(["ML", "ZW"])),
    )

    assert (judged.new, judged.clashes, len(judged.same)) == ((), (), 1)


def test_an_entry_that_is_declared_somewhere_is_declared() -> None:
    judged = judge(
        Candidate("allowlist", "ada@acme.example"),
        local=Desired(),
        production=files("allowlist", "ada@acme.example"),
    )

    assert [one.key for one in judged.same] == ["ada@acme.example"]


def test_an_object_that_another_environment_declares_is_left_to_its_files() -> None:
    judged = judge(
        Candidate("jwt_template", "a", {"claims": {}}), local=Desired(), production=files("jwt_template", "a")
    )

    (clash,) = judged.clashes
    assert (clash.address, clash.field, clash.found) == ("jwt_template/a", "", ABSENT)
    assert (clash.environments, clash.origin) == (("production",), HERE)


def test_what_an_overlay_leaves_alone_stays_alone() -> None:
    place = Origin("over.yml", 2)
    over = Desired({"allowlist": Section(HERE, unset={"ada@acme.example": place})})
    judged = judge(
        Candidate("allowlist", "ada@acme.example"), local=over, production=files("allowlist", "b@c.example")
    )

    (clash,) = judged.clashes
    assert (clash.declared, clash.origin, clash.environments) == (ABSENT, place, ("local",))


def test_the_environments_of_a_difference_are_named() -> None:
    judged = judge(
        settings(allowlist=True),
        local=files("restrictions", allowlist=Value(True)),
        production=Desired(
            {
                "restrictions": Section(
                    HERE, {"": Declared("", Origin("over.yml", 1), {"allowlist": Value(False)})}
                )
            }
        ),
    )

    (clash,) = judged.clashes
    assert (clash.origin, clash.environments) == (Origin("over.yml", 1), ("production",))


def test_a_secret_is_never_the_same() -> None:
    judged = judge(settings(allowlist=True), local=files("restrictions", allowlist=Secret("NAME")))

    assert [one.declared for one in judged.clashes] == [Secret("NAME")]
