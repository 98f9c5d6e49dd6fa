"""One small file per kind of resource, found by looking. No I/O here, and no name of a kind outside this folder."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from reconcile.model import Kind


def discover() -> dict[str, Kind]:
    """Every kind that this package describes, by name, without the fields that its schema adds."""
    names = sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    kinds = (import_module(f"{__name__}.{name}").KIND for name in names)
    return {kind.name: kind for kind in cast("list[Kind]", list(kinds))}
