"""What somebody meets who may not write everywhere: for the superuser, permissions stop nothing."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A folder of one's own, while this process is nobody in particular; that goes for all of its threads."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        root = os.geteuid() == 0
        if root:
            os.chown(folder, _NOBODY, -1)
            os.setresuid(_NOBODY, _NOBODY, 0)
        try:
            yield folder
        finally:
            for path in (folder, *(one for one in folder.rglob("*") if one.is_dir())):
                path.chmod(0o700)
            if root:
                os.setresuid(0, 0, 0)
