"""What overlays do to what stands below them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.errors import FilesError
from reconcile.load import load_project
from reconcile.load.events import BEST_PARSER, PythonParser
from reconcile.load.files import OVERLAY_TAGS
from reconcile.load.nodes import Mapping, Scalar
from reconcile.load.yaml12 import read
from reconcile.model import Origin, Secret
from tests.load.overlaid import fields, overlaid, problems, rendered, section

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.load.events import EventSource
    from tests.lab import Lab

TOKENS = """\
jwt_templates:
  hasura:
    lifetime: 60
    claims: {role: user, allowed: [user, editor], team: {name: x, size: 1}}
  other: {lifetime: 300, claims: {a: 1}}
"""
LISTS = """\
redirect_urls:
  prune: true
  urls: ["${var.app}/callback", "myapp://callback"]
allowlist: ["*@acme.example", +15555550100]
"""
SETTINGS = """\
instance: {support_email: help@acme.example, allowed_origins: [a://b, c://d]}
restrictions: {allowlist: true, blocklist: false}
"""


# --- maps ---


def test_while_a_file_cannot_be_read_nobody_misses_what_may_stand_in_it(lab: Lab) -> None:
    broken = "jwt_templates:\n  a: {claims: {}}\n  b: [\n"

    assert problems(lab, broken, "jwt_templates: {a: {claims: {x: !remove}}, c: !unset}\n") == [
        "resources.yml:3: the file ends inside of [ ] or { }; close the bracket"
    ]


def test_maps_are_merged_all_the_way_down(lab: Lab) -> None:
    over = "jwt_templates: {hasura: {claims: {role: admin, team: {size: 2}, new: [1]}}}"

    assert fields(section(lab, "jwt_template", TOKENS, over), "hasura") == {
        "lifetime": 60,
        "claims": {
            "role": "admin",
            "allowed": ["user", "editor"],
            "team": {"name": "x", "size": 2},
            "new": [1],
        },
    }


def test_every_value_knows_the_file_that_it_came_from(lab: Lab) -> None:
    over = "jwt_templates:\n  hasura:\n    claims:\n      role: admin\n      team:\n        size: 2\n"
    declared = section(lab, "jwt_template", TOKENS, over).objects["hasura"]

    assert declared.origin == Origin("resources.yml", 2)
    assert declared.place(("lifetime",)) == Origin("resources.yml", 3)
    assert declared.place(("claims",)) == Origin("resources.yml", 4)
    assert declared.place(("claims", "role")) == Origin("over/0.yml", 4)
    assert declared.place(("claims", "team", "size")) == Origin("over/0.yml", 6)
    assert declared.place(("claims", "team", "name")) == Origin("resources.yml", 4)


def test_replace_takes_a_whole_map(lab: Lab) -> None:
    over = "jwt_templates: {hasura: {claims: !replace {sole: 1}}, other: !replace {claims: {b: 2}}}"
    found = section(lab, "jwt_template", TOKENS, over)

    assert fields(found, "hasura") == {"lifetime": 60, "claims": {"sole": 1}}
    assert fields(found, "other") == {"claims": {"b": 2}}
    assert found.objects["other"].origin.file == "over/0.yml"
    assert found.unset == {}


def test_replace_of_a_section_leaves_the_entries_to_prune(lab: Lab) -> None:
    found = section(lab, "jwt_template", TOKENS, "jwt_templates: !replace {.prune: true, new: {claims: {}}}")

    assert (list(found.objects), found.prune, dict(found.unset)) == (["new"], True, {})


def test_a_single_value_takes_the_place_of_another(lab: Lab) -> None:
    found = rendered(
        lab, SETTINGS, "instance: {support_email: x@acme.example}\nrestrictions: {blocklist: true}"
    )

    assert fields(found.sections["instance"])["support_email"] == "x@acme.example"
    assert fields(found.sections["restrictions"]) == {"allowlist": True, "blocklist": True}


def test_a_new_entry_and_a_new_section_may_come_from_an_overlay(lab: Lab) -> None:
    over = "jwt_templates: {new: {claims: {a: {b: 1}}}}\nrestrictions: {allowlist: true}\nredirect_urls: !append [a://b]"
    found = rendered(lab, TOKENS, over)

    assert list(found.sections["jwt_template"].objects) == ["hasura", "other", "new"]
    assert found.sections["jwt_template"].objects["new"].place(("claims", "a", "b")) == Origin(
        "over/0.yml", 1
    )
    assert fields(found.sections["restrictions"]) == {"allowlist": True}
    assert list(found.sections["redirect_url"].objects) == ["a://b"]


def test_an_entry_that_has_no_fields_can_get_some(lab: Lab) -> None:
    base = "email_templates: {invitation: }"

    assert fields(
        section(lab, "email_template", base, "email_templates: {invitation: {subject: x}}"), "invitation"
    ) == {"subject": "x"}


def test_options_of_a_section_are_set_and_unset(lab: Lab) -> None:
    base = "jwt_templates: {.prune: true, a: {claims: {}}}\nredirect_urls: {prune: true, urls: [a://b]}"

    found = rendered(lab, base, "jwt_templates: {.prune: false}\nredirect_urls: {prune: false}")
    assert {name: one.prune for name, one in found.sections.items()} == {
        "jwt_template": False,
        "redirect_url": False,
    }
    found = rendered(lab, base, "jwt_templates: {.prune: !unset}\nredirect_urls: {prune: !unset}")
    assert not any(one.prune for one in found.sections.values())
    found = rendered(lab, TOKENS, "jwt_templates: {.prune: true}\nredirect_urls: {prune: true}")
    assert all(one.prune for one in found.sections.values())


def test_a_variable_that_is_a_map_or_a_list_is_merged_like_one(lab: Lab) -> None:
    base = 'jwt_templates: {a: {claims: "${var.claims}"}, b: {claims: {roles: "${var.roles}"}}}'
    over = "jwt_templates: {a: {claims: {n: 2}}, b: {claims: {roles: !append [c]}}}"
    found = section(lab, "jwt_template", base, over)

    assert fields(found, "a")["claims"] == {"role": "x", "n": 2}
    assert found.objects["a"].place(("claims", "role")) == Origin("reconcile.yml", 4)
    assert fields(found, "b")["claims"] == {"roles": ["a", "b", "c"]}


# --- lists ---


def test_a_list_takes_the_place_of_another_unless_it_is_tagged(lab: Lab) -> None:
    def origins(over: str) -> object:
        return fields(section(lab, "instance", SETTINGS, f"instance: {{allowed_origins: {over}}}"))[
            "allowed_origins"
        ]

    assert origins("[x://y]") == ["x://y"]
    assert origins("!append [x://y]") == ["a://b", "c://d", "x://y"]
    assert origins("!remove [a://b]") == ["c://d"]
    assert origins("!append [x://y, !remove c://d]") == ["a://b", "x://y"]
    assert origins("!append []") == ["a://b", "c://d"]


def test_a_list_can_be_added_to_where_there_was_none(lab: Lab) -> None:
    for base in ("instance: {support_email: x@y.example}", "jwt_templates: {a: {claims: {}}}"):
        over = "instance: {allowed_origins: !append [x://y]}"
        assert fields(section(lab, "instance", base, over))["allowed_origins"] == ["x://y"]


def test_entries_of_a_list_section_are_replaced_added_and_taken_out(lab: Lab) -> None:
    def urls(over: str) -> list[str]:
        return list(section(lab, "redirect_url", LISTS, f"redirect_urls: {over}").objects)

    base = ["https://app.acme.example/callback", "myapp://callback"]
    assert urls("[x://y]") == ["x://y"]
    assert urls("!replace [x://y]") == ["x://y"]
    assert urls("{urls: [x://y]}") == ["x://y"]
    assert urls("!append [x://y]") == [*base, "x://y"]
    assert urls('!remove ["${var.app}/callback"]') == ["myapp://callback"]
    assert urls("{urls: !remove [myapp://callback]}") == base[:1]
    assert urls("!append [x://y, !remove myapp://callback]") == [base[0], "x://y"]
    assert urls("") == base
    assert urls("{urls: }") == base


def test_entries_are_known_by_their_normalised_form(lab: Lab) -> None:
    over = 'allowlist: !remove ["*@ACME.example", "+1 (555) 555-0100"]'

    assert list(section(lab, "allowlist", LISTS, over).objects) == []


def test_a_file_of_lines_is_read_beside_the_overlay(lab: Lab) -> None:
    files = {"over/more.txt": "x://y\n", "old.txt": "a://b\nc://d\n"}
    root = overlaid(
        lab, "redirect_urls: !lines old.txt", "redirect_urls: !append [!lines more.txt]", files=files
    )
    assert {key: str(one.origin) for key, one in lab.load(root).sections["redirect_url"].objects.items()} == {
        "a://b": "old.txt:1",
        "c://d": "old.txt:2",
        "x://y": "over/more.txt:1",
    }
    root = overlaid(lab, "redirect_urls: !lines old.txt", "redirect_urls: !lines more.txt", files=files)
    assert list(lab.load(root).sections["redirect_url"].objects) == ["x://y"]
    root = overlaid(
        lab,
        "instance: {allowed_origins: !lines old.txt}",
        "instance: {allowed_origins: !append [x://y]}",
        files=files,
    )
    declared = lab.load(root).sections["instance"].objects[""]
    assert str(declared.place(("allowed_origins", 0))) == "old.txt:1"
    assert str(declared.place(("allowed_origins", 2))) == "over/0.yml:1"


def test_a_text_file_is_read_beside_the_overlay_that_names_it(lab: Lab) -> None:
    files = {"over/body.html": "from above {{otp_code}}", "body.html": "from below {{otp_code}}"}
    base = "email_templates: {verification_code: {subject: x, body: !file body.html}}"
    root = overlaid(lab, base, "email_templates: {verification_code: {body: !file body.html}}", files=files)

    found = lab.load(root).sections["email_template"]
    assert fields(found, "verification_code") == {"subject": "x", "body": "from above {{otp_code}}"}


# --- what is left alone here ---


def test_an_unset_entry_is_neither_declared_nor_pruned(lab: Lab) -> None:
    over = "redirect_urls: !unset [myapp://callback]\njwt_templates: {other: !unset}"
    found = rendered(lab, LISTS + TOKENS, over)

    assert list(found.sections["redirect_url"].objects) == ["https://app.acme.example/callback"]
    assert found.sections["redirect_url"].unset == {"myapp://callback": Origin("over/0.yml", 1)}
    assert found.sections["jwt_template"].unset == {"other": Origin("over/0.yml", 2)}


def test_an_unset_field_is_not_declared(lab: Lab) -> None:
    assert fields(section(lab, "instance", SETTINGS, "instance: {support_email: !unset}")) == {
        "allowed_origins": ["a://b", "c://d"]
    }


def test_an_unset_section_is_not_there(lab: Lab) -> None:
    found = rendered(
        lab, SETTINGS + LISTS + TOKENS, "instance: !unset\nredirect_urls: !unset\njwt_templates: !unset"
    )

    assert sorted(found.sections) == ["allowlist", "restrictions"]


def test_what_is_unset_needs_no_secret_and_no_variable(lab: Lab) -> None:
    base = (
        'jwt_templates: {a: {claims: {x: "${var.nowhere}"}, custom_signing_key: true, signing_algorithm: HS256, '
        'signing_key: "${env:KEY}"}, b: {claims: {}}}'
    )
    found = rendered(lab, base, "jwt_templates: {a: !unset}")

    assert not any(
        isinstance(value, Secret) for value in found.sections["jwt_template"].objects["b"].fields.values()
    )
    assert list(found.sections["jwt_template"].objects) == ["b"]


def test_an_unset_entry_is_left_alone_under_its_former_name_too(lab: Lab) -> None:
    base = "jwt_templates: {.prune: true, new: {claims: {}, renamed_from: old}}"

    assert sorted(section(lab, "jwt_template", base, "jwt_templates: {new: !unset}").unset) == ["new", "old"]


def test_a_later_overlay_may_declare_again_what_an_earlier_one_left_alone(lab: Lab) -> None:
    over = ("jwt_templates: {other: !unset}\nredirect_urls: !unset [myapp://callback]\ninstance: !unset",)
    again = "jwt_templates: {other: {claims: {}}}\nredirect_urls: !append [myapp://callback]\ninstance: {hibp: true}"
    found = rendered(lab, LISTS + TOKENS + SETTINGS, *over, again)

    assert fields(found.sections["jwt_template"], "other") == {"claims": {}}
    assert "myapp://callback" in found.sections["redirect_url"].objects
    assert not any(one.unset for one in found.sections.values())
    assert fields(found.sections["instance"]) == {"hibp": True}


# --- only and except ---


ONLY = """\
redirect_urls:
  - {url: a://local, only: [local]}
  - {url: "${var.nowhere}", only: [other]}
  - {url: a://all, except: [other]}
  - {url: "${var.nowhere}", except: [local, other]}
jwt_templates:
  a: {claims: {}, only: [local, other]}
  b: {claims: {x: "${var.nowhere}"}, only: [other]}
restrictions: {allowlist: true, except: [local]}
instance: {hibp: true, only: [local]}
"""


def test_an_entry_stands_only_where_it_says(lab: Lab) -> None:
    found = lab.load(overlaid(lab, ONLY))

    assert list(found.sections["redirect_url"].objects) == ["a://local", "a://all"]
    assert list(found.sections["jwt_template"].objects) == ["a"]
    assert fields(found.sections["instance"]) == {"hibp": True}
    assert "restrictions" not in found.sections


def test_an_entry_of_an_overlay_counts_only_where_it_says(lab: Lab) -> None:
    over = (
        "jwt_templates: {hasura: {lifetime: 90, only: [other]}, other: {lifetime: 90, except: [other]}}\n"
        "redirect_urls: !append [{url: a://b, only: [other]}, {url: c://d, only: [local]}]\n"
        "restrictions: {blocklist: true, only: [other]}"
    )
    found = rendered(lab, TOKENS + LISTS + SETTINGS, over)

    assert fields(found.sections["jwt_template"], "hasura")["lifetime"] == 60
    assert fields(found.sections["jwt_template"], "other")["lifetime"] == 90
    assert "a://b" not in found.sections["redirect_url"].objects
    assert "c://d" in found.sections["redirect_url"].objects
    assert fields(found.sections["restrictions"])["blocklist"] is False


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("only: local", "only: is a list of environments, as in `only: [local]`"),
        ("only: []", "only: is a list of environments"),
        ("only: {a: b}", "only: is a list of environments"),
        ("only: [lokal]", "only: there is no environment 'lokal'; did you mean local?"),
        ("except: [[local]]", "except: there is no environment ''"),
        ("only: [local], except: [other]", "`only` and `except` exclude each other; keep one of them"),
    ],
)
@pytest.mark.parametrize(
    "text",
    ["jwt_templates: {{a: {{claims: {{}}, {}}}}}", "redirect_urls: [{{url: a://b, {}}}]", "instance: {{{}}}"],
)
def test_what_is_no_list_of_environments_is_told(lab: Lab, text: str, words: str, problem: str) -> None:
    found = problems(lab, text.format(words))

    assert [one for one in found if problem in one and one.startswith("resources.yml:1: ")]


# --- mistakes ---


@pytest.mark.parametrize(
    ("over", "problem"),
    [
        (
            "instance: {allowed_origins: !remove [x://y]}",
            "instance: allowed_origins: `!remove` of nothing: 'x://y' is not in the list at resources.yml:1",
        ),
        (
            "redirect_urls: !remove [x://y]",
            "redirect_url/x://y: `!remove` of nothing: no file below has this entry; remove it here",
        ),
        (
            "redirect_urls: !unset [x://y]",
            "redirect_url/x://y: `!unset` of nothing: no file below has this entry",
        ),
        (
            "jwt_templates: {nobody: !unset}",
            "jwt_template/nobody: `!unset` of nothing: no file below declares this",
        ),
        ("jwt_templates: {.prune: !unset}", "jwt_template.prune: `!unset` of nothing"),
        ("instance: {hibp: !unset}", "instance: hibp: `!unset` of nothing: no file below declares this"),
        ("communication: !unset", "communication: `!unset` of nothing: no file below declares this"),
        ("sms_templates: !unset", "sms_templates: `!unset` of nothing: no file below has this section"),
        ("blocklist: !unset", "blocklist: `!unset` of nothing: no file below has this section"),
        (
            "jwt_templates: {hasura: {claims: {role: !unset}}}",
            "jwt_template/hasura: claims.role: `!unset` makes a whole field unmanaged, and this is a part of claims",
        ),
        (
            "jwt_templates: {hasura: {claims: {nobody: !remove}}}",
            "jwt_template/hasura: claims.nobody: `!remove` of nothing: no file below has this",
        ),
        ("instance: {support_email: !remove}", "to leave a field alone here, write `!unset`"),
        ("instance: {support_email: !remove x}", "`!remove` takes a list of what is to go"),
        (
            "instance: {support_email: !unset x}",
            "support_email: `!unset` stands alone; remove what follows it",
        ),
        ("jwt_templates: {hasura: !unset {a: 1}}", "jwt_template/hasura: `!unset` stands alone"),
        ("jwt_templates: {hasura: !remove }", "`!remove` is for lists and fields; to leave this alone here"),
        ("jwt_templates: {hasura: !append [a]}", "`!append` is for lists and fields"),
        ("jwt_templates: !append [a]", "jwt_templates: `!append` means nothing here"),
        ("jwt_templates: !unset {hasura: }", "jwt_templates: `!unset` means nothing here"),
        (
            "instance: {support_email: !append [x]}",
            "`!append` is for lists, and at resources.yml:1 stands none",
        ),
        ("instance: {allowed_origins: !append x://y}", "`!append` takes a list; write [ ] around it"),
        (
            "instance: {allowed_origins: !append [a://b]}",
            "allowed_origins: 'a://b' is in the list already, at resources.yml:1; remove it here",
        ),
        (
            "redirect_urls: !append [myapp://callback]",
            "redirect_url/myapp://callback: is in the list already, at resources.yml:5; remove it here",
        ),
        (
            "instance: {support_email: !replace x@y.example}",
            "`!replace` is for maps; anything else replaces as it is",
        ),
        ("instance: {allowed_origins: [!remove a://b]}", "`!remove` means nothing inside a list"),
        (
            "jwt_templates: {hasura: {claims: {allowed: [{a: !unset }]}}}",
            "`!unset` means nothing inside a list",
        ),
        ("redirect_urls: [!remove a://b]", "`!remove` needs a list that is tagged itself"),
        ("redirect_urls: !append a://b", "redirect_urls: `!append` takes a list"),
        ("redirect_urls: {urls: !unset }", "redirect_urls: `!unset` takes a list"),
        ("redirect_urls: !append {urls: [a://b]}", "stands before the list, as in `urls: !append [...]`"),
        ("redirect_urls: a://b", "redirect_urls: this is a list of urls, and here stands a single value"),
        ("redirect_urls: {urls: {a: b}}", "redirect_urls: this is a list of urls, and here stands a map"),
        ("redirect_urls: {prun: true}", "redirect_urls: unknown option prun; did you mean prune?"),
        ("jwt_templates: [a]", "jwt_templates: this is a map by name, and here stands a list"),
        (
            "jwt_templates: {hasura: 5}",
            "jwt_template/hasura: this is a map of fields, and here stands a single value",
        ),
        ("instance: 5", "instance: this is a map of settings, and here stands a single value"),
        ("jwt_templates: {hasura: {lifetime: 5}}", "jwt_template/hasura: lifetime: 5 is less than 30"),
        ("jwt_templates: {hasura: {lifetim: 60}}", "unknown field; did you mean lifetime?"),
        ("jwt_templates: {new: {claims: {a: !append 5}}}", "`!append` takes a list"),
        ('instance: {support_email: "${var.nowhere}"}', "variable nowhere has no value"),
        ('instance: {allowed_origins: !append ["${var.nowhere}"]}', "variable nowhere has no value"),
        ("instance: {allowed_origins: !lines gone.txt}", "allowed_origins: cannot be read"),
        ("redirect_url: []", "unknown section redirect_url"),
        ("- a", "a resource file is a map of sections, and this is a list"),
        ("instance: {support_email: !nothing x}", "`!nothing` is not a tag that is known here"),
    ],
)
def test_a_mistake_in_an_overlay_is_told_with_its_place(lab: Lab, over: str, problem: str) -> None:
    found = problems(lab, SETTINGS + LISTS + TOKENS, over)

    assert [one for one in found if problem in one and one.startswith("over/0.yml:1: ")], found


def test_a_mistake_is_told_once(lab: Lab) -> None:
    over = "instance: {support_email: 5, hibp: !unset}\njwt_templates: {hasura: {lifetime: 5}}"

    assert problems(lab, SETTINGS + TOKENS, over) == [
        "over/0.yml:1: instance: hibp: `!unset` of nothing: no file below declares this; remove the line",
        "over/0.yml:2: jwt_template/hasura: lifetime: 5 is less than 30",
    ]


@pytest.mark.parametrize("tag", ["!append [a]", "!remove [a]", "!replace {}", "!unset"])
def test_tags_of_overlays_are_refused_elsewhere(lab: Lab, tag: str) -> None:
    (problem,) = problems(lab, f"redirect_urls: {tag}")[:1]

    assert re.fullmatch(
        r"resources.yml:1: `!\w+` changes what stands in another file; move this into an overlay", problem
    )


def test_a_broken_base_is_told_though_an_overlay_lies_over_it(lab: Lab) -> None:
    base = "jwt_templates: {a: [1]}\ninstance: 5\nredirect_urls: {a: b}"
    over = "jwt_templates: {a: {lifetime: 60}}\ninstance: {hibp: true}\nredirect_urls: !append [a://b]"

    found = problems(lab, base, over)

    for line, start in enumerate(
        ("jwt_template/a: this is", "instance: this is", "redirect_urls: unknown option a"), 1
    ):
        assert [one for one in found if one.startswith(f"resources.yml:{line}: {start}")], found


def test_an_overlay_over_a_variable_that_has_no_value_says_so(lab: Lab) -> None:
    base = 'jwt_templates: {a: {claims: "${var.nowhere}"}}\ninstance: {allowed_origins: "${var.nowhere}"}'
    over = "jwt_templates: {a: {claims: {b: 1}}}\ninstance: {allowed_origins: !append [x://y]}"

    found = problems(lab, base, over)

    assert [
        one
        for one in found
        if one.startswith("resources.yml:1: jwt_template/a: variable nowhere has no value")
    ]
    assert [
        one for one in found if one.startswith("resources.yml:2: instance: variable nowhere has no value")
    ]


# --- several files ---


def test_later_overlays_lie_over_earlier_ones(lab: Lab) -> None:
    overs = ["instance: {support_email: one@acme.example}", "instance: {support_email: two@acme.example}"]

    found = section(lab, "instance", SETTINGS, *overs)
    assert fields(found)["support_email"] == "two@acme.example"
    assert found.objects[""].place(("support_email",)) == Origin("over/1.yml", 1)
    assert fields(section(lab, "instance", SETTINGS, *reversed(overs)))["support_email"] == "one@acme.example"


SET = """\
version: 1
resources: [resources.yml]
environments:
  local: {api_url: embedded, vars: {app: "https://a.example"}, overlays: ["over/*.yml"]}
"""


@pytest.mark.parametrize(
    ("one", "two", "address"),
    [
        (
            "jwt_templates: {hasura: {lifetime: 90}}",
            "jwt_templates: {hasura: {lifetime: 60}}",
            "jwt_template/hasura",
        ),
        (
            "jwt_templates: {hasura: !unset }",
            "jwt_templates: {hasura: {lifetime: 60}}",
            "jwt_template/hasura",
        ),
        ("jwt_templates: !unset", "jwt_templates: {hasura: {lifetime: 60}}", "jwt_template/"),
        ("jwt_templates: {.prune: true}", "jwt_templates: {.prune: true}", "jwt_template.prune"),
        ("instance: {hibp: true}", "instance: {test_mode: true}", "instance"),
        ("redirect_urls: !append [x://y]", "redirect_urls: !append [x://y]", "redirect_url/x://y"),
        (
            "redirect_urls: !append [myapp://callback]",
            "redirect_urls: !remove [myapp://callback]",
            "redirect_url/myapp",
        ),
        ("redirect_urls: {prune: true}", "redirect_urls: {prune: false}", "redirect_urls"),
        ("redirect_urls: !unset", "redirect_urls: {prune: false}", "redirect_urls"),
    ],
)
def test_one_set_of_files_says_a_thing_once(lab: Lab, one: str, two: str, address: str) -> None:
    files = {"reconcile.yml": SET, "over/1.yml": one, "over/2.yml": two}
    found = [str(finding) for finding in lab.read(lab.project(TOKENS + LISTS + SETTINGS, files))[1]]

    assert len([problem for problem in found if address in problem]) >= 1, found
    assert any("over/1.yml" in problem for problem in found)


def test_files_of_one_set_are_put_together(lab: Lab) -> None:
    files = {
        "reconcile.yml": SET,
        "over/1.yml": "redirect_urls: !append [x://y]\njwt_templates: {hasura: {lifetime: 90}}",
        "over/2.yml": "redirect_urls: [z://z]\njwt_templates: {other: {lifetime: 90}}",
        "over/3.yml": "redirect_urls: !unset [myapp://callback]",
    }
    found = lab.load(lab.project(TOKENS + LISTS, files))

    assert list(found.sections["redirect_url"].objects) == ["z://z", "x://y"]
    assert list(found.sections["redirect_url"].unset) == ["myapp://callback"]
    assert [fields(found.sections["jwt_template"], key)["lifetime"] for key in ("hasura", "other")] == [
        90,
        90,
    ]


@pytest.mark.parametrize(
    ("overlays", "problem"),
    [
        (
            "[gone/*.yml]",
            "environments.local.overlays: gone/*.yml matches no file; create one or fix the pattern",
        ),
        ("[../x.yml]", "environments.local.overlays: ../x.yml leaves the project"),
        ("[.hidden/x.yml]", "is a dot-file or in a dot-folder"),
        ("[/etc/passwd]", "is no relative path"),
        ("[resources.yml]", "resources.yml is matched by resources on line 2 as well"),
        ("[reconcile.yml]", "reconcile.yml is matched by resources"),
        ("[over/1.yml, 'over/*.yml']", "over/1.yml is matched on line 4 too; name it once"),
        ("over/1.yml", "environments.local.overlays: must be a list, not text"),
        ("[1, {}]", "environments.local.overlays.1: must be text, not a map"),
    ],
)
def test_patterns_of_overlays_are_checked_with_the_project(lab: Lab, overlays: str, problem: str) -> None:
    project = SET.replace('["over/*.yml"]', overlays)
    root = lab.project(TOKENS, {"reconcile.yml": project, "over/1.yml": "", "over/2.yml": ""})

    with pytest.raises(FilesError) as caught:
        load_project(root, catalogue.schema("project"))
    found = [str(finding) for finding in caught.value.findings]
    assert [one for one in found if problem in one and one.startswith("reconcile.yml:4: ")], found


# --- what the policy locks ---


LOCKS = 'locked: [restrictions.*, "jwt_template/hasura.claims.*", "redirect_url/myapp:*", redirect_url.prune, blocklist]'


@pytest.mark.parametrize(
    ("over", "names"),
    [
        ("restrictions: {allowlist: false}", ["restrictions: allowlist: "]),
        ("restrictions: {block_email_subaddresses: true}", ["restrictions: block_email_subaddresses: "]),
        ("restrictions: !unset", ["restrictions: allowlist: "]),
        ("restrictions: {blocklist: !unset }", ["restrictions: blocklist: "]),
        ("restrictions: !replace {allowlist: true}", ["restrictions: allowlist: "]),
        ("jwt_templates: {hasura: {claims: {role: admin}}}", ["jwt_template/hasura: claims.role: "]),
        ("jwt_templates: {hasura: {claims: {new: 1}}}", ["jwt_template/hasura: claims.new: "]),
        ("jwt_templates: {hasura: {claims: {role: !remove }}}", ["jwt_template/hasura: claims.role: "]),
        (
            "jwt_templates: {hasura: {claims: {allowed: !append [x]}}}",
            ["jwt_template/hasura: claims.allowed: "],
        ),
        ("jwt_templates: {hasura: {claims: {team: {size: 2}}}}", ["jwt_template/hasura: claims.team.size: "]),
        ("jwt_templates: {hasura: {claims: !replace {}}}", ["jwt_template/hasura: claims.role: "]),
        ("jwt_templates: {hasura: !unset }", ["jwt_template/hasura: claims.role: "]),
        ("jwt_templates: !unset", ["jwt_template/hasura: claims.role: "]),
        ("jwt_templates: !replace {other: {claims: {}}}", ["jwt_template/hasura: claims.role: "]),
        ("redirect_urls: [a://b]", ["redirect_url/myapp://callback: "]),
        ("redirect_urls: !remove [myapp://callback]", ["redirect_url/myapp://callback: "]),
        ("redirect_urls: !unset [myapp://callback]", ["redirect_url/myapp://callback: "]),
        ("redirect_urls: !unset", ["redirect_url/myapp://callback: "]),
        ("redirect_urls: !append [myapp://more]", ["redirect_url/myapp://more: "]),
        ("redirect_urls: {prune: false}", ["redirect_url.prune: "]),
        ("redirect_urls: {prune: !unset }", ["redirect_url.prune: "]),
    ],
)
def test_what_is_locked_cannot_be_changed_by_an_overlay(lab: Lab, over: str, names: list[str]) -> None:
    found = problems(lab, SETTINGS + LISTS + TOKENS, over, policy=LOCKS)

    assert len(found) == len(names), found
    for problem, name in zip(found, names, strict=True):
        assert problem.startswith(
            f"over/0.yml:1: {name}no overlay may change what policy.locked names at reconcile.yml:6"
        )


def test_the_base_and_both_places_are_named(lab: Lab) -> None:
    (problem,) = problems(lab, SETTINGS, "restrictions:\n  allowlist: false", policy=LOCKS)

    assert problem == (
        "over/0.yml:2: restrictions: allowlist: no overlay may change what policy.locked names at reconcile.yml:6 "
        "(restrictions.*); change it at resources.yml:2 for every environment, or take it off that list"
    )


@pytest.mark.parametrize(
    "over",
    [
        "",
        "restrictions:",
        "restrictions: {}",
        "jwt_templates: {hasura: {}}",
        "jwt_templates: {hasura: {claims: {}}}",
        "jwt_templates: {hasura: {lifetime: 90}}",
        "jwt_templates: {other: !unset }",
        "redirect_urls: !append [a://b]",
        'redirect_urls: ["${var.app}/callback", myapp://callback, x://y]',
        "redirect_urls: !append []",
        "instance: {support_email: x@acme.example}",
    ],
)
def test_what_is_not_locked_may_be_changed(lab: Lab, over: str) -> None:
    assert problems(lab, SETTINGS + LISTS + TOKENS, over, policy=LOCKS) == []


def test_a_lock_on_a_kind_that_does_not_exist_is_told(lab: Lab) -> None:
    locks = "locked: [restriction.*, jwt_templates/x, '*', nobody, \"jwt_template*\"]"

    found = problems(lab, SETTINGS, policy=locks)

    assert found[:2] == [
        "reconcile.yml:6: policy.locked: restriction.*: there is no kind restriction; did you mean restrictions?",
        "reconcile.yml:6: policy.locked: jwt_templates/x: there is no kind jwt_templates; did you mean jwt_template?",
    ]
    assert [one.partition("; ")[0] for one in found[2:]] == [
        "reconcile.yml:6: policy.locked: nobody: there is no kind nobody"
    ]


# --- how a tag may be written ---


@pytest.mark.parametrize("parser", [BEST_PARSER, PythonParser])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_tag_may_stand_alone_before_a_bracket(parser: Callable[[str], EventSource], end: str) -> None:
    lines = [
        "# ü !unset} 😀",
        "{a: !unset, b: [!unset],",
        ' "!unset}": "x !unset}", c: {d: !remove}, e: !unset}',
    ]

    node, problems = read(end.join(lines).encode(), tags=OVERLAY_TAGS, parser=parser)

    assert problems == ()
    assert isinstance(node, Mapping)
    assert {name: (entry.node.tag, entry.line) for name, entry in node.entries.items()} == {
        "a": ("!unset", 2),
        "b": (None, 2),
        "!unset}": (None, 3),
        "c": (None, 3),
        "e": ("!unset", 3),
    }
    assert node.entries["!unset}"].node == Scalar("x !unset}", 3, plain=False)


@pytest.mark.parametrize(
    "text", ["{a: !unset}]", "{a: !unset", "[!unset}", "{a: !nothing}", "a: !unset}", "!unset}"]
)
def test_what_is_wrong_for_another_reason_stays_wrong(text: str) -> None:
    _, problems = read(text.encode(), tags=OVERLAY_TAGS)

    assert len(problems) == 1
