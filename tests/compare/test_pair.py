from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.compare import Comparison, Side, Standing, compare
from reconcile.compare.pair import outside_lists, value_at
from reconcile.model import ABSENT, Live, Origin, Secret, Value
from tests.compare.sides import KINDS, declared, files, live, section, side

if TYPE_CHECKING:
    from reconcile.model import Json, Tagged

ROLE: dict[str, Json] = {"name": "hasura", "claims": {"role": "user"}, "lifetime": 60}


def hasura(role: str, **more: Json) -> dict[str, Json]:
    return {"name": "hasura", "claims": {"role": role}, "lifetime": 60, **more}


def told(found: Comparison) -> list[tuple[str, str, bool, list[str]]]:
    """Address, path, whether it is expected, and how both sides stand."""
    return [
        (
            item.address,
            ".".join(map(str, item.path)),
            item.expected,
            [one.standing.value for one in item.stands],
        )
        for item in found.differences
    ]


def values(found: Comparison) -> list[tuple[Tagged, Tagged]]:
    return [item.values for item in found.differences]


def mirrored(found: Comparison) -> Comparison:
    """The same comparison seen from the other side."""
    return Comparison(
        found.parties[::-1],
        tuple(
            replace(item, values=item.values[::-1], stands=item.stands[::-1]) for item in found.differences
        ),
        found.unread,
        found.same,
    )


def both_ways(a: Side, b: Side) -> Comparison:
    """The comparison, once it is clear that it does not depend on who is named first."""
    found = compare(KINDS, a, b)
    assert compare(KINDS, b, a) == mirrored(found)
    return found


def test_two_instances_that_are_alike_have_no_difference() -> None:
    wanted = section(declared("hasura", "base.yml", claims={"role": "user"}))
    a = side("a", live("a", jwt_template={"hasura": ROLE}), jwt_template=wanted)
    b = side("b", live("b", jwt_template={"hasura": ROLE}), jwt_template=wanted)

    found = both_ways(a, b)

    assert (found.differences, found.unread, found.same) == ((), (), ("jwt_template/hasura",))
    assert [party.instance.id for party in found.parties if party.instance] == ["ins_a", "ins_b"]


def test_what_an_overlay_makes_different_is_expected_with_both_places() -> None:
    a = side(
        "a",
        live("a", jwt_template={"hasura": hasura("user")}),
        jwt_template=section(declared("hasura", "base.yml", claims={"role": "user"})),
    )
    b = side(
        "b",
        live("b", jwt_template={"hasura": hasura("admin")}),
        jwt_template=section(declared("hasura", "over.yml", claims={"role": "admin"})),
    )

    found = both_ways(a, b)

    assert told(found) == [("jwt_template/hasura", "claims.role", True, ["declared", "declared"])]
    assert values(found) == [(Value("user"), Value("admin"))]
    assert [one.origin for one in found.differences[0].stands] == [
        Origin("base.yml", 1),
        Origin("over.yml", 1),
    ]
    assert (found.unexpected, len(found.expected)) == ((), 1)


def test_a_side_that_is_not_as_its_files_say_has_a_name() -> None:
    wanted = section(declared("hasura", "base.yml", claims={"role": "user"}))
    a = side("a", live("a", jwt_template={"hasura": hasura("admin")}), jwt_template=wanted)
    b = side("b", live("b", jwt_template={"hasura": hasura("user")}), jwt_template=wanted)

    found = both_ways(a, b)

    assert told(found) == [("jwt_template/hasura", "claims.role", False, ["drifted", "declared"])]
    assert found.unexpected == found.differences


def test_of_a_field_that_no_file_names_nobody_says_that_it_should_differ() -> None:
    wanted = section(declared("hasura", "base.yml", claims={"role": "user"}))
    a = side("a", live("a", jwt_template={"hasura": hasura("user")}), jwt_template=wanted)
    b = side("b", live("b", jwt_template={"hasura": {**ROLE, "lifetime": 90}}), jwt_template=wanted)

    found = both_ways(a, b)

    assert told(found) == [("jwt_template/hasura", "lifetime", False, ["undeclared", "undeclared"])]


def test_a_field_that_one_environment_declares_alone_is_expected_to_differ() -> None:
    a = side(
        "a",
        live("a", jwt_template={"hasura": {**ROLE, "lifetime": 90}}),
        jwt_template=section(declared("hasura", "base.yml", claims={"role": "user"}, lifetime=90)),
    )
    b = side(
        "b",
        live("b", jwt_template={"hasura": ROLE}),
        jwt_template=section(declared("hasura", "base.yml", claims={"role": "user"})),
    )

    assert told(both_ways(a, b)) == [("jwt_template/hasura", "lifetime", True, ["declared", "undeclared"])]


