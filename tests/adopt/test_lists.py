"""Lists of people and URLs, as text and as tables: each entry once, each mistake by its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.adopt import read_csv, read_lines
from reconcile.errors import UsageError
from reconcile.model import Severity, Why
from tests.lab import known

if TYPE_CHECKING:
    from reconcile.model import Kind, Taken

PEOPLE = known().kinds["allowlist"]
URLS = known().kinds["redirect_url"]


def keys(taken: Taken) -> list[str]:
    return [one.key for one in taken.objects]


def places(taken: Taken) -> set[int]:
    """The lines that entries and findings are about."""
    origins = [*(one.origin for one in taken.objects), *(one.origin for one in taken.findings)]
    return {origin.line if origin else 0 for origin in origins}


def wrong(taken: Taken) -> list[str]:
    return [str(one) for one in taken.findings if one.severity is Severity.ERROR]


# --- text ---


def test_one_entry_a_line_and_comments_where_lines_files_have_them() -> None:
    taken = read_lines(
        PEOPLE, "# who\r\nAda@Acme.example  \r\n\r\n\t*@acme.example\r+1 555 555 0100\n", "a.txt"
    )

    assert keys(taken) == ["ada@acme.example", "*@acme.example", "+15555550100"]
    assert [str(one.origin) for one in taken.objects] == ["a.txt:2", "a.txt:4", "a.txt:5"]
    assert taken.findings == ()


def test_every_line_that_is_wrong_is_named() -> None:
    taken = read_lines(PEOPLE, "ada@acme.example\nacme.example\nada@acme.example # no comment\n;\n", "a.txt")

    assert [one.partition(": ")[0] for one in wrong(taken)] == ["a.txt:2", "a.txt:3", "a.txt:4"]
    assert "a bare domain is not accepted; write '*@acme.example'" in wrong(taken)[0]


def test_urls_are_judged_by_their_own_rules() -> None:
    taken = read_lines(URLS, "myapp://callback\nlocalhost:3000\nhttps://a.example/*\n", "a.txt")

    assert keys(taken)[0] == "myapp://callback"
    assert [one.partition(": ")[0] for one in wrong(taken)] == ["a.txt:2", "a.txt:3"]


def test_an_entry_that_stands_twice_is_taken_once_and_said() -> None:
    taken = read_lines(PEOPLE, "ada@acme.example\nADA@acme.example\n", "a.txt")

    assert keys(taken) == ["ada@acme.example"]
    assert [(str(one), one.severity) for one in taken.findings] == [
        (
            "a.txt:2: allowlist/ada@acme.example: stands on line 1 already, and is taken once",
            Severity.INFO,
        )
    ]


def test_what_matches_nobody_is_a_warning() -> None:
    taken = read_lines(PEOPLE, "john*@acme.example\n", "a.txt")

    assert (keys(taken), [one.severity for one in taken.findings]) == (
        ["john*@acme.example"],
        [Severity.WARNING],
    )


def test_nothing_is_nothing() -> None:
    assert read_lines(PEOPLE, "", "a.txt").objects == ()
    assert read_lines(PEOPLE, "# only\n\n", "a.txt").objects == ()


# --- tables ---


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_by_the_name_of_its_column(separator: str, end: str) -> None:
    rows: tuple[list[str], ...] = (
        ["Name", "Identifier", ""],
        ["Ada, or so", "ada@acme.example", "1"],
        [],
        ["x", " *@acme.example ", ""],
    )
    text = end.join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    taken = read_csv(PEOPLE, text, "a.csv")

    assert keys(taken) == ["ada@acme.example", "*@acme.example"]
    assert [str(one.origin) for one in taken.objects] == ["a.csv:2", "a.csv:4"]
    assert [(one.name, one.why) for one in taken.left] == [("Name", Why.UNASKED), ("column 3", Why.UNASKED)]


def test_a_column_can_be_asked_for() -> None:
    text = "identifier,mail\nx,ada@acme.example\n"

    assert keys(read_csv(PEOPLE, text, "a.csv", "mail")) == ["ada@acme.example"]


def test_a_table_of_one_column_needs_no_name_of_ours() -> None:
    assert keys(read_csv(PEOPLE, "E-Mail\nada@acme.example\n", "a.csv")) == ["ada@acme.example"]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("mail,phone\n", "", "which column of a.csv is it? Its first row names mail, phone; say --column NAME"),
        (",phone\n", "mail", "a.csv has no column 'mail'. Its first row names (no name), phone"),
        ("", "", "Its first row names nothing"),
    ],
)  # fmt: skip
def test_where_no_column_is_meant_nothing_is_guessed(text: str, column: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read_csv(PEOPLE, text, "a.csv", column)
    assert said in str(error.value)


def test_lines_count_as_an_editor_counts_them_also_where_cells_hold_some() -> None:
    taken = read_csv(
        PEOPLE, 'identifier,note\nada@acme.example,"two\nlines"\nacme.example,\n,"nobody"\n', "a.csv"
    )

    assert [one.partition(": ")[0] for one in wrong(taken)] == ["a.csv:5", "a.csv:4"]
    assert "has nothing in the column 'identifier'" in wrong(taken)[0]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PEOPLE, "\nada@acme.example\nbob@acme.example\n"),
        (URLS, "\nhttps://a.example/b\nhttps://a.example/c\n"),
    ],
)
def test_a_table_without_names_loses_no_entry(kind: Kind, text: str) -> None:
    taken = read_csv(kind, text, "a.csv")

    assert len(taken.objects) == 1
    assert "a.csv:2: " in wrong(taken)[0]
    assert "put a row of names above it" in wrong(taken)[0]


def test_a_short_row_has_nothing_in_a_late_column() -> None:
    taken = read_csv(PEOPLE, "name,identifier\nx\n", "a.csv")

    assert [one.partition(": ")[0] for one in wrong(taken)] == ["a.csv:2"]


def test_a_row_of_nothing_is_no_row() -> None:
    taken = read_csv(PEOPLE, "name,identifier\n,\n", "a.csv")

    assert (taken.objects, taken.findings) == ((), ())


def test_a_table_that_cannot_be_read_to_its_end_is_wrong() -> None:
    taken = read_csv(PEOPLE, 'identifier\nada@acme.example\n"bob@acme.example\n', "a.csv")

    assert keys(taken) == ["ada@acme.example"]
    assert wrong(taken)[0].startswith("a.csv:3: the row that begins here cannot be read")


# --- whatever stands in them ---

cells = st.sampled_from(
    ["ada@acme.example", "ADA@acme.example", "x", "#y", "", " ", '"', "a\nb", ";", ",", "\t", "é"]
)
texts = st.text(st.sampled_from('a@b.c#,;\t"\r\n *é\x0b\u2028'), max_size=40)


@given(st.lists(cells | texts).map("\n".join), st.sampled_from([PEOPLE, URLS]))
def test_every_line_is_taken_or_told(text: str, kind: Kind) -> None:
    taken = read_lines(kind, text, "a.txt")
    told = places(taken)
    lines = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)

    assert told == {number for number, line in lines if line.strip(" \t") and line.strip(" \t")[0] != "#"}
    assert len({one.key for one in taken.objects}) == len(taken.objects)


@given(st.lists(st.lists(cells, max_size=3).map(",".join)).map("\n".join) | texts)
def test_every_table_is_read_or_refused(text: str) -> None:
    try:
        taken = read_csv(PEOPLE, text, "a.csv")
    except UsageError:
        return
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert places(taken) <= set(range(1, lines + 1))
