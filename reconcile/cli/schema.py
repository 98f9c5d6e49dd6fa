"""`reconcile schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(name="schema")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Write resources.json, overlays.json and project.json there.",
)
def command(out: Path | None) -> None:
    """Print the JSON Schema of resource files, for editors; with --out, write all that editors use."""
    documents = editor_schemas()
    if out is None:
        click.echo(json.dumps(documents["resources.json"], ensure_ascii=False, indent=2))
        return
    write(out, documents)


def editor_schemas() -> dict[str, dict[str, object]]:
    """The schemas of resource files, overlays and reconcile.yml, by the names of their files."""
    from reconcile import catalogue
    from reconcile.bundle import bundle, overlay_bundle

    found = catalogue.load()
    return {
        "resources.json": bundle(found.kinds, found.schemas),
        "overlays.json": overlay_bundle(found.kinds, found.schemas),
        "project.json": catalogue.schema("project"),
    }


def write(folder: Path, documents: dict[str, dict[str, object]]) -> None:
    """Write the schemas into a folder and say so."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        text = json.dumps(document, ensure_ascii=False, indent=2)
        (folder / name).write_text(text + "\n", encoding="utf-8")
        click.echo(f"wrote {folder / name}", err=True)
