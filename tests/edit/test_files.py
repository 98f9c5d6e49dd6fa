from __future__ import annotations

import difflib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.edit import Edited, Files, write
from reconcile.errors import FilesError
from reconcile.load import load_project
from reconcile.model import Secret, Value
from tests.lab import known
from tests.load.overlaid import overlaid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconcile.model import Json, Tagged
    from tests.lab import Lab

PROJECT = """\
version: 1
resources: [r/**/*.yml]
environments: {local: {api_url: embedded}}
"""
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


def told(root: Path, wish: Callable[[Files], object]) -> list[str]:
    """What could not be done, where nothing was written."""
    edited = changed(root, wish)
    assert edited.edits == ()
    return [one.message for one in edited.findings]


ALIASES = """\
jwt_templates:
  a: {lifetime: &long 600, claims: &shared {x: 1, inner: {z: 1}}}
  b: {lifetime: *long, claims: *shared}
  c:
    lifetime: 60
    claims:
      <<: *shared
      own: 1
"""


def test_a_value_that_an_alias_repeats_is_written_out_where_it_differs(lab: Lab) -> None:
    assert of(lab, ALIASES, lambda files: files.set("jwt_template", "b", ("lifetime",), 90)) == [
        "-  b: {lifetime: *long, claims: *shared}",
        "+  b: {lifetime: 90, claims: *shared}",
    ]
    assert of(lab, ALIASES, lambda files: files.set("jwt_template", "b", ("claims", "inner", "z"), 2)) == [
        "-  b: {lifetime: *long, claims: *shared}",
        "+  b: {lifetime: *long, claims: {x: 1, inner: {z: 2}}}",
    ]


def test_what_is_merged_in_is_overridden_beside_the_merge(lab: Lab) -> None:
    assert of(lab, ALIASES, lambda files: files.set("jwt_template", "c", ("claims", "x"), 2)) == [
        "+      x: 2"
    ]
    assert of(lab, ALIASES, lambda files: files.set("jwt_template", "c", ("claims", "inner", "z"), 2)) == [
        "+      inner:",
        "+        z: 2",
    ]


def test_what_others_repeat_is_left_alone_and_told(lab: Lab) -> None:
    shared = "is marked `&{}` on line {} and repeated elsewhere, so a change here would be one there; write it out where it differs"
    root = lab.project(ALIASES)

    assert told(root, lambda files: files.set("jwt_template", "a", ("lifetime",), 1)) == [
        "lifetime: " + shared.format("long", 2)
    ]
    assert told(root, lambda files: files.set("jwt_template", "a", ("claims", "inner", "z"), 2)) == [
        "claims.inner.z: " + shared.format("shared", 2)
    ]
    assert told(root, lambda files: files.drop("jwt_template", "a")) == [shared.format("long", 2)]
    assert told(root, lambda files: files.drop("jwt_template", "c", ("claims", "x"))) == [
        "claims.x: comes from an alias, and cannot be taken out here alone; write it out by hand"
    ]


def test_what_would_come_back_by_a_merge_is_left_alone_and_told(lab: Lab) -> None:
    back = "would be what `<<` brings in if it went here; write out what is to stay by hand"
    text = """\
jwt_templates:
  a: {claims: &all {<<: [&some {x: 1}, {y: 1}], z: 1}}
  b: {claims: {<<: *all, x: 2, y: 2, z: 2, own: 1}}
"""
    for name in "xyz":
        drop = partial(Files.drop, kind="jwt_template", key="b", path=("claims", name))
        assert told(lab.project(text), drop) == [f"claims.{name}: {back}"]
    assert of(lab, text, lambda files: files.drop("jwt_template", "b", ("claims", "own"))) == [
        "-  b: {claims: {<<: *all, x: 2, y: 2, z: 2, own: 1}}",
        "+  b: {claims: {<<: *all, x: 2, y: 2, z: 2}}",
    ]


