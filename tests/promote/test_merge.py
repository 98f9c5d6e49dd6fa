from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.model import ABSENT, Declared, Desired, Origin, Severity, Value
from reconcile.promote import Leaf, Terms, literals, merge, without_owned
from tests.compare.sides import KINDS, declared, section

if TYPE_CHECKING:
    from reconcile.model import Json, Path, Section, Tagged

VARIABLES: tuple[dict[str, Json], dict[str, Json]] = (
    {"app": "https://dev.acme.example", "mode": "loud"},
    {"app": "https://acme.example", "mode": "calm"},
)
TERMS = Terms(
    "dev",
    "prod",
    literals(("dev", "prod"), VARIABLES, ()),
    frozenset({"dev.yml"}),
    frozenset({"over.yml"}),
    VARIABLES[0],
)
HERE = Origin("base.yml", 1)


def leaf(kind: str, key: str, path: Path, value: Tagged = ABSENT, **more: Any) -> Leaf:
    return Leaf(KINDS[kind], key, path, value, **{"origin": HERE, **more})


def brought(kind: str, wanted: Section | None, one: Leaf) -> tuple[dict[str, Declared], str]:
    """What is wished for of a kind once a leaf was brought along, and what was said about it."""
    desired, (told,) = merge(Desired({kind: wanted} if wanted else {}), [one], TERMS)
    objects = dict(desired.sections[kind].objects) if kind in desired.sections else {}
    return objects, f"{told.rule}: {told.message}"


def fields(objects: dict[str, Declared], key: str) -> dict[str, Any]:
    return {name: value.value for name, value in objects[key].fields.items() if isinstance(value, Value)}


# --- what is brought along ---


def test_a_value_is_taken_with_the_texts_of_the_other_environment() -> None:
    wanted = section(declared("invitation", "base.yml", subject="Hello", body="<p>"))
    one = leaf("email_template", "invitation", ("subject",), Value("See https://dev.acme.example/join"))

    objects, told = brought("email_template", wanted, one)

    assert fields(objects, "invitation") == {"subject": "See https://acme.example/join", "body": "<p>"}
    assert objects["invitation"].place(("subject",)) == Origin("dev (live)")
    assert told == "brought: subject: brought along from dev"


def test_a_member_of_a_map_comes_alone_and_the_others_stay() -> None:
    claims: Json = {"role": "user", "deep": {"a": 1, "https://acme.example/x": 1}, "flat": 1}
    wanted = section(declared("hasura", "base.yml", claims=claims))
    steps = [
        leaf("jwt_template", "hasura", ("claims", "role"), Value("admin")),
        leaf("jwt_template", "hasura", ("claims", "deep", "a")),
        leaf("jwt_template", "hasura", ("claims", "deep", "https://dev.acme.example/x"), Value(2)),
        leaf("jwt_template", "hasura", ("claims", "flat", "new"), Value("x"), added=True),
        leaf("jwt_template", "hasura", ("claims", "gone"), added=True),
    ]

    desired, told = merge(Desired({"jwt_template": wanted}), steps, TERMS)

    assert fields(dict(desired.sections["jwt_template"].objects), "hasura") == {
        "claims": {"role": "admin", "deep": {"https://acme.example/x": 2}, "flat": {"new": "x"}}
    }
    assert {one.rule for one in told} == {"brought"}
    assert wanted.objects["hasura"].fields["claims"] == Value(claims)


def test_a_field_that_is_gone_or_cannot_be_wished_for_is_not_wished_for_any_more() -> None:
    wanted = section(declared("hasura", "base.yml", claims={}, lifetime=60))
    assert fields(
        brought("jwt_template", wanted, leaf("jwt_template", "hasura", ("lifetime",)))[0], "hasura"
    ) == {"claims": {}}
    nothing = leaf("jwt_template", "hasura", ("lifetime",), Value(None))
    assert fields(brought("jwt_template", wanted, nothing)[0], "hasura") == {"claims": {}}


def test_an_object_that_was_added_is_added_under_the_name_that_it_has_there() -> None:
    whole = Declared("https://dev.acme.example/new", HERE)
    one = leaf("redirect_url", whole.key, (), whole=whole, origin=None)

    objects, told = brought("redirect_url", section(), one)

    assert list(objects) == ["https://acme.example/new"]
    assert told == "brought: brought along from dev"


def test_an_object_that_was_removed_is_not_wished_for_any_more() -> None:
    wanted = section(declared("https://acme.example/old", "base.yml"))
    assert brought("redirect_url", wanted, leaf("redirect_url", "https://dev.acme.example/old", ()))[0] == {}


def test_of_two_objects_that_are_one_there_the_second_finds_what_became_of_the_first() -> None:
    wanted = section(declared("https://acme.example/old", "base.yml"))
    gone = [leaf("redirect_url", f"https://{host}/old", ()) for host in ("dev.acme.example", "acme.example")]
    desired, told = merge(Desired({"redirect_url": wanted}), gone, TERMS)
    assert desired.sections["redirect_url"].objects == {}
    assert [one.rule for one in told] == ["brought", "kept"]


