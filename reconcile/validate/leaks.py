"""Text that has the shape of a secret: it should not stand in a file that is reviewed and kept. No value is ever told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.model import Finding, Origin, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEWEST_CHARACTERS = 6
"""A secret of fewer different characters is a placeholder, such as `sk_test_xxxxxxxxxxxxxxxx`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What secrets of one sort look like; `marks` are looked for first, because that is quick, and `form` is seldom needed."""

    name: str
    marks: tuple[str, ...]
    form: str
    severity: Severity = Severity.WARNING


_LINE_END = r"\r\n|\r|\n"
_START = r"(?<![A-Za-z0-9_])"
SHAPES = (
    Shape(
        "a secret key of Clerk or Stripe",
        ("sk_live_", "sk_test_"),
        _START + r"sk_(?:live|test)_([A-Za-z0-9]{16,})",
        Severity.ERROR,
    ),
    Shape(
        "a private key",
        ("PRIVATE KEY-----",),
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----()",
        Severity.ERROR,
    ),
    Shape("a signing secret of a webhook", ("whsec_",), _START + r"whsec_([A-Za-z0-9+/=_-]{16,})"),
    Shape(
        "a restricted key of Stripe",
        ("rk_live_", "rk_test_"),
        _START + r"rk_(?:live|test)_([A-Za-z0-9]{16,})",
    ),
    Shape(
        "an access key of AWS",
        ("AKIA", "ASIA"),
        r"(?<![A-Za-z0-9/+_])A[KS]IA([A-Z2-7]{16})(?![A-Za-z0-9/+=])",
    ),
    Shape(
        "a token of GitHub",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        _START + r"(?:gh[pousr]_([A-Za-z0-9]{36,})|github_pat_[A-Za-z0-9_]{22,})",
    ),
    Shape(
        "a token of Slack",
        ("xox", "hooks.slack.com/services/"),
        _START + r"(?:xox[abeoprs]-([A-Za-z0-9-]{10,})|hooks\.slack\.com/services/T\w+/B\w+/\w{12,})",
    ),
)


def leaks(text: str, file: str) -> Iterator[Finding]:
    """What looks like a secret in the text of a file, by line."""
    for shape in SHAPES:
        if any(mark in text for mark in shape.marks):
            for found in re.finditer(shape.form, text):
                if not _placeholder(found):
                    yield _finding(shape, Origin(file, len(re.findall(_LINE_END, text[: found.start()])) + 1))


def veiled(text: str) -> str:
    """The text with the name of its shape in place of whatever looks like a secret."""
    for shape in SHAPES:
        if any(mark in text for mark in shape.marks):
            text = re.sub(shape.form, f"[{shape.name}]", text)
    return text


def _placeholder(found: re.Match[str]) -> bool:
    body = found[1]
    return bool(body) and len(set(body)) < _FEWEST_CHARACTERS


def _finding(shape: Shape, origin: Origin) -> Finding:
    message = (
        f"looks like {shape.name}; take it out of the file, and change it where it is used: whoever can read the "
        "history of the file has it. A field that is secret takes '${env:NAME}'"
    )
    return Finding(shape.severity, "looks-secret", message, origin=origin)