def test_what_is_marked_changes_there_where_all_that_repeat_it_want_the_same(lab: Lab) -> None:
    def everywhere(files: Files) -> None:
        for key in ("a", "b"):
            files.set("jwt_template", key, ("lifetime",), 90)
            files.set("jwt_template", key, ("claims", "inner", "z"), 2)
        files.set("jwt_template", "c", ("claims", "inner", "z"), 2)

    assert of(lab, ALIASES, everywhere) == [
        "-  a: {lifetime: &long 600, claims: &shared {x: 1, inner: {z: 1}}}",
        "+  a: {lifetime: &long 90, claims: &shared {x: 1, inner: {z: 2}}}",
    ]


def test_what_is_repeated_no_more_once_the_others_are_written_out_changes_in_the_same_go(lab: Lab) -> None:
    def each_its_own(files: Files) -> None:
        files.set("jwt_template", "a", ("lifetime",), 1)
        files.set("jwt_template", "b", ("lifetime",), 2)

    assert of(lab, ALIASES, each_its_own) == [
        "-  a: {lifetime: &long 600, claims: &shared {x: 1, inner: {z: 1}}}",
        "+  a: {lifetime: &long 1, claims: &shared {x: 1, inner: {z: 1}}}",
        "-  b: {lifetime: *long, claims: *shared}",
        "+  b: {lifetime: 2, claims: *shared}",
    ]


def test_what_is_marked_goes_where_all_that_repeat_it_go_in_the_same_run(lab: Lab) -> None:
    text = """\
jwt_templates:
  a: {lifetime: &long 600, claims: {}}
  b: {lifetime: *long, claims: {}}
  c: {lifetime: 60, claims: {}}
"""

    def both(files: Files) -> None:
        for key in ("a", "b"):
            files.drop("jwt_template", key)

    assert of(lab, text, both) == [
        "-  a: {lifetime: &long 600, claims: {}}",
        "-  b: {lifetime: *long, claims: {}}",
    ]


def test_what_is_marked_stays_where_another_environment_repeats_it(lab: Lab) -> None:
    text = """\
jwt_templates:
  a: {lifetime: &long 600, claims: {}}
  b: {lifetime: *long, claims: {}, only: [other]}
"""
    root = overlaid(lab, text)

    assert told(root, lambda files: files.set("jwt_template", "a", ("lifetime",), 1)) == [
        "lifetime: is marked `&long` on line 2 and repeated elsewhere, so a change here would be one there; write it out where it differs"
    ]


def test_several_changes_in_what_is_merged_in_are_written_out_once(lab: Lab) -> None:
    def twice(files: Files) -> None:
        files.set("jwt_template", "c", ("claims", "inner", "z"), 2)
        files.set("jwt_template", "c", ("claims", "inner", "w"), 3)

    assert of(lab, ALIASES, twice) == ["+      inner:", "+        z: 2", "+        w: 3"]


ASKED = """\
jwt_templates:
  a:
    lifetime: 60
    claims: {? x : 1, "y", z}
  b:
    lifetime: 60
    claims:
      ? one
      : 1
      ? two
      ? three
      : 3
"""


def test_keys_behind_a_question_mark_and_keys_without_a_colon_change_where_that_is_clear(lab: Lab) -> None:
    def claims(key: str, *path: str) -> tuple[str, str, tuple[str, ...]]:
        return ("jwt_template", key, ("claims", *path))

    assert of(lab, ASKED, lambda files: files.set(*claims("a", "x"), 2)) == [
        '-    claims: {? x : 1, "y", z}',
        '+    claims: {? x : 2, "y", z}',
    ]
    assert of(lab, ASKED, lambda files: files.drop(*claims("a", "x"))) == [
        '-    claims: {? x : 1, "y", z}',
        '+    claims: {"y", z}',
    ]
    assert of(lab, ASKED, lambda files: files.drop(*claims("a", "z"))) == [
        '-    claims: {? x : 1, "y", z}',
        '+    claims: {? x : 1, "y"}',
    ]
    assert of(lab, ASKED, lambda files: files.set(*claims("a", "w"), 4)) == [
        '-    claims: {? x : 1, "y", z}',
        '+    claims: {? x : 1, "y", z, w: 4}',
    ]
    assert of(lab, ASKED, lambda files: files.drop(*claims("b", "two"))) == ["-      ? two"]


