"""`reconcile pull`, from the command line to the bytes of the files."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reconcile import catalogue
from reconcile.edit.torn import digest
from reconcile.simulator import templates
from reconcile.state.lock import held
from tests.lab import ROOT, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Shell

DEV = "development: {api_url: embedded}"
FILE = """\
# Ours.
jwt_templates:
  a:
    lifetime: 60  # one minute
    claims: {x: 1, y: 1}
  b: {lifetime: 60, claims: {}}
"""


def bytes_of(root: Path) -> dict[str, bytes]:
    """All files of a project, state aside."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".reconcile" not in path.parts
    }


def rows(state: dict[str, Any], collection: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = state["objects"][collection]
    return found


def change(shell: Shell, name: str, **fields: Any) -> None:
    """Change a JWT template behind our back."""
    state = shell.state()
    row = next(row for row in rows(state, "jwt_templates").values() if row["name"] == name)
    row.update(fields)
    shell.tamper(state)


def remove(shell: Shell, name: str) -> None:
    state = shell.state()
    kept = {key: row for key, row in rows(state, "jwt_templates").items() if row["name"] != name}
    state["objects"]["jwt_templates"] = kept
    shell.tamper(state)


@pytest.fixture
def applied(shell: Shell) -> Shell:
    """A project that was applied."""
    shell.project(FILE)
    assert shell("apply -e local --yes").code == 0
    return shell


def test_what_was_changed_on_the_instance_comes_into_the_files_and_nothing_else(applied: Shell) -> None:
    change(applied, "a", lifetime=90)

    said = applied("pull -e local")

    assert (said.code, "Pull: 1 value taken. 1 file changed." in said.out) == (0, True)
    assert (applied.folder / "clerk.yml").read_text() == FILE.replace("60  #", "90  #")
    assert applied("plan -e local --detailed-exitcode").code == 0
    before = bytes_of(applied.folder)
    assert applied("pull -e local").out.endswith("Nothing to pull.\n")
    assert bytes_of(applied.folder) == before


def test_what_was_changed_in_the_files_stays_and_what_was_changed_on_both_sides_waits(applied: Shell) -> None:
    ahead = FILE.replace("x: 1", "x: 2").replace("y: 1", "y: 2")
    applied.write("clerk.yml", ahead)
    change(applied, "a", lifetime=90, claims={"x": 1, "y": 3})

    said = applied("pull -e local")

    assert said.code == 2
    assert (
        "Left: changed in the files only, so they are ahead of the instance\n  jwt_template/a: claims.x  clerk.yml:5"
        in said.out
    )
    assert "! jwt_template/a: claims.y  clerk.yml:5\n    file: 2\n    live: 3\n    last: 1\n" in said.out
    assert (applied.folder / "clerk.yml").read_text() == ahead.replace("60  #", "90  #")


def test_what_is_known_is_told_apart_from_what_is_not(applied: Shell) -> None:
    shutil.rmtree(applied.folder / ".reconcile" / "applied")
    applied.write("clerk.yml", FILE.replace("x: 1", "x: 2"))

    said = applied("pull -e local")

    assert (said.code, "Nothing is known of what files and instance last agreed on" in said.err) == (0, True)
    assert (applied.folder / "clerk.yml").read_text() == FILE


def test_a_pull_is_remembered(applied: Shell) -> None:
    change(applied, "a", lifetime=90)
    applied("pull -e local")
    text = (applied.folder / "clerk.yml").read_text()
    applied.write("clerk.yml", text.replace("lifetime: 90", "lifetime: 120"))

    said = applied("pull -e local")

    assert "jwt_template/a: lifetime  clerk.yml:4" in said.out
    assert (applied.folder / "clerk.yml").read_text() == text.replace("lifetime: 90", "lifetime: 120")


def test_a_pull_that_changes_no_file_keeps_the_commit_that_was_applied(applied: Shell) -> None:
    (kept,) = (applied.folder / ".reconcile/applied").iterdir()
    found = json.loads(kept.read_text())
    kept.write_text(json.dumps({**found, "revision": "0123456789ab", "dirty": True}))

    applied("pull -e local")
    after = json.loads(kept.read_text())
    assert (after["revision"], after["dirty"]) == ("0123456789ab", True)

    change(applied, "a", lifetime=90)
    applied("pull -e local")
    assert json.loads(kept.read_text())["revision"] == ""


def test_what_is_gone_leaves_the_files_and_what_is_new_comes_only_into_complete_sections(
    applied: Shell,
) -> None:
    remove(applied, "b")
    change(applied, "session", claims={"new": True})

    said = applied("pull -e local")

    assert (said.code, "`reconcile adopt` brings them in\n  jwt_template/session" in said.out) == (0, True)
    assert (applied.folder / "clerk.yml").read_text() == FILE.replace("  b: {lifetime: 60, claims: {}}\n", "")

    text = (applied.folder / "clerk.yml").read_text()
    applied.write("clerk.yml", text.replace("jwt_templates:", "jwt_templates:\n  .prune: true"))
    applied("pull -e local")
    assert (applied.folder / "clerk.yml").read_text().endswith("  session:\n    claims:\n      new: true\n")
    assert applied("plan -e local --detailed-exitcode").code == 0


def test_a_rehearsal_shows_the_difference_and_writes_nothing(applied: Shell) -> None:
    change(applied, "a", lifetime=90)
    before = bytes_of(applied.folder)
    known = (applied.folder / ".reconcile" / "applied").iterdir()
    agreed = [path.read_bytes() for path in known]

    said = applied("pull -e local --dry-run")

    assert "-    lifetime: 60  # one minute\n+    lifetime: 90  # one minute\n" in said.out
    assert said.out.endswith("Pull: 1 value taken. 1 file would change.\n")
    assert bytes_of(applied.folder) == before
    assert [path.read_bytes() for path in (applied.folder / ".reconcile" / "applied").iterdir()] == agreed


def test_only_what_is_selected_is_taken(applied: Shell) -> None:
    change(applied, "a", lifetime=90)
    change(applied, "b", lifetime=90)

    applied("pull -e local --target jwt_template/b")

    assert (applied.folder / "clerk.yml").read_text() == FILE.replace("b: {lifetime: 60", "b: {lifetime: 90")
    assert "1 value taken" in applied("pull -e local --exclude jwt_template/b").out
    assert applied("pull -e local --target nothing").code == 64


def test_the_document_and_the_reports_say_the_same(applied: Shell) -> None:
    change(applied, "a", lifetime=90)

    said = applied(
        "pull -e local --dry-run --format json --report markdown=r/pull.md --report html=r/pull.html"
    )

    jsonschema.validate(said.document, catalogue.schema("pull"))
    assert [item["verdict"] for item in said.document["items"]] == ["taken"]
    assert said.document["files"][0]["diff"].startswith("--- a/clerk.yml\n+++ b/clerk.yml\n")
    assert "jwt_template/a" in (applied.folder / "r" / "pull.md").read_text()
    assert "jwt_template/a" in (applied.folder / "r" / "pull.html").read_text()
    assert "### pull `local`" in applied("pull -e local --format markdown").out


def test_a_secret_of_the_run_is_not_written_wherever_the_instance_has_it(
    applied: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "a secret of ours")
    applied.write(
        "clerk.yml",
        FILE.replace(
            "b: {lifetime: 60",
            "b: {custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:KEY}', lifetime: 60",
        ),
    )
    assert applied("apply -e local --yes").code == 0
    change(applied, "a", claims={"x": "so a secret of ours it is"})
    before = bytes_of(applied.folder)

    said = applied("pull -e local")

    assert (said.code, "nothing was written" in said.err, "a secret of ours" in said.out + said.err) == (
        5,
        True,
        False,
    )
    assert bytes_of(applied.folder) == before


def test_secrets_need_not_be_at_hand(applied: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "a secret of ours")
    text = FILE.replace(
        "b: {lifetime: 60",
        "b: {custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:KEY}', lifetime: 60",
    )
    applied.write("clerk.yml", text)
    assert applied("apply -e local --yes").code == 0
    monkeypatch.delenv("KEY")
    change(applied, "b", lifetime=90)

    assert applied("pull -e local").code == 0
    assert (applied.folder / "clerk.yml").read_text() == text.replace(
        "'${env:KEY}', lifetime: 60", "'${env:KEY}', lifetime: 90"
    )


def test_what_the_files_may_not_say_is_told_and_left(applied: Shell) -> None:
    change(applied, "a", lifetime=7)
    change(applied, "b", lifetime=90)

    said = applied("pull -e local")

    assert (said.code, "the instance has what files may not say" in said.out) == (2, True)
    assert (applied.folder / "clerk.yml").read_text() == FILE.replace("b: {lifetime: 60", "b: {lifetime: 90")


def test_a_slug_that_the_service_does_not_know_is_told(shell: Shell) -> None:
    shell.project("email_templates: {no_such: {subject: x}}\n")

    said = shell("pull -e local")

    assert (said.code, "the service has no template with this slug" in said.out) == (2, True)


# --- a first pull ---


@pytest.mark.parametrize("project", ["init", "bare"])
def test_a_first_pull_writes_everything_and_a_second_one_nothing(shell: Shell, project: str) -> None:
    shell.project(
        FILE
        + "redirect_urls: ['a://b', 'c://${x}']\n".replace("${", "$${")
        + "restrictions: {blocklist: true}\n"
    )
    assert shell("apply -e local --yes").code == 0
    (shell.folder / "clerk.yml").unlink()
    (shell.folder / "reconcile.yml").unlink()
    if project == "init":
        assert shell("init").code == 0
    else:
        shell.write(
            "reconcile.yml",
            "version: 1\nresources: [clerk/**/*.yml]\nenvironments: {local: {api_url: embedded}}\n",
        )

    said = shell("pull -e local")

    assert said.code == 0, said.err
    assert "No call returns these, so they stand in the files as comments" in said.err
    assert not (shell.folder / "clerk" / "resources.yml").exists()
    assert 'urls: [a://b, "c://$${x}"]' in (shell.folder / "clerk" / "redirect_urls.yml").read_text()
    planned = shell("plan -e local --detailed-exitcode --format json")
    assert (planned.code, planned.document["summary"]["unmanaged"]) == (0, 0)
    assert shell("validate").code == 0
    before = bytes_of(shell.folder)
    assert shell("pull -e local").code == 0
    assert bytes_of(shell.folder) == before


def test_an_example_that_somebody_has_touched_is_no_example(shell: Shell) -> None:
    shell("init")
    path = shell.folder / "clerk" / "resources.yml"
    path.write_text(path.read_text() + "# mine\n")

    said = shell("pull -e local")

    assert "- jwt_template/backend" in said.out
    assert path.read_text().endswith("# mine\n")


def test_a_first_pull_takes_what_is_selected_and_with_all_the_defaults_too(shell: Shell) -> None:
    shell.project(FILE)
    shell("apply -e local --yes")
    shell.write("clerk.yml", "")

    said = shell("pull -e local --target jwt_template/* --all --dry-run")

    assert "+    allowed_clock_skew: 5" in said.out
    assert "protect" not in said.out


# --- the worked example ---


def served(shell: Shell) -> Callable[..., dict[str, Any]]:
    state = shell.folder / "acme" / ".reconcile" / "embedded" / "development.json"

    def edit(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(state.read_text())
        change(found)
        state.write_text(json.dumps(found))
        return found

    return edit


def test_in_the_worked_example_exactly_the_leaves_change_that_were_edited(shell: Shell) -> None:
    acme = shell.folder / "acme"
    shutil.copytree(ROOT / "examples" / "acme", acme)
    project = (acme / "reconcile.yml").read_text()
    (acme / "reconcile.yml").write_text(
        project.replace('    secret_key: "${env:CLERK_SECRET_KEY_DEV}"\n', "    api_url: embedded\n")
    )
    assert shell("apply -C acme -e development --yes").code == 0

    def edit(state: dict[str, Any]) -> None:
        row = next(row for row in rows(state, "jwt_templates").values() if row["name"] == "hasura")
        row["claims"]["https://hasura.io/jwt/claims"]["x-hasura-default-role"] = "viewer"
        mail = next(row for row in rows(state, "templates").values() if row["slug"] == "verification_code")
        mail["subject"] = "{{otp_code}} opens Acme"
        mail["body"] = mail["body"].replace("only once", "just once")

    served(shell)(edit)
    before = bytes_of(acme)

    said = shell("pull -C acme -e development")

    assert said.code == 0
    assert "local, staging, production want something else now as well" in said.err
    after = bytes_of(acme)
    differ = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert before.keys() == after.keys()
    assert {
        name: one.replace(old, new) == two
        for (name, (one, two)), (old, new) in zip(
            sorted(differ.items()),
            [
                (b"minutes and only once", b"minutes and just once"),
                (b'"{{otp_code}} is your Acme code"', b'"{{otp_code}} opens Acme"'),
                (b"x-hasura-default-role: user", b"x-hasura-default-role: viewer"),
            ],
            strict=True,
        )
    } == {"bodies/verification_code.html": True, "resources/emails.yml": True, "resources/jwt.yml": True}
    assert shell("plan -C acme -e development --detailed-exitcode").code == 0


@pytest.mark.parametrize("last", ["|-\n        one\n        two", "one", "{}", "[1, 2]"])
def test_a_file_whose_last_line_is_not_ended_takes_a_text_that_ends_with_one(shell: Shell, last: str) -> None:
    shell.project(f"jwt_templates:\n  a:\n    claims:\n      y: 1\n      x: {last}")
    assert shell("apply -e local --yes").code == 0
    change(shell, "a", claims={"y": 2, "x": "one\nthree\n", "z": "four\nfive\n"})

    assert shell("pull -e local").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 0


def test_a_value_that_files_cannot_hold_keeps_no_other_out_of_them(applied: Shell) -> None:
    change(applied, "a", lifetime=90, claims={"x": 2, "y": 1, "k" * 1100: "a key longer than YAML takes"})

    said = applied("pull -e local")

    assert (said.code, "2 values taken; 1 not written" in said.out) == (2, True)
    assert (applied.folder / "clerk.yml").read_text() == FILE.replace("60  #", "90  #").replace(
        "x: 1", "x: 2"
    )


def test_a_name_that_files_cannot_hold_keeps_nothing_else_out_of_a_first_pull(shell: Shell) -> None:
    shell.project("jwt_templates: {a: {claims: {}}, b: {claims: {}}}\n")
    assert shell("apply -e local --yes").code == 0
    state = shell.state()
    next(row for row in rows(state, "jwt_templates").values() if row["name"] == "b")["name"] = ".prune"
    shell.tamper(state)
    (shell.folder / "clerk.yml").unlink()

    said = shell("pull -e local")

    assert (said.code, "jwt_template/.prune: its name starts with a dot" in said.out) == (2, True)
    assert "  a:\n" in (shell.folder / "clerk.yml").read_text()
    assert shell("plan -e local --detailed-exitcode").code == 0


@pytest.mark.parametrize(
    "files", [{}, {"a.html": "<p>{{otp_code}}</p>\n"}, {"a.html": "\ufeff<p>{{otp_code}}</p>\n"}]
)
def test_a_text_that_begins_with_a_byte_order_mark_comes_whole(shell: Shell, files: dict[str, str]) -> None:
    shell.project(
        "email_templates:\n  verification_code:\n    subject: s\n    body: "
        + ("!file a.html\n" if files else "'<p>{{otp_code}}</p>'\n")
    )
    for name, text in files.items():
        shell.write(name, text)
    assert shell("apply -e local --yes").code == 0
    state = shell.state()
    row = next(row for row in rows(state, "templates").values() if row["slug"] == "verification_code")
    row["body"] = "\ufeff<b>{{otp_code}}</b>"
    shell.tamper(state)

    assert shell("pull -e local").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 0
    (shell.folder / "clerk.yml").unlink()
    assert shell("pull -e local").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        (
            "blocklist:\n  # one\n  - a@x.example # A\n  - b@x.example\n  # end\n",
            "ab",
            "blocklist: []\n  # one\n  # end\n",
        ),
        (
            "blocklist: [a@x.example, # A\n  b@x.example, # B\n  c@x.example] # end\n",
            "ac",
            "blocklist: [b@x.example # B\n  ] # end\n",
        ),
        (
            "blocklist: [a@x.example, # A\n  # two\n  b@x.example # B\n  , c@x.example, d@x.example]\n",
            "acd",
            "blocklist: [ # two\n  b@x.example # B\n   ]\n",
        ),
        (
            "blocklist:\n  [\n    # one\n    a@x.example,\n    # two\n    b@x.example,\n  ]\n",
            "a",
            "blocklist:\n  [\n    # one\n    # two\n    b@x.example,\n  ]\n",
        ),
    ],
)
def test_entries_that_go_leave_the_comments_of_others(
    shell: Shell, before: str, gone: str, after: str
) -> None:
    shell.project(before)
    assert shell("apply -e local --yes").code == 0
    state = shell.state()
    listed = rows(state, "blocklist_identifiers")
    for name in [name for name, row in listed.items() if row["identifier"][0] in gone]:
        del listed[name]
    shell.tamper(state)

    assert shell("pull -e local").code == 0
    assert (shell.folder / "clerk.yml").read_text() == after
    assert shell("plan -e local --detailed-exitcode").code == 0


