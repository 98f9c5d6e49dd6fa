"""Handlebars as far as Clerk checks it: whether a body compiles, and which variables it prints."""

from __future__ import annotations

import re

_TAG = re.compile(r"\\?(?<!\{)\{\{(?:!--.*?--|\{[^{}]*\}|[^{}]*)\}\}", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_@.][\w.@/-]*")


def compile_error(body: str) -> str | None:
    """Why the body does not compile; None when it does."""
    if "{{" in _TAG.sub("", body):
        return "an expression is never closed"
    opened: list[str] = []
    for tag in _tags(body):
        error = _step(tag, opened)
        if error:
            return error
    return f"the block {opened[-1]} is never closed" if opened else None


def printed(body: str) -> set[str]:
    """The variables that the body prints as they are, `{{x}}` or `{{{x}}}`."""
    return {tag for tag in _tags(body) if _VARIABLE.fullmatch(tag)}


def _tags(body: str) -> list[str]:
    """What stands between the braces of each tag; escaped tags are text."""
    found = (match.group() for match in _TAG.finditer(body))
    inner = (tag[2:-2].removeprefix("{").removesuffix("}") for tag in found if not tag.startswith("\\"))
    return [tag.strip("~").removeprefix("&").strip() for tag in inner if not tag.lstrip("~").startswith("!")]


def _step(tag: str, opened: list[str]) -> str | None:
    """Follow one tag: open a block, close one, or print something."""
    if not tag:
        return "an expression is empty"
    sign, name = tag[0], _first_word(tag[1:].lstrip(">*"))
    if sign == "#":
        opened.append(name)
        return None if name else "a block has no name"
    if sign == "/":
        expected = opened.pop() if opened else None
        return None if name == expected else f"{name} is closed but not open"
    if (tag == "^" or _first_word(tag) == "else") and not opened:
        return "an else stands outside of a block"
    return None


def _first_word(text: str) -> str:
    """The text up to the first white space."""
    return (text.split(maxsplit=1) or [""])[0]
