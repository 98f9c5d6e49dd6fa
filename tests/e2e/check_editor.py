"""What people see who open our files in an editor with the YAML language server, set up as the guides say."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.cli import run
from tests.docs.test_docs_agree import DOCS, blocks
from tests.e2e.editor import Editor, editing
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = sorted(
    path
    for project in (ROOT / "examples").glob("*/reconcile.yml")
    for path in project.parent.glob("**/*.yml")
)


def settings(**more: Any) -> dict[str, Any]:
    """The tags that the guide shows, as the server wants them; nothing is fetched from the network."""
    _, tags = map(json.loads, blocks((DOCS / "editors.md").read_text("utf-8"), "json"))
    return {
        "yaml": {
            "customTags": tags["yaml.customTags"],
            "validate": True,
            "hover": True,
            "completion": True,
            "schemaStore": {"enable": False},
            **more,
        }
    }


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    with editing(ROOT, settings()) as found:
        yield found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the large example, beside the schemas, to make mistakes in."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.copytree(ROOT / "examples" / "acme", tmp_path / "examples" / "acme")
    return tmp_path / "examples" / "acme"


def place(path: Path, word: str) -> tuple[int, int]:
    """Where a word stands in a file: its line, and a column within it."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if word in line:
            return number, line.index(word) + 1
    raise AssertionError(word)


def test_there_are_examples_of_every_sort() -> None:
    text = "\n".join(path.read_text("utf-8") for path in EXAMPLES)
    assert all(f"{name}.json" in text for name in ("project", "resources", "overlays"))
    assert all(tag in text for tag in ("!file", "!lines", "!append", "!unset"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.relative_to(ROOT / "examples").as_posix())
def test_no_example_has_a_squiggle(editor: Editor, path: Path) -> None:
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=../"), (
        "it would have no schema"
    )
    assert editor.complaints(path) == []


@pytest.mark.parametrize(
    ("name", "mistake", "says"),
    [
        ("resources/jwt.yml", ("lifetime:", "lifetme:"), "lifetme"),
        ("resources/settings.yml", ("allowlist: true", "allowlist: 17"), "boolean"),
        ("resources/emails.yml", ("email_templates:", "email_template:"), "email_template"),
        ("environments/production.yml", ("identifiers: !remove", "identifers: !remove"), "identifers"),
        ("reconcile.yml", ("type: production", "type: prod"), "development"),
        ("resources/emails.yml", ("!file", "!fil"), "tag"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
def test_a_mistake_has_one(
    editor: Editor, copy: Path, name: str, mistake: tuple[str, str], says: str
) -> None:
    path = copy / name
    text = path.read_text("utf-8")
    assert mistake[0] in text
    path.write_text(text.replace(*mistake, 1), "utf-8")
    complaints = editor.complaints(path)
    line, _ = place(path, mistake[1])
    assert any(one.startswith(f"{line}:") and says in one for one in complaints), complaints


def test_a_field_is_explained_where_the_mouse_rests(editor: Editor) -> None:
    path = ROOT / "examples" / "acme" / "resources" / "jwt.yml"
    editor.complaints(path)
    schema = json.loads((ROOT / "schemas" / "jwt_template.json").read_text("utf-8"))
    wanted = schema["properties"]["lifetime"]["description"].split(".")[0]
    assert wanted in editor.hover(path, *place(path, "lifetime")).replace("\\", "")


def test_fields_are_offered_that_may_stand_there(editor: Editor, copy: Path) -> None:
    path = copy / "resources" / "jwt.yml"
    line, _ = place(path, "lifetime:")
    lines = path.read_text("utf-8").splitlines()
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    lines.insert(line, " " * indent)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    editor.complaints(path)
    offered = editor.offered(path, line + 1, indent)
    assert "allowed_clock_skew" in offered
    assert "subject" not in offered


def test_what_init_writes_has_no_squiggle(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path)]) == 0
    written = json.loads((tmp_path / ".vscode" / "settings.json").read_text("utf-8"))
    with editing(tmp_path, settings(customTags=written["yaml.customTags"])) as editor:
        for name in ("reconcile.yml", "clerk/resources.yml"):
            assert editor.complaints(tmp_path / name) == []
        path = tmp_path / "clerk" / "resources.yml"
        path.write_text(path.read_text("utf-8").replace("lifetime: 300", "lifetime: 3"), "utf-8")
        assert len(editor.complaints(path)) == 1


def test_without_the_settings_of_the_guide_the_tags_are_unknown() -> None:
    with editing(ROOT, settings(customTags=[])) as editor:
        complaints = editor.complaints(ROOT / "examples" / "acme" / "resources" / "emails.yml")
    assert any("tag" in one for one in complaints)


def test_the_patterns_of_the_guide_do_what_a_line_in_each_file_does(copy: Path) -> None:
    schemas, _ = map(json.loads, blocks((DOCS / "editors.md").read_text("utf-8"), "json"))
    shutil.copytree(copy.parent.parent / "schemas", copy / ".vscode", dirs_exist_ok=True)
    files = [copy / "reconcile.yml", *copy.glob("resources/*.yml"), *copy.glob("environments/*.yml")]
    for path in files:
        path.write_text(path.read_text("utf-8").partition("\n")[2], "utf-8")
    with editing(copy, settings(schemas=schemas["yaml.schemas"])) as editor:
        assert [complaint for path in files for complaint in editor.complaints(path)] == []
        for path in files:
            path.write_text(f"{path.read_text('utf-8')}nonsense: 1\n", "utf-8")
        assert [path.name for path in files if not editor.complaints(path)] == []
