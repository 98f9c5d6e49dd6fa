"""The versions of the Backend API that this tool speaks, named by date, the oldest first."""

from __future__ import annotations

VERSIONS = ("2021-02-05", "2024-10-01", "2025-04-10", "2025-11-10", "2026-05-12")
NEWEST = VERSIONS[-1]
