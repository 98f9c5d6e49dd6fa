"""`${var.x}` and `${env:NAME}`. Only the first may stand anywhere; the second only where a secret belongs.

`{{...}}` is Clerk's own and never touched; `$${` is a literal `${`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from reconcile.load.nodes import Scalar
from reconcile.model import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.load.nodes import Node

_HOLE = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_ENV = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_VAR = re.compile(r"var\.([A-Za-z_][A-Za-z0-9_-]*)")


@dataclass(frozen=True, slots=True)
class Mistake(Exception):  # noqa: N818 - never leaves this package
    """What is wrong with a value; what to do."""

    message: str


def env_name(scalar: Scalar) -> str:
    """The environment variable that is the whole of this value, if one is."""
    found = _ENV.fullmatch(scalar.text) if "$" in scalar.text else None
    return found[1] if found else ""


def interpolate(scalar: Scalar, variables: Mapping[str, Node]) -> Node:
    """The value with its variables filled in; a variable that stands alone keeps its type."""
    if "${" not in scalar.text:
        return scalar
    alone = _HOLE.fullmatch(scalar.text)
    if alone and alone[1]:
        return _placed(_lookup(alone[1], variables), scalar.line)
    text = _HOLE.sub(lambda hole: _text(hole, variables), scalar.text)
    return Scalar(text, scalar.line, False, scalar.tag)


def _placed(node: Node, line: int) -> Node:
    return node._replace(line=line) if isinstance(node, Scalar) else node


def _text(hole: re.Match[str], variables: Mapping[str, Node]) -> str:
    if hole[0] == "$${":
        return "${"
    if hole[1] is None:
        raise Mistake("`${` is not closed; write `$${` for a literal `${`")
    found = _lookup(hole[1], variables)
    if not isinstance(found, Scalar):
        raise Mistake(f"${{{hole[1]}}} is no single value, so it cannot stand inside a text")
    return found.text


def _lookup(inner: str, variables: Mapping[str, Node]) -> Node:
    if inner.startswith("env:"):
        raise Mistake(
            f"${{{inner}}} may only be the whole value of a secret field; use ${{var.NAME}} for anything else"
        )
    name = _VAR.fullmatch(inner)
    if not name:
        raise Mistake(
            f"${{{inner}}} is neither ${{var.NAME}} nor ${{env:NAME}}; write `$${{` for a literal `${{`"
        )
    if name[1] not in variables:
        near = get_close_matches(name[1], variables, n=1)
        hint = f"did you mean {near[0]}? Else set" if near else "set"
        raise Mistake(
            f"variable {name[1]} has no value; {hint} it under vars, with --var {name[1]}=… or RECONCILE_VAR_{name[1]}"
        )
    return variables[name[1]]


def at(file: str, node: Node) -> Origin:
    """The place of a node."""
    return Origin(file, node.line)
