from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from reconcile import catalogue

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

RESOURCES = """\
jwt_templates:
  hasura: {lifetime: 60, claims: {role: user, url: "${var.app}/x"}}
redirect_urls: {prune: true, urls: ["${var.app}/callback"]}
restrictions: {block_email_subaddresses: true}
"""
ENVIRONMENTS = """\
development: {api_url: embedded, vars: {app: "https://dev.acme.example"}}
production: {api_url: embedded, type: production, vars: {app: "https://acme.example"}, overlays: [over.yml]}"""
OVERLAY = "jwt_templates: {hasura: {lifetime: 90}}\n"


@pytest.fixture
def team(shell: Shell) -> Shell:
    """Two environments that are as their files say."""
    shell.write("over.yml", OVERLAY)
    shell.project(RESOURCES, ENVIRONMENTS)
    for name in ("development", "production"):
        assert shell(f"apply -e {name} --yes -q").code == 0
    return shell


def change(shell: Shell, environment: str, lifetime: int) -> None:
    """Change a token behind our own back."""
    state = shell.state(environment)
    for row in state["objects"]["jwt_templates"].values():
        if row["name"] == "hasura":
            row["lifetime"] = lifetime
    shell.write(f".reconcile/embedded/{environment}.json", json.dumps(state))


def test_what_the_files_make_different_is_expected_and_what_nobody_can_read_is_named(team: Shell) -> None:
    said = team("compare development production --format json")

    assert said.code == 0
    jsonschema.validate(said.document, catalogue.schema("compare"))
    assert {
        (item["address"], tuple(item["path"]), item["expected"]) for item in said.document["differences"]
    } == {
        ("jwt_template/hasura", ("claims", "url"), True),
        ("jwt_template/hasura", ("lifetime",), True),
        ("redirect_url/https://dev.acme.example/callback", (), True),
        ("redirect_url/https://acme.example/callback", (), True),
    }
    assert [item["address"] for item in said.document["not_comparable"]] == ["restrictions"]


def test_a_side_that_was_changed_by_hand_is_named_and_ends_with_2(team: Shell) -> None:
    change(team, "production", 120)

    said = team("compare development production")

    assert said.code == 2
    assert "production: is not as its files say (over.yml:1)" in said.out
    assert said.out.endswith("1 unexpected difference; 3 expected, 1 the same, 1 not comparable.\n")
    assert team("compare development production --exclude jwt_template/hasura").code == 0
    assert team("compare development production --target redirect_url/*").code == 0


def test_an_instance_is_compared_with_the_files_of_its_own_and_of_another_environment(team: Shell) -> None:
    assert team("compare production files:production").code == 0
    change(team, "production", 120)
    assert team("compare files:production production").code == 2
    assert team("compare development files:production").code == 0


def test_two_sets_of_files_need_no_key(shell: Shell) -> None:
    shell.write("over.yml", OVERLAY)
    environments = ENVIRONMENTS.replace("api_url: embedded", 'secret_key: "${env:NOBODY_SET_THIS}"')
    shell.project(RESOURCES, environments)

    said = shell("compare files:development files:production")

    assert (said.code, said.err) == (0, "")
    assert "    lifetime: 60 → 90\n" in said.out


def test_a_comparison_is_written_to_files_beside_what_is_printed(
    team: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    team.project(
        "allowlist: {identifiers: [ada@acme.example]}\n", ENVIRONMENTS.replace(", overlays: [over.yml]", "")
    )
    team("apply -e development --yes -q")

    said = team(
        "compare development production --format markdown --report json=out/compare.json --report html=out/page.html"
    )

    assert said.code == 2
    assert "a***@acme.example" in said.out
    written = (team.folder / "out" / "compare.json").read_text(encoding="utf-8")
    assert json.loads(written)["differences"][0]["address"] == "allowlist/ada@acme.example"
    page = (team.folder / "out" / "page.html").read_text(encoding="utf-8")
    assert "a***@acme.example" in page
    assert "ada@acme.example" not in page
    shown = team("compare development production --format markdown --show-identifiers").out
    assert "allowlist/ada@acme.example" in shown


def test_reading_sends_nothing_that_changes_anything(team: Shell) -> None:
    before = team.state("development"), team.state("production")
    said = team("compare development production -v")
    assert (team.state("development"), team.state("production")) == before
    assert "GET /instance" in said.err
    assert not any(word in said.err for word in ("POST", "PATCH", "PUT", "DELETE"))


def test_an_instance_that_does_not_answer_is_told_by_the_name_of_its_environment(
    shell: Shell, served: str
) -> None:
    served_one = f'{{api_url: "{served}", secret_key: "${{env:SHARED}}"}}'
    shell.project("redirect_urls: [myapp://a]\n", f"a: {{api_url: embedded}}\nb: {served_one}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHARED", "sk_test_abcdefgh12345678")
        for words in ("compare a b", "compare b a", "promote a b", "promote b a"):
            said = shell(words)
            assert (said.code, said.out) == (1, "")
            assert said.err.startswith("error: b: GET ")
            assert "401" in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("compare development development", "both sides are development; name two environments"),
        ("compare development nowhere", "there is no environment 'nowhere'"),
        ("compare files:nowhere development", "there is no environment 'nowhere'"),
        ("compare development production --target nothing/*", "--target nothing/* matches nothing"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused(team: Shell, words: str, message: str) -> None:
    said = team(words)
    assert (said.code, said.out) == (64, "")
    assert message in said.err


def test_two_names_for_one_instance_are_refused(shell: Shell, served: str) -> None:
    one = f'{{api_url: "{served}", type: production, secret_key: "${{env:SHARED}}"}}'
    shell.project("redirect_urls: [myapp://a]\n", f"a: {one}\nb: {one}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHARED", "sk_live_abcdefgh12345678")
        said = shell("compare a b")
    assert said.code == 5
    assert "a and b have keys of the same instance" in said.err
