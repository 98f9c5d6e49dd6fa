"""What the laws run over: every example project, and the example of every kind's page."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.lab import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.model import Desired
    from tests.lab import Lab

_EXAMPLE = re.compile(r"^## Example\n.*?^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Story:
    """Files that want something of an instance."""

    path: Path

    def want(self, lab: Lab) -> Desired:
        if self.path.is_dir():
            return lab.load(self.path)
        return lab.want(example(self.path))

    def copy(self, folder: Path) -> Path:
        """The example project somewhere where it may be changed."""
        shutil.copytree(self.path, folder)
        return folder


def example(page: Path) -> str:
    """The example of a kind's page."""
    found = _EXAMPLE.search(page.read_text(encoding="utf-8"))
    assert found, f"{page.name} has no example"
    return found[1]


EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/reconcile.yml"))
PAGES = sorted((ROOT / "docs" / "kinds").glob("*.md"))
every_story = pytest.mark.parametrize(
    "story", [pytest.param(Story(path), id=path.stem) for path in (*EXAMPLES, *PAGES)]
)
