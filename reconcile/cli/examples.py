"""What each command is used for most, at the end of its help."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "init": ("reconcile init", "reconcile init clerk"),
    "validate": ("reconcile validate", "reconcile validate -e production --format json"),
    "plan": (
        "reconcile plan -e production",
        "reconcile plan -e production --target 'email_template/*'",
        "reconcile plan -e production --out reviewed.plan --report html=plan.html",
    ),
    "apply": (
        "reconcile apply -e staging",
        "reconcile apply reviewed.plan",
        "reconcile apply -e production --yes --confirm production --allow-delete=3",
    ),
    "drift": (
        "reconcile drift -e production",
        "reconcile drift -e production --since main",
        "reconcile drift -e production --watch 5m",
    ),
    "show": ("reconcile show reviewed.plan", "reconcile show reviewed.plan --format html > plan.html"),
    "runs": (
        "reconcile runs -e production",
        "reconcile runs 20260131T101500.000Z-0a1b2c3d",
    ),
    "pull": ("reconcile pull -e development --dry-run", "reconcile pull -e development"),
    "rollback": (
        "reconcile rollback -e production 20260131T101500.000Z-0a1b2c3d",
        "reconcile rollback -e production",
    ),
    "compare": ("reconcile compare staging production",),
    "promote": (
        "reconcile promote staging production --out reviewed.plan",
        "reconcile promote staging production --include-drift --as patch --write",
    ),
    "snapshot": ("reconcile snapshot -e production --out production.json",),
    "adopt": (
        "reconcile adopt -e production 'jwt_template/*' --dry-run",
        "reconcile adopt -e production '*'",
        "reconcile adopt --from blocked.csv --as csv --kind blocklist -e production",
    ),
    "config": ("reconcile config -e production",),
    "schema": ("reconcile schema --out .vscode",),
    "simulate": ("reconcile simulate --port 8080 --type production",),
    "doctor": ("reconcile doctor", "reconcile doctor -e production"),
    "completion": ("reconcile completion zsh > ~/.zfunc/_reconcile",),
}


def epilog(command: str) -> str:
    """The examples of a command, each in a line of its own."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in EXAMPLES[command])))
