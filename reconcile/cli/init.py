"""`reconcile init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROJECT = """\
# yaml-language-server: $schema=.vscode/project.json
version: 1
resources: [clerk/**/*.yml]

environments:
  # The built-in simulator: no account, no key, kept in .reconcile/embedded/local.json.
  local: {api_url: embedded}

  # A real instance. Set CLERK_SECRET_KEY_DEV where you run this; pin the instance with its id once you know it.
  # development: {secret_key: "${env:CLERK_SECRET_KEY_DEV}", instance: ins_...}
"""

EXAMPLE = """\
# yaml-language-server: $schema=../.vscode/resources.json
# What is not declared here is left alone; what is removed here is only deleted under `prune: true`.

redirect_urls:
  - https://app.example.com/callback
  - myapp://callback

jwt_templates:
  backend:
    lifetime: 300
    claims:
      aud: https://api.example.com
      email: "{{user.primary_email_address}}"

allowlist:
  identifiers:
    - "*@example.com"
"""

_SETTINGS = """\
{
  "yaml.customTags": [
    "!file scalar",
    "!lines scalar",
    "!append sequence",
    "!remove sequence",
    "!remove scalar",
    "!replace mapping",
    "!replace sequence",
    "!unset scalar",
    "!unset sequence"
  ]
}
"""

_FILES: Mapping[str, str] = {
    "reconcile.yml": _PROJECT,
    "clerk/resources.yml": EXAMPLE,
    ".vscode/settings.json": _SETTINGS,
    ".gitignore": ".reconcile/\n",
}


@click.command(name="init")
@click.argument(
    "folder",
    metavar="[DIR]",
    required=False,
    default=Path(),
    type=click.Path(path_type=Path, file_okay=False),
)
def command(folder: Path) -> None:
    """Start a project in DIR (default: the current folder) that plans cleanly at once. Overwrites nothing."""
    from reconcile.cli.schema import editor_schemas, write
    from reconcile.errors import UsageError

    if (folder / "reconcile.yml").exists():
        raise UsageError(
            f"{folder / 'reconcile.yml'} exists; nothing was written. Run `reconcile plan -e NAME` there"
        )
    for name, text in _FILES.items():
        _write(folder / name, text)
    write(folder / ".vscode", editor_schemas())
    click.echo("Next: reconcile plan -e local", err=True)


def _write(path: Path, text: str) -> None:
    """Write a file unless there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        click.echo(f"kept {path}", err=True)
    else:
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}", err=True)
