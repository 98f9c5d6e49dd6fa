"""Files that somebody else may have put there: read only where they are files, and only up to a size.

A device has no end, and a pipe may have no beginning: neither may make a command wait.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE: int = getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody writes to is opened all the same


def read_bounded(path: Path, most: int) -> bytes:
    """The content of a file; raises OSError for whatever is no file, and for more than so many bytes (EFBIG)."""
    with open(path, "rb", opener=_opened) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"it is larger than {most >> 20} MiB", str(path))
        return file.read()


def _opened(name: str, flags: int) -> int:
    return os.open(name, flags | _AT_ONCE)
