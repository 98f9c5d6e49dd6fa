"""A plan out of an archive that nobody vouches for, on stdout: `handed_over.py ARCHIVE ENVIRONMENT BYTES`.

One member is read as a stream, up to so many bytes. No name in the archive becomes a path, and no link is followed.
"""

from __future__ import annotations

import json
import sys
import zipfile


def plan(archive: str, environment: str, most: int) -> bytes:
    """The plan document as it was handed over; raises ValueError for anything that is none of this environment."""
    with zipfile.ZipFile(archive) as found, found.open("plan.json") as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise ValueError("it is too large")
    document = json.loads(content)
    if not isinstance(document, dict) or document.get("applicable") is not False:
        raise ValueError("it is no plan that was made from a snapshot")
    if document.get("environment") != environment:
        raise ValueError(f"it is not about {environment}")
    return content


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(plan(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is not shown
        sys.exit(f"{type(error).__name__}: {str(error)[:300]!r}")
