from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.action.github import REPOSITORY, serving
from tests.action.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.action.github import GitHub

COMMAND = [sys.executable, "-c", "from reconcile.cli import main; main()"]
KEY = "sk_live_abcdefgh12345678"
BEFORE = "redirect_urls: [myapp://a]\nallowlist: [ada@acme.example]\n"
AFTER = (
    "redirect_urls: [myapp://a, myapp://b]\nallowlist: [ada@acme.example, grace@acme.example, +15555550100]\n"
)
PROJECT = """\
version: 1
resources: [clerk.yml]
environments:
  production: {{type: production, api_url: '{url}', secret_key: '${{env:KEY}}', protected: true}}
"""


@contextmanager
def simulated(*more: str) -> Iterator[str]:
    """The address of an instance in a process of its own, as a production instance behind the network is."""
    words = ["simulate", "--port", "0", "--type", "production", "--features", "all", "--no-rate-limit", *more]
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None, line
        yield f"{found[0]}/v1"
        process.terminate()
        assert process.wait(timeout=20) == 0


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving() as found:
        yield found


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance as the files were before."""
    folder = tmp_path_factory.mktemp("seed")
    with simulated("--state", str(folder / "instance.json")) as url:
        (folder / "reconcile.yml").write_text(PROJECT.format(url=url), "utf-8")
        (folder / "clerk.yml").write_text(BEFORE, "utf-8")
        words = ["apply", "-e", "production", "--yes", "--confirm", "production"]
        subprocess.run([*COMMAND, *words], cwd=folder, env={"KEY": KEY}, check=True, capture_output=True)
    return folder / "instance.json"


@pytest.fixture
def instance(tmp_path: Path, seed: Path) -> Iterator[str]:
    """The address of an instance that is as the files were before."""
    with simulated("--state", shutil.copy(seed, str(tmp_path / "instance.json"))) as url:
        yield url


@pytest.fixture
def checkout(tmp_path: Path, instance: str) -> Path:
    """A checkout with a project in it that wants something new."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "reconcile.yml").write_text(PROJECT.format(url=instance), "utf-8")
    (folder / "clerk.yml").write_text(AFTER, "utf-8")
    return folder


@pytest.fixture
def job(tmp_path: Path, checkout: Path, hub: GitHub) -> Callable[..., Job]:
    """Makes jobs on the checkout."""

    def make(event_name: str, **more: object) -> Job:
        temp = tmp_path / "temp"
        return Job(checkout, temp, hub, event_name, **{"environ": {"KEY": KEY}, **more})  # type: ignore[arg-type]

    return make


@pytest.fixture
def proposed(job: Callable[..., Job], hub: GitHub) -> Job:
    """The job of a pull request from a branch of the repository."""
    head = {"sha": "b" * 40, "ref": "change", "label": "acme:change", "repo": {"full_name": REPOSITORY}}
    hub.pull(7, head=head)
    return job("pull_request", event={"pull_request": {"number": 7, "head": head}})


@pytest.fixture
def merged(job: Callable[..., Job], hub: GitHub, proposed: Job) -> Job:
    """The job of the push that merged it."""
    assert proposed.event
    hub.pulls[0] |= {"merged_at": "2026-11-27T00:00:00Z", "merge_commit_sha": "c" * 40, "state": "closed"}
    event = {"repository": {"default_branch": "main"}}
    return job("push", event=event, ref="refs/heads/main", sha="c" * 40)
