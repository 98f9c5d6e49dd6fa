"""What is no file, or too large a one, is not read and not waited for."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reconcile.bounded import read_bounded

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 2 << 20


def sized(path: Path, size: int) -> None:
    path.touch()
    os.truncate(path, size)


@pytest.mark.parametrize("size", [0, 1, MOST])
def test_a_file_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    sized(tmp_path / "x", size)
    assert len(read_bounded(tmp_path / "x", MOST)) == size


@pytest.mark.parametrize(
    ("make", "number", "reason"),
    [
        (lambda path: sized(path, MOST + 1), errno.EFBIG, "it is larger than 2 MiB"),
        (os.mkfifo, errno.EINVAL, "it is no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), errno.EINVAL, "it is no regular file"),
        (lambda path: path.mkdir(), errno.EISDIR, "Is a directory"),
        (lambda _: None, errno.ENOENT, "No such file or directory"),
    ],
    ids=["huge", "pipe", "device", "folder", "nothing"],
)
def test_anything_else_is_an_error_at_once(
    tmp_path: Path, make: Callable[[Path], None], number: int, reason: str
) -> None:
    make(tmp_path / "x")
    with pytest.raises(OSError, match=reason) as caught:
        read_bounded(tmp_path / "x", MOST)
    assert (caught.value.errno, Path(caught.value.filename).name) == (number, "x")