def test_a_list_that_is_emptied_leaves_its_comments_and_nothing_that_only_looks_like_one(
    shell: Shell,
) -> None:
    head = "jwt_templates:\n  a:\n    claims:\n      x:"
    shell.project(
        f"{head}\n      # one\n      - |\n        # text\n        b\n      # two\n      - 2 # three\n"
    )
    assert shell("apply -e local --yes").code == 0
    change(shell, "a", claims={"x": []})

    assert shell("pull -e local").code == 0
    assert (shell.folder / "clerk.yml").read_text() == f"{head} []\n      # one\n      # two\n"


def test_a_first_pull_names_the_other_environments_that_read_what_it_writes(shell: Shell) -> None:
    shell.write(
        "reconcile.yml",
        "version: 1\nresources: ['clerk/*.yml']\nenvironments:\n"
        "  local: {api_url: embedded}\n  other: {api_url: embedded}\n",
    )

    said = shell("pull -e local")

    assert (said.code, "other wants something else now as well" in said.err) == (0, True)


@pytest.mark.parametrize("dry", ["", " --dry-run"])
def test_a_first_pull_names_a_pattern_that_still_matches_no_file(shell: Shell, dry: str) -> None:
    shell.write(
        "reconcile.yml",
        "version: 1\nresources: ['a/*.yml', 'b/*.yml']\nenvironments: {local: {api_url: embedded}}\n",
    )

    said = shell(f"pull -e local{dry}")

    assert said.code == 2
    assert "! reconcile.yml:2: resources: b/*.yml matches no file; create one or fix the pattern" in said.out
    assert "a/*.yml" not in said.out


