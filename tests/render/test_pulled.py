from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from reconcile import catalogue
from reconcile.model import ABSENT, Finding, Instance, Origin, Severity, Value
from reconcile.pull import Item, Verdict
from reconcile.pull.report import FileChange, Report
from reconcile.render.pulled import diff_lines, pulled_document, pulled_sheet, pulled_text, remarks, summary
from reconcile.render.terminal import Style

HERE = Instance("ins_1", "development")
PLACE = Origin("jwt.yml", 4)


def item(address: str, verdict: Verdict, *path: str, base: object = 1) -> Item:
    known = None if base is None else Value(1)
    return Item(address, path, verdict, Value(1), Value(2), known, PLACE if path else None)


ITEMS = (
    item("jwt_template/a", Verdict.TAKEN, "lifetime"),
    item("jwt_template/a", Verdict.LEFT, "claims", "x"),
    item("jwt_template/a", Verdict.CONFLICT, "claims", "y"),
    item("jwt_template/b", Verdict.CONFLICT, base=None),
    item("redirect_url/a://\x1b[2J", Verdict.ADDED),
    item("redirect_url/c://d", Verdict.REMOVED),
    item("jwt_template/stuck", Verdict.TAKEN, "lifetime"),
)
STUCK = Finding(Severity.WARNING, "edit", "lifetime: change it by hand", "jwt_template/stuck", PLACE)
FILES = (
    FileChange("jwt.yml", "a\nb\n", "a\nc"),
    FileChange("new.yml", None, "x\n"),
    FileChange("old.yml", "y", None),
)
REPORT = Report(
    "dev",
    HERE,
    ITEMS,
    (STUCK,),
    (("jwt_template/stuck", ("lifetime",)),),
    ("jwt_template/session",),
    {"instance": (("hibp",),)},
    ("restrictions: allowlist",),
    FILES,
    ("production",),
    "2026-01-01T00:00:00Z",
    written=True,
)


def test_people_read_what_was_taken_what_waits_and_what_could_not_be_written() -> None:
    assert pulled_text(REPORT, Style()) == (
        """\
dev · development instance ins_1

~ jwt_template/a  jwt.yml:4
    lifetime: 1 → 2

+ redirect_url/a://\\x1b[2J

- redirect_url/c://d

Left: changed in the files only, so they are ahead of the instance
  jwt_template/a: claims.x  jwt.yml:4

Conflicts: changed in the files and on the instance; left for you to decide
! jwt_template/a: claims.y  jwt.yml:4
    file: 1
    live: 2
    last: 1
! jwt_template/b
    file: 1
    live: 2
    last: (unknown)

Not written: change these by hand
! jwt.yml:4: jwt_template/stuck: lifetime: change it by hand

Unmanaged: live, not declared; `reconcile adopt` brings them in
  jwt_template/session

Pull: 1 value taken, 1 object added, 1 object removed; 1 left, 2 conflicts, 1 not written. 3 files changed.
"""
    )


def test_a_conflict_about_a_whole_object_says_where_it_is() -> None:
    gone = Item("jwt_template/a", (), Verdict.CONFLICT, Value(value=True), ABSENT, Value(value=True))

    text = pulled_text(Report("dev", HERE, (gone,)), Style())

    assert "! jwt_template/a\n    file: (the object)\n    live: (nothing)\n    last: (the object)\n" in text


def test_files_that_nothing_names_and_sections_that_are_not_offered_are_told() -> None:
    report = Report("dev", HERE, unused=("b/a.html",), missing={"email_templates": "the service is gone"})

    assert list(remarks(report)) == [
        "Nothing names these files any more; remove those that nobody needs: b/a.html.",
        "Not looked at: email_templates, because the service is gone.",
    ]


def test_neither_an_instance_nor_the_name_of_a_file_commands_a_terminal() -> None:
    place = Origin("a\x1b]0;b\x07.yml", 1)
    items = tuple(
        replace(item("jwt_template/a", verdict, "lifetime"), origin=place)
        for verdict in (Verdict.TAKEN, Verdict.LEFT, Verdict.CONFLICT)
    )
    text = pulled_text(Report("dev", Instance("ins\u202e", "production"), items), Style())

    assert text.startswith("dev · production instance ins\\u202e\n")
    assert text.count("a\\x1b]0;b\\x07.yml:1") == 3
    assert not {"\x1b", "\x07", "\u202e"} & {*text}