def test_what_only_one_side_declares_and_has_is_expected() -> None:
    url = {"url": "myapp://a"}
    a = side(
        "a",
        live("a", redirect_url={"myapp://a": url}),
        redirect_url=section(declared("myapp://a", "over.yml")),
    )
    b = side("b", live("b", redirect_url={}), redirect_url=section())

    found = both_ways(a, b)

    assert told(found) == [("redirect_url/myapp://a", "", True, ["declared", "declared"])]
    assert values(found)[0][1] == ABSENT


@pytest.mark.parametrize(
    ("options", "standing"), [({}, Standing.UNMANAGED), ({"prune": True}, Standing.DRIFTED)]
)
def test_what_somebody_added_by_hand_is_not_expected(options: dict[str, Any], standing: Standing) -> None:
    wanted = section(**options)
    a = side("a", live("a", redirect_url={"myapp://a": {"url": "myapp://a"}}), redirect_url=wanted)
    b = side("b", live("b", redirect_url={}), redirect_url=wanted)

    assert told(both_ways(a, b)) == [("redirect_url/myapp://a", "", False, [standing.value, "declared"])]


def test_what_is_missing_on_one_side_is_not_expected() -> None:
    wanted = section(declared("myapp://a", "base.yml"))
    a = side("a", live("a", redirect_url={"myapp://a": {"url": "myapp://a"}}), redirect_url=wanted)
    b = side("b", live("b", redirect_url={}), redirect_url=wanted)

    assert told(both_ways(a, b)) == [("redirect_url/myapp://a", "", False, ["declared", "drifted"])]


def test_what_an_overlay_leaves_alone_may_be_as_it_likes() -> None:
    place = Origin("over.yml", 3)
    a = side(
        "a",
        live("a", jwt_template={"hasura": hasura("whatever")}),
        jwt_template=section(unset={"hasura": place}),
    )
    b = side(
        "b",
        live("b", jwt_template={"hasura": hasura("user")}),
        jwt_template=section(declared("hasura", "base.yml", claims={"role": "user"})),
    )

    found = both_ways(a, b)

    assert told(found) == [("jwt_template/hasura", "claims.role", True, ["left_alone", "declared"])]
    assert found.differences[0].stands[0].origin == place


def test_where_only_one_side_manages_a_kind_the_other_is_free() -> None:
    url = {"url": "myapp://a"}
    a = side("a", live("a", redirect_url={"myapp://a": url}))
    b = side("b", live("b", redirect_url={}), redirect_url=section(prune=True))

    assert told(both_ways(a, b)) == [("redirect_url/myapp://a", "", True, ["undeclared", "declared"])]


def test_a_template_with_an_override_on_one_side_alone_is_told_as_a_whole() -> None:
    ours: dict[str, Json] = {"resource_type": "user", "subject": "Ours", "body": "{{otp_code}}"}
    theirs: dict[str, Json] = {"resource_type": "system", "subject": "Theirs", "body": "{{otp_code}}"}
    a = side(
        "a",
        live("a", email_template={"verification_code": ours, "invitation": theirs}),
        email_template=section(declared("verification_code", "base.yml", subject="Ours")),
    )
    b = side(
        "b",
        live("b", email_template={"verification_code": theirs, "invitation": theirs}),
        email_template=section(replace(declared("verification_code", "over.yml"), default=True)),
    )

    found = both_ways(a, b)

    assert told(found) == [("email_template/verification_code", "", True, ["declared", "declared"])]
    assert values(found) == [(Value({"subject": "Ours", "body": "{{otp_code}}"}), ABSENT)]
    assert found.same == ()


def test_a_slug_that_one_side_does_not_know_is_no_difference() -> None:
    theirs: dict[str, Json] = {"resource_type": "system", "subject": "Theirs"}
    a = side("a", live("a", email_template={"new": theirs, "old": theirs}), email_template=section())
    b = side("b", live("b", email_template={"old": theirs}), email_template=section())

    assert told(both_ways(a, b)) == []