# --- secrets ---


@pytest.mark.parametrize("written", ["'user'", '"user"', "user", "|\n        user", ">\n        user"])
@pytest.mark.parametrize(
    "secret",
    [
        "correct-horse",
        "don't tell anybody",
        "correct ${var.x} horse",
        "correct\nhorse\nbattery\n",
        'a\tb "c" \\ #d',
    ],
)
def test_no_secret_comes_into_a_file_however_yaml_would_write_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, secret: str, written: str
) -> None:
    monkeypatch.setenv("SIGNING_KEY", secret)
    own = "custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:SIGNING_KEY}'"
    shell.project(f"jwt_templates:\n  k: {{claims: {{}}, {own}}}\n  a:\n    claims:\n      role: {written}\n")
    assert shell("apply -e local --yes").code == 0
    change(shell, "a", claims={"role": f"before {secret} behind"})
    before = bytes_of(shell.folder)

    for line in ("pull -e local --dry-run", "pull -e local"):
        said = shell(line)
        assert (
            said.code,
            "returns [secret SIGNING_KEY] in what would be written for jwt_template/a" in said.err,
        ) == (
            5,
            True,
        )
    assert bytes_of(shell.folder) == before


# --- scale ---

RIGHT_TO_LEFT = "\u200f"


def hebrew(slug: str) -> str:
    """An email that is written from right to left, with every variable that its template must have."""
    needed = " ".join(f"{{{{{name}}}}}" for name in templates.catalogue("email")[slug]["required_variables"])
    return (
        '<!DOCTYPE html>\n<html dir="rtl" lang="he">\n<body>\n'
        f"<p>שלום, {needed}</p>\n{RIGHT_TO_LEFT}<p>{slug} — תודה 👋</p>\n</body>\n</html>"
    )


