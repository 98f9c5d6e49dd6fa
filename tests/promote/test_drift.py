from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconcile.model import ABSENT, Baseline, Desired, Origin, Severity, Value
from reconcile.promote import drift, refusals, unmanaged
from tests.compare.sides import KINDS, declared, live, section, side

if TYPE_CHECKING:
    from reconcile.compare import Side
    from reconcile.model import Path, Section

OURS: dict[str, Any] = {"resource_type": "user", "subject": "Ours"}
THEIRS: dict[str, Any] = {"resource_type": "system", "subject": "Theirs"}


def told(found: Side) -> list[tuple[str, str, object]]:
    return [(leaf.address, ".".join(map(str, leaf.path)), leaf.value) for leaf in drift(KINDS, found)]


def test_every_value_that_is_not_as_the_files_say_is_a_leaf_and_a_list_is_one() -> None:
    token = {"name": "hasura", "claims": {"role": "admin", "aud": ["a", "c"], "same": 1}, "lifetime": 60}
    wanted = declared("hasura", "jwt.yml", claims={"role": "user", "aud": ["a", "b"], "same": 1}, lifetime=60)
    found = side("dev", live("dev", jwt_template={"hasura": token}), jwt_template=section(wanted))

    assert told(found) == [
        ("jwt_template/hasura", "claims.aud", Value(["a", "c"])),
        ("jwt_template/hasura", "claims.role", Value("admin")),
    ]


def test_a_member_that_somebody_removed_is_absent() -> None:
    token = {"name": "hasura", "claims": {}}
    wanted = declared("hasura", "jwt.yml", claims={"role": "user"})
    found = side("dev", live("dev", jwt_template={"hasura": token}), jwt_template=section(wanted))

    assert told(found) == [("jwt_template/hasura", "claims.role", ABSENT)]


def test_a_leaf_knows_what_the_files_say_of_it() -> None:
    token = {"name": "hasura", "claims": {"deep": "text", "new": 1}}
    over = Origin("over.yml", 5)
    lines: dict[Path, Origin] = {("claims", "deep", "a"): over}
    wanted = replace(declared("hasura", "jwt.yml", claims={"deep": {"a": 1}}), lines=lines)
    found = side("dev", live("dev", jwt_template={"hasura": token}), jwt_template=section(wanted))

    deep, new = sorted(drift(KINDS, found), key=lambda leaf: str(leaf.path))
    assert (deep.path, deep.places, deep.added) == (("claims", "deep"), (Origin("jwt.yml", 1), over), False)
    assert (new.path, new.places, new.added) == (("claims", "new"), (Origin("jwt.yml", 1),), True)


def test_what_cannot_be_read_is_no_drift() -> None:
    found = side(
        "dev",
        live("dev", instance={"": {}}),
        instance=section(declared("", "a.yml", test_mode=True)),
        restrictions=section(declared("", "a.yml", allowlist=True)),
    )
    assert told(found) == []


def test_objects_that_came_or_went_are_leaves_without_a_path() -> None:
    found = side(
        "dev",
        live(
            "dev",
            redirect_url={"myapp://new": {"url": "myapp://new"}},
            email_template={"invitation": OURS, "verification_code": THEIRS},
        ),
        redirect_url=section(declared("myapp://old", "urls.yml"), prune=True),
        email_template=section(
            replace(declared("invitation", "mail.yml"), default=True),
            declared("verification_code", "mail.yml", subject="Wanted"),
        ),
    )

    leaves = {leaf.address: leaf for leaf in drift(KINDS, found)}
    assert all(leaf.path == () for leaf in leaves.values())
    assert {
        name: leaf.whole and (leaf.whole.default, leaf.whole.fields) for name, leaf in leaves.items()
    } == {
        "redirect_url/myapp://new": (False, {}),
        "redirect_url/myapp://old": None,
        "email_template/invitation": (False, {"subject": Value("Ours")}),
        "email_template/verification_code": (True, {}),
    }
    assert leaves["redirect_url/myapp://new"].origin is None
    remedy = "say --include-drift to bring it along, take it into the files with --as patch, or undo it with `reconcile apply -e dev`"
    added, gone = (
        "is live in dev, and its files do not declare it",
        "is in the files of dev and not live there",
    )
    assert {str(finding) for finding in refusals("dev", leaves.values())} == {
        f"mail.yml:1: email_template/invitation: {added}; {remedy}",
        f"mail.yml:1: email_template/verification_code: {gone}; {remedy}",
        f"urls.yml:1: redirect_url/myapp://old: {gone}; {remedy}",
        f"redirect_url/myapp://new: {added}; {remedy}",
    }


def agreed(**sections: Section) -> Baseline:
    return Baseline(Desired(sections))


