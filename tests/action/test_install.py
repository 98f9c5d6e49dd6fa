"""What the step that installs hands to what it starts. That it installs is tried by `make check`, for the wheel."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.lab import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_that_is_installed_sees_a_key_or_a_file_of_the_checkout(tmp_path: Path) -> None:
    seen, python, checkout = tmp_path / "seen", tmp_path / "bin" / "python3", tmp_path / "checkout"
    python.parent.mkdir()
    checkout.mkdir()
    python.write_text(f"#!/bin/sh\n(pwd; env) >{seen}\nexit 1\n", "utf-8")
    python.chmod(0o755)
    ran = subprocess.run(
        ["bash", str(ROOT / "action" / "install.sh")],  # noqa: S607 - as the runner does
        cwd=checkout,
        env={
            "PATH": f"{python.parent}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_PATH": str(tmp_path / "path"),
            "PIP_INDEX_URL": "https://packages.acme.example/simple",
            "CLERK_SECRET_KEY_PROD": "sk_live_abcdefgh12345678",
            "INPUT_TOKEN": "ghs_x",
            "PYTHONPATH": str(checkout),
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.returncode, "Python 3.11 or later is needed" in ran.stderr) == (1, True)
    where, *lines = seen.read_text("utf-8").splitlines()
    names = {line.partition("=")[0] for line in lines}
    assert where == str(tmp_path)
    assert {"PIP_INDEX_URL", "PYTHONSAFEPATH"} <= names
    assert not names & {"CLERK_SECRET_KEY_PROD", "INPUT_TOKEN", "PYTHONPATH"}