def test_large_instances_come_whole_and_a_second_pull_changes_no_byte(shell: Shell) -> None:
    slugs = list(templates.catalogue("email"))[:24]
    mails = {
        slug: {"subject": f"{RIGHT_TO_LEFT}קוד {{{{otp_code}}}}", "body": hebrew(slug)} for slug in slugs
    }
    shell.project(json.dumps({"email_templates": mails, "blocklist": ["x@y.example"]}, ensure_ascii=False))
    applied = shell("apply -e local --yes")
    assert applied.code == 0, applied.err
    state = shell.state()
    session = next(iter(rows(state, "jwt_templates").values()))
    for number in range(48):
        claims = {"n": number, "nested": {"roles": ["a", "b: c"], "who": "{{user.id}}"}, "$": "${not.ours}"}
        one = {
            **session,
            "id": f"jtmp_{number:04}",
            "name": f"token {number}",
            "claims": claims,
            "lifetime": 60 + number,
        }
        rows(state, "jwt_templates")[one["id"]] = one
    blocked = rows(state, "blocklist_identifiers")
    one = next(iter(blocked.values()))
    for number in range(9_999):
        name = f"blid_{number:05}"
        blocked[name] = {**one, "id": name, "identifier": f"user{number}@blocked.example"}
    shell.tamper(state)
    (shell.folder / "clerk.yml").unlink()
    shell.write(
        "reconcile.yml",
        "version: 1\nresources: [clerk/**/*.yml]\nenvironments: {local: {api_url: embedded}}\n",
    )

    said = shell("pull -e local")

    assert said.code == 0, said.err
    assert len(list((shell.folder / "clerk" / "bodies").iterdir())) == 24
    assert len((shell.folder / "clerk" / "lists" / "blocklist.txt").read_text().splitlines()) == 10_000
    planned = shell("plan -e local --detailed-exitcode --format json")
    assert (planned.code, planned.document["summary"]["noop"] > 10_000) == (0, True)
    before = bytes_of(shell.folder)
    assert shell("pull -e local").code == 0
    assert bytes_of(shell.folder) == before


