from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import UndefinedError

from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Action,
    Change,
    FieldChange,
    Finding,
    Instance,
    Origin,
    Plan,
    Ref,
    Secret,
    Severity,
    Source,
    Unverified,
    Value,
)
from reconcile.render.html import report
from reconcile.render.html.content import content
from reconcile.render.html.pack import packed
from reconcile.render.html.page import embedded, pages
from tests.golden.renderers import plan as golden
from tests.lab import known
from tests.values import jsons

if TYPE_CHECKING:
    from reconcile.model import Fields, Json, Tagged

KINDS = known().kinds
EMPTY = Plan("staging", Instance("ins_1", "development"))
OUTSIDE = re.compile(
    r"""(?:src|href|action|background|poster|data)\s*=\s*["']?\s*(?!#|data:)[^\s"'>]""", re.IGNORECASE
)


def plan(*changes: Change, **words: Any) -> Plan:
    return replace(EMPTY, changes=changes, **words)


def token(*fields: FieldChange, action: Action = Action.UPDATE, **words: Any) -> Change:
    return Change("jwt_template/a", "jwt_template", "a", action, fields=fields, **words)


def email(*fields: FieldChange, action: Action = Action.UPDATE, **words: Any) -> Change:
    return Change("email_template/a", "email_template", "a", action, fields=fields, **words)


def values(**fields: Json) -> Fields:
    return {name: Value(value) for name, value in fields.items()}


def carried(text: str) -> dict[str, Any]:
    """The content that a page carries for its script."""
    found = re.search(r'<script type="application/json" id="content">(.*?)</script>', text, re.DOTALL)
    assert found
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


def field_of(before: Tagged, after: Tagged) -> Any:
    """How one claim is carried."""
    document: Any = content(plan(token(FieldChange(("claims", "x"), before, after))), KINDS)
    return document["changes"][0]["fields"][0]


# --- the page ---


def test_an_instance_of_production_stands_out() -> None:
    text = report(replace(plan(token()), instance=Instance("ins_1", "production")), KINDS)

    assert '<code>ins_1</code>, <strong class="production">production</strong>' in text


def test_a_page_says_which_instance_and_which_commit_it_is_about() -> None:
    text = report(plan(token(), source=Source("3f0c1d2e4b5a69788796a5b4", dirty=True)), KINDS)

    assert "<h1>staging</h1>" in text
    assert "<title>Plan for staging: 1 change</title>" in text
    assert "<code>ins_1</code>, development" in text
    assert "<code>3f0c1d2e4b5a</code>, with changes that are not committed" in text


def test_a_plan_without_changes_says_so() -> None:
    text = report(EMPTY, KINDS)

    assert "Nothing to do." in text
    assert "<title>Plan for staging: 0 changes</title>" in text
    assert carried(text)["changes"] == []


def test_a_plan_of_a_selection_or_from_a_snapshot_says_so() -> None:
    text = report(replace(EMPTY, complete=False, snapshot="2027-01-15T08:00:00Z"), KINDS)

    assert "only what was selected" in text
    assert "a snapshot of 2027-01-15T08:00:00Z; it cannot be applied" in text


def test_findings_stand_before_the_changes_refusals_first_and_lead_to_what_they_are_about() -> None:
    found = (
        Finding(Severity.INFO, "r", "by the way"),
        Finding(Severity.REFUSAL, "r", "not this one", "jwt_template/a", Origin("jwt.yml", 4)),
        Finding(Severity.ERROR, "r", "wrong", "jwt_template/elsewhere"),
    )
    text = report(plan(token(), findings=found), KINDS)

    assert re.findall(r'<h2 id="findings-\w+">(\w+)', text) == ["Refused", "Errors", "Notes"]
    assert '<a href="#change-0"><code>jwt_template/a</code></a>' in text
    assert '<span class="origin">jwt.yml:4</span>' in text
    assert "<code>jwt_template/elsewhere</code>" in text


def test_of_very_many_findings_the_first_are_shown_and_the_rest_are_counted() -> None:
    many = tuple(Finding(Severity.WARNING, "r", f"number {number}") for number in range(1_500))
    text = report(replace(EMPTY, findings=many), KINDS)

    assert text.count("<span>number ") == 200
    assert "and 1,300 more" in text


def test_a_page_is_the_same_each_time() -> None:
    assert report(golden("mixed"), KINDS) == report(golden("mixed"), KINDS)


