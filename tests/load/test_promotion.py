from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.errors import FilesError
from reconcile.load import load_project
from reconcile.model import Counterpart, Origin

if TYPE_CHECKING:
    from reconcile.load import Project
    from tests.lab import Lab

PROJECT = """\
version: 1
resources: [resources.yml]
environments:
  local: {api_url: embedded, vars: {app: "https://dev.acme.example", all: {a: 1}}}
  other: {api_url: embedded}
"""


def project(lab: Lab, promote: str) -> Project:
    root = lab.project("redirect_urls: []\n", {"reconcile.yml": PROJECT + promote})
    return load_project(root, catalogue.schema("project"))


def problems(lab: Lab, promote: str) -> list[str]:
    with pytest.raises(FilesError) as caught:
        project(lab, promote)
    return [str(item) for item in caught.value.findings]


def test_a_row_holds_what_one_thing_is_called_in_each_environment(lab: Lab) -> None:
    found = project(
        lab,
        "promote:\n  map:\n    - {local: dev-project, other: 12345}\n    - local: db.dev.example\n      other: db.example\n"
        "  keep: [redirect_url/*]\n",
    )
    assert found.counterparts == (
        Counterpart({"local": "dev-project", "other": "12345"}, Origin("reconcile.yml", 8)),
        Counterpart({"local": "db.dev.example", "other": "db.example"}, Origin("reconcile.yml", 9)),
    )
    assert found.keep == (("redirect_url/*", Origin("reconcile.yml", 11)),)


def test_most_projects_say_nothing_about_it(lab: Lab) -> None:
    found = project(lab, "")
    assert (found.counterparts, found.keep) == ((), ())


def test_an_environment_that_is_not_there_has_no_name_for_anything(lab: Lab) -> None:
    assert problems(lab, "promote:\n  map:\n    - local: dev-project\n      othre: project\n") == [
        "reconcile.yml:9: promote.map: there is no environment 'othre'; did you mean other?"
    ]


@pytest.mark.parametrize(
    ("promote", "problem"),
    [
        ("promote: {map: [{local: dev-project}]}\n", "reconcile.yml:6: promote.map.0"),
        ("promote: {map: [{local: dev-project, other: abc}]}\n", "reconcile.yml:6: promote.map.0.other"),
        ("promote: {map: [{local: dev-project, other: [a, b]}]}\n", "reconcile.yml:6: promote.map.0.other"),
        ("promote: {map: {local: dev-project}}\n", "reconcile.yml:6: promote.map"),
        ("promote: {mapp: []}\n", "reconcile.yml:6: promote"),
        ("promote: {keep: ['']}\n", "reconcile.yml:6: promote.keep.0"),
    ],
)
def test_what_makes_no_sense_is_said_with_its_place(lab: Lab, promote: str, problem: str) -> None:
    (said,) = problems(lab, promote)
    assert said.startswith(problem)


def test_to_keep_what_does_not_exist_is_a_mistake(lab: Lab) -> None:
    root = lab.project(
        "redirect_urls: []\n", {"reconcile.yml": f"{PROJECT}promote: {{keep: [redirect_urls/*]}}\n"}
    )
    _, findings = lab.read(root)
    assert [str(item) for item in findings] == [
        "reconcile.yml:6: promote.keep: redirect_urls/*: there is no kind redirect_urls; did you mean redirect_url?"
    ]


def test_it_is_known_where_variables_are_filled_in(lab: Lab) -> None:
    root = lab.project(
        'jwt_templates: {hasura: {lifetime: 60, claims: {a: ["${var.app}/x", y], b: "${var.all}", c: "$${var.app}"}}}\n'
        'redirect_urls: ["${var.app}/a", {url: "${var.app}/b"}, myapp://c]\n'
        "email_templates: {invitation: {subject: Hi, body: !file body.html}}\n",
        {"reconcile.yml": PROJECT, "body.html": "${var.app}"},
    )
    desired = lab.load(root)

    filled = {
        key: one.filled for section in desired.sections.values() for key, one in section.objects.items()
    }
    assert filled == {
        "hasura": {
            ("claims", "a", 0): "${var.app}/x",
            ("claims", "b"): "${var.all}",
        },
        "https://dev.acme.example/a": {(): "${var.app}/a"},
        "https://dev.acme.example/b": {(): "${var.app}/b"},
        "myapp://c": {},
        "invitation": {},
    }