def test_what_held_a_text_that_is_gone_is_named_and_left(shell: Shell) -> None:
    shell.write("body.html", "<p>{{otp_code}}</p>")
    shell.project("email_templates:\n  verification_code: {subject: '{{otp_code}}', body: !file body.html}\n")
    assert shell("apply -e local --yes -q").code == 0
    state = shell.state()
    rows(state, "templates").clear()
    shell.tamper(state)

    said = shell("pull -e local")

    assert said.code == 0
    assert "Nothing names these files any more; remove those that nobody needs: body.html.\n" in said.err
    assert (shell.folder / "body.html").exists()


@pytest.mark.parametrize(
    "words", ["pull -e local", "adopt -e local redirect_url/*", "promote local other --as patch --write"]
)
def test_what_a_killed_run_has_left_out_is_written_before_anything_is_read(shell: Shell, words: str) -> None:
    shell.project("redirect_urls: [myapp://a]\n", "local: {api_url: embedded}\nother: {api_url: embedded}")
    assert (shell("apply -e local --yes -q").code, shell("apply -e other --yes -q").code) == (0, 0)
    new = "redirect_urls: [myapp://a]  # ours\n"
    before = digest((shell.folder / "clerk.yml").read_bytes())
    move = {"file": "clerk.yml", "new": ".ab.0.new", "before": before}
    shell.write(".ab.0.new", new)
    shell.write(".reconcile/writing.json", json.dumps({"ready": True, "moves": [move]}))

    rehearsed = shell(words.replace(" --write", "") if "--write" in words else f"{words} --dry-run")
    assert rehearsed.err.count("warning: a run was killed while it wrote files") == 1
    assert "A run was killed" not in rehearsed.err
    assert shell("compare local other").err.count("warning: a run was killed while it wrote files") == 1
    said = shell(words)

    assert "A run was killed while it wrote files; what it left out is written now: clerk.yml.\n" in said.err
    assert (shell.folder / "clerk.yml").read_text() == new
    assert not (shell.folder / ".reconcile/writing.json").exists()


@pytest.mark.parametrize("words", ["pull -e local", "adopt -e local *"])
def test_nothing_is_brought_in_while_another_run_is_at_work_on_the_instance(shell: Shell, words: str) -> None:
    shell.project("jwt_templates: {a: {claims: {x: 1}}}\n")
    assert shell("apply -e local --yes").code == 0
    state = shell.state()
    for row in state["objects"]["jwt_templates"].values():
        row["claims"] = {"x": 2}
    shell.tamper(state)
    (lock,) = (shell.folder / ".reconcile" / "locks").iterdir()
    before = (shell.folder / "clerk.yml").read_bytes()

    with held(lock, "apply of local", FakeClock(), 0, lambda: False):
        said = shell(words)
        rehearsed = shell(f"{words} --dry-run")

    assert (said.code, "in use by apply of local" in said.err) == (1, True)
    assert ((shell.folder / "clerk.yml").read_bytes(), rehearsed.code) == (before, 0)
    assert shell(words).code == 0
    assert (shell.folder / "clerk.yml").read_bytes() != before
