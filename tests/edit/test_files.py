from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.edit import Edited, Files, write
from reconcile.load import load_project
from reconcile.model import Value
from tests.lab import known
from tests.load.overlaid import overlaid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.lab import Lab

JWT = """\
# What applications ask for.
jwt_templates:
  # About a.
  a:
    lifetime: 60  # seconds
    claims:
      role: 'user'
      audience: [one, "two"]
      plain: {x: 1, y: "2"}
      list:
        # The first.
        - first
        - second # behind
      text: |
        several
          lines

  # About b.
  b: {lifetime: 30, claims: {}}
"""


def opened(root: Path, name: str = "local") -> Files:
    project = load_project(root, catalogue.schema("project"))
    environment = project.environment(name)
    return Files.opened(project, environment, known(), environment.variables)


def changed(root: Path, wish: Callable[[Files], object], name: str = "local") -> Edited:
    """Edit the files of a project and write them."""
    files = opened(root, name)
    wish(files)
    edited = files.edits()
    write(root, edited.edits)
    return edited


def difference(before: str, after: str) -> list[str]:
    """The lines that came and went."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line[0] + line[2:].removesuffix("\n") for line in lines if line[0] in "+-"]


def of(lab: Lab, text: str, wish: Callable[[Files], object]) -> list[str]:
    """The lines of one resource file that come and go."""
    root = lab.project(text)
    edited = changed(root, wish)
    assert edited.findings == ()
    return difference(text, (root / "resources.yml").read_bytes().decode())


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        (("lifetime",), 90, ["-    lifetime: 60  # seconds", "+    lifetime: 90  # seconds"]),
        (("claims", "role"), "it's", ["-      role: 'user'", "+      role: 'it''s'"]),
        (("claims", "role"), True, ["-      role: 'user'", "+      role: true"]),
        (
            ("claims", "audience"),
            ["two", "{{x}}"],
            ['-      audience: [one, "two"]', '+      audience: ["two", "{{x}}"]'],
        ),
        (
            ("claims", "plain"),
            {"y": "3", "z": None},
            ['-      plain: {x: 1, y: "2"}', '+      plain: {y: "3", z: null}'],
        ),
        (("claims", "list"), ["second", "third"], ["-        - first", "+        - third"]),
        (
            ("claims", "list"),
            [],
            [
                "-      list:",
                "+      list: []",
                "-        # The first.",
                "-        - first",
                "-        - second # behind",
            ],
        ),
        (
            ("claims", "text"),
            "one\n  more\n",
            ["-        several", "-          lines", "+        one", "+          more"],
        ),
        (("claims", "role"), "${var.app}", ["-      role: 'user'", "+      role: '$${var.app}'"]),
    ],
)
def test_a_value_changes_where_it_stands_and_nothing_around_it(
    lab: Lab, path: tuple[str, ...], value: object, lines: list[str]
) -> None:
    assert of(lab, JWT, lambda files: files.set("jwt_template", "a", path, value)) == lines  # type: ignore[arg-type]


def test_a_member_comes_last_and_one_that_goes_takes_its_line(lab: Lab) -> None:
    def wish(files: Files) -> None:
        files.set("jwt_template", "a", ("claims", "new"), {"deep": [1, {"x": "yes"}]})
        files.drop("jwt_template", "a", ("claims", "plain"))
        files.set("jwt_template", "b", ("claims", "q"), "@x")

    assert of(lab, JWT, wish) == [
        '-      plain: {x: 1, y: "2"}',
        "+      new:",
        "+        deep:",
        "+          - 1",
        '+          - x: "yes"',
        "-  b: {lifetime: 30, claims: {}}",
        '+  b: {lifetime: 30, claims: {q: "@x"}}',
    ]


def test_an_object_goes_with_the_comment_above_it_and_a_new_one_stands_apart(lab: Lab) -> None:
    def wish(files: Files) -> None:
        files.drop("jwt_template", "a")
        files.add("jwt_template", "c", {"lifetime": Value(40)}, notes=["claims: {}"])

    root = lab.project(JWT)
    assert changed(root, wish).findings == ()
    assert (root / "resources.yml").read_text() == (
        """\
# What applications ask for.
jwt_templates:
  # About b.
  b: {lifetime: 30, claims: {}}

  c:
    lifetime: 40
    # claims: {}
"""
    )


def test_carriage_returns_and_a_byte_order_mark_stay(lab: Lab) -> None:
    before = b"\xef\xbb\xbf" + JWT.replace("\n", "\r\n").encode()
    root = lab.project("", {"resources.yml": before})

    def wish(files: Files) -> None:
        files.set("jwt_template", "a", ("claims", "list"), ["first", "new", "second"])
        files.set("jwt_template", "a", ("claims", "text"), "x\ny\n")

    changed(root, wish)

    after = (root / "resources.yml").read_bytes()
    assert after.startswith(b"\xef\xbb\xbf#")
    assert after.count(b"\n") == after.count(b"\r\n")
    assert difference(before.decode(), after.decode()) == [
        "+        - new\r",
        "-        several\r",
        "-          lines\r",
        "+        x\r",
        "+        y\r",
    ]


def test_what_comes_from_another_file_changes_there(lab: Lab) -> None:
    text = "email_templates: {a: {body: !file a.html}}\nblocklist: {identifiers: !lines b.txt}\n"
    root = lab.project(
        text, {"a.html": "\r\n<p>a</p>\r\n<p>b</p>\r\n\r\n", "b.txt": "# c\nx@y.z\n\n# d\nz@y.z"}
    )

    def wish(files: Files) -> None:
        files.set("email_template", "a", ("body",), "<p>a</p>\n<p>c</p>\n")
        files.drop("blocklist", "x@y.z")
        files.add("blocklist", "new@y.z", {})

    assert changed(root, wish).findings == ()
    assert (root / "resources.yml").read_text() == text
    assert (root / "a.html").read_bytes() == b"\r\n<p>a</p>\r\n<p>c</p>\r\n\r\n"
    assert (root / "b.txt").read_bytes() == b"# c\n\n# d\nz@y.z\nnew@y.z\n"


def test_a_file_that_two_values_come_from_is_left_alone_and_told(lab: Lab) -> None:
    root = lab.project(
        "email_templates: {a: {body: !file a.html}, b: {body: !file a.html}}\n", {"a.html": "x"}
    )

    edited = changed(root, lambda files: files.set("email_template", "a", ("body",), "y"))

    assert edited.edits == ()
    assert [str(one) for one in edited.findings] == [
        (
            "resources.yml:1: email_template/a: body: comes from a.html, which is used at resources.yml:1 and "
            "resources.yml:1; change it by hand"
        )
    ]


def test_an_overlay_changes_where_it_decides_and_the_base_elsewhere(lab: Lab) -> None:
    base = "jwt_templates:\n  a: {lifetime: 60, claims: {x: 1, y: 2}}\n"
    over = "jwt_templates:\n  a:\n    claims: {y: 3}  # here\n"
    root = overlaid(lab, base, over)

    def wish(files: Files) -> None:
        files.set("jwt_template", "a", ("claims",), {"x": 5, "y": 6})

    assert changed(root, wish).findings == ()
    assert (root / "resources.yml").read_text() == base.replace("x: 1", "x: 5")
    assert (root / "over/0.yml").read_text() == over.replace("y: 3", "y: 6")