def test_each_change_that_fails_is_told_with_its_own_reason(lab: Lab) -> None:
    def several(files: Files) -> None:
        files.set("jwt_template", "a", ("claims", "y"), 1)
        files.set("jwt_template", "a", ("claims", "z"), 2)
        files.set("jwt_template", "b", ("claims", "four"), 4)

    asked = "a key stands behind a `?` there; write all of them as `key: value`, and run this again"
    assert told(lab.project(ASKED), several) == [
        "claims.y: y has no colon there; write `y: null`, and run this again",
        "claims.z: z has no colon there; write `z: null`, and run this again",
        f"claims.four: {asked}",
    ]


def test_new_items_come_into_the_uppermost_file_that_adds_and_not_where_items_are_taken_out(lab: Lab) -> None:
    base = "jwt_templates:\n  a: {claims: {x: [1, 2]}}\n"
    adds, takes = (
        f"jwt_templates: {{a: {{claims: {{x: {what}}}}}}}\n" for what in ("!append [3]", "!remove [1]")
    )
    root = overlaid(lab, base, adds, takes)

    edited = changed(root, lambda files: files.set("jwt_template", "a", ("claims", "x"), [2, 3, 4]))

    assert edited.findings == ()
    assert (root / "over/0.yml").read_text() == adds.replace("[3]", "[3, 4]")
    assert (root / "over/1.yml").read_text() == takes


@pytest.mark.parametrize(
    ("wanted", "before", "after"),
    [
        ([{"b": 3}, 4, 5], "{b: 2}", "{b: 3}"),
        ([{"b": 2}, 5], "\n        - 4", ""),
    ],
)
def test_an_item_is_found_in_its_own_file_where_an_overlay_takes_out_others(
    lab: Lab, wanted: list[Json], before: str, after: str
) -> None:
    base = "jwt_templates:\n  a:\n    claims:\n      x:\n        - 1\n        - {b: 2}\n        - 4\n"
    over = "jwt_templates: {a: {claims: {x: !append [5, !remove 1]}}}\n"
    root = overlaid(lab, base, over)

    edited = changed(root, lambda files: files.set("jwt_template", "a", ("claims", "x"), wanted))

    assert edited.findings == ()
    assert (root / "resources.yml").read_text() == base.replace(before, after)
    assert (root / "over/0.yml").read_text() == over


@pytest.mark.parametrize(
    ("over", "wanted", "after"),
    [
        ("!replace {k: 1}", None, "!remove"),
        ("!replace {k: 1}", 3, "3"),
        ("!replace {k: 1}", {"k": 2}, "!replace {k: 2}"),
        ("\n        !replace\n        k: 1", 3, " 3"),
        ("7", {"k": 2}, "!replace {k: 2}"),
    ],
)
def test_a_tag_of_an_overlay_stays_where_it_means_something(
    lab: Lab, over: str, wanted: Json, after: str
) -> None:
    base = "jwt_templates:\n  a: {claims: {x: {z: 1}, w: 1}}\n"
    written = f"jwt_templates:\n  a:\n    claims:\n      x: {over}\n"
    root = overlaid(lab, base, written)

    def wish(files: Files) -> None:
        if wanted is None:
            files.drop("jwt_template", "a", ("claims", "x"))
        else:
            files.set("jwt_template", "a", ("claims", "x"), wanted)

    edited = changed(root, wish)

    assert edited.findings == ()
    assert (root / "over/0.yml").read_text() == written.replace(f" {over}", f" {after}".replace("  ", " "))
    assert (root / "resources.yml").read_text() == base


def test_what_an_overlay_takes_out_comes_back_in_its_place(lab: Lab) -> None:
    base = "jwt_templates:\n  a: {lifetime: 60, claims: {x: 1, y: 2}}\n"
    over = "jwt_templates:\n  a:\n    claims:\n      x: !remove  # not here\n"
    root = overlaid(lab, base, over)

    edited = changed(root, lambda files: files.set("jwt_template", "a", ("claims", "x"), 3))

    assert edited.findings == ()
    assert (root / "over/0.yml").read_text() == over.replace("!remove", "3")
    assert (root / "resources.yml").read_text() == base


