"""The kills notice what they are there for: where the product is broken on purpose, complaints follow."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.crash.breaks import BREAKS
from tests.lab import ROOT


def test_every_deliberate_break_is_noticed() -> None:
    words = [sys.executable, "-m", "tests.crash.breaks"]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)

    assert found.pop("nothing") == []
    assert {name: one.sort in found[name] for name, one in BREAKS.items()} == dict.fromkeys(BREAKS, True)
