"""What files and instance last agreed on, kept in the state folder.

    STATE/applied/<instance>.json       what `codec.encode_baseline` makes, readable by its owner only

Written at the end of every apply and rollback, also where there was nothing to do. Losing it costs that nobody can tell
an edit of the files from one of the instance until the next apply.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconcile.bounded import read_bounded
from reconcile.codec import decode_baseline, encode_baseline
from reconcile.errors import FilesError
from reconcile.model import Finding, Severity
from reconcile.state.receipts import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.model import Baseline
    from reconcile.redact import Redactor

_LARGEST = 256 << 20


def read_applied(state: Path, instance: str) -> Baseline | None:
    """What was last agreed on; None where nothing is known. Raises FilesError for a damaged file."""
    path = _path(state, instance)
    try:
        return decode_baseline(dict(json.loads(read_bounded(path, _LARGEST))), instance)
    except FileNotFoundError:
        return None
    except FilesError as error:
        raise FilesError([_damaged(path, item.message) for item in error.findings]) from error
    except (OSError, ValueError, TypeError, RecursionError) as error:
        message = f"this cannot be read ({error}); remove it: the next apply writes a new one"
        raise FilesError([_damaged(path, message)]) from error


def write_applied(state: Path, instance: str, baseline: Baseline, redact: Redactor) -> None:
    """Keep what was agreed on, whole or not at all; raises OSError where that cannot be written."""
    text = json.dumps(encode_baseline(baseline, instance), ensure_ascii=False, separators=(",", ":"))
    write_private(_path(state, instance), redact(text) + "\n")


def _path(state: Path, instance: str) -> Path:
    return state / "applied" / f"{instance}.json"


def _damaged(path: Path, message: str) -> Finding:
    return Finding(Severity.ERROR, "baseline", f"{path}: {message}")
