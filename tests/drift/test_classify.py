"""Who changed what: held against the files as they were, on a real instance that somebody else changes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.drift import classify, combined
from reconcile.model import ABSENT, Base, Drifted, Known, Memory, Presence, Side, Value
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Desired
    from tests.lab import Lab

TOKEN = "jwt_templates: {hasura: {lifetime: 60, claims: {role: user, teams: [a, b], org: x}}}\n"


def seen(lab: Lab, base: Desired | None, desired: Desired, *, complete: bool = True) -> tuple[Drifted, ...]:
    """What is seen of an instance by somebody who knows what was agreed on."""
    live = lab.live(*desired.sections)
    plan = lab.plan_of(desired, live)
    agreed = Base(Known.REVISION, base, complete=complete) if base else Base()
    return classify(known().kinds, plan, desired, live, agreed, lab.ledger.memory)


def sides(drifted: tuple[Drifted, ...]) -> dict[str, str]:
    """The side of each field, by address and path; of objects that are not on both sides, their own."""
    found: dict[str, str] = {}
    for one in drifted:
        if one.found is not Presence.CHANGED:
            found[one.address] = f"{one.found} {one.side}"
        for item in one.fields if one.found is Presence.CHANGED else ():
            name = ".".join([one.address, *map(str, item.path)])
            value = item.live if item.live != ABSENT else item.files
            entry = f"={value.value}" if item.entry and isinstance(value, Value) else ""
            found[name + entry] = str(item.side)
    return found


def token(lab: Lab) -> str:
    """The id of the template."""
    rows = lab.api.get("/jwt_templates").json
    return str(next(row["id"] for row in rows if row["name"] == "hasura"))


def edit(lab: Lab, claims: Mapping[str, object], lifetime: int = 60) -> None:
    """Somebody changes the template in the dashboard."""
    body = {"name": "hasura", "claims": claims, "lifetime": lifetime}
    lab.api.patch(f"/jwt_templates/{token(lab)}", body)


CLAIMS = {"role": "user", "teams": ["a", "b"], "org": "x"}


@pytest.fixture
def agreed(lab: Lab) -> Desired:
    """An instance that is as its files want it."""
    base = lab.want(TOKEN)
    lab.apply(base)
    return base


def test_nothing_has_changed(lab: Lab, agreed: Desired) -> None:
    assert seen(lab, agreed, agreed) == ()


def test_an_edit_in_the_dashboard_is_one_of_the_instance(lab: Lab, agreed: Desired) -> None:
    edit(lab, {**CLAIMS, "role": "admin"})

    (one,) = seen(lab, agreed, agreed)

    assert sides((one,)) == {"jwt_template/hasura.claims.role": "instance"}
    (item,) = one.fields
    assert (item.base, item.live, item.files) == (Value("user"), Value("admin"), Value("user"))
    assert one.side is Side.INSTANCE


def test_an_edit_of_a_file_is_one_of_the_files(lab: Lab, agreed: Desired) -> None:
    wanted = lab.want(TOKEN.replace("role: user", "role: admin"))

    assert sides(seen(lab, agreed, wanted)) == {"jwt_template/hasura.claims.role": "files"}


def test_on_one_object_each_field_has_its_own_side(lab: Lab, agreed: Desired) -> None:
    edit(lab, {**CLAIMS, "role": "admin", "org": "theirs", "more": 1}, lifetime=120)
    wanted = lab.want(
        TOKEN.replace("lifetime: 60", "lifetime: 60, allowed_clock_skew: 9").replace("org: x", "org: ours")
    )

    (one,) = seen(lab, agreed, wanted)

    assert sides((one,)) == {
        "jwt_template/hasura.allowed_clock_skew": "files",
        "jwt_template/hasura.claims.more": "instance",
        "jwt_template/hasura.claims.org": "both",
        "jwt_template/hasura.claims.role": "instance",
        "jwt_template/hasura.lifetime": "instance",
    }
    assert one.side is Side.BOTH


def test_the_same_edit_on_both_sides_is_none(lab: Lab, agreed: Desired) -> None:
    edit(lab, {**CLAIMS, "role": "admin"})

    assert seen(lab, agreed, lab.want(TOKEN.replace("role: user", "role: admin"))) == ()


def test_a_list_with_an_order_is_one_value(lab: Lab, agreed: Desired) -> None:
    edit(lab, {**CLAIMS, "teams": ["z", "a", "b"]})

    (one,) = seen(lab, agreed, agreed)
    assert [(item.path, item.live, item.side) for item in one.fields] == [
        (("claims", "teams"), Value(["z", "a", "b"]), Side.INSTANCE)
    ]
    wanted = lab.want(TOKEN.replace("[a, b]", "[a]"))
    assert sides(seen(lab, agreed, wanted)) == {"jwt_template/hasura.claims.teams": "both"}


def test_of_a_list_without_order_each_entry_has_its_own_side(lab: Lab) -> None:
    text = "instance: {allowed_origins: ['https://a.example', 'https://b.example']}\n"
    base = lab.want(text)
    lab.apply(base)
    lab.api.patch("/instance", {"allowed_origins": ["https://a.example", "https://theirs.example"]})
    wanted = lab.want("instance: {allowed_origins: ['https://b.example', 'https://ours.example']}\n")

    assert sides(seen(lab, base, wanted)) == {
        "instance.allowed_origins=https://a.example": "files",
        "instance.allowed_origins=https://b.example": "instance",
        "instance.allowed_origins=https://ours.example": "files",
        "instance.allowed_origins=https://theirs.example": "instance",
    }
    assert set(sides(seen(lab, None, wanted)).values()) == {"unknown"}
    other = lab.want("instance: {support_email: help@acme.example}\n")
    assert set(sides(seen(lab, other, wanted)).values()) == {"files"}


def test_what_the_service_is_known_to_make_of_a_value_is_no_change_of_the_instance(lab: Lab) -> None:
    old = "instance: {allowed_origins: ['https://A.example']}\nemail_templates: {verification_code: {subject: Code}}\n"
    base = lab.want(old)
    live = lab.want(old.replace("A.ex", "a.ex").replace("Code", "code"))
    lab.apply(live)
    wanted = lab.want(old.replace("A.example", "new.example").replace("Code", "Number"))

    def rewritten(_: str, __: str, sent: object, got: object) -> bool:
        return str(sent).lower() == str(got)

    memory = Memory(rewritten=rewritten)
    found = lab.live(*wanted.sections)
    plan = lab.plan_of(wanted, found, memory)
    drifted = classify(known().kinds, plan, wanted, found, Base(Known.REVISION, base), memory)

    assert sides(drifted) == {
        "email_template/verification_code.subject": "files",
        "instance.allowed_origins=https://a.example": "files",
        "instance.allowed_origins=https://new.example": "files",
    }


@pytest.mark.usefixtures("agreed")
def test_without_a_base_nobody_can_tell(lab: Lab) -> None:
    edit(lab, {**CLAIMS, "role": "admin"})
    lab.api.post("/redirect_urls", {"url": "extra://x"})
    wanted = lab.want(TOKEN + "redirect_urls: {prune: true, urls: [missing://x]}\n")

    drifted = seen(lab, None, wanted)

    assert sides(drifted) == {
        "jwt_template/hasura.claims.role": "unknown",
        "redirect_url/extra://x": "extra unknown",
        "redirect_url/missing://x": "missing unknown",
    }
    assert {item.base for one in drifted for item in one.fields} == {None}


def test_what_comes_and_goes_on_either_side(lab: Lab) -> None:
    urls = "redirect_urls: {prune: true, urls: [stays://x, files-drop://x, both-drop://x, live-drop://x]}\n"
    base = lab.want(urls)
    lab.apply(base)
    rows = {row["url"]: row["id"] for row in lab.api.get("/redirect_urls").json}
    for name in ("both-drop://x", "live-drop://x"):
        lab.api.delete(f"/redirect_urls/{rows[name]}")
    lab.api.post("/redirect_urls", {"url": "live-new://x"})
    wanted = lab.want("redirect_urls: {prune: true, urls: [stays://x, live-drop://x, files-new://x]}\n")

    assert sides(seen(lab, base, wanted)) == {
        "redirect_url/files-drop://x": "extra files",
        "redirect_url/files-new://x": "missing files",
        "redirect_url/live-drop://x": "missing instance",
        "redirect_url/live-new://x": "extra instance",
    }


def test_what_is_not_declared_is_no_drift_unless_its_section_is_complete(lab: Lab) -> None:
    base = lab.want("redirect_urls: [a://x]\n")
    lab.apply(base)
    lab.api.post("/redirect_urls", {"url": "theirs://x"})

    assert seen(lab, base, base) == ()
    pruning = lab.want("redirect_urls: {prune: true, urls: [a://x]}\n")
    assert sides(seen(lab, base, pruning)) == {"redirect_url/theirs://x": "extra files"}
    assert sides(seen(lab, pruning, pruning)) == {"redirect_url/theirs://x": "extra instance"}


def test_an_object_that_is_gone_and_was_edited_in_the_files_is_a_matter_of_both(
    lab: Lab, agreed: Desired
) -> None:
    lab.api.delete(f"/jwt_templates/{token(lab)}")

    assert sides(seen(lab, agreed, agreed)) == {"jwt_template/hasura": "missing instance"}
    wanted = lab.want(TOKEN.replace("60", "90"))
    assert sides(seen(lab, agreed, wanted)) == {"jwt_template/hasura": "missing both"}


def test_an_object_that_left_the_files_and_was_edited_is_a_matter_of_both(lab: Lab) -> None:
    base = lab.want(TOKEN.replace("{hasura", "{.prune: true, other: {claims: {}}, hasura"))
    lab.apply(base)
    wanted = lab.want("jwt_templates: {.prune: true, other: {claims: {}}}\n")

    assert sides(seen(lab, base, wanted)) == {"jwt_template/hasura": "extra files"}
    edit(lab, {**CLAIMS, "role": "admin"})
    assert sides(seen(lab, base, wanted)) == {"jwt_template/hasura": "extra both"}


def test_another_name_in_the_files_and_one_given_back_in_the_dashboard(lab: Lab, agreed: Desired) -> None:
    renamed = lab.want(TOKEN.replace("hasura: {", "graphql: {renamed_from: hasura, "))

    assert sides(seen(lab, agreed, renamed)) == {"jwt_template/graphql.name": "files"}
    assert sides(seen(lab, renamed, renamed)) == {"jwt_template/graphql.name": "instance"}
    assert sides(seen(lab, None, renamed)) == {"jwt_template/graphql.name": "unknown"}
    other = lab.want("jwt_templates: {other: {claims: {}}}\n")
    assert sides(seen(lab, other, renamed)) == {"jwt_template/graphql.name": "files"}


def test_what_has_the_new_name_already_is_another_object_while_the_old_one_is_there(
    lab: Lab, agreed: Desired
) -> None:
    renamed = lab.want(TOKEN.replace("hasura: {", "graphql: {renamed_from: hasura, "))
    lab.api.post("/jwt_templates", {"name": "graphql", "claims": {"role": "user"}, "lifetime": 30})

    (one,) = seen(lab, agreed, renamed)
    assert {item.side for item in one.fields} == {Side.FILES}
    assert [item.base for item in one.fields if item.path == ("lifetime",)] == [None]
    lab.api.delete(f"/jwt_templates/{token(lab)}")
    (one,) = seen(lab, agreed, renamed)
    assert [item.side for item in one.fields if item.path == ("lifetime",)] == [Side.INSTANCE]


def test_a_name_given_in_the_files_to_what_is_gone_is_a_matter_of_both(lab: Lab, agreed: Desired) -> None:
    lab.api.delete(f"/jwt_templates/{token(lab)}")
    renamed = lab.want(TOKEN.replace("hasura: {", "graphql: {renamed_from: hasura, "))

    assert sides(seen(lab, agreed, renamed)) == {"jwt_template/graphql": "missing both"}


@pytest.mark.usefixtures("agreed")
def test_what_a_base_does_not_hold_was_declared_since_if_the_base_is_complete(lab: Lab) -> None:
    other = lab.want("jwt_templates: {}\n")
    wanted = lab.want(
        TOKEN.replace("role: user", "role: admin").replace(
            "jwt_templates: {", "jwt_templates: {new: {claims: {}}, "
        )
    )

    assert sides(seen(lab, other, wanted)) == {
        "jwt_template/hasura.claims.role": "files",
        "jwt_template/new": "missing files",
    }
    assert set(sides(seen(lab, other, wanted, complete=False)).values()) == {"unknown", "missing unknown"}


def test_a_template_of_the_service_that_somebody_overrides(lab: Lab) -> None:
    default = lab.want("email_templates: {verification_code: {state: default}}\n")
    ours = lab.want("email_templates: {verification_code: {subject: Ours}}\n")
    lab.api.put(
        "/templates/email/verification_code",
        {"name": "V", "subject": "Theirs", "body": "<p>{{otp_code}}</p>"},
    )

    assert sides(seen(lab, default, default)) == {"email_template/verification_code.state": "instance"}
    assert sides(seen(lab, ours, default)) == {"email_template/verification_code.state": "both"}
    assert sides(seen(lab, None, default)) == {"email_template/verification_code.state": "unknown"}
    assert sides(seen(lab, default, ours)) == {"email_template/verification_code.subject": "both"}
    assert sides(seen(lab, ours, ours)) == {"email_template/verification_code.subject": "instance"}


def test_what_cannot_be_read_back_is_never_drift(lab: Lab) -> None:
    wanted = lab.want("restrictions: {block_email_subaddresses: true}\n")
    assert seen(lab, None, wanted) == ()
    lab.apply(wanted)
    assert seen(lab, wanted, wanted) == ()
    assert seen(lab, wanted, lab.want("restrictions: {block_email_subaddresses: false}\n")) == ()


def test_a_field_that_only_goes_along_is_no_drift(lab: Lab) -> None:
    base = lab.want("email_templates: {verification_code: {subject: Ours}}\n")
    lab.apply(base)

    wanted = lab.want(
        "email_templates: {verification_code: {subject: Ours, body: '<p>{{otp_code}} x</p>'}}\n"
    )
    assert sides(seen(lab, base, wanted)) == {"email_template/verification_code.body": "files"}


def test_the_side_of_a_whole_is_that_of_its_parts() -> None:
    assert combined([]) is Side.UNKNOWN
    assert combined([Side.UNKNOWN, Side.FILES]) is Side.FILES
    assert combined([Side.INSTANCE, Side.FILES]) is Side.BOTH


def test_a_value_that_became_a_map_on_both_sides_is_a_matter_of_both(lab: Lab, agreed: Desired) -> None:
    edit(lab, {**CLAIMS, "org": {"id": 1, "name": "n"}})
    wanted = lab.want(TOKEN.replace("org: x", "org: {id: 2, name: n}"))

    assert sides(seen(lab, agreed, wanted)) == {"jwt_template/hasura.claims.org.id": "both"}