def test_a_template_goes_back_to_the_services_own_or_away_from_it() -> None:
    default = Declared("invitation", HERE, default=True)
    ours = declared("invitation", "base.yml", subject="Ours")
    back = leaf("email_template", "invitation", (), whole=default)
    assert brought("email_template", section(ours), back)[0]["invitation"].default
    away = leaf("email_template", "invitation", (), whole=ours)
    objects, _ = brought("email_template", section(default), away)
    assert fields(objects, "invitation") == {"subject": "Ours"}


# --- what b says itself ---


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (None, "the files do not manage email_templates in prod"),
        (
            section(unset={"invitation": Origin("over.yml", 7)}),
            "an overlay of prod leaves it alone (over.yml:7)",
        ),
        (section(), "the files do not declare it in prod"),
        (
            section(declared("invitation", "over.yml", subject="Mine")),
            "an overlay of prod says what it is (over.yml:1)",
        ),
        (
            section(Declared("invitation", HERE, default=True)),
            "prod has the service's own (base.yml:1)",
        ),
        (section(declared("invitation", "base.yml", body="<p>")), "prod leaves this field alone"),
        (
            section(
                replace(
                    declared("invitation", "base.yml", subject="calm"), filled={("subject",): "${var.mode}"}
                )
            ),
            "variable mode says what it is (base.yml:1)",
        ),
        (
            section(
                replace(
                    declared("invitation", "base.yml", subject="x"), filled={("subject",): "at ${var.app}/x"}
                )
            ),
            "variable app says what it is (base.yml:1)",
        ),
    ],
)
def test_what_an_environment_says_itself_stays_and_is_named(wanted: Section | None, reason: str) -> None:
    before = dict(wanted.objects) if wanted else {}
    objects, told = brought(
        "email_template", wanted, leaf("email_template", "invitation", ("subject",), Value("New"))
    )
    assert objects == before
    assert told == f"kept: subject: what is live in dev is not brought along, because {reason}"


def test_what_is_different_in_the_first_environment_on_purpose_is_its_own_matter() -> None:
    wanted = section(declared("hasura", "base.yml", claims={}, lifetime=60))
    one = leaf("jwt_template", "hasura", ("lifetime",), Value(45), origin=Origin("dev.yml", 3))
    objects, told = brought("jwt_template", wanted, one)
    assert objects == dict(wanted.objects)
    assert told.endswith("because an overlay of dev says what it is there (dev.yml:3)")


def test_what_the_files_have_moved_on_from_is_not_brought_back() -> None:
    wanted = section(declared("hasura", "base.yml", claims={}, lifetime=90))
    one = leaf("jwt_template", "hasura", ("lifetime",), Value(60), ahead=True)
    objects, told = brought("jwt_template", wanted, one)
    assert objects == dict(wanted.objects)
    assert told.endswith("because the files have moved on since they were last applied to dev")


def test_what_was_changed_on_both_sides_is_refused_unless_it_is_not_wanted_anyway() -> None:
    wanted = section(declared("hasura", "base.yml", claims={}, lifetime=90))
    one = leaf("jwt_template", "hasura", ("lifetime",), Value(60), torn=True)
    desired, (told,) = merge(Desired({"jwt_template": wanted}), [one], TERMS)
    assert desired == Desired({"jwt_template": wanted})
    assert (told.severity, told.rule) == (Severity.REFUSAL, "drift")
    assert (
        "keep one of the two first, with `reconcile pull -e dev` or `reconcile apply -e dev`" in told.message
    )
    over = section(declared("hasura", "over.yml", claims={}, lifetime=90))
    assert brought("jwt_template", over, one)[1].startswith("kept")


def test_a_text_that_still_holds_its_variable_is_brought_along() -> None:
    filled: dict[Path, str] = {("body",): "at ${var.app}/x", (): "${var.mode}", ("subject",): "${var.mode}"}
    wanted = section(replace(declared("invitation", "base.yml", body="x"), filled=filled))
    one = leaf("email_template", "invitation", ("body",), Value("now at https://dev.acme.example/y"))

    objects, told = brought("email_template", wanted, one)

    assert fields(objects, "invitation") == {"body": "now at https://acme.example/y"}
    assert told.startswith("brought")


def test_a_list_with_a_variable_in_it_that_is_gone_stays() -> None:
    filled: dict[Path, str] = {("allowed_origins", 0): "${var.app}"}
    wanted = section(
        replace(declared("", "base.yml", allowed_origins=["https://acme.example"]), filled=filled)
    )
    _, told = brought("instance", wanted, leaf("instance", "", ("allowed_origins",), Value(["a://x"])))
    assert told.endswith("variable app says what it is (base.yml:1)")


