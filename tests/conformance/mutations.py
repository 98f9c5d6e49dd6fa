"""Deliberate breaks, each in a copy of the project: the fast judges have to object, and to say where.

Not collected by itself, because it needs the vendor's descriptions:
`python -m pytest tests/conformance/mutations.py --specs DIR`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PARTS = ("reconcile", "schemas", "examples", "tests", "docs", "openapi.yml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Break:
    """One text of one file with another in its place, and what the judges say of it."""

    name: str
    file: str
    text: str
    other: str
    said: tuple[str, ...]


BREAKS = (
    Break(
        "a field of a kind is written under another name",
        "reconcile/kinds/organization_settings.py",
        '_role("creator_role_id")',
        '_role("creator_role")',
        ("requests 2026-05-12: PATCH /instance/organization_settings: request body.creator_role:",),
    ),
    Break(
        "a kind lies at another path",
        "reconcile/kinds/redirect_url.py",
        'path="/redirect_urls"',
        'path="/redirect_uris"',
        ("requests 2026-05-12: GET /redirect_uris: path:",),
    ),
    Break(
        "a kind is updated with another verb",
        "reconcile/kinds/jwt_template.py",
        '    key="name",\n',
        '    key="name",\n    update="PUT",\n',
        ("requests 2026-05-12: PUT /jwt_templates/{template_id}: method:",),
    ),
    Break(
        "the client no longer names its version",
        "reconcile/client/api.py",
        '"Clerk-API-Version": api_version,',
        "",
        ("requests 2026-05-12: GET /instance: header Clerk-API-Version:",),
    ),
    Break(
        "what is created is sent with one more member",
        "reconcile/calls.py",
        'return Call(kind.create or "POST", kind.path, change.body)',
        'return Call(kind.create or "POST", kind.path, {**change.body, "managed": Value("yes")})',
        (
            "requests 2026-05-12: POST /redirect_urls: request body.managed:",
            "requests 2021-02-05: POST /jwt_templates: request body.managed:",
        ),
    ),
    Break(
        "lists are asked for with another word",
        "reconcile/observe.py",
        '"paginated": "true"',
        '"paged": "true"',
        ("requests 2026-05-12: GET /jwt_templates: query paged:",),
    ),
    Break(
        "the simulator forgets a member",
        "reconcile/simulator/seed.py",
        '        "allowed_clock_skew": 5,\n',
        "",
        ("responses 2026-05-12: GET /jwt_templates: response [].allowed_clock_skew:",),
    ),
    Break(
        "the simulator shows a member of another type",
        "reconcile/simulator/templates.py",
        '"flagged_as_suspicious": False',
        '"flagged_as_suspicious": "no"',
        ("responses 2024-10-01: PUT /templates/{template_type}/{slug}: response flagged_as_suspicious:",),
    ),
    Break(
        "the simulator refuses with another status",
        "reconcile/simulator/problems.py",
        '"duplicate_record": (400,',
        '"duplicate_record": (409,',
        ("responses 2026-05-12: POST /blocklist_identifiers: status 409:",),
    ),
    Break(
        "a field of the contract has another name",
        "openapi.yml",
        "        allowed_clock_skew:\n",
        "        allowed_clock_slack:\n",
        ("contract 2026-05-12: POST /jwt_templates: request body.allowed_clock_slack:",),
    ),
    Break(
        "a deviation is no longer declared",
        "tests/conformance/declared.toml",
        'about = ["response under paginated"]',
        'about = ["response under something else"]',
        ("responses 2025-11-10: GET /redirect_urls: response under paginated:",),
    ),
)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is."""
    folder = tmp_path_factory.mktemp("copy")
    for name in PARTS:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    return folder


@pytest.fixture
def specs(request: pytest.FixtureRequest) -> Path:
    folder: Path | None = request.config.getoption("--specs")
    assert folder is not None, "give the folder of the vendor's descriptions as --specs DIR"
    return folder.absolute()


@pytest.fixture
def mutated(copied: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy with one break in it, mended afterwards."""
    one: Break = request.param
    path = copied / one.file
    before = path.read_text(encoding="utf-8")
    assert one.text in before, f"{one.file} no longer holds {one.text!r}"
    path.write_text(before.replace(one.text, one.other), encoding="utf-8")
    yield copied
    path.write_text(before, encoding="utf-8")


def judged(folder: Path, specs: Path) -> subprocess.CompletedProcess[str]:
    """What the fast judges of a copy say of it."""
    return subprocess.run(
        [sys.executable, "-m", "tests.conformance", "--specs", str(specs), "--fast"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_copy_as_it_is_passes(copied: Path, specs: Path) -> None:
    ran = judged(copied, specs)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("mutated", "said"),
    [pytest.param(one, one.said, id=one.name) for one in BREAKS],
    indirect=["mutated"],
)
def test_a_break_is_objected_to_and_the_table_says_where(
    mutated: Path, said: tuple[str, ...], specs: Path
) -> None:
    ran = judged(mutated, specs)
    assert ran.returncode == 1, ran.stderr
    assert not [line for line in said if f"\n  {line}" not in ran.stdout], ran.stdout