@pytest.mark.parametrize(
    ("written", "wanted", "after"),
    [
        ("${var.app}/a", "https://app.acme.example/b", "${var.app}/b"),
        ("x ${var.app} y", "${z} https://app.acme.example.", "$${z} ${var.app}."),
        ("${var.app}", "https://app.acme.example/x", "${var.app}/x"),
    ],
)
def test_a_variable_stays_where_it_is_clear_that_it_does(
    lab: Lab, written: str, wanted: str, after: str
) -> None:
    text = f'jwt_templates: {{a: {{claims: {{url: "{written}"}}}}}}\n'

    assert of(lab, text, lambda files: files.set("jwt_template", "a", ("claims", "url"), wanted)) == [
        f'-jwt_templates: {{a: {{claims: {{url: "{written}"}}}}}}',
        f'+jwt_templates: {{a: {{claims: {{url: "{after}"}}}}}}',
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        "https://other.example",
        "https://app.acme.example https://app.acme.example",
        "https://app.acme.example2",
        1,
    ],
)
def test_a_variable_gives_way_only_in_a_file_of_this_environment_alone(lab: Lab, wanted: str | int) -> None:
    text = 'jwt_templates: {a: {claims: {url: "${var.app}/x"}}}\n'

    def wish(files: Files) -> None:
        files.set("jwt_template", "a", ("claims", "url"), wanted)

    assert "${var" not in of(lab, text, wish)[1]
    assert [one.partition(";")[0] for one in told(overlaid(lab, text, "{}"), wish)] == [
        "claims.url: is written with a variable, for environments differ, and the new value does not show where it belongs"
    ]


def test_what_a_variable_of_the_project_brings_in_is_left_to_it(lab: Lab) -> None:
    root = overlaid(lab, 'jwt_templates: {a: {claims: "${var.claims}"}}\n', "{}")

    assert told(root, lambda files: files.set("jwt_template", "a", ("claims", "role"), "y")) == [
        "claims.role: comes from ${var.claims}; change the variable by hand"
    ]


def test_a_secret_is_written_by_its_name_and_never_changed(lab: Lab) -> None:
    text = 'jwt_templates: {a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:KEY}"}}\n'

    lines = of(lab, text, lambda files: files.set("jwt_template", "a", ("signing_algorithm",), "RS256"))

    assert lines[1].endswith('signing_algorithm: RS256, signing_key: "${env:KEY}"}}')


def test_a_new_secret_is_written_by_its_name(lab: Lab) -> None:
    fields: dict[str, Tagged] = {"claims": Value({}), "signing_key": Secret("KEY")}

    assert of(lab, "jwt_templates: {}\n", lambda files: files.add("jwt_template", "a", fields)) == [
        "-jwt_templates: {}",
        '+jwt_templates: {a: {claims: {}, signing_key: "${env:KEY}"}}',
    ]


@pytest.mark.parametrize("wanted", [[1, {"a": 1}, {"c": 1}, 3], [{"c": 1}, 3, {"a": 2}], [3]])
def test_a_list_in_a_map_that_an_overlay_puts_in_place_of_another_changes_there(
    lab: Lab, wanted: list[Json]
) -> None:
    base = "jwt_templates: {a: {claims: {k: {n: [1, 2], o: 1}}}}\n"
    root = overlaid(lab, base, "jwt_templates: {a: {claims: {k: !replace {n: [1, {a: 1}, 3]}}}}\n")

    edited = changed(root, lambda files: files.set("jwt_template", "a", ("claims", "k", "n"), wanted))

    assert edited.findings == ()
    assert opened(root).desired.sections["jwt_template"].objects["a"].fields["claims"] == Value(
        {"k": {"n": wanted}}
    )
    assert (root / "resources.yml").read_text() == base


