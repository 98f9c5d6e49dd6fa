"""Lines under a title, and of many lines the first ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.render.terminal.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.model import Instance
    from reconcile.render.terminal.style import Style

_SAMPLE = 10


def sample(lines: Sequence[str], style: Style, indent: str = "  ") -> Iterator[str]:
    """The lines, or the first of them and how many there are more."""
    shown = lines if style.every or len(lines) <= _SAMPLE else lines[:_SAMPLE]
    yield from (f"{indent}{line}" for line in shown)
    if len(shown) < len(lines):
        yield style.paint("dim", f"{indent}… and {len(lines) - len(shown):,} more (--all lists them)")


def block(title: str, lines: Sequence[str], style: Style) -> str:
    """Lines under a title; nothing where there are none."""
    return "\n".join([style.paint("dim", title), *sample(lines, style)]) if lines else ""


def instance_line(environment: str, instance: Instance, more: str, style: Style) -> str:
    """Which instance it is about; one of production stands out."""
    kind = instance.environment_type
    tone = "~" if kind == "production" else "dim"
    return (
        style.paint("bold", safe(environment))
        + style.paint("dim", " · ")
        + style.paint(tone, safe(f"{kind} instance {instance.id}"))
        + style.paint("dim", safe(more))
    )
