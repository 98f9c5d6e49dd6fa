"""The sections of all resource files, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.load.files import read_nodes, relative, shape
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.section import Part, Reader
from reconcile.load.values import Values
from reconcile.model import Desired, Finding, Origin, Section, Severity
from reconcile.validate.explain import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.catalogue import Catalogue
    from reconcile.load.nodes import Node
    from reconcile.load.project import Project
    from reconcile.model import Declared, Kind, Secret


def load_desired(
    project: Project,
    catalogue: Catalogue,
    variables: Mapping[str, Node],
    seal: Callable[[str], Secret],
) -> tuple[Desired, tuple[Finding, ...]]:
    """What the files want with these variables, and everything that is wrong with how they say it.

    `seal` turns the name of an environment variable into a Secret; it raises Mistake where the variable is not set.
    """
    findings: list[Finding] = []
    parts: dict[str, list[Part]] = {}
    for path in project.resources:
        name = relative(project.root, path)
        node, problems = read_nodes(project.root, path)
        values = Values(project.root, path.parent, variables, seal)
        findings += problems
        for kind, entry_line, section in _sections(node, name, catalogue, findings):
            reader = Reader(project.root, path, name, kind, catalogue.schemas[kind.name], values, findings)
            parts.setdefault(kind.name, []).append(reader.section(section, entry_line))
    sections = {name: _merge(catalogue.kinds[name], found, findings) for name, found in sorted(parts.items())}
    return Desired(sections), tuple(findings)


def _sections(
    node: Node | None, file: str, catalogue: Catalogue, findings: list[Finding]
) -> list[tuple[Kind, int, Node]]:
    if node is None:
        return []
    if not isinstance(node, MapNode):
        message = f"a resource file is a map of sections, and this is {shape(node)}; start with a line like `redirect_urls:`"
        findings.append(Finding(Severity.ERROR, "section", message, origin=Origin(file, node.line)))
        return []
    known = catalogue.by_section
    found = []
    for name, (line, section) in node.entries.items():
        if name in known:
            found.append((known[name], line, section))
        else:
            message = f"unknown section {name}; {suggest(name, known)}"
            findings.append(Finding(Severity.ERROR, "section", message, origin=Origin(file, line)))
    return found


def _merge(kind: Kind, parts: list[Part], findings: list[Finding]) -> Section:
    """One section out of several files; the same address or option twice names both places."""
    objects: dict[str, Declared] = {}
    for declared in (item for part in parts for item in part.objects):
        first = objects.setdefault(declared.key, declared)
        if first is not declared:
            message = f"is already declared at {first.origin}; remove one of them"
            findings.append(
                Finding(Severity.ERROR, "duplicate", message, kind.address(declared.key), declared.origin)
            )
    options = [part.prune_origin for part in parts if part.prune_origin]
    for again in options[1:]:
        message = f"prune is already set at {options[0]}; remove one of them"
        findings.append(Finding(Severity.ERROR, "duplicate", message, kind.section, again))
    return Section(parts[0].origin, objects, prune=any(part.prune for part in parts))