def test_lists_that_layers_make_together_lose_and_gain_items_in_their_own_file(lab: Lab) -> None:
    base = "instance:\n  allowed_origins: [a://x, b://x]\n"
    over = "instance:\n  allowed_origins: !append\n    - c://x  # here\n"
    root = overlaid(lab, base, over)

    assert (
        changed(
            root, lambda files: files.set("instance", "", ("allowed_origins",), ["b://x", "d://x"])
        ).findings
        == ()
    )

    assert (root / "resources.yml").read_text() == "instance:\n  allowed_origins: [b://x]\n"
    assert (root / "over/0.yml").read_text() == "instance:\n  allowed_origins: !append\n    - d://x\n"


def test_entries_go_where_they_stand_and_come_where_this_environment_adds(lab: Lab) -> None:
    base = "redirect_urls:\n  prune: true\n  urls: [a://x, 'b://x']\n"
    over = "redirect_urls: {urls: !append [c://x, {url: 'd://x', only: [local]}]}\n"
    root = overlaid(lab, base, over)

    def wish(files: Files) -> None:
        for url in ("a://x", "d://x"):
            files.drop("redirect_url", url)
        files.add("redirect_url", "e://${x}", {})

    assert changed(root, wish).findings == ()
    assert (root / "resources.yml").read_text() == base.replace("a://x, ", "")
    assert (root / "over/0.yml").read_text() == 'redirect_urls: {urls: !append [c://x, "e://$${x}"]}\n'


def test_an_entry_that_an_overlay_takes_out_comes_back_by_taking_that_away(lab: Lab) -> None:
    root = overlaid(lab, "redirect_urls: [a://x, b://x]\n", "redirect_urls: !remove [a://x]\n")

    changed(root, lambda files: files.add("redirect_url", "a://x", {}))

    assert (root / "over/0.yml").read_text() == "redirect_urls: !remove []\n"


def test_an_entry_that_stands_for_several_environments_is_left_alone_and_told(lab: Lab) -> None:
    root = overlaid(lab, "redirect_urls: [{url: 'a://x', only: [local, other]}]\n", "{}")

    assert told(root, lambda files: files.drop("redirect_url", "a://x")) == [
        "stands in resources.yml:1 for several environments; take this one out there by hand"
    ]


def test_a_field_of_an_overlay_gives_way_so_that_the_one_below_does_not_come_back(lab: Lab) -> None:
    base = "jwt_templates: {a: {lifetime: 60, claims: {x: 1, y: 1}}}\n"
    root = overlaid(lab, base, "jwt_templates: {a: {lifetime: 90, claims: {x: 2}}}\n")

    def wish(files: Files) -> None:
        files.drop("jwt_template", "a", ("lifetime",))
        files.drop("jwt_template", "a", ("claims", "x"))

    assert changed(root, wish).findings == ()
    assert (root / "resources.yml").read_text() == base
    assert (
        root / "over/0.yml"
    ).read_text() == "jwt_templates: {a: {lifetime: !unset, claims: {x: !remove}}}\n"


def test_what_would_make_another_environment_wrong_is_not_written(lab: Lab) -> None:
    base = "jwt_templates: {a: {lifetime: 60, claims: {}}, b: {claims: {}}}\n"
    root = overlaid(lab, base, "jwt_templates: {a: !unset}\n")

    edited = changed(root, lambda files: files.drop("jwt_template", "a"), "other")

    assert edited.edits == ()
    assert [
        "would make the files of another environment wrong" in one.message for one in edited.findings
    ] == [True]


