"""Files of the project that are no files, or larger than any that people write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.errors import FilesError
from reconcile.load import load_project
from reconcile.load.files import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.lab import Lab

BODY = "email_templates: {passkey_added: {body: !file body.html}}"
LIST = "allowlist: !lines body.html"


def huge(path: Path) -> None:
    """A file that is only said to be that large."""
    path.touch()
    os.truncate(path, LIMIT + 1)


@pytest.mark.parametrize("text", [BODY, LIST], ids=["file", "lines"])
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (huge, "is larger than 32 MiB; split it"),
        (os.mkfifo, "cannot be read (it is no regular file)"),
        (lambda path: path.mkdir(), "cannot be read (Is a directory)"),
        (lambda path: path.symlink_to("/dev/zero"), "is a link out of the project"),
    ],
    ids=["huge", "pipe", "folder", "device"],
)
def test_what_a_tag_names_has_to_be_a_file_of_a_size_that_people_write(
    lab: Lab, text: str, make: Callable[[Path], None], reason: str
) -> None:
    root = lab.project(text)
    make(root / "body.html")
    _, findings = lab.read(root)
    assert [(str(item.origin), reason in item.message) for item in findings] == [("resources.yml:1", True)]


def test_a_resource_file_that_is_too_large_is_not_read(lab: Lab) -> None:
    root = lab.project("")
    huge(root / "resources.yml")
    _, findings = lab.read(root)
    assert [str(item) for item in findings] == ["resources.yml: is larger than 32 MiB; split it"]


def test_a_pipe_is_no_resource_file(lab: Lab) -> None:
    root = lab.project("")
    (root / "resources.yml").unlink()
    os.mkfifo(root / "resources.yml")

    project = load_project(root, catalogue.schema("project"))

    assert project.resources == ()
    assert ["resources.yml matches no file" in str(one) for one in project.unmatched] == [True]


def test_a_project_file_that_is_too_large_is_not_read(lab: Lab) -> None:
    root = lab.project("")
    huge(root / "reconcile.yml")
    with pytest.raises(FilesError, match=r"reconcile\.yml: is larger than 32 MiB; split it"):
        load_project(root, catalogue.schema("project"))
