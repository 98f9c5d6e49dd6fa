"""A process is killed while it writes several files; the next one ends what it has begun."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reconcile.edit import Edit, ended, write
from reconcile.edit.torn import recorded
from reconcile.errors import FilesError

if TYPE_CHECKING:
    from pathlib import Path

KILLED = """
import os, signal, sys
from pathlib import Path
from reconcile.edit import Edit, write

root, event, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def hook(name, arguments):
    global count
    if name == event and str(arguments[0]).endswith(".new"):
        count -= 1
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)

edits = [
    Edit(root / "a.yml", b"a", b"A"),
    Edit(root / "bodies/new.html", None, b"new"),
    Edit(root / "gone.yml", b"gone", None),
    Edit(root / "z.txt", b"z", b"Z"),
]
sys.addaudithook(hook)
write(root, edits)
"""
BEFORE = {"a.yml": b"a", "gone.yml": b"gone", "z.txt": b"z"}
AFTER = {"a.yml": b"A", "bodies/new.html": b"new", "z.txt": b"Z"}


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in BEFORE.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def kill(root: Path, event: str, count: int) -> None:
    """Let a process write, and kill it when it opens or renames a file for the nth time."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(root), event, str(count)], check=False, capture_output=True
    )
    assert done.returncode == -9, done.stderr


@pytest.mark.parametrize("count", [1, 2, 3])
def test_before_all_is_prepared_nothing_has_changed_and_what_was_prepared_goes(
    root: Path, count: int
) -> None:
    kill(root, "open", count)

    assert ended(root) == ()
    assert files(root) == BEFORE


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (1, ("bodies/new.html", "z.txt", "a.yml", "gone.yml")),
        (2, ("z.txt", "a.yml", "gone.yml")),
        (3, ("a.yml", "gone.yml")),
    ],
)
def test_afterwards_what_is_missing_takes_its_place(root: Path, count: int, names: tuple[str, ...]) -> None:
    kill(root, "os.rename", count)

    assert ended(root) == names
    assert files(root) == AFTER
    assert ended(root) == ()


def test_what_somebody_has_changed_since_stays(root: Path) -> None:
    kill(root, "os.rename", 1)
    (root / "a.yml").write_bytes(b"mine")
    (root / "gone.yml").write_bytes(b"mine too")

    assert ended(root) == ("bodies/new.html", "z.txt")
    assert files(root) == {**AFTER, "a.yml": b"mine", "gone.yml": b"mine too"}


def test_nobody_ends_what_another_run_is_about_to_end_itself_and_two_do_not_write_at_once(root: Path) -> None:
    with recorded(root, []):
        assert ended(root) == ()
        with pytest.raises(FilesError, match="another run is writing the files of this project"):
            write(root, [Edit(root / "a.yml", b"a", b"A")])
    assert files(root) == BEFORE


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ready": true}', "[" * 100_000])
def test_a_record_that_cannot_be_read_moves_nothing_and_goes(root: Path, text: str) -> None:
    (root / ".reconcile").mkdir()
    (root / ".reconcile/writing.json").write_text(text)

    assert ended(root) == ()
    assert files(root) == BEFORE


@pytest.mark.parametrize(
    "move",
    [
        {"file": "../outside.yml", "new": ".ab.0.new", "before": None},
        {"file": "a.yml", "new": "../.ab.0.new", "before": None},
        {"file": "a.yml", "new": 7, "before": None},
        {"file": ".git/config", "new": None, "before": None},
        "a.yml",
    ],
)
def test_a_record_that_somebody_else_has_written_moves_nothing(root: Path, move: object) -> None:
    (root / ".reconcile").mkdir()
    (root / ".reconcile/writing.json").write_text(json.dumps({"ready": True, "moves": [move]}))

    assert ended(root) == ()
    assert files(root) == BEFORE