@pytest.mark.parametrize("bad", ["entries of another environment", "a value that cannot be written"])
def test_however_many_values_change_the_files_are_loaded_no_more_often(lab: Lab, bad: str) -> None:
    def loads(count: int) -> int:
        entries = [f"user{number}@acme.example" for number in range(count)]
        out = entries[::2] if bad.startswith("entries") else []
        base = f"jwt_templates: {{a: {{claims: {{bare, b: 1}}}}}}\nallowlist: {entries}\n"
        mail = "email_templates: {invitation: {body: !file body.html}}\n"
        root = overlaid(lab, f"{base}{mail}", f"allowlist: !remove {out}\n")
        (root / "body.html").write_text("{{action_url}}")
        read: list[Path] = []
        project = load_project(root, catalogue.schema("project"))

        def content(path: Path) -> bytes:
            read.append(path)
            return path.read_bytes()

        environment = project.environment("other")
        files = Files.opened(replace(project, content=content), environment, known(), environment.variables)
        for entry in entries[:-1]:
            files.drop("allowlist", entry)
        if not out:
            files.set("jwt_template", "a", ("claims", "bare"), 1)
        assert len(files.edits().findings) == (len(out) or 1)
        return len(read)

    assert loads(60) == loads(120)


def test_a_new_section_gets_a_file_that_will_be_read_with_texts_and_lists_beside_it(lab: Lab) -> None:
    root = lab.project(
        "redirect_urls: []\n", {"reconcile.yml": PROJECT, "r/deep/urls.yml": "redirect_urls: []\n"}
    )

    def wish(files: Files) -> None:
        files.add("email_template", "a b", {"subject": Value("s"), "body": Value("<p>x</p>")})
        files.add("email_template", "a_b", {"body": Value("<p>y</p>")})
        for number in range(30):
            files.add("blocklist", f"{number}@x.y", {})
        files.remark("blocklist", ["Who may not."])
        files.remark("protect", ["nothing"])

    assert changed(root, wish).findings == ()
    assert (root / "r/email_templates.yml").read_text() == (
        """\
email_templates:
  a b:
    subject: s
    body: !file bodies/a_b.html

  a_b:
    body: !file bodies/a_b_2.html
"""
    )
    assert (
        root / "r/blocklist.yml"
    ).read_text() == "# Who may not.\nblocklist:\n  identifiers: !lines lists/blocklist.txt\n"
    assert (root / "r/protect.yml").read_text() == "# nothing\n"
    assert (root / "r/lists/blocklist.txt").read_text().splitlines()[1] == "1@x.y"
    assert lab.load(root).sections["email_template"].objects["a_b"].fields == {"body": Value("<p>y</p>\n")}


def test_where_no_pattern_would_match_the_only_file_takes_it(lab: Lab) -> None:
    root = lab.project("redirect_urls: []\n")

    changed(root, lambda files: files.add("protect", "", {"rules_enabled": Value(value=True)}))

    assert (root / "resources.yml").read_text() == "redirect_urls: []\n\nprotect:\n  rules_enabled: true\n"


def test_files_that_are_wrong_are_not_opened(lab: Lab) -> None:
    with pytest.raises(FilesError):
        opened(lab.project("redirect_urls: {x: 1}\n"))


def test_an_entry_that_is_another_one_in_each_environment_is_left_alone_and_told(lab: Lab) -> None:
    text = "redirect_urls: [\"${var.app}/x\", 'b://x']\n"

    assert told(
        overlaid(lab, text, "{}"), lambda files: files.drop("redirect_url", "https://app.acme.example/x")
    ) == [
        (
            "stands in resources.yml:1 with a variable, and is another entry in each environment; take it out there, or "
            "add `except` with this one, by hand"
        )
    ]
    assert of(lab, text, lambda files: files.drop("redirect_url", "https://app.acme.example/x"))[1] == (
        "+redirect_urls: ['b://x']"
    )


def test_a_list_in_a_file_of_its_own_changes_there_line_by_line(lab: Lab) -> None:
    text = "instance: {allowed_origins: !lines origins.txt}\n"
    root = lab.project(text, {"origins.txt": "# ours\r\na://x\r\n\r\nb://x\r\n"})

    assert (
        changed(
            root, lambda files: files.set("instance", "", ("allowed_origins",), ["b://x", "c://x"])
        ).findings
        == ()
    )
    assert (root / "origins.txt").read_bytes() == b"# ours\r\n\r\nb://x\r\nc://x\r\n"
    assert (root / "resources.yml").read_text() == text
