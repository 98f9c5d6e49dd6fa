"""The programs that the judges watch, each as a real process of its own: the simulator, Prism, and `reconcile`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

KEY = "sk_test_conformanceconformance"
_RECONCILE = [sys.executable, "-c", "from reconcile.cli import main; main()"]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_TO_START = 60.0
_TO_END = 20.0
_TO_RUN = 120.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a program did: its exit code, and what it printed where."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout as one JSON document."""
        return json.loads(self.out)


def reconcile(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> Said:
    """Run `reconcile` in a folder, with the key of the simulated instance."""
    return run([*_RECONCILE, *words], folder, {**os.environ, "CLERK_SECRET_KEY": KEY, **(environment or {})})


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Said:
    """Run a program to its end; raises TimeoutExpired where it does not come."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=_TO_RUN,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@contextmanager
def simulator(*words: str) -> Iterator[str]:
    """`reconcile simulate` without limits on requests, until the block ends; its address, without `/v1`."""
    with _serving([*_RECONCILE, "simulate", "--port", "0", "--no-rate-limit", *words]) as url:
        yield url


@contextmanager
def prism(program: Path, description: Path, upstream: str) -> Iterator[str]:
    """Prism as a proxy that checks every message against a description, and passes it on whatever it thinks of it."""
    with _serving([str(program), "proxy", "-h", "127.0.0.1", "-p", "0", str(description), upstream]) as url:
        yield url


@contextmanager
def _serving(command: Sequence[str]) -> Iterator[str]:
    """A server that says where it listens, and is ended with the block."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        watch = threading.Timer(_TO_START, process.kill)
        watch.start()
        try:
            url = _address(process)
        finally:
            watch.cancel()
        # Nobody reads on, and a full pipe would stop the server.
        drain = threading.Thread(target=_read_to_end, args=(process,), daemon=True)
        drain.start()
        try:
            yield url
        finally:
            process.terminate()
            _end(process)
            drain.join(_TO_END)


def _address(process: subprocess.Popen[str]) -> str:
    """The address that a server says it listens on: the last thing that it prints on its start."""
    printed = []
    for line in process.stdout or ():
        printed.append(line)
        if (found := _ADDRESS.search(line)) and ("listening" in line or line.startswith("http")):
            return found[0]
    raise RuntimeError(f"it did not start: {''.join(printed).strip()}")


def _read_to_end(process: subprocess.Popen[str]) -> None:
    for _ in process.stdout or ():
        pass


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
