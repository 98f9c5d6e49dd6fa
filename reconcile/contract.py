"""Where the published contract lives: `schemas/*.json` and `openapi.yml`, from a checkout or from the wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def root() -> Path:
    """The folder that holds `schemas/` and `openapi.yml`: inside the wheel, else the checkout around us."""
    packed = _PACKAGE / "_contract"
    return packed if packed.is_dir() else _PACKAGE.parent