@pytest.mark.parametrize("name", ["mixed", "hostile", "long_text"])
def test_a_page_refers_to_nothing_outside(name: str) -> None:
    text = report(golden(name), KINDS)
    markup = re.sub(r"<(script|style|noscript)\b.*?</\1>", "", text, flags=re.DOTALL)

    assert OUTSIDE.findall(markup) == []


def test_texts_of_others_add_no_elements_to_a_page() -> None:
    def elements(name: str) -> list[str]:
        return re.findall(r"<(?:script|style|iframe|svg|base|meta|link)\b", report(golden(name), KINDS))

    own_script = report(EMPTY, KINDS)
    assert elements("hostile") == re.findall(r"<(?:script|style|iframe|svg|base|meta|link)\b", own_script)


def test_the_policy_of_a_page_lets_its_own_script_run_and_no_other() -> None:
    text = report(EMPTY, KINDS)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)

    assert policy
    assert re.fullmatch(
        r"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'unsafe-inline'; img-src data:; "
        r"base-uri 'none'; form-action 'none'",
        policy[1],
    )


def test_what_is_hidden_in_names_is_seen() -> None:
    text = report(replace(EMPTY, environment="live\u202eetorp\x1b[31m"), KINDS)

    assert "<h1>live⟨U+202E⟩etorp␛[31m</h1>" in text


def test_a_template_that_names_what_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        pages().from_string("{{ nothing }}").render()


def test_embedded_json_ends_no_script_and_begins_no_comment() -> None:
    hostile = "</script><!-- <script> ]]> \u2028 \u2029 & \ud800"
    text = embedded([hostile])

    assert not set("<\u2028\u2029") & set(text)
    assert json.loads(text) == [hostile]


@given(jsons)
def test_embedded_json_is_what_it_was(document: Json) -> None:
    assert json.loads(embedded(document)) == document


def test_a_page_can_be_written_whatever_is_in_it() -> None:
    change = token(FieldChange(("claims", "\ud800"), ABSENT, Value("\udfff\n\ud800")))
    text = report(
        plan(replace(change, key="\ud800", address="jwt_template/\ud800"), copy_of="sha256:0"), KINDS
    )

    assert text.encode()


# --- its content ---


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (Value(1.0), Value("1"), {"before": {"value": "1.0"}, "after": {"value": '"1"'}}),
        (ABSENT, Value(None), {"before": None, "after": {"value": "null"}}),
        (UNREADABLE, Secret("KEY", "d"), {"before": {"unread": True}, "after": {"secret": "KEY"}}),
        (Ref("role/a"), Ref("role/b"), {"before": {"ref": "role/a"}, "after": {"ref": "role/b"}}),
        (Secret("KEY"), Value("x" * 99), {"before": {"secret": "KEY"}, "after": {"value": f'"{"x" * 99}"'}}),
    ],
)
def test_short_values_are_carried_as_they_are_shown(before: Tagged, after: Tagged, shown: Any) -> None:
    assert field_of(before, after) == {"path": "claims.x", **shown}


def test_long_texts_are_carried_once_with_the_lines_that_differ() -> None:
    before, after = "a\nold word\nz", "a\nnew word\nz"
    change = token(
        FieldChange(("claims", "x"), Value(before), Value(after)),
        FieldChange(("claims", "y"), Value(before), Value(after)),
    )
    document: Any = content(plan(change), KINDS)
    (first, second) = document["changes"][0]["fields"]

    assert document["texts"] == [before, after]
    assert (first["old"], first["new"], first["unread"]) == (0, 1, False)
    assert first["hunks"] == [{"skipped": 0, "lines": [[1, 1], [2, 0, 0, 3], [0, 2, 0, 3], [3, 3]]}]
    assert second == {**first, "path": "claims.y"}


def test_line_ends_of_texts_are_no_difference() -> None:
    change = email(FieldChange(("body",), Value("a\r\nb\r\n"), Value("a\nc")))
    document: Any = content(plan(change), KINDS)

    assert document["texts"] == ["a\nb", "a\nc"]


def test_what_a_field_does_not_hold_has_no_lines() -> None:
    shown = [field_of(before, Value("a\nb")) for before in (ABSENT, UNREADABLE, Value(""))]

    assert [(one["old"], one["new"], one["unread"], one["hunks"]) for one in shown] == [
        (None, 0, False, []),
        (None, 0, True, []),
        (None, 0, False, []),
    ]


def test_long_values_that_are_no_texts_are_compared_as_json() -> None:
    numbers = [*range(40)]
    document: Any = content(
        plan(token(FieldChange(("claims", "x"), Value("x\ny"), Value({"b": 1, "a": numbers})))), KINDS
    )

    assert document["texts"][0] == '"x\\ny"'
    assert document["texts"][1].startswith('{\n  "a": [\n    0,')