def test_a_rehearsal_shows_the_difference_of_each_file() -> None:
    report = Report("dev", HERE, ITEMS[:1], files=FILES)

    text = pulled_text(report, Style(colour=True))

    assert "\x1b[32m+c\x1b[0m" in text
    assert "\x1b[31m-b\x1b[0m" in text
    assert "\n--- a/jwt.yml\n+++ b/jwt.yml\n@@ -1,2 +1,2 @@\n a\n" in text
    assert text.endswith("Pull: 1 value taken. 3 files would change.\x1b[0m\n")


def test_a_difference_is_one_that_patch_understands() -> None:
    assert list(diff_lines(FILES[0])) == [
        "--- a/jwt.yml",
        "+++ b/jwt.yml",
        "@@ -1,2 +1,2 @@",
        " a",
        "-b",
        "+c",
        "\\ No newline at end of file",
    ]
    assert list(diff_lines(FILES[1]))[:2] == ["--- /dev/null", "+++ b/new.yml"]
    assert list(diff_lines(FILES[2]))[:2] == ["--- a/old.yml", "+++ /dev/null"]


@pytest.mark.parametrize(
    ("items", "files", "text"),
    [
        ((), (), "Nothing to pull."),
        (ITEMS[1:3], (), "Nothing to pull; 1 left, 1 conflict."),
        ((), FILES[:1], "Pull: no value of yours. 1 file would change."),
        (ITEMS[:1], FILES[:1], "Pull: 1 value taken. 1 file would change."),
    ],
)
def test_the_sum(items: tuple[Item, ...], files: tuple[FileChange, ...], text: str) -> None:
    assert summary(Report("dev", HERE, items, files=files)) == text


def test_of_many_objects_some_are_named_unless_all_are_asked_for() -> None:
    items = tuple(item(f"blocklist/{number}@x.y", Verdict.ADDED) for number in range(30))
    report = Report("dev", HERE, items, written=True)

    assert "  … and 10 more of blocklist (--all lists them)\n" in pulled_text(report, Style())
    assert "+ blocklist/29@x.y\n" in pulled_text(report, Style(every=True))


def test_the_document_has_its_schema() -> None:
    schema = catalogue.schema("pull")
    jsonschema.Draft202012Validator.check_schema(schema)
    for report in (REPORT, Report("dev", HERE, (Item("a/b", (), Verdict.ADDED, ABSENT, Value(value=True)),))):
        document = json.loads(json.dumps(pulled_document(report)))
        jsonschema.validate(document, schema)

    rows = pulled_document(REPORT)["items"]
    assert isinstance(rows, list)
    assert [row["done"] for row in rows if isinstance(row, dict)] == [
        True,
        False,
        False,
        False,
        True,
        True,
        False,
    ]


def test_as_tables_every_difference_has_a_row() -> None:
    sheet = pulled_sheet(REPORT)

    assert [(table.title, len(table.rows)) for table in sheet.tables] == [
        ("Differences", 7),
        ("Not written: change these by hand", 1),
        ("Files", 3),
    ]
    assert pulled_sheet(Report("dev", HERE)).tables == ()


def test_what_to_know_beside_it() -> None:
    assert list(remarks(REPORT)) == [
        (
            "These files are shared: production wants something else now as well; look at its plan before anybody "
            "applies."
        ),
        "1 declared field cannot be read back and was left as written.",
        "No call returns these, so they stand in the files as comments, to be set by you:\n  restrictions: allowlist",
    ]
    guessed = Report(
        "dev",
        HERE,
        (item("a/b", Verdict.TAKEN, "x", base=None),),
        shared=("a", "b"),
        unread={"i": (("a",), ("b",))},
    )
    assert [line[:40] for line in remarks(guessed)] == [
        "Nothing is known of what files and insta",
        "These files are shared: a, b want someth",
        "2 declared fields cannot be read back an",
    ]
    assert list(remarks(Report("dev", HERE, (item("a/b", Verdict.ADDED),)))) == []


def test_a_person_has_something_to_do_where_there_are_conflicts_or_things_that_could_not_be_written() -> None:
    assert REPORT.open
    assert Report("dev", HERE, (), (STUCK,)).open
    assert not Report("dev", HERE, ITEMS[:2]).open
    assert ITEMS[0].settled
