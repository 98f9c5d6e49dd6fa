from __future__ import annotations

import gc
import json
import math
from math import inf
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconcile.load.encoding import MOST_BYTES
from reconcile.load.events import BEST_PARSER, EventSource, PythonParser
from reconcile.load.yaml12 import Entry, Mapping, Node, Problem, Scalar, Sequence, plain_value, read

if TYPE_CHECKING:
    from collections.abc import Callable

TAGS = frozenset({"!file", "!lines"})
PARSERS = (BEST_PARSER, PythonParser)

# (name, source, value by the core schema of YAML 1.2)
VALUES: tuple[tuple[str, str | bytes, object], ...] = (
    ("country code of Norway", "NO", "NO"),
    ("switch words", "[on, off, yes, no, y, n]", ["on", "off", "yes", "no", "y", "n"]),
    (
        "booleans",
        "[true, True, TRUE, false, False, FALSE, tRUE]",
        [True, True, True, False, False, False, "tRUE"],
    ),
    ("nulls", "[null, Null, NULL, ~, nULL]", [None, None, None, None, "nULL"]),
    ("value left out", "a:\nb: 1", {"a": None, "b": 1}),
    ("only a comment behind the key", "a: #b", {"a": None}),
    ("sexagesimal", "[1:30, 190:20:30]", ["1:30", "190:20:30"]),
    ("leading zero", "017", 17),
    ("octal", "[0o17, 0o8]", [15, "0o8"]),
    ("hexadecimal", "[0x1F, 0xfg]", [31, "0xfg"]),
    ("binary and underscores", "[0b1, 1_000]", ["0b1", "1_000"]),
    ("signed integers", "[-1, +1, +0x1]", [-1, 1, "+0x1"]),
    ("phone number", "+15555550100", 15555550100),
    ("wallet", "0x52908400098527886E0F7030069857D2E4169EE7", 0x52908400098527886E0F7030069857D2E4169EE7),
    ("date", "2026-05-12", "2026-05-12"),
    ("time", "2026-05-12T10:00:00Z", "2026-05-12T10:00:00Z"),
    ("version", "1.2.3", "1.2.3"),
    ("floats", "[1.5, -.5, 1., 1e3, 1.5E-3, +1.0]", [1.5, -0.5, 1.0, 1000.0, 0.0015, 1.0]),
    ("no floats", "[., -, e3, 1e, .e3]", [".", "-", "e3", "1e", ".e3"]),
    ("infinities", "[.inf, +.Inf, -.INF, 1e999]", [inf, inf, -inf, inf]),
    ("digits of another script", "١٢٣", "١٢٣"),
    ("more digits than Python converts", "9" * 5000, "9" * 5000),
    ("quoted numbers and words", """["1", 'true', "", '~']""", ["1", "true", "", "~"]),
    ("block of text", "a: |\n  1\nb: >\n  true\n", {"a": "1\n", "b": "true\n"}),
    ("text by standard tag", "[!!str 1, !!str true, !<tag:yaml.org,2002:str> x]", ["1", "true", "x"]),
    ("keys are text", "1: a\ntrue: b\n~: c\n", {"1": "a", "true": "b", "~": "c"}),
    ("template behind a word", "Hello {{user.name}}", "Hello {{user.name}}"),
    ("variable outside of brackets", "a: ${var.app}/callback", {"a": "${var.app}/callback"}),
    ("variable as an item", "- ${env:KEY}", ["${env:KEY}"]),
    ("ampersand and marks inside of text", "Tom & Jerry! * @ `", "Tom & Jerry! * @ `"),
    ("a map in a flow list", "[a: b]", [{"a": "b"}]),
    ("alias", "a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    ("alias of a value and as a key", "a: &x k\n*x : 2", {"a": "k", "k": 2}),
    ("mark used again", "[&x 1, *x, &x 2, *x]", [1, 1, 2, 2]),
    ("mark used again inside of itself", "[&x [&x 2], *x]", [[2], 2]),
    ("merge key", "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
    (
        "merge keys of several maps",
        "[&x {p: 1}, &y {p: 2, q: 2}, {q: 3, <<: [*x, *y]}]",
        [{"p": 1}, {"p": 2, "q": 2}, {"p": 1, "q": 3}],
    ),
    ("quoted merge key", "{'<<': 1}", {"<<": 1}),
    ("no document", "", None),
    ("only comments", "# a\n# b\n", None),
    ("only the start of a document", "---\n", None),
    ("one document with both ends", "---\na: 1\n...\n", {"a": 1}),
    ("directive of an older YAML", "%YAML 1.1\n---\n[NO, 017]", ["NO", 17]),
    ("byte order mark", b"\xef\xbb\xbfa: 1", {"a": 1}),
    ("Windows line ends", "a: |\r\n  x\r\n  y\r\nb: 2\r\n", {"a": "x\ny\n", "b": 2}),
    ("line ends of old Macs", "a: 1\rb: 2", {"a": 1, "b": 2}),
    ("tab inside of text", "[\"x\ty\", 'a\tb']", ["x\ty", "a\tb"]),
    (
        "characters that other tools eat",
        'a: "\u00a0\u200f\u202e😀\u200b\ufeff"\nb: |\n  \u00a0x\u3000\u00a0\n',
        {"a": "\u00a0\u200f\u202e😀\u200b\ufeff", "b": "\u00a0x\u3000\u00a0\n"},
    ),
    ("white space at the end of a line of text", "a: |\n  x \t\n", {"a": "x \t\n"}),
    (
        "line separators by escape",
        r'"\u0085\u2028\u2029\N\L\P\f\x00"',
        "\u0085\u2028\u2029\u0085\u2028\u2029\f\0",
    ),
)

# (name, source, (line, part of the message) for each problem)
MISTAKES: tuple[tuple[str, str | bytes, tuple[tuple[int, str], ...]], ...] = (
    ("same key twice", "a: 1\nb: 2\na: 3", ((3, "the key `a` stands on line 1 already"),)),
    ("same key three times", "a: 1\na: 2\na: 3", ((2, "on line 1 already"), (3, "on line 1 already"))),
    ("list as a key", "? [a]\n: b", ((1, "a key has to be text"),)),
    ("map in braces as a key", "a: {? {b: 1} : 2}", ((1, "a key has to be text"),)),
    ("merged twice", "<<: {a: 1}\n<<: {b: 1}", ((2, "name all maps in one, as in `<<: [*a, *b]`"),)),
    ("block in brackets", "a: {b: |\n  c}", ((1, "a block of text cannot stand inside [ ] or { }"),)),
    ("map as a key", "? a: 1\n: b", ((1, "a key has to be text"),)),
    ("alias of a list as a key", "- &x [1]\n- *x : 2", ((2, "a key has to be text"),)),
    ("merge of text", "a: 1\n<<: b", ((2, "`<<` takes in maps only"),)),
    ("merge of a list of text", "<<: [a, {b: 1}]", ((1, "`<<` takes in maps only"),)),
    ("merge of nothing", "<<: *base", ((1, "nothing above is marked `&base`"),)),
    ("unknown alias", "- *admin", ((1, "nothing above is marked `&admin`; mark it, or quote"),)),
    ("alias inside of itself", "a: &x\n  b: *x", ((2, "`*x` stands inside of what it names"),)),
    ("two documents", "a: 1\n---\nb: 2", ((2, "a second document starts here"),)),
    ("two documents, one empty", "a: 1\n...\n# x\n---\n", ((4, "a second document starts here"),)),
    ("unknown tag", "a: !secret x", ((1, "`!secret` is not a tag that is known here; use !file or !lines"),)),
    ("shouting", "a: !important text", ((1, "`!important` is not a tag"),)),
    ("bare exclamation mark", "a: ! x", ((1, "`!` is not a tag"),)),
    ("standard tag", "[!!binary x, !!int 1]", ((1, "`!!binary` is not"), (1, "`!!int` is not"))),
    ("standard tag of a map", "a: !!omap [b: 1]", ((1, "`!!omap` is not"),)),
    ("tag with an unknown handle", "a: !e!x y", ((1, "this tag is not known"),)),
    ("tag before a key", "!file a: b", ((1, "the tag `!file` stands before a key"),)),
    ("65 levels", "[" * 65 + "]" * 65, ((1, "more than 64 levels"),)),
    ("pattern with a star", "- a\n- *@example.com", ((2, "quote it: '*@example.com'"),)),
    ("pattern with a star in brackets", "[*@*.example.com, b]", ((1, "quote it: '*@*.example.com'"),)),
    ("star before a word and an at sign", "- *ada@example.com", ((1, "quote it: '*ada@example.com'"),)),
    ("star before a dot", "- *.example.com", ((1, "quote it: '*.example.com'"),)),
    ("star alone", "- *", ((1, "quote it: '*'"),)),
    ("template", "a:\n  b: {{user.name}}", ((2, "quote it: '{{user.name}}'"),)),
    ("template and text", "- {{user.id}}/x", ((1, "quote it: '{{user.id}}/x'"),)),
    ("template and words", "a: {{x}} for you", ((1, "quote it: '{{x}}'"),)),
    ("template in brackets", "[{{x}}, b]", ((1, "quote it: '{{x}}'"),)),
    ("block template", "a: {{#if x}}y{{/if}}\nb: 1", ((1, "quote it: '{{#if x}}y{{/if}}'"),)),
    ("two templates", "a: {{x}}\nb: {{y}}", ((1, "'{{x}}'"), (2, "'{{y}}'"))),
    ("template over two lines", "a: {\n  {x: y}}", ((2, "quote it: '{{…}}'"),)),
    ("template and an unrelated mistake", "a: {{x}}\nb: @y", ((1, "'{{x}}'"), (2, "'@y'"))),
    ("variable in a flow list", "[${var.app}/callback, b]", ((1, "quote the value: '${var.app}/callback'"),)),
    ("variable in a flow map", "{a: ${env:KEY}}", ((1, "quote the value: '${env:KEY}'"),)),
    ("at sign", "a: @x", ((1, "quote it: '@x'"),)),
    ("backtick", "a: `x`", ((1, "quote it: '`x`'"),)),
    ("percent sign", "a: %x's", ((1, 'quote it: "%x\'s"'),)),
    ("ampersand", "a: &", ((1, "quote it: '&'"),)),
    ("greater than", "a: >=3", ((1, "taken for a block of text"),)),
    ("comma", "a: ,x", ((1, "a value cannot start here with `,`; quote it"),)),
    ("very long value", "a: @" + "x" * 100, ((1, "'@" + "x" * 59 + "…'"),)),
    ("colon inside of a value", "a: b: c", ((1, "a value with `: ` in it"),)),
    ("deeper than its neighbours", "a: 1\n  b: 2", ((2, "indented further"),)),
    (
        "between two levels",
        "a:\n    b: 1\n  c: 2",
        ((3, "does not fit the list or map that starts on line 1"),),
    ),
    ("key after items", "- a\nb: c", ((2, "does not fit the list or map that starts on line 1"),)),
    ("list behind a key", "a: - b", ((1, "begin it on the next line"),)),
    ("no colon", "a: 1\nb\nc: 2", ((2, "no `key: value`"),)),
    ("open quote", 'a: 1\nb: "x\nc: 2\n', ((2, "never closed"),)),
    ("text behind quotes", 'a: "b" c', ((1, "text follows the closing quote"),)),
    (
        "apostrophe inside of single quotes",
        "a: 'It's'",
        ((1, "write an apostrophe inside single quotes twice"),),
    ),
    ("open bracket", "a: [x\nb: c\n", ((1, "a comma is missing on line 2"),)),
    ("open bracket at the end", "a: [x,\n", ((1, "the file ends inside of"),)),
    ("closed twice", "[a]]", ((1, "the content of the file ends before this"),)),
    (
        "YAML of the future",
        "%YAML 2.0\n---\na",
        ((1, "cannot be read as YAML (found incompatible YAML document"),),
    ),
    ("unknown escape", r'a: "C:\q"', ((1, "not an escape"),)),
    ("half a character by escape", r'a: "\ud83d\ude00"', ((1, r"or one escape such as \U0001F600"),)),
    ("escape beyond the last character", r'a: "\U00110000"', ((1, "not an escape"),)),
    ("escape far beyond the last character", r'a: "\UFFFFFFFF"', ((1, "not an escape"),)),
    ("tab as indentation", "a:\n\tb: 1", ((2, "a tab stands where"),)),
    ("tab below spaces", "a:\n  b: 1\n\tc: 2", ((3, "a tab stands where"),)),
    ("tab behind a dash", "-\ta: 1", ((1, "a tab stands where"),)),
    ("UTF-16", "a: ä\n".encode("utf-16"), ((1, "saved as UTF-16; save the file as UTF-8"),)),
    ("UTF-32", "a: ä\n".encode("utf-32"), ((1, "saved as UTF-32; save the file as UTF-8"),)),
    ("UTF-16 without a mark", "a: b\n".encode("utf-16-be"), ((1, "save the file as UTF-8"),)),
    ("UTF-32 without a mark", "a: b\n".encode("utf-32-le"), ((1, "save the file as UTF-8"),)),
    ("Latin-1", "a: b\nc: é\n".encode("latin-1"), ((2, "the byte 0xE9"),)),
    ("half a character in bytes", b"a: \xed\xa0\x80", ((1, "the byte 0xED"),)),
    ("NUL", "a: b\nc: long enough \0", ((2, "a NUL (U+0000)"),)),
    ("form feed", "a: 1\f\nb: 2", ((1, "a form feed (U+000C)"),)),
    ("other control character", "a: \x07", ((1, "a character (U+0007)"),)),
    ("no character", "a: \uffff", ((1, "a character (U+FFFF)"),)),
    ("control characters on many lines", "#\x01\n" * 99, tuple((line, "U+0001") for line in range(1, 21))),
    # libyaml takes the next three for line ends, loses white space around them and counts lines differently
    ("next line in quotes", 'a: "x\u0085y"\nb: *c', ((1, r"(U+0085)"), (2, "'*c'"))),
    (
        "line separator in a block of text",
        "a: |\n  x \u2028  y\n",
        ((2, r"write it as \u2028 inside double quotes"),),
    ),
    ("paragraph separator in a comment", "# x\u2029y: 1\nb: 2", ((1, r"(U+2029)"),)),
    (
        "several mistakes",
        "a: 1\na: !x 2\nb: *c\n? []\n: @",
        ((2, "`!x`"), (2, "on line 1"), (3, "&c"), (4, "key"), (5, "@")),
    ),
)


def load(
    source: str | bytes, parser: Callable[[str], EventSource] = BEST_PARSER
) -> tuple[Node | None, tuple[Problem, ...]]:
    return read(source.encode() if isinstance(source, str) else source, tags=TAGS, parser=parser)


def value(node: Node | None) -> Any:
    match node:
        case None:
            return None
        case Scalar():
            return plain_value(node)
        case Sequence():
            return [value(item) for item in node.items]
        case Mapping():
            return {key: value(entry.node) for key, entry in node.entries.items()}


def entry(node: Node | None, *keys: str) -> Entry:
    found = Entry(0, node or Scalar("", 0, plain=True))
    for key in keys:
        assert isinstance(found.node, Mapping)
        found = found.node.entries[key]
    return found


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("source", "expected"), [pytest.param(*row[1:], id=row[0]) for row in VALUES])
def test_a_value_means_what_the_core_schema_says(
    source: str | bytes, expected: object, parser: Callable[[str], EventSource]
) -> None:
    node, problems = load(source, parser)
    assert problems == ()
    assert repr(value(node)) == repr(expected)  # in which 1, 1.0 and True differ


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("source", "expected"), [pytest.param(*row[1:], id=row[0]) for row in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_what_to_do(
    source: str | bytes, expected: tuple[tuple[int, str], ...], parser: Callable[[str], EventSource]
) -> None:
    _, problems = load(source, parser)
    assert [problem.line for problem in problems] == [line for line, _ in expected]
    for problem, (_, part) in zip(problems, expected, strict=True):
        assert part in problem.message
        _, _, what_to_do = problem.message.partition("; ")
        assert what_to_do


def test_not_a_number_is_a_float() -> None:
    node, _ = load("[.nan, .NaN, .NAN]")
    assert all(math.isnan(item) for item in value(node))


@pytest.mark.parametrize(
    "text", ["NO", "017", "+15555550100", "0x52908400098527886E0F", "2026-05-12", "1_0", "~"]
)
def test_text_is_kept_as_it_is_written(text: str) -> None:
    node, _ = load(f"a: {text}")
    assert entry(node, "a").node == Scalar(text, 1, plain=True)


def test_everything_knows_its_line() -> None:
    node, problems = load(
        "# list\r\na:\r\n  - x\r\n\r\n  - !file y\r\nb:\r\n  |\r\n  text\r\nc: !lines\r\n  {d: e}"
    )
    assert problems == ()
    assert node == Mapping(
        {
            "a": Entry(2, Sequence((Scalar("x", 3, plain=True), Scalar("y", 5, plain=True, tag="!file")), 3)),
            "b": Entry(6, Scalar("text\n", 7, plain=False)),
            "c": Entry(9, Mapping({"d": Entry(10, Scalar("e", 10, plain=True))}, 9, "!lines")),
        },
        2,
    )


def test_what_is_merged_keeps_the_line_where_it_is_written() -> None:
    node, _ = load("base: &base\n  p: 1\nuse:\n  <<: *base\n  q: 2")
    assert entry(node, "use", "p").line == 2
    assert entry(node, "use", "q").line == 5


def test_an_alias_is_the_node_that_it_names() -> None:
    node, _ = load("a: &x {p: 1}\nb: *x")
    assert entry(node, "b").node is entry(node, "a").node
    assert entry(node, "b").line == 2


def test_a_tag_without_a_value_is_still_there() -> None:
    assert load("!file") == (Scalar("", 1, plain=True, tag="!file"), ())


def test_64_levels_are_read() -> None:
    node, problems = load("[" * 64 + "]" * 64)
    assert node is not None
    assert problems == ()


def test_aliases_that_stand_for_too_much_are_refused() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 60))]
    node, problems = load("\n".join(lines))
    assert node is None
    assert [problem.line for problem in problems] == [7]
    assert "stand for more than 1,000,000 values; write fewer" in problems[0].message