def test_a_list_is_one_value_and_a_set_has_no_order() -> None:
    def mine(name: str, origins: list[Json], teams: list[Json]) -> Side:
        return side(
            name,
            live(
                name,
                instance={"": {"allowed_origins": origins}},
                jwt_template={"hasura": {"name": "hasura", "claims": {"teams": teams}}},
            ),
            instance=section(declared("", "base.yml", allowed_origins=origins)),
            jwt_template=section(declared("hasura", "base.yml", claims={"teams": teams})),
        )

    found = both_ways(
        mine("a", ["a://x", "b://x"], ["x", "y"]), mine("b", ["b://x", "a://x"], ["x", "z", "y"])
    )

    assert told(found) == [("jwt_template/hasura", "claims.teams", True, ["declared", "declared"])]
    assert values(found) == [(Value(["x", "y"]), Value(["x", "z", "y"]))]


def test_what_the_service_adds_by_itself_is_no_difference_on_either_side() -> None:
    wanted = section(declared("", "base.yml", domains_enrollment_modes=["automatic_suggestion"]))
    a, b = (
        side(
            name,
            live(name, organization_settings={"": {"domains_enrollment_modes": modes}}),
            organization_settings=wanted,
        )
        for name, modes in (
            ("a", ["manual_invitation", "automatic_suggestion"]),
            ("b", ["automatic_suggestion"]),
        )
    )
    assert both_ways(a, b).same == ("organization_settings",)


def test_line_ends_and_whole_numbers_make_no_difference() -> None:
    def mine(name: str, body: str, lifetime: float) -> Side:
        texts: dict[str, Json] = {"resource_type": "user", "body": body}
        token: dict[str, Json] = {"name": "hasura", "claims": {"n": lifetime}, "lifetime": lifetime}
        found = live(name, email_template={"invitation": texts}, jwt_template={"hasura": token})
        return side(name, found, email_template=section(), jwt_template=section())

    assert told(both_ways(mine("a", "one\r\ntwo\n", 60), mine("b", "one\ntwo", 60.0))) == []


def test_a_role_that_one_side_does_not_name_is_a_difference() -> None:
    def mine(name: str, role: str) -> Side:
        settings: dict[str, Json] = {"domains_default_role": role}
        return side(name, live(name, organization_settings={"": settings}), organization_settings=section())

    found = both_ways(mine("a", "org:member"), mine("b", ""))

    assert values(found) == [(Value("org:member"), Value(""))]


def test_what_cannot_be_read_is_named_and_never_called_the_same() -> None:
    wanted = {
        "restrictions": section(declared("", "base.yml", allowlist=True)),
        "instance": section(declared("", "base.yml", test_mode=True, allowed_origins=["a://x"])),
        "allowlist": section(declared("a@acme.example", "base.yml", notify=True)),
    }
    found = both_ways(
        *(
            side(
                name,
                live(
                    name,
                    instance={"": {"allowed_origins": ["a://x"]}},
                    allowlist={"a@acme.example": {"identifier": "a@acme.example"}},
                ),
                **wanted,
            )
            for name in "ab"
        )
    )

    assert [(item.address, item.fields, item.why) for item in found.unread] == [
        ("instance", ("test_mode",), "no call returns this"),
        ("restrictions", ("allowlist",), "no call returns this"),
    ]
    assert found.same == ("allowlist/a@acme.example",)


def test_a_kind_that_one_side_does_not_offer_is_not_comparable() -> None:
    wanted = {
        "redirect_url": section(declared("myapp://a", "base.yml")),
        "restrictions": section(declared("", "base.yml", allowlist=True)),
    }
    there = live(
        "a", redirect_url={"myapp://a": {"url": "myapp://a"}}, restrictions={"": {"allowlist": True}}
    )
    gone = replace(live("b"), missing={"redirect_url": "the service has taken this away"})

    found = both_ways(side("a", there, **wanted), side("b", gone, **wanted))

    assert [(item.address, item.fields, item.why) for item in found.unread] == [
        ("redirect_url", (), "b: the service has taken this away"),
        ("restrictions", ("allowlist",), "no call returns this of b"),
    ]
    assert told(found) == []


def test_a_write_only_field_of_an_object_that_one_side_lacks_is_told_with_the_object_alone() -> None:
    key = declared("hasura", "base.yml", claims={}, signing_key=Secret("KEY"))
    found_there: dict[str, Json] = {"name": "hasura", "claims": {}, "signing_key": "must not be shown"}
    a = side("a", live("a", jwt_template={"hasura": found_there}), jwt_template=section(key))
    b = side("b", live("b", jwt_template={}), jwt_template=section())

    found = both_ways(a, b)

    assert found.unread == ()
    assert values(found) == [(Value({"claims": {}}), ABSENT)]


# --- files as a side ---


