from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.model import Origin, Secret, Value

if TYPE_CHECKING:
    from tests.lab import Lab


@pytest.mark.parametrize(
    "text",
    [
        "redirect_urls: [a://b, c://d]",
        "redirect_urls: {urls: [a://b, c://d]}",
        "redirect_urls:\n- url: a://b\n- c://d",
        "redirect_urls: !lines urls.txt",
        "redirect_urls: [a://b, !lines other.txt]",
        "redirect_urls: {urls: !lines urls.txt}",
    ],
)
def test_a_list_has_several_forms(lab: Lab, text: str) -> None:
    files = {"urls.txt": "a://b\r\n# no\n\n  c://d\t\n", "other.txt": "c://d"}

    section = lab.want(text, files).sections["redirect_url"]

    assert list(section.objects) == ["a://b", "c://d"]
    assert section.prune is False


def test_a_list_may_be_empty(lab: Lab) -> None:
    for text in (
        "redirect_urls:",
        "redirect_urls: []",
        "redirect_urls: {prune: true}",
        "redirect_urls: {urls: }",
    ):
        assert list(lab.want(text).sections["redirect_url"].objects) == []


def test_a_section_that_is_absent_is_not_there(lab: Lab) -> None:
    assert lab.want("{}").sections == {}


def test_everything_knows_where_it_was_written(lab: Lab) -> None:
    text = "jwt_templates:\n  hasura:\n    lifetime: 60\n    claims:\n      role: user\n"

    declared = lab.want(text).sections["jwt_template"].objects["hasura"]

    assert declared.origin == Origin("resources.yml", 2)
    assert declared.place(("lifetime",)) == Origin("resources.yml", 3)
    assert declared.place(("claims", "role")) == Origin("resources.yml", 5)
    assert declared.place(("claims", "role", "deeper")) == Origin("resources.yml", 5)
    assert declared.place(("other",)) == Origin("resources.yml", 2)


def test_a_secret_is_a_name_and_a_seal(lab: Lab) -> None:
    text = (
        'jwt_templates: {a: {signing_key: "${env:KEY}", custom_signing_key: true, signing_algorithm: HS256}}'
    )
    value = lab.want(text).sections["jwt_template"].objects["a"].fields["signing_key"]

    assert isinstance(value, Secret)
    assert (value.name, value.digest[:12]) == ("KEY", "hmac-sha256:")


def test_an_environment_variable_stands_nowhere_else(lab: Lab) -> None:
    for text in (
        'jwt_templates: {a: {claims: {x: "${env:HOME}"}}}',
        'instance: {support_email: "${env:HOME}"}',
        'redirect_urls: ["${env:HOME}"]',
        'redirect_urls: ["https://${env:HOME}/"]',
        'jwt_templates: {a: {signing_key: "x${env:HOME}"}}',
    ):
        problems = lab.problems(text)
        assert any("may only be the" in problem for problem in problems), problems


def test_what_is_written_is_taken_as_it_is_where_text_is_wanted(lab: Lab) -> None:
    text = "jwt_templates: {a: {signing_algorithm: 017, claims: {n: 017, d: 2026-05-12, b: NO, t: true, e: 1e3}}}"
    fields = lab.want(text).sections["jwt_template"].objects["a"].fields

    assert fields["signing_algorithm"] == Value("017")
    assert fields["claims"] == Value({"n": 17, "d": "2026-05-12", "b": "NO", "t": True, "e": 1000.0})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("restrictions: true", "restrictions: this is a map of settings, and here stands a single value"),
        ("jwt_templates: [a]", "jwt_templates: this is a map by name, and here stands a list"),
        ("jwt_templates: {a: 1}", "jwt_template/a: this is a map of fields, and here stands a single value"),
        ("redirect_urls: a://b", "redirect_urls: this is a list of urls, and here stands a single value"),
        ("redirect_urls: [[a]]", "redirect_urls: this is text, or a map with url, and here stands a list"),
        ("redirect_urls: ['']", "redirect_urls: an entry is empty; remove it or write its text"),
        ("redirect_urls: {prun: true}", "redirect_urls: unknown option prun; did you mean prune?"),
        ("redirect_urls: {prune: maybe}", "redirect_urls: prune must be true or false"),
        ("jwt_templates: {.prun: true}", "jwt_templates: unknown option .prun; did you mean prune?"),
        ("redirect_url: []", "unknown section redirect_url; did you mean redirect_urls?"),
        (
            "jwt_templates: {a: {name: b, claims: {}}}",
            "jwt_template/a: name: is the name that this entry already has",
        ),
        ("jwt_templates: {a: {claims: {x: .nan}}}", "claims: is no number that JSON knows"),
        (
            'redirect_urls: ["${var.ap}/x"]',
            "variable ap has no value; did you mean app? Else set it under vars",
        ),
        ("redirect_urls: !lines ../x", "../x leaves the project"),
        ("redirect_urls: !lines gone.txt", "cannot be read (No such file or directory)"),
        ("email_templates: {a: {body: !file .env}}", ".env is a dot-file or in a dot-folder"),
        ("- a", "a resource file is a map of sections, and this is a list"),
    ],
)
def test_a_mistake_is_told_with_its_place(lab: Lab, text: str, problem: str) -> None:
    problems = lab.problems(text)

    assert len(problems) == 1
    assert problems[0].startswith("resources.yml:1: ")
    assert problem in problems[0]


def test_an_option_that_is_set_twice_names_both_places(lab: Lab) -> None:
    root = lab.project("redirect_urls: {prune: true}", {"more.yml": "redirect_urls: {prune: true}"})
    project = (root / "reconcile.yml").read_text(encoding="utf-8")
    (root / "reconcile.yml").write_text(project.replace("resources.yml", "resources.yml, more.yml"))

    assert [str(finding) for finding in lab.read(root)[1]] == [
        "more.yml:1: redirect_urls: prune is already set at resources.yml:1; remove one of them"
    ]


def test_sections_of_several_files_are_put_together(lab: Lab) -> None:
    root = lab.project("redirect_urls: [a://b]", {"more.yml": "redirect_urls: {prune: true, urls: [c://d]}"})
    project = (root / "reconcile.yml").read_text(encoding="utf-8")
    (root / "reconcile.yml").write_text(project.replace("resources.yml", "resources.yml, more.yml"))

    section = lab.load(root).sections["redirect_url"]

    assert (list(section.objects), section.prune) == (["a://b", "c://d"], True)
