"""Plan files: written as `plan --format json` prints them, read back with nothing taken on trust."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconcile.cli.show_plan import document
from reconcile.codec import decode_plan
from reconcile.codec.values import broken
from reconcile.state.receipts import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconcile.model import Kind, Plan


def read_plan(path: Path) -> Plan:
    """The plan in a file; raises FilesError where it is not one that can be applied."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise broken(f"{path} cannot be read ({error})") from error
    if not isinstance(document, dict):
        raise broken(f"{path} holds no JSON object")
    return decode_plan(document)


def save_plan(path: Path, plan: Plan, kinds: Mapping[str, Kind]) -> None:
    """Write the plan file, for its owner only: personal data may be in it, secrets are not."""
    write_private(path.absolute(), document(plan, kinds))