def test_maps_merged_into_maps_that_come_to_too_much_are_refused() -> None:
    lines = ["a0: &a0 {x0: 1}", *(f"a{n}: &a{n} {{<<: *a{n - 1}, x{n}: 1}}" for n in range(1, 3000))]
    node, problems = load("\n".join(lines))
    assert node is None
    assert ["stand for more than" in problem.message for problem in problems] == [True]


def test_aliases_that_nest_too_deeply_are_refused() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 100))]
    node, problems = load("\n".join(lines))
    assert node is None
    assert problems == (Problem(64, "more than 64 levels of lists and maps; write it with fewer"),)


def test_a_file_that_is_too_large_is_refused() -> None:
    node, problems = load(b" " * (MOST_BYTES + 1))
    assert node is None
    assert problems == (Problem(1, "the file is larger than 32 MiB; split it into several files"),)


def test_without_local_tags_none_is_offered() -> None:
    _, problems = read(b"!file a", tags=frozenset())
    assert "`!file` is not a tag that is known here; remove it, or quote" in problems[0].message


def test_values_can_be_checked_in_spite_of_mistakes() -> None:
    node, problems = load("a: 1\na: 2\nb: !x 3\nc: *d\n[e]: 4\nf: {<<: 5, g: 6}")
    assert value(node) == {"a": 1, "b": 3, "c": "*d", "f": {"g": 6}}
    assert [problem.line for problem in problems] == [2, 3, 4, 5, 6]