def test_files_are_compared_in_what_they_declare_and_no_more() -> None:
    wanted = {
        "jwt_template": section(declared("hasura", "base.yml", claims={"role": "user"})),
        "restrictions": section(declared("", "base.yml", allowlist=True)),
    }
    there = live(
        "a", jwt_template={"hasura": hasura("admin"), "mine": {"name": "mine", "claims": {}}}, redirect_url={}
    )

    found = both_ways(side("a", there, **wanted), files("a", **wanted))

    assert told(found) == [
        ("jwt_template/hasura", "claims.role", False, ["drifted", "declared"]),
        ("jwt_template/mine", "", True, ["unmanaged", "left_alone"]),
    ]
    assert [(item.address, item.why) for item in found.unread] == [
        ("restrictions", "no call returns this of a")
    ]
    assert found.parties[1].instance is None


def test_under_prune_files_say_that_nothing_else_is_there() -> None:
    wanted = section(prune=True)
    a = side("a", live("a", redirect_url={"myapp://a": {"url": "myapp://a"}}), redirect_url=wanted)

    assert told(both_ways(a, files("a", redirect_url=wanted))) == [
        ("redirect_url/myapp://a", "", False, ["drifted", "declared"])
    ]


def test_files_that_want_the_services_own_have_no_such_template() -> None:
    default = replace(declared("invitation", "base.yml"), default=True)
    ours: dict[str, Json] = {"resource_type": "user", "subject": "Ours"}
    wanted = section(default)
    a = side("a", live("a", email_template={"invitation": ours}), email_template=wanted)

    assert told(both_ways(a, files("a", email_template=wanted))) == [
        ("email_template/invitation", "", False, ["drifted", "declared"])
    ]


def test_what_another_kind_of_files_does_not_manage_is_not_asked_of_them() -> None:
    a = side(
        "a",
        live("a", restrictions={}, redirect_url={}),
        restrictions=section(declared("", "base.yml", allowlist=True)),
    )

    found = both_ways(a, files("b", redirect_url=section()))

    assert (found.differences, found.unread, found.same) == ((), (), ())


def test_two_sets_of_files_show_what_is_meant_to_differ() -> None:
    a = files(
        "a",
        jwt_template=section(declared("hasura", "base.yml", claims={}, lifetime=60, signing_key=Secret("A"))),
        instance=section(declared("", "base.yml", test_mode=True)),
        redirect_url=section(declared("myapp://a", "base.yml")),
    )
    b = files(
        "b",
        jwt_template=section(declared("hasura", "over.yml", claims={}, signing_key=Secret("A"))),
        instance=section(declared("", "over.yml", test_mode=False)),
        redirect_url=section(),
    )

    found = both_ways(a, b)

    assert told(found) == [
        ("instance", "test_mode", True, ["declared", "declared"]),
        ("jwt_template/hasura", "lifetime", True, ["declared", "undeclared"]),
        ("redirect_url/myapp://a", "", True, ["declared", "left_alone"]),
    ]
    assert values(found)[:2] == [(Value(True), Value(False)), (Value(60), ABSENT)]
    assert [(item.address, item.fields) for item in found.unread] == [
        ("jwt_template/hasura", ("signing_key",))
    ]


# --- the rest ---


def test_a_selection_leaves_out_everything_else() -> None:
    wanted = {
        "redirect_url": section(declared("myapp://a", "base.yml"), declared("myapp://b", "base.yml")),
        "restrictions": section(declared("", "base.yml", allowlist=True)),
    }
    urls = {url: {"url": url} for url in ("myapp://a", "myapp://b")}
    a = side("a", live("a", redirect_url=urls), **wanted)
    b = side("b", live("b", redirect_url={"myapp://b": {"url": "myapp://b"}}), **wanted)

    found = compare(KINDS, a, b, lambda address: address == "redirect_url/myapp://b")

    assert (found.differences, found.unread, found.same) == ((), (), ("redirect_url/myapp://b",))


def test_a_path_ends_before_the_first_list() -> None:
    assert outside_lists(("claims", "teams", 1, "name")) == ("claims", "teams")
    assert outside_lists(("claims", "role")) == ("claims", "role")


def test_what_is_not_there_is_absent() -> None:
    assert value_at({"a": {"b": 1}}, ("a", "b")) == Value(1)
    assert value_at({"a": {"b": 1}}, ("a", "c")) == ABSENT
    assert value_at({"a": 1}, ("a", "b")) == ABSENT


def test_an_empty_instance_is_like_another() -> None:
    nothing = Live(live("a").instance)
    assert both_ways(side("a", nothing), side("b", nothing)).same == ()
