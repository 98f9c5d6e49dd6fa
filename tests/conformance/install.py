"""The vendor's clients and Prism, installed at named versions into a folder of their own, `.conformance/`."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PINS = Path(__file__).parent / "vendor_clients"
FOLDER = Path(__file__).parents[2] / ".conformance"
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
_PIP_FILES = ("requirements.txt",)
_STAMP = ".installed"
_PATIENCE = 300.0
_URL = re.compile(r"[a-z]+://\S+")
_LINES_SHOWN = 4


class NotInstalledError(Exception):
    """Something that a judge needs is not there and cannot be had; the message says what and why."""


def javascript(folder: Path = FOLDER) -> Path:
    """The folder `node_modules` with the packages of `package-lock.json`, installed if they are not."""
    home = folder / "javascript"
    with _alone(folder):
        if _fresh(home, _NPM_FILES):
            _install(
                [_found("npm"), "install", "--ignore-scripts", "--no-progress"], home, "the npm registry"
            )
            _check_locked(home)
            _stamp(home, _NPM_FILES)
    return home / "node_modules"


def python(folder: Path = FOLDER) -> Path:
    """An interpreter with the packages of `requirements.txt`, in an environment of its own."""
    home = folder / "python"
    interpreter = home / "bin" / "python"
    pip = [str(interpreter), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    with _alone(folder):
        if _fresh(home, _PIP_FILES):
            _install([sys.executable, "-m", "venv", str(home)], home, "Python's own venv")
            _install([*pip, "--requirement", "requirements.txt"], home, "the Python package index")
            _check_required(home)
            _stamp(home, _PIP_FILES)
    return interpreter


def versions() -> Mapping[str, str]:
    """The named version of each package that `package.json` and `requirements.txt` ask for themselves."""
    named: dict[str, str] = json.loads((PINS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return {**named, **required((PINS / "requirements.txt").read_text(encoding="utf-8"))}


def required(text: str) -> dict[str, str]:
    """Name and version of each line of a requirements file; raises ValueError for a line that names no exact version."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    found = {}
    for line in filter(None, lines):
        name, exactly, version = line.partition("==")
        if not exactly or not re.fullmatch(r"[0-9][\w.]*", version):
            raise ValueError(f"no exact version: {line}")
        found[name] = version
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time in this folder, whichever thread or process it is: two judges need the same packages."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fresh(home: Path, names: Sequence[str]) -> bool:
    """Whether the folder has yet to be filled: True leaves it with the pinned files and nothing else."""
    stamp = home / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == _digest(names):
        return False
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in names:
        shutil.copyfile(PINS / name, home / name)
    return True


def _stamp(home: Path, names: Sequence[str]) -> None:
    (home / _STAMP).write_text(_digest(names), encoding="utf-8")


def _digest(names: Sequence[str]) -> str:
    """Of the pinned files and the machine: another version of either means installing again."""
    content = b"\0".join((PINS / name).read_bytes() for name in names)
    machine = f"{sys.platform} {os.uname().machine} {sys.version}".encode()
    return hashlib.sha256(content + machine).hexdigest()


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NotInstalledError(f"{program} is not on the PATH; the vendor's JavaScript packages need it")
    return path


def _install(command: Sequence[str], home: Path, source: str) -> None:
    """Run an installer; raises NotInstalledError with its reason."""
    try:
        done = subprocess.run(
            command, cwd=home, capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise NotInstalledError(f"{source} did not answer within {_PATIENCE:.0f} seconds") from error
    if done.returncode:
        raise NotInstalledError(f"{source} could not be reached or lacks a package: {reason(done.stderr)}")


def reason(printed: str) -> str:
    """Why an installer gave up: the beginning of what it printed, without warnings and addresses."""
    lines = [line.strip() for line in _URL.sub("…", printed).splitlines()]
    said = [line for line in lines if line and "warn" not in line.lower()]
    return " / ".join(said[:_LINES_SHOWN]) or "it said nothing"


def _check_locked(home: Path) -> None:
    """npm adds what this machine alone needs; of what is locked, nothing may have become anything else."""
    locked, got = (_packages(folder / "package-lock.json") for folder in (PINS, home))
    if changed := sorted(name for name, digest in locked.items() if got.get(name) != digest):
        raise NotInstalledError(f"npm installed other packages than those locked: {', '.join(changed)}")


def _packages(path: Path) -> dict[str, str]:
    packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return {name: one["integrity"] for name, one in packages.items() if "integrity" in one}


def _check_required(home: Path) -> None:
    """Everything that was installed is named, at its version."""
    named = required((PINS / "requirements.txt").read_text(encoding="utf-8"))
    site = next(home.glob("lib/python*/site-packages"))
    got = {one.metadata["Name"]: one.version for one in distributions(path=[str(site)])}
    unnamed = {f"{name} {version}" for name, version in got.items() if name not in {"pip", "setuptools"}}
    if other := sorted(unnamed - {f"{name} {version}" for name, version in named.items()}):
        raise NotInstalledError(f"pip installed what requirements.txt does not name: {', '.join(other)}")


if __name__ == "__main__":
    for path in (python(), javascript()):
        sys.stdout.write(f"{path}\n")
