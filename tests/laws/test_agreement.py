"""Kinds, schemas, pages, tests and the contract are the same set, and nothing outside of a kind knows its name."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from reconcile.kinds import discover
from reconcile.model import Read
from tests.lab import ROOT, known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconcile.model import Kind

NAMES = sorted(discover())
OTHER_SCHEMAS = {
    "adoption",
    "doctor",
    "events",
    "findings",
    "outcomes",
    "overlays",
    "plan",
    "project",
    "pull",
    "resources",
    "snapshot",
}
every_kind = pytest.mark.parametrize("name", NAMES)


def stems(folder: str, pattern: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(pattern)}


# --- the same set ---


def test_every_kind_has_a_schema_and_no_schema_is_left_over() -> None:
    assert stems("schemas", "*.json") - OTHER_SCHEMAS == set(NAMES)


def test_every_kind_has_a_page_and_no_page_is_left_over() -> None:
    assert stems("docs/kinds", "*.md") == set(NAMES)


def test_every_kind_has_its_tests_and_no_tests_are_left_over() -> None:
    assert {name.removeprefix("test_") for name in stems("tests/kinds", "test_*.py")} == set(NAMES)


def test_a_kind_is_found_in_the_file_of_its_name() -> None:
    files = {path.stem for path in (ROOT / "reconcile" / "kinds").glob("*.py") if path.name[0] != "_"}

    assert files == set(NAMES)


@every_kind
def test_a_kind_is_sixty_lines_at_most(name: str) -> None:
    text = (ROOT / "reconcile" / "kinds" / f"{name}.py").read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 60


def test_sections_are_told_apart_by_name() -> None:
    assert len({kind.section for kind in known().kinds.values()}) == len(NAMES)


def test_what_a_kind_says_of_its_fields_is_about_fields_that_it_has() -> None:
    for kind in known().kinds.values():
        said = {kind.key, kind.enables} | {
            *kind.always,
            *kind.references,
            *kind.gates,
            *kind.twins,
            *kind.ignored,
        }
        said |= {name for names in kind.carries.values() for name in names} | kind.carries.keys()
        said |= kind.shortcuts.keys() if kind.shortcuts.keys() & kind.fields.keys() else set()
        assert said - {""} <= kind.fields.keys(), kind.name
        for other in kind.twins.values():
            owner, _, field = other.partition(".")
            assert field in known().kinds[owner].fields
        for gated in kind.gates.values():
            assert gated in known().kinds


# --- the contract ---


@cache
def contract() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yml").read_text(encoding="utf-8"))
    return found


def resolved(node: Any) -> Any:
    """A part of the contract, its references followed."""
    while isinstance(node, dict) and "$ref" in node:
        parts = node["$ref"].removeprefix("#/").split("/")
        node = contract()
        for part in parts:
            node = node[part]
    return node


def properties(schema: Any) -> set[str]:
    """The names of all members that an object, a list of objects or a page of them may have."""
    schema = resolved(schema)
    branches = [branch for word in ("oneOf", "anyOf", "allOf") for branch in schema.get(word, ())]
    found = set().union(*(properties(branch) for branch in branches))
    if schema.get("type") == "array":
        return found | properties(schema["items"])
    own = schema.get("properties", {})
    return found | (properties(own["data"]) if "data" in own else set(own))


def operation(method: str, path: str) -> dict[str, Any]:
    """The operation at a path in which `*` stands for an id."""
    parts = path.split("/")
    for template, operations in contract()["paths"].items():
        wanted = template.split("/")
        fits = len(wanted) == len(parts) and all(
            one.startswith("{") or one == other for one, other in zip(wanted, parts, strict=True)
        )
        if fits and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    raise AssertionError(f"openapi.yml has no {method} {path}")


def sent(method: str, path: str) -> set[str]:
    """The properties of a request body."""
    body = resolved(operation(method, path).get("requestBody", {}))
    return properties(body["content"]["application/json"]["schema"])


def returned(method: str, path: str) -> set[str]:
    """The properties of a successful answer; none where it is empty."""
    answers = operation(method, path)["responses"]
    content = next(
        resolved(answer).get("content", {})
        for status, answer in answers.items()
        if str(status).startswith("2")
    )
    return properties(content["application/json"]["schema"]) if content else set()


def member(kind: Kind) -> str:
    return kind.path if kind.singleton else f"{kind.path}/*"


def written(kind: Kind, *, creating: bool) -> set[str]:
    """The names under which fields of this kind are written."""
    names = (name for name, field in kind.fields.items() if not field.read_only)
    return {
        kind.references[name].written_as if name in kind.references else name
        for name in names
        if creating or not kind.fields[name].create_only
    }


@every_kind
def test_every_field_that_we_write_is_in_a_request_body_of_the_contract(name: str) -> None:
    kind = known().kinds[name]

    if kind.key and kind.create:
        assert written(kind, creating=True) <= sent(kind.create, kind.path)
    if kind.update:
        assert written(kind, creating=False) <= sent(kind.update, member(kind))
    for field, path in kind.shortcuts.items():
        assert field in sent("POST", f"{member(kind)}/{path}")


@every_kind
def test_every_field_that_we_read_is_in_an_answer_of_the_contract(name: str) -> None:
    kind = known().kinds[name]
    readable = {field.name for field in kind.fields.values() if not field.write_only}
    method = (kind.update or "") if kind.read is Read.ECHO else "GET"

    assert readable <= returned(method, kind.path)
    if kind.key:
        assert {kind.key, kind.member} <= returned("GET", kind.path)
    if kind.revert:
        assert kind.overridden[0] in returned("GET", kind.path)


@every_kind
def test_what_we_call_write_only_is_in_no_answer(name: str) -> None:
    kind = known().kinds[name]
    hidden = {field.name for field in kind.fields.values() if field.write_only}
    method = (kind.update or "") if kind.read is Read.ECHO else "GET"

    assert not hidden & returned(method, kind.path)


@every_kind
def test_every_route_of_a_kind_is_in_the_contract(name: str) -> None:
    kind = known().kinds[name]

    if kind.key and kind.delete:
        operation(kind.delete, member(kind))
    if kind.revert:
        operation("POST", f"{member(kind)}/{kind.revert}")
    for reference in kind.references.values():
        assert {"id", reference.key} <= returned("GET", reference.path)


@every_kind
def test_a_list_is_paged_where_the_contract_says_so(name: str) -> None:
    kind = known().kinds[name]
    if kind.read is Read.ECHO:
        return
    parameters = {resolved(one)["name"] for one in operation("GET", kind.path).get("parameters", ())}

    assert ({"limit", "offset"} <= parameters) == (kind.read is Read.PAGED and not kind.singleton)


# --- nobody else knows their names ---


def ours() -> Iterator[Path]:
    """Our modules but for the kinds themselves, and the simulator, which has tables of its own."""
    for path in sorted((ROOT / "reconcile").rglob("*.py")):
        if not {"kinds", "simulator"} & set(path.relative_to(ROOT).parts):
            yield path


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def compared(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts with which something is compared, in an expression or a match."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.match_case):
            yield from texts(node if isinstance(node, ast.Compare) else node.pattern)


@pytest.mark.parametrize("path", list(ours()), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_kind_is_named_outside_of_kinds(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = {word for kind in known().kinds.values() for word in (kind.name, kind.section)}
    plain_english = {"instance"}

    named = [(line, text) for line, text in texts(tree) if text in words - plain_english]
    branched = [(line, text) for line, text in compared(tree) if text in words]

    assert (named, branched) == ([], [])
