"""A job of GitHub's on this machine: `action.yml` is read as the runner reads it, and its steps are really run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.action.github import REPOSITORY, TOKEN
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.action.github import GitHub

MANIFEST = ROOT / "action.yml"
_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")


@dataclass(frozen=True)
class Ended:
    """What became of a step."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


@dataclass
class Job:
    """A checkout, an event, and what the workflow gives to its steps."""

    folder: Path
    temp: Path
    hub: GitHub
    event_name: str = "pull_request"
    event: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    ref: str = "refs/pull/7/merge"
    sha: str = "a" * 40

    def step(self, command: str, **inputs: str) -> Ended:
        """Run the action with these inputs."""
        with self.start(command, **inputs) as running:
            return self.ended(running)

    def start(self, command: str, **inputs: str) -> subprocess.Popen[str]:
        """The action with these inputs, under way."""
        manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
        given = {"install": "false", "command": command}
        given |= inputs
        assert set(given) <= set(manifest["inputs"])
        known = {
            f"inputs.{name}": given.get(name, str(one.get("default", "")))
            for name, one in manifest["inputs"].items()
        }
        known = {name: filled(text, {"github.token": TOKEN}) for name, text in known.items()}
        (step,) = (one for one in manifest["runs"]["steps"] if one.get("id") == "run")
        return self._run(step["run"], {name: filled(text, known) for name, text in step["env"].items()})

    def ended(self, running: subprocess.Popen[str]) -> Ended:
        """What became of it, once it has ended."""
        log, _ = running.communicate()
        lines = self._written("GITHUB_OUTPUT").read_text("utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        return Ended(
            running.returncode, log, outputs, self._written("GITHUB_STEP_SUMMARY").read_text("utf-8")
        )

    def _written(self, name: str) -> Path:
        return self.temp / name.lower()

    def _run(self, script: str, environ: Mapping[str, str]) -> subprocess.Popen[str]:
        self.temp.mkdir(exist_ok=True)
        written = {name: self._written(name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in written.values():
            path.write_text("", "utf-8")
        event = self.temp / "event.json"
        event.write_text(json.dumps(self.event), "utf-8")
        return subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # noqa: S607 - as the runner does
            cwd=self.folder,
            env={
                **{name: os.environ[name] for name in _KEPT if name in os.environ},
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "CI": "true",
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_API_URL": self.hub.url,
                "GITHUB_SERVER_URL": "https://github.test",
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_RUN_ID": "42",
                "GITHUB_EVENT_NAME": self.event_name,
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_REF": self.ref,
                "GITHUB_SHA": self.sha,
                "RUNNER_TEMP": str(self.temp),
                **{name: str(path) for name, path in written.items()},
                **self.environ,
                **environ,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )


def filled(text: str, known: Mapping[str, str]) -> str:
    """A text with its expressions filled in; one that is not known is an error of the test."""
    return _EXPRESSION.sub(lambda found: known[found[1]], text)