def test_a_file_that_breaks_off_has_no_node() -> None:
    node, problems = load("a: 1\na: 2\nb: @")
    assert node is None
    assert [problem.line for problem in problems] == [2, 3]


def test_the_first_of_two_documents_is_read() -> None:
    node, _ = load("a: 1\n---\na: 2")
    assert value(node) == {"a": 1}


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(*, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        load("a: @")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


TEXTS = st.text()
PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")))
YAML_LIKE = st.text(st.sampled_from("abc019 \n\t\r:-?,[]{}#&*!|>'\"%@`\\<~=.$u\u0085\u2028\ufeff\0\f😀"))


def nested(leaves: st.SearchStrategy[Any], keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=20,
    )


@given(data=nested(TEXTS, TEXTS), unicode=st.booleans())
def test_quoted_text_is_read_unchanged(*, data: object, unicode: bool) -> None:
    written = yaml.safe_dump(data, default_style='"', allow_unicode=unicode, sort_keys=False)
    node, problems = load(written)
    assert problems == ()
    assert value(node) == data


NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(data=nested(st.none() | st.booleans() | NUMBERS | PRINTABLE, PRINTABLE))
def test_json_is_read_as_json(data: object) -> None:
    node, problems = load(json.dumps(data, ensure_ascii=False))
    assert problems == ()
    assert value(node) == data


@given(lines=st.lists(PRINTABLE.map(lambda text: text.lstrip(" ") or "x"), min_size=1))
def test_a_block_of_text_is_read_unchanged(lines: list[str]) -> None:
    node, problems = load("a: |2-\n" + "\n".join(f"  {line}" for line in lines))
    assert problems == ()
    assert value(node) == {"a": "\n".join(lines)}


@given(raw=st.binary())
@pytest.mark.parametrize("parser", PARSERS)
def test_any_bytes_give_a_node_or_problems(raw: bytes, parser: Callable[[str], EventSource]) -> None:
    node, problems = load(raw, parser)
    assert value(node) is not None or problems or node is None


@given(source=YAML_LIKE)
@pytest.mark.parametrize("parser", PARSERS)
def test_any_text_gives_a_node_or_problems(source: str, parser: Callable[[str], EventSource]) -> None:
    _, problems = load(source, parser)
    lines = source.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in problems)
    assert list(problems) == sorted(problems, key=lambda problem: problem.line)