def test_sets_are_compared_without_their_order() -> None:
    origins: list[Json] = [f"https://{number:02}.acme.example" for number in range(9)]
    change = Change(
        "instance",
        "instance",
        "",
        Action.UPDATE,
        fields=(FieldChange(("allowed_origins",), Value(origins[::-1]), Value(origins[:-1])),),
    )
    document: Any = content(plan(change), KINDS)
    (hunk,) = document["changes"][0]["fields"][0]["hunks"]

    assert [line[:2] for line in hunk["lines"] if not all(line[:2])] == [[9, 0], [10, 0], [0, 9]]


def test_a_change_carries_what_goes_along_and_what_it_waits_for() -> None:
    change = token(
        FieldChange(("lifetime",), Value(60), Value(90)),
        id="jtmp_1",
        needs=("allowlist/*",),
        origin=Origin("jwt.yml", 4),
        body=values(name="a", claims={}, lifetime=90),
    )
    document: Any = content(plan(change), KINDS)
    (shown,) = document["changes"]

    assert (shown["id"], shown["needs"], shown["origin"]) == ("jtmp_1", ["allowlist/*"], "jwt.yml:4")
    assert shown["along"] == ["name", "claims"]


def test_a_field_that_its_schema_does_not_know_is_shown_all_the_same() -> None:
    document: Any = content(
        plan(email(FieldChange(("resource_type",), Value("user"), ABSENT), action=Action.REVERT)), KINDS
    )

    assert document["changes"][0]["fields"] == [
        {"path": "resource_type", "before": {"value": '"user"'}, "after": None}
    ]


def test_what_is_left_alone_is_carried_as_lines() -> None:
    item = Unverified("restrictions", ("allowlist",), Value(value=True), "2027-01-15T08:00:00Z")
    document = content(replace(EMPTY, unverified=(item,), unmanaged=("u",), in_sync=("s",)), KINDS)

    assert document["unverified"] == ["restrictions: allowlist, last sent 2027-01-15T08:00:00Z"]
    assert (document["unmanaged"], document["in_sync"]) == (["u"], ["s"])


# --- its size ---


def unpacked(texts: list[Any], place: int) -> str:
    """A text of packed content, as the script of the page finds it."""
    kept = texts[place]
    if isinstance(kept, str):
        return kept
    base, *edits = kept
    lines = unpacked(texts, base).split("\n")
    for start, gone, *come in reversed(edits):
        lines[start : start + gone] = come
    return "\n".join(lines)


@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b", "c", "x" * 90]), min_size=2, max_size=14), min_size=2, max_size=5
    )
)
def test_packed_texts_are_what_they_were(bodies: list[list[str]]) -> None:
    texts = ["\n".join(body) for body in bodies]
    fields = [
        FieldChange(("claims", "x"), Value(old), Value(new)) for old, new in pairwise([*texts, texts[0]])
    ]
    document: Any = content(plan(token(*fields)), KINDS)
    small: Any = packed(document)

    assert [unpacked(small["texts"], place) for place in range(len(document["texts"]))] == document["texts"]


def test_a_text_of_which_little_changes_is_carried_once() -> None:
    before = "\n".join(f"line {number}" for number in range(2_000))
    change = token(FieldChange(("claims", "x"), Value(before), Value(before.replace("line 7\n", "seven\n"))))
    document: Any = packed(content(plan(change), KINDS))

    assert document["texts"] == [before, [0, [7, 1, "seven"]]]


# --- messages and tokens ---


def preview_of(change: Change) -> Any:
    document: Any = content(plan(change), KINDS)
    return document["changes"][0].get("preview"), document["texts"]


def test_a_message_is_carried_whole_also_what_does_not_change_of_it() -> None:
    change = email(
        FieldChange(("body",), Value("old"), Value("new")),
        live=values(subject="Hi", body="old", markup=""),
        body=values(subject="Hi", body="new"),
    )

    shown, texts = preview_of(change)
    assert shown == {
        "as": "message",
        "before": {"subject": "Hi", "html": texts.index("old")},
        "after": {"subject": "Hi", "html": texts.index("new")},
    }


def test_a_change_that_nobody_sees_in_a_message_has_no_preview() -> None:
    change = email(FieldChange(("delivered_by_clerk",), Value(value=True), Value(value=False)))

    assert preview_of(change)[0] is None


