"""Locks on open files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reconcile.state.holding import take_kept

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_went_after_it_was_opened_is_held_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "record"
    handles = [os.open(path, os.O_RDWR | os.O_CREAT) for _ in range(2)]
    try:
        assert take_kept(handles[0])
        assert not take_kept(handles[1])
        path.unlink()
        os.close(handles.pop(0))
        assert not take_kept(handles[0])
    finally:
        os.close(handles[0])
