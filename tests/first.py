"""A first pull, without a command line: a live instance into the files of an empty project."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from reconcile import catalogue
from reconcile.edit import Files, write
from reconcile.load import load_project
from reconcile.pull import everything
from tests.lab import known

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.model import Desired, Live
    from tests.lab import Lab

PROJECT = "version: 1\nresources: [resources/**/*.yml]\nenvironments:\n  local: {api_url: embedded}\n"


def written(lab: Lab, live: Live, *, defaults: bool = False) -> Path:
    """The folder of a project that says what is live."""
    root = lab.folder / "first"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "reconcile.yml").write_text(PROJECT)
    project = load_project(root, catalogue.schema("project"))
    files = Files.opened(project, project.environment("local"), known(), {})
    for section in everything(known().kinds, known().schemas, live, defaults=defaults):
        for one in section.objects or ():
            files.add(section.kind.name, one.key, one.fields, notes=one.notes)
    edited = files.edits()
    assert edited.findings == ()
    write(root, edited.edits)
    return root


def first(lab: Lab, live: Live, *, defaults: bool = False) -> Desired:
    """What those files want."""
    root = written(lab, live, defaults=defaults)
    return lab.load(root) if (root / "resources").exists() else lab.want("")
