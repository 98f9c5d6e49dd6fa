"""The sections of all resource files and overlays, put together for one environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.load.files import OVERLAY_TAGS, TAGS, read_nodes, shape, source
from reconcile.load.lists import Lists
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.objects import Objects
from reconcile.load.rendering import Piece, Rendering
from reconcile.model import Desired, Origin
from reconcile.validate.explain import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from reconcile.catalogue import Catalogue
    from reconcile.load.environment import Environment
    from reconcile.load.nodes import Node, Source
    from reconcile.load.project import Project
    from reconcile.model import Finding, Secret, Section

_KIND = re.compile(r"([A-Za-z_]+)(?:[./]|$)")
"""What a pattern that begins with the name of a kind begins with."""


def load_desired(
    project: Project,
    catalogue: Catalogue,
    variables: Mapping[str, Node],
    seal: Callable[[str], Secret],
    environment: Environment,
) -> tuple[Desired, tuple[Finding, ...]]:
    """What the files want of this environment, and everything that is wrong with how they say it.

    `seal` turns the name of an environment variable into a Secret; it raises Mistake where the variable is not set.
    """
    rendering = Rendering(project, environment, catalogue, variables, seal, [*project.findings])
    _check_patterns(rendering)
    base = _pieces(rendering, project.resources, TAGS)
    layers = [_pieces(rendering, paths, OVERLAY_TAGS) for paths in environment.overlays]
    sections = {}
    for name in sorted({*base, *(name for layer in layers for name in layer)}):
        section = _section(
            rendering, name, base.get(name, []), [layer[name] for layer in layers if name in layer]
        )
        if section is not None:
            sections[name] = section
    return Desired(sections), tuple(_known(rendering.findings))


def _known(findings: Iterable[Finding]) -> Iterable[Finding]:
    """What is known to be wrong: while a file cannot be read, nobody knows what overlays find below them."""
    found = list(findings)
    unread = any(one.rule == "yaml" for one in found)
    return [one for one in found if one.rule != "overlay"] if unread else found


def _section(rendering: Rendering, name: str, base: list[Piece], layers: list[list[Piece]]) -> Section | None:
    kind = rendering.catalogue.kinds[name]
    found = (Lists if kind.entries else Objects)(rendering, kind, base)
    for layer in layers:
        found.lay(layer)
    return found.section()


def _pieces(rendering: Rendering, paths: Iterable[Path], tags: frozenset[str]) -> dict[str, list[Piece]]:
    """What some files say, by kind."""
    found: dict[str, list[Piece]] = {}
    for path in paths:
        root = rendering.project.root
        node, problems = read_nodes(root, path, tags, rendering.project.content)
        rendering.findings.extend(problems)
        for piece in _sections(rendering, node, source(root, path)) if node is not None else ():
            found.setdefault(piece.kind.name, []).append(piece)
    return found


def _sections(rendering: Rendering, node: Node, file: Source) -> Iterator[Piece]:
    if not isinstance(node, MapNode):
        message = f"a resource file is a map of sections, and this is {shape(node)}; start with a line like `redirect_urls:`"
        rendering.say("section", message, "", Origin(file.name, node.line))
        return
    known = rendering.catalogue.by_section
    for name, (line, section) in node.entries.items():
        if name in known:
            yield Piece(file, known[name], line, section)
        else:
            rendering.say(
                "section", f"unknown section {name}; {suggest(name, known)}", "", Origin(file.name, line)
            )


def _check_patterns(rendering: Rendering) -> None:
    """What begins with the name of a kind that does not exist would lock, or keep, nothing."""
    kinds, project = rendering.catalogue.kinds, rendering.project
    for option, patterns in (("policy.locked", project.locked), ("promote.keep", project.keep)):
        for pattern, place in patterns:
            name = _KIND.match(pattern)
            if name and name[1] not in kinds:
                message = f"{option}: {pattern}: there is no kind {name[1]}; {suggest(name[1], kinds)}"
                rendering.say("project", message, "", place)
