"""What the step that installs hands to what it starts. That it installs is tried by `make check`, for the wheel."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
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


def test_what_builds_the_package_is_pinned_like_what_it_needs(tmp_path: Path) -> None:
    seen, python = tmp_path / "seen", tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(
        '#!/bin/sh\n[ "$2" = venv ] || exit 0\nmkdir -p "$3/bin"\nexec >"$3/bin/python"\n'
        f"echo '#!/bin/sh'\necho 'echo \"$@\" >>{seen}'\n"
        'chmod +x "$3/bin/python"\ncp /bin/true "$3/bin/reconcile"\n',
        "utf-8",
    )
    python.chmod(0o755)
    path = tmp_path / "path"
    environ = {"PATH": f"{python.parent}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path)}
    subprocess.run(
        ["bash", str(ROOT / "action" / "install.sh")],  # noqa: S607 - as the runner does
        env={**environ, "GITHUB_PATH": str(path)},
        check=True,
        capture_output=True,
    )
    tools, package = seen.read_text("utf-8").splitlines()
    assert tools.endswith(f"-c {ROOT}/constraints.txt hatchling")
    assert package.endswith(f"--no-build-isolation -c {ROOT}/constraints.txt {ROOT}")
    assert path.read_text("utf-8") == f"{tmp_path}/reconcile-home/bin\n"
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE))
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert [re.split("[<>=]", one)[0] for one in asked] == ["hatchling"]
    assert {"hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers"} <= pinned
