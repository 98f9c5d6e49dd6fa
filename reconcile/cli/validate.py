"""`reconcile validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.model import Finding


@click.command(name="validate")
@options.environment_or("Only this environment. Default: every one.")
@options.project
@options.format_of(("text", "json"))
def command(environment: str, folder: Path, variables: tuple[str, ...], form: str) -> int:
    """Check the files, without touching an instance. Needs no secrets; without -e, every environment is checked."""
    import json

    from reconcile.errors import FilesError
    from reconcile.model import Severity
    from reconcile.render.document import findings_document
    from reconcile.render.terminal import findings_text

    try:
        findings = _findings(folder, environment, variables)
    except FilesError as error:
        findings = list(error.findings)
    wrong = sum(finding.severity is Severity.ERROR for finding in findings)
    if form == "json":
        click.echo(json.dumps(findings_document(findings), ensure_ascii=False, indent=2))
    else:
        click.echo(findings_text(findings), err=True, nl=bool(findings))
        click.echo(
            f"{wrong} {'problem' if wrong == 1 else 'problems'}." if wrong else "All files are valid.",
            err=bool(wrong),
        )
    return FilesError.exit_code if wrong else 0


def _findings(folder: Path, environment: str, given: tuple[str, ...]) -> list[Finding]:
    from reconcile.cli.opening import World, every_finding, open_project

    world = World()
    project, found = open_project(folder, world)
    names = [environment] if environment else list(project.environments)
    return every_finding(project, found, names, given, world.environ)
