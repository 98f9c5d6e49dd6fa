"""Fits the product with an ear in every Python process that starts with this folder on PYTHONPATH.

Python imports this file by itself. CONFORMANCE_RECORD names the folder to record into; without it nothing happens.
The product stays as it is: a module that `conformance_ears` knows is looked after right when somebody has imported
it, and nothing is imported before.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_LISTENED_TO = frozenset({"reconcile.client", "reconcile.simulator.core", "reconcile.simulator.transport"})


class Finder:
    """Finds the modules in question as Python would, and hands them to their ear once they are there."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What Python would find; nothing for all other modules, which leaves them to the next finder."""
        spec = PathFinder.find_spec(name, path, target) if name in _LISTENED_TO else None
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            import_module("conformance_ears").fit(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


if os.environ.get("CONFORMANCE_RECORD"):
    sys.meta_path.insert(0, Finder)
