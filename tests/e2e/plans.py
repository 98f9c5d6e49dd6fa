"""The plans whose reports are opened in a browser."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile import catalogue
from reconcile.load import load_desired, load_project
from reconcile.model import ABSENT, Action, Change, FieldChange, Instance, Origin, Plan, Value
from tests.golden.hostile import HOSTILE
from tests.golden.renderers import plan as golden
from tests.lab import ROOT, FakeClock, Lab, known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import Desired, Fields

INSTANCE = Instance("ins_2wT7cXq9LhVbR4nKzYd1mPs6EaJ", "production")
PIXEL = "https://tracker.evil.example/pixel.png"
DARK = "<style>@media (prefers-color-scheme: dark) { body, table { background: #1b1f1d !important; color: #e8efe9 } }</style>"


@cache
def first() -> Plan:
    """The example project on a fresh instance."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab.open(Path(folder), FakeClock())
        return replace(lab.plan(_wanted(lab, ROOT / "examples" / "acme")), environment="first")


@cache
def edited() -> Plan:
    """The example project with a few edits, on an instance that has it already."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab.open(Path(folder), FakeClock())
        project = Path(shutil.copytree(ROOT / "examples" / "acme", Path(folder) / "acme"))
        lab.apply(_wanted(lab, project))
        _edit(
            project / "bodies" / "verification_code.html",
            ("only once", "three times"),
            ("</head>", f"{DARK}\n</head>"),
        )
        _edit(project / "resources" / "emails.yml", ("is your Acme code", "gets you into Acme"))
        _edit(
            project / "resources" / "jwt.yml",
            ("x-hasura-default-role: user", "x-hasura-default-role: editor"),
            ("{{user.public_metadata.team || 'none'}}", "{{user.public_metadata.taem || 'none'}}"),
            ("lifetime: 14400", "lifetime: 3600"),
        )
        return replace(lab.plan(_wanted(lab, project)), environment="edited")


def _wanted(lab: Lab, folder: Path) -> Desired:
    project = load_project(folder, catalogue.schema("project"))
    local = project.environment("local")
    desired, _ = load_desired(
        project, known(), local.variables, lambda name: lab.keys.secret(name, "made up"), local
    )
    return desired


def _edit(path: Path, *edits: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def kept(name: str) -> Plan:
    """One of the plans that every renderer shows."""
    return replace(golden(name), environment=name)


def templates(bodies: Iterable[tuple[str, str]], environment: str) -> Plan:
    """One changed email template for each pair of bodies."""
    return Plan(
        environment,
        INSTANCE,
        changes=tuple(_template(number, *pair) for number, pair in enumerate(bodies)),
    )


def _template(number: int, before: str, after: str) -> Change:
    def whole(body: str) -> Fields:
        return {
            "name": Value(f"Template {number}"),
            "subject": Value(f"Subject {number}"),
            "body": Value(body),
        }

    key = f"template_{number:03}"
    return Change(
        f"email_template/{key}",
        "email_template",
        key,
        Action.UPDATE,
        id=key,
        origin=Origin("resources/emails.yml", number + 1),
        fields=(FieldChange(("body",), Value(before), Value(after)),),
        body=whole(after),
        live=whole(before),
    )


def two_hundred() -> Plan:
    """200 changed templates of some 25 KB each."""

    def body(number: int, word: str) -> str:
        lines = (
            f'  <tr><td style="padding:4px 0">Line {line} of message {number}: {word if line % 97 == 5 else "text"}</td></tr>'
            for line in range(350)
        )
        return "<!DOCTYPE html>\n<html><body><table>\n" + "\n".join(lines) + "\n</table></body></html>"

    return templates(((body(number, "old"), body(number, "new")) for number in range(200)), "two-hundred")


def identifiers(number: int = 20_000) -> Plan:
    """As many entries of a list, most of them new."""

    def entry(place: int) -> Change:
        key = f"user{place:05}@spam.example"
        action = Action.DELETE if place % 20 == 0 else Action.CREATE
        sides = (Value(key), ABSENT) if action is Action.DELETE else (ABSENT, Value(key))
        field = FieldChange(("identifier",), *sides)
        origin = None if action is Action.DELETE else Origin("lists/blocked.txt", place)
        return Change(f"blocklist/{key}", "blocklist", key, action, origin=origin, fields=(field,))

    return Plan("twenty-thousand", INSTANCE, changes=tuple(map(entry, range(number))))


ATTACKS: dict[str, str] = {
    "script": f"<script>fetch('{PIXEL}'); top.document.title = 'taken'; alert(1)</script>",
    "handlers": f'<img src="{PIXEL}" onerror="top.document.title=\'taken\'"><body onload="alert(1)">',
    "svg": '<svg onload="alert(1)"><image href="https://evil.example/a.svg"/><use href="https://evil.example/b.svg#x"/></svg>',
    "frame": f'</iframe><iframe src="https://evil.example/"></iframe><object data="{PIXEL}"></object><embed src="{PIXEL}">',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "policy": '<meta http-equiv="Content-Security-Policy" content="default-src *"><base href="https://evil.example/">',
    "styles": "<style>@import url(https://evil.example/a.css); @font-face { font-family: x; src: url(https://evil.example/x.woff) } "
    "body { background: url(https://evil.example/b.png); font-family: x }</style><link rel=stylesheet href=https://evil.example/c.css>",
    "hints": '<link rel="preconnect" href="https://evil.example"><link rel="dns-prefetch" href="//evil.example">'
    '<link rel="preload" as="image" href="https://evil.example/p.png"><link rel="prefetch" href="https://evil.example/q">',
    "media": f'<video src="{PIXEL}" autoplay poster="{PIXEL}"></video><audio src="{PIXEL}" autoplay></audio><input type=image src="{PIXEL}">',
    "images": f'<img srcset="{PIXEL} 1x, {PIXEL} 2x"><picture><source srcset="{PIXEL}"><img src="{PIXEL}"></picture><table background="{PIXEL}"><tr><td>x',
    "form": '<form action="https://evil.example/" id=f><button autofocus>go</button></form><a href="https://evil.example/" ping="https://evil.example/p">link</a>'
    '<a href="javascript:top.document.title=1">x</a>',
    "giant": '<div style="position:fixed;inset:0;z-index:2147483647;background:red;width:99999px;height:99999px">cover</div>',
    "frameset": '<frameset cols="50%,50%"><frame src="https://evil.example/"></frameset>',
    "comment": "<!-- </script> --> --> <![CDATA[ </style></title></textarea> <plaintext>",
    "bidi": "invoice\u202egnp.exe \u2066hidden\u2069 \u202d\u202e\u202d never closed",
    "deep": "<div>" * 5_000 + "deep",
    "nul": "a\x00b\ufffe\ud800 \u2028 \u2029",
}


@cache
def attacks() -> Plan:
    """Templates that try everything, one of 2 MB in lines, one of 2 MB in one line."""
    bodies = [("<p>{{otp_code}}</p>", attack + "<p>{{otp_code}}</p>") for attack in ATTACKS.values()]
    lines = "\n".join(f"<p>line {line}</p>" for line in range(110_000))
    row = "<b>cell</b>" * 190_000
    large = [
        (lines, lines.replace("line 77777<", "line seven<")),
        (row, row[: len(row) // 2] + "<i>new</i>" + row[len(row) // 2 :]),
        ("<p>new</p>", "\n".join(HOSTILE)),
    ]
    plan = templates([*bodies, *large], "attacks")
    named = replace(
        plan.changes[0],
        key="<script>alert(1)</script>\u202e",
        address="email_template/<img src=x onerror=alert(1)>",
    )
    return replace(
        plan, changes=(named, *plan.changes[1:]), copy_of="sha256:0"
    )  # half a character has no digest
