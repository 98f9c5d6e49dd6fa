"""Whatever people wrote, the structure of a comment is ours: judged by a parser of CommonMark that is not ours."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Action,
    Change,
    FieldChange,
    Finding,
    Instance,
    Origin,
    Outcome,
    Plan,
    Ref,
    Secret,
    Severity,
    Source,
    Status,
    Unverified,
    Value,
)
from reconcile.render.markdown import LIMIT, outcomes_markdown, report, weight
from reconcile.render.mask import masked
from tests.golden.hostile import HOSTILE
from tests.lab import known

if TYPE_CHECKING:
    from markdown_it.token import Token

    from reconcile.model import Tagged

MARK = "§"  # stands in all that people wrote, and nowhere in what is ours
READER = MarkdownIt("commonmark").enable("table")
PIECES = st.sampled_from(
    [*HOSTILE, "", " ", "\n", "\n\n", "`", "``", "\\", "|", "</code>", "<!--", "-->", "]]>", "    "]
)
texts = st.lists(PIECES | st.text(max_size=4), max_size=5).map(lambda parts: MARK + MARK.join(parts) + MARK)
many_lines = st.lists(texts, max_size=12).map("\n".join)
jsons: st.SearchStrategy[Any] = st.one_of(
    texts, many_lines, st.lists(texts, max_size=3), st.dictionaries(texts, texts, max_size=3)
)
values: st.SearchStrategy[Tagged] = st.one_of(
    st.builds(Value, jsons),
    st.just(ABSENT),
    st.just(UNREADABLE),
    st.builds(Secret, texts),
    st.builds(Ref, texts),
)
origins = st.none() | st.builds(Origin, texts, st.integers(0, 99))
changes = st.builds(
    Change,
    address=texts,
    kind=st.sampled_from(sorted(known().kinds)),
    key=texts,
    action=st.sampled_from(Action),
    origin=origins,
    fields=st.lists(
        st.builds(FieldChange, st.lists(texts, min_size=1, max_size=2).map(tuple), values, values)
    ).map(tuple),
    body=st.just({"x": Value(1)}),
)
plans = st.builds(
    Plan,
    environment=texts,
    instance=st.builds(Instance, texts, texts),
    changes=st.lists(changes, max_size=5).map(tuple),
    unverified=st.lists(st.builds(Unverified, texts, st.tuples(texts), values, texts), max_size=2).map(tuple),
    in_sync=st.lists(texts, max_size=2).map(tuple),
    unmanaged=st.lists(texts, max_size=2).map(tuple),
    findings=st.lists(
        st.builds(Finding, st.sampled_from(Severity), texts, texts, texts, origins), max_size=3
    ).map(tuple),
    complete=st.booleans(),
    source=st.builds(Source, texts, st.booleans()),
)
outcomes = st.lists(
    st.builds(Outcome, texts, st.sampled_from(Action), st.sampled_from(Status), texts), max_size=5
)

OURS = re.compile(
    r"<!-- reconcile:(plan|apply):[\w%.~]* -->\n"
    r"|<details( open)?><summary>(?P<summary>[^\n]*)</summary>\n"
    r"|</details>\n"
)
INLINE = {"<sub>", "</sub>", "<code>", "</code>"}
BLOCKS = {
    "heading",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "paragraph",
    "blockquote",
    "inline",
    "fence",
    "html_block",
}


class Summary(HTMLParser):
    """The tags of a summary line, and the text outside of code."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.plain = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag if not attrs else f"{tag} with attributes")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.plain += "" if self.tags[-1:] == ["code"] else data


def broken_out(comment: str) -> list[str]:
    """All of a comment that is not where we put it."""
    depth, found = 0, []
    for token in READER.parse(comment):
        if token.type.removesuffix("_open").removesuffix("_close") not in BLOCKS:
            found.append(f"a block that is none of ours: {token.type}")
        if token.type == "html_block":
            found += _html(token.content)
            depth += token.content.count("<details") - token.content.count("</details>")
            found += ["a fold ends that did not begin"] if depth < 0 else []
        if token.type == "inline":
            found += [text for inner in token.children or () for text in _inline(inner)]
    return [*found, *(["folds that do not end"] if depth else [])]


def _html(content: str) -> list[str]:
    if not (ours := OURS.fullmatch(content)):
        return [f"HTML that is none of ours: {content!r}"]
    summary = Summary(ours["summary"] or "")
    pairs = re.fullmatch(r"(b )?((code /code ?)*)(/b ?)?((code /code ?)*)", " ".join(summary.tags))
    return [] if pairs and MARK not in summary.plain else [f"a summary of {summary.tags}: {content!r}"]


def _inline(token: Token) -> list[str]:
    if token.type == "html_inline":
        return [] if token.content in INLINE else [f"HTML that is none of ours: {token.content!r}"]
    if token.type not in {
        "text",
        "code_inline",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
        "softbreak",
    }:
        return [f"what is none of ours: {token.type}"]
    plain = token.content if token.type == "text" else ""
    live = MARK in plain or re.search(r"@|#\d|://|www\.", plain)
    return [f"outside of code: {plain!r}"] if live else []


def test_the_judge_finds_what_breaks_out() -> None:
    for bad in (
        f"{MARK}", "@octocat", "see #12", "<b>hi</b>", "- item\n", "[a](b)", "![a](b)", "</details>\n", "---\n", "<p>",
        "<details><summary>§</summary>\n\n</details>\n", "<details><summary>x</summary>\n", "<https://evil.example>",
    ):  # fmt: skip
        assert broken_out(bad), bad


@settings(max_examples=40)
@given(plans)
def test_no_plan_breaks_out_masked_or_not_and_none_is_too_long(plan: Plan) -> None:
    for comment in (report(plan, known().kinds), report(masked(plan), known().kinds)):
        assert broken_out(comment) == []
        assert weight(comment) < LIMIT


@settings(max_examples=40)
@given(plans, outcomes, st.booleans())
def test_no_outcome_breaks_out(plan: Plan, ended: list[Outcome], read: bool) -> None:  # noqa: FBT001 - drawn
    assert broken_out(outcomes_markdown(plan, ended, plan if read else None)) == []


@settings(max_examples=10)
@given(plans, st.integers(50, 400))
def test_what_is_cut_does_not_break_out_and_says_that_it_is_cut(plan: Plan, times: int) -> None:
    large = replace(
        plan,
        changes=plan.changes * times,
        findings=plan.findings * times,
        unmanaged=plan.unmanaged * times,
        in_sync=plan.in_sync * times,
    )
    comment = report(large, known().kinds)
    assert broken_out(comment) == []
    assert weight(comment) < LIMIT
    assert ("left out here" in comment) <= ("Not all of it is here" in comment)


@pytest.mark.parametrize(
    "text", [*HOSTILE, "`" * 2_000_000, "</details>" * 200_000, "x" * 2_000_000, "\n" * 200_000]
)
def test_a_hostile_text_of_any_size_stays_in_its_fence(text: str) -> None:
    fields = (
        FieldChange(("body",), Value("before"), Value(text)),
        FieldChange((text,), Value(text), Value("after")),
    )
    change = Change(
        f"email_template/{text}", "email_template", text, Action.UPDATE, origin=Origin(text, 1), fields=fields
    )
    plan = Plan(text, Instance(text, text), (change,), unmanaged=(text,), source=Source(text))
    for comment in (
        report(plan, known().kinds),
        outcomes_markdown(plan, [Outcome(text, Action.CREATE, Status.FAILED, text)], plan),
    ):
        assert [one for one in broken_out(comment) if not one.startswith("outside of code")] == []
        assert weight(comment) < LIMIT