def test_what_was_added_and_is_declared_there_already_stays() -> None:
    wanted = section(declared("hasura", "base.yml", claims={}))
    one = leaf("jwt_template", "hasura", (), whole=declared("hasura", "x", claims={"a": 1}), origin=None)
    objects, told = brought("jwt_template", wanted, one)
    assert objects == dict(wanted.objects)
    assert told.endswith("prod declares it itself (base.yml:1)")


def test_an_object_that_an_overlay_adds_is_not_removed() -> None:
    wanted = section(declared("myapp://a", "over.yml"))
    objects, told = brought("redirect_url", wanted, leaf("redirect_url", "myapp://a", ()))
    assert list(objects) == ["myapp://a"]
    assert told.startswith("kept")


@pytest.mark.parametrize("value", [Value("text"), ABSENT])
def test_a_map_in_which_an_overlay_says_one_member_is_not_replaced(value: Tagged) -> None:
    lines: dict[Path, Origin] = {("claims",): HERE, ("claims", "deep", "a"): Origin("over.yml", 5)}
    wanted = section(replace(declared("hasura", "base.yml", claims={"deep": {"a": 1, "b": 2}}), lines=lines))
    objects, told = brought("jwt_template", wanted, leaf("jwt_template", "hasura", ("claims", "deep"), value))
    assert objects == dict(wanted.objects)
    assert told.endswith("because an overlay of prod says a part of it (over.yml:5)")


def test_a_member_that_the_files_have_in_one_of_the_two_alone_is_not_brought_along() -> None:
    wanted = section(declared("hasura", "base.yml", claims={"own": 1, "https://acme.example/x": 1}))
    steps = [
        leaf("jwt_template", "hasura", ("claims", "beta"), Value("on")),
        leaf("jwt_template", "hasura", ("claims", "own"), Value("on"), added=True),
        leaf("jwt_template", "hasura", ("claims", "https://dev.acme.example/x"), Value("on"), added=True),
    ]
    desired, told = merge(Desired({"jwt_template": wanted}), steps, TERMS)
    assert desired == Desired({"jwt_template": wanted})
    assert [one.message.partition(", because ")[2] for one in told] == [
        "the files leave it out in prod (base.yml:1)",
        "prod declares it itself (base.yml:1)",
        "prod declares it itself (base.yml:1)",
    ]


def test_an_overlay_is_found_by_the_name_that_a_member_has_there() -> None:
    lines: dict[Path, Origin] = {("claims", "https://acme.example/x"): Origin("over.yml", 5)}
    wanted = section(
        replace(declared("hasura", "base.yml", claims={"https://acme.example/x": 1}), lines=lines)
    )
    one = leaf("jwt_template", "hasura", ("claims", "https://dev.acme.example/x"), Value("on"))
    objects, told = brought("jwt_template", wanted, one)
    assert objects == dict(wanted.objects)
    assert told.endswith("because an overlay of prod says what it is (over.yml:5)")


@pytest.mark.parametrize("whole", [None, Declared("invitation", HERE, default=True)])
def test_an_object_of_which_an_overlay_says_a_field_is_neither_removed_nor_reverted(
    whole: Declared | None,
) -> None:
    lines: dict[Path, Origin] = {("subject",): Origin("over.yml", 5)}
    wanted = section(replace(declared("invitation", "base.yml", subject="Mine", body="<p>"), lines=lines))
    objects, told = brought("email_template", wanted, leaf("email_template", "invitation", (), whole=whole))
    assert objects == dict(wanted.objects)
    assert told.endswith("because an overlay of prod says a part of it (over.yml:5)")


def test_what_an_overlay_of_the_first_says_inside_of_a_value_is_its_own_matter() -> None:
    wanted = section(declared("hasura", "base.yml", claims={"deep": {"a": 1}}))
    one = leaf("jwt_template", "hasura", ("claims", "deep"), Value("text"), within=(Origin("dev.yml", 3),))
    objects, told = brought("jwt_template", wanted, one)
    assert objects == dict(wanted.objects)
    assert told.endswith("because an overlay of dev says what it is there (dev.yml:3)")


# --- what belongs to one instance ---


def test_what_belongs_to_one_instance_is_left_alone_and_named_once() -> None:
    wanted = declared(
        "", "base.yml", development_origin="http://localhost:3000", cookieless_dev=True, hibp=True
    )
    desired, (told,) = without_owned(
        KINDS, Desired({"instance": section(wanted), "redirect_url": section()}), TERMS
    )
    assert fields(dict(desired.sections["instance"].objects), "") == {"hibp": True}
    assert told.message == (
        "cookieless_dev, development_origin: belongs to one instance, so it is left alone; an overlay of prod may set it"
    )


def test_what_an_overlay_or_a_variable_sets_for_an_instance_is_its_own() -> None:
    over = declared("", "over.yml", development_origin="http://localhost:3000")
    filled = replace(
        declared("", "base.yml", development_origin="http://localhost:3000"),
        filled={("development_origin",): "${var.dev}"},
    )
    for one in (over, filled):
        desired = Desired({"instance": section(one)})
        assert without_owned(KINDS, desired, TERMS) == (desired, ())