def test_where_the_instance_is_as_it_was_left_it_is_the_files_that_have_moved_on() -> None:
    token = {"name": "hasura", "claims": {"role": "user", "old": 1}, "lifetime": 60}
    wanted = declared("hasura", "jwt.yml", claims={"role": "admin", "old": 1, "new": 1}, lifetime=90)
    found = side("dev", live("dev", jwt_template={"hasura": token}), jwt_template=section(wanted))
    base = agreed(
        jwt_template=section(declared("hasura", "x", claims={"role": "user", "old": 1}, lifetime=30))
    )

    assert {leaf.path: leaf.ahead for leaf in drift(KINDS, found, base)} == {
        ("claims", "new"): True,
        ("claims", "role"): True,
        ("lifetime",): False,
    }
    assert not any(leaf.ahead for leaf in drift(KINDS, found, replace(agreed(), complete=False)))
    assert all(leaf.ahead for leaf in drift(KINDS, found, agreed()))
    assert not any(leaf.ahead for leaf in drift(KINDS, found))
    messages = [one.message for one in refusals("dev", drift(KINDS, found, base))]
    assert messages[1] == (
        "claims.role: the files have moved on since they were last applied to dev; run `reconcile apply -e dev` first"
    )


def test_a_value_that_was_changed_on_both_sides_is_torn() -> None:
    token = {"name": "hasura", "claims": {"role": "admin", "same": 2}, "lifetime": 60}
    wanted = declared("hasura", "jwt.yml", claims={"role": "editor", "same": 1}, lifetime=90)
    found = side(
        "dev",
        live("dev", jwt_template={"hasura": token}, email_template={"invitation": OURS}),
        jwt_template=section(
            wanted, declared("gone", "jwt.yml", lifetime=90), declared("left", "jwt.yml", lifetime=90)
        ),
        email_template=section(declared("invitation", "mail.yml", subject="Wanted")),
    )
    base = agreed(
        jwt_template=section(
            declared("hasura", "x", claims={"role": "user", "same": 1}),
            declared("gone", "x", lifetime=60),
            declared("left", "x", lifetime=90),
        ),
        email_template=section(replace(declared("invitation", "x"), default=True)),
    )

    leaves = drift(KINDS, found, base)

    assert {(leaf.address, leaf.path[-1:]): (leaf.ahead, leaf.torn) for leaf in leaves} == {
        ("jwt_template/hasura", ("role",)): (False, True),
        ("jwt_template/hasura", ("same",)): (False, False),
        ("jwt_template/hasura", ("lifetime",)): (True, False),
        ("jwt_template/gone", ()): (False, True),
        ("jwt_template/left", ()): (False, False),
        ("email_template/invitation", ("subject",)): (False, True),
    }
    assert "claims.role: was changed in dev, and in the files since" in str(
        [*map(str, refusals("dev", leaves))]
    )


def test_objects_that_files_have_gained_or_lost_since_are_no_drift() -> None:
    found = side(
        "dev",
        live(
            "dev",
            redirect_url={url: {"url": url} for url in ("myapp://dropped", "myapp://added")},
            email_template={"invitation": OURS, "verification_code": THEIRS, "magic_link_sign_in": OURS},
        ),
        redirect_url=section(
            declared("myapp://wanted", "urls.yml"), declared("myapp://lost", "urls.yml"), prune=True
        ),
        email_template=section(
            replace(declared("invitation", "mail.yml"), default=True),
            replace(declared("magic_link_sign_in", "mail.yml"), default=True),
            declared("verification_code", "mail.yml", subject="Wanted"),
        ),
    )
    base = agreed(
        redirect_url=section(declared("myapp://dropped", "x"), declared("myapp://lost", "x")),
        email_template=section(
            declared("invitation", "x", subject="Ours"),
            replace(declared("magic_link_sign_in", "x"), default=True),
            replace(declared("verification_code", "x"), default=True),
        ),
    )
    assert {leaf.address: leaf.ahead for leaf in drift(KINDS, found, base)} == {
        "redirect_url/myapp://dropped": True,
        "redirect_url/myapp://added": False,
        "redirect_url/myapp://wanted": True,
        "redirect_url/myapp://lost": False,
        "email_template/invitation": True,
        "email_template/magic_link_sign_in": False,
        "email_template/verification_code": True,
    }


def test_a_refusal_names_the_value_and_the_place_of_its_file() -> None:
    wanted = declared("invitation", "mail.yml", subject="Wanted")
    found = side("dev", live("dev", email_template={"invitation": OURS}), email_template=section(wanted))

    (refused,) = refusals("dev", drift(KINDS, found))

    assert refused.severity is Severity.REFUSAL
    assert (refused.address, refused.origin) == ("email_template/invitation", Origin("mail.yml", 1))
    assert refused.message.startswith("subject: is not in dev as its files say; ")


def test_what_no_file_speaks_of_is_noted_where_the_other_environment_lacks_it() -> None:
    urls = {url: {"url": url} for url in ("myapp://a", "myapp://b", "myapp://c")}
    dev = side(
        "dev",
        live("dev", redirect_url=urls),
        redirect_url=section(unset={"myapp://c": Origin("over.yml", 1)}),
    )
    prod = side(
        "prod", live("prod", redirect_url={"myapp://b": {"url": "myapp://b"}}), redirect_url=section()
    )

    assert [item.message for item in unmanaged(dev, prod)] == [
        "unmanaged in dev and not in prod, so left out: redirect_url/myapp://a; declare it in the files to promote it"
    ]
    assert list(unmanaged(prod, prod)) == []
