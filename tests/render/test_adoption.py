"""What was adopted, for people and for programs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from reconcile import catalogue
from reconcile.adopt import Adopted, Whence
from reconcile.model import (
    ABSENT,
    Adoption,
    Candidate,
    Clash,
    Finding,
    Instance,
    Left,
    Origin,
    Severity,
    Value,
    Why,
)
from reconcile.pull.report import FileChange
from reconcile.render.adoption import FORMS, adopted_document, adopted_text
from reconcile.render.terminal import Style
from tests.lab import known

if TYPE_CHECKING:
    from reconcile.model import Json

PLACE = Origin("clerk.yml", 4)
ADOPTION = Adoption(
    new=(
        Candidate(
            "restrictions",
            fields={"allowlist": True, "blocklist": False},
            sources={
                "allowlist": "auth_access_control.allowlist_enabled",
                "blocklist": "restrictions.blocklist",
            },
        ),
        Candidate("allowlist", "ada@acme.example", origin=Origin("people.txt", 2)),
        Candidate("jwt_template", "a\x1b[2J", {"claims": {}}),
    ),
    same=(
        Candidate("protect", fields={"rules_enabled": True, "specter_enabled": True}),
        Candidate("allowlist", "b@acme.example"),
    ),
    clashes=(
        Clash("instance", "hibp", Value(False), Value(True), PLACE, ("production", "staging")),
        Clash("jwt_template/b", "", Value(True), ABSENT, PLACE),
        Clash("allowlist/c@d.e", "", ABSENT, ABSENT, PLACE, ("local",)),
    ),
    left=(
        Left(("auth_email",), Why.ELSEWHERE, "not ours", 7),
        Left(("x", "y"), Why.SECRET, "secret"),
        Left(("auth_phone",), Why.ELSEWHERE, "not ours"),
    ),
)
DONE = Adopted(
    Whence(file="clerk.json", form="clerk"),
    ADOPTION,
    (FileChange("clerk.yml", "a\nb\n", "a\nc\n"), FileChange("new.yml", None, "x")),
    (Finding(Severity.WARNING, "edit", "change it by hand", "protect", PLACE),),
)
LIVE = Whence(environment="local", instance=Instance("ins_1", "development"))


def text(done: Adopted, style: Style | None = None) -> str:
    return adopted_text(known().kinds, done, style or Style())


def test_everything_is_told_in_its_place() -> None:
    assert text(DONE) == (
        "clerk.json · the document of `clerk config pull`\n"
        "\n"
        "+ restrictions\n"
        "    allowlist: true  (auth_access_control.allowlist_enabled)\n"
        "    blocklist: false\n"
        "+ allowlist/ada@acme.example\n"
        "+ jwt_template/a\\x1b[2J\n"
        "    claims: {}\n"
        "\n"
        "Declared otherwise, and left alone\n"
        "  instance.hibp: false at clerk.yml:4 for production, staging, and true was found\n"
        "  jwt_template/b: stands at clerk.yml:4; say there where it holds\n"
        "  allowlist/c@d.e: clerk.yml:4 for local says to leave it alone\n"
        "\n"
        "Left out\n"
        "  not ours\n"
        "    auth_email (7 values), auth_phone\n"
        "  secret\n"
        "    x.y\n"
        "\n"
        "warning: clerk.yml:4: protect: change it by hand\n"
        "\n"
        "Adopted 2 objects and 2 settings; 3 declared already, 3 declared otherwise, 9 values left out. "
        "Files changed: clerk.yml, new.yml.\n"
    )


def test_a_dry_run_shows_how_the_files_would_change() -> None:
    shown = text(replace(DONE, dry_run=True))

    assert (
        "--- a/clerk.yml\n+++ b/clerk.yml\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n--- /dev/null\n+++ b/new.yml\n"
        in shown
    )
    assert "Would adopt 2 objects and 2 settings" in shown
    assert shown.endswith("Files would change: clerk.yml, new.yml.\n")


def test_an_instance_is_named() -> None:
    assert text(Adopted(LIVE, Adoption())) == ("local · development instance ins_1\n\nNothing to adopt.\n")


@pytest.mark.parametrize(
    ("adoption", "said"),
    [
        (Adoption(left=(Left(("a",), Why.UNSET, "b"),)), "Nothing to adopt: 1 value left out."),
        (Adoption(new=(Candidate("allowlist", "a@b.c"),)), "Adopted 1 object."),
        (Adoption(new=(Candidate("protect", fields={"rules_enabled": True}),)), "Adopted 1 setting."),
    ],
)
def test_the_sum_counts(adoption: Adoption, said: str) -> None:
    assert text(Adopted(LIVE, adoption)).splitlines()[-1] == said


def test_long_lists_are_sampled_unless_all_is_wanted() -> None:
    many = Adopted(LIVE, Adoption(new=tuple(Candidate("allowlist", f"a{n}@b.c") for n in range(1012))))

    assert "+ allowlist/a9@b.c\n  … and 1,002 more (--all lists them)\n" in text(many)
    assert "+ allowlist/a1011@b.c\n" in text(many, Style(every=True))


def test_colours_are_for_terminals() -> None:
    shown = text(replace(DONE, dry_run=True), Style(colour=True, width=40))

    assert "\x1b[32m+c\x1b[0m" in shown
    assert "\x1b[31m-b\x1b[0m" in shown
    assert "\x1b[2m--- a/clerk.yml\x1b[0m" in shown


def test_names_are_wrapped_between_them() -> None:
    left = tuple(Left((f"group_{n}",), Why.ELSEWHERE, "not ours", 3) for n in range(30))
    lines = text(Adopted(LIVE, Adoption(left=left))).splitlines()

    assert max(map(len, lines)) <= 104
    assert all(line.endswith((",", ")")) for line in lines if "group_" in line)


@pytest.mark.parametrize("done", [DONE, Adopted(LIVE, ADOPTION, dry_run=True)])
def test_the_document_fits_its_schema(done: Adopted) -> None:
    document = adopted_document(known().kinds, done)
    Draft202012Validator(catalogue.schema("adoption")).validate(document)

    adopted: Json = document["adopted"]
    assert isinstance(adopted, list)
    assert adopted[0] == {
        "address": "restrictions",
        "kind": "restrictions",
        "fields": {
            "allowlist": {"value": True, "source": "auth_access_control.allowlist_enabled"},
            "blocklist": {"value": False, "source": "restrictions.blocklist"},
        },
        "file": None,
        "line": None,
    }
    assert document["dry_run"] is done.dry_run


def test_the_document_says_where_things_were_found() -> None:
    assert adopted_document(known().kinds, DONE)["from"] == {"file": "clerk.json", "form": "clerk"}
    assert adopted_document(known().kinds, Adopted(LIVE, Adoption()))["from"] == {
        "environment": "local",
        "instance": {"id": "ins_1", "environment_type": "development"},
    }


def test_every_form_has_a_name_and_a_place_in_the_schema() -> None:
    forms = catalogue.schema("adoption")["properties"]["from"]["oneOf"][1]["properties"]["form"]["enum"]
    whys = catalogue.schema("adoption")["properties"]["left"]["items"]["properties"]["why"]["enum"]

    assert forms == list(FORMS)
    assert whys == [why.value for why in Why]
