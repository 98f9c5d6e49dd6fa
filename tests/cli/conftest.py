from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from reconcile.cli import main; main()"]


@dataclass
class Said:
    """What one command did: its exit code, and what it printed where."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout as the one JSON document that it has to be."""
        return json.loads(self.out)


@dataclass
class Shell:
    """A folder with a project, and a way to run our command in it."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    history: list[Said] = field(default_factory=list)

    def __call__(self, line: str, *more: str) -> Said:
        """Run `reconcile LINE`; words of the line are parted by spaces, `more` may hold some."""
        self.capture.readouterr()
        code = run([*line.split(), *more])
        printed = self.capture.readouterr()
        said = Said(code, printed.out, printed.err)
        self.history.append(said)
        return said

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def project(self, resources: str, environments: str = "local: {api_url: embedded}") -> None:
        """A project with one resource file; `environments` is the inside of a YAML map, one a line."""
        inner = "".join(f"  {line}\n" for line in environments.split("\n"))
        self.write("reconcile.yml", f"version: 1\nresources: [clerk.yml]\nenvironments:\n{inner}")
        self.write("clerk.yml", resources)

    def state(self, environment: str = "local") -> dict[str, Any]:
        """The instance of an embedded environment, as the simulator keeps it."""
        text = (self.folder / ".reconcile" / "embedded" / f"{environment}.json").read_text(encoding="utf-8")
        state: dict[str, Any] = json.loads(text)
        return state

    def tamper(self, state: dict[str, Any]) -> None:
        """Change the instance behind our own back."""
        self.write(".reconcile/embedded/local.json", json.dumps(state))


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILE_ALLOW_API_HOST", raising=False)
    return Shell(tmp_path, capsys)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a simulator of a production instance in a process of its own, with its API's version."""
    words = [
        "simulate",
        "--port",
        "0",
        "--type",
        "production",
        "--features",
        "all",
        "--state",
        str(tmp_path / "served.json"),
    ]
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None, line
        yield f"{found[0]}/v1"
        process.terminate()
        assert process.wait(timeout=20) == 0