def test_of_a_template_that_goes_back_only_what_it_was_is_known() -> None:
    gone = FieldChange(("resource_type",), Value("user"), ABSENT)
    shown, _ = preview_of(email(gone, action=Action.REVERT, live=values(subject="Hi", body="old")))

    assert (shown["before"]["subject"], shown["after"]) == ("Hi", None)


def test_a_new_token_has_nothing_before_it_and_a_deleted_one_nothing_after() -> None:
    claims: Json = {"role": "user"}
    new = token(
        FieldChange(("claims",), ABSENT, Value(claims)), action=Action.CREATE, body=values(claims=claims)
    )
    gone = token(FieldChange(("claims",), Value(claims), ABSENT), action=Action.DELETE)

    assert preview_of(new)[0] == {"as": "token", "before": None, "after": {"claims": claims}}
    assert preview_of(gone)[0] == {"as": "token", "before": {"claims": claims}, "after": None}


def test_a_text_message_is_carried_as_text() -> None:
    change = Change(
        "sms_template/a",
        "sms_template",
        "a",
        Action.UPDATE,
        fields=(FieldChange(("body",), Value("old"), Value("new")),),
        live=values(body="old"),
        body=values(body="new"),
    )

    assert preview_of(change) == ({"as": "text", "before": {"text": 0}, "after": {"text": 1}}, ["old", "new"])


def test_values_that_nobody_knows_are_left_out_of_a_preview() -> None:
    change = token(
        FieldChange(("lifetime",), UNREADABLE, Value(90)),
        live={"claims": UNREADABLE},
        body=values(lifetime=90),
    )

    assert preview_of(change)[0] == {"as": "token", "before": {}, "after": {"lifetime": 90}}


# --- without scripts ---


def plain_of(*fields: FieldChange) -> list[str]:
    text = report(plan(token(*fields)), KINDS)
    found = re.search(r'<article class="plain" id="change-0">.*?<pre>(.*?)</pre>', text, re.DOTALL)
    assert found
    return found[1].splitlines()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (Value(1), Value(2), "x: 1 → 2"),
        (ABSENT, Value("a"), "x: &#34;a&#34;"),
        (Value(1), ABSENT, "x: 1 → (nothing)"),
        (UNREADABLE, Secret("KEY"), "x: (secret from KEY) (cannot be read back, will be sent)"),
        (Value(1), Ref("role/a"), "x: 1 → (id of role/a)"),
        (Secret("KEY"), UNREADABLE, "x: (secret from KEY) → (cannot be read)"),
    ],
)
def test_without_scripts_values_stand_in_words(before: Tagged, after: Tagged, line: str) -> None:
    assert plain_of(FieldChange(("x",), before, after)) == [line]


def test_without_scripts_long_texts_stand_as_lines_that_differ() -> None:
    before = "\n".join("abcdefghijkl")
    assert plain_of(FieldChange(("x",), Value(before), Value(before.replace("k", "K")))) == [
        "x:",
        "  @@ line 8 @@",
        "   h",
        "   i",
        "   j",
        "  -k",
        "  +K",
        "   l",
    ]


def test_a_text_that_is_new_from_its_first_line_has_a_place_too() -> None:
    new = FieldChange(("x",), Value("a\nb"), Value("c\nd\ne"))
    assert plain_of(new) == ["x:", "  @@ line 1 @@", "  -a", "  -b", "  +c", "  +d", "  +e"]


def test_without_scripts_a_text_that_is_new_or_gone_stands_whole() -> None:
    assert plain_of(FieldChange(("x",), ABSENT, Value("a\nb"))) == ["x:", "  +a", "  +b"]
    assert plain_of(FieldChange(("x",), Value("a\nb"), ABSENT)) == ["x:", "  -a", "  -b"]
    assert plain_of(FieldChange(("x",), UNREADABLE, Value("a\nb")))[0].startswith("x: (cannot be read back")


def test_without_scripts_long_lines_and_long_differences_are_cut_and_say_so() -> None:
    lines = plain_of(
        FieldChange(("x",), ABSENT, Value("y" * 500)), *[FieldChange(("z",), Value(1), Value(2))] * 200
    )

    assert lines[1].endswith("… (503 characters)")
    assert len(lines) == 121
    assert lines[-1].startswith("… more lines")


def test_without_scripts_very_many_changes_are_counted() -> None:
    text = report(plan(*[token()] * 1_002), KINDS)

    assert text.count('<article class="plain"') == 1_000
    assert "and 2 more changes" in text
