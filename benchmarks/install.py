"""What is measured: a wheel of this checkout in an environment of its own, and the vendor's command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CLERK = "3.3.0"
_TAIL = 400


class MissingError(Exception):
    """Something could not be installed; the message says what and why."""


def product(work: Path) -> Path:
    """The folder of programs of an environment that holds nothing but the wheel and what it needs."""
    for old in ("dist", "venv"):
        shutil.rmtree(work / old, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--quiet", "--wheel", "--outdir", str(work / "dist"), str(ROOT))
    _run(sys.executable, "-m", "venv", str(work / "venv"))
    programs = work / "venv" / "bin"
    python, (wheel,) = str(programs / "python"), (work / "dist").glob("*.whl")
    needs = ("-c", str(ROOT / "constraints.txt"), str(wheel))
    _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needs)
    _run(python, "-m", "compileall", "-q", str(work / "venv" / "lib"))
    return programs


def clerk(work: Path) -> Path:
    """The vendor's binary itself: its launcher would add the start of node to every figure."""
    npm, folder = shutil.which("npm"), work / f"clerk-{CLERK}"
    if not _binary(folder):
        if npm is None:
            raise MissingError("npm is not installed, so there is no `clerk` to compare with")
        folder.mkdir(parents=True, exist_ok=True)
        _run(
            npm,
            "install",
            "--prefix",
            str(folder),
            "--no-save",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            f"clerk@{CLERK}",
        )
    if (binary := _binary(folder)) is None:
        raise MissingError(f"clerk {CLERK} has no binary for this machine")
    return binary


def _binary(folder: Path) -> Path | None:
    return next(iter(sorted((folder / "node_modules" / "@clerk").glob("cli-*/bin/clerk"))), None)


def _run(*command: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if ran.returncode:
        shown = " ".join(command[:4])
        raise MissingError(f"`{shown} …` failed: {(ran.stderr or ran.stdout).strip()[-_TAIL:]}")
