"""The values of fields: variables filled in, files read, secrets sealed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.load import files
from reconcile.load.interpolate import Mistake, env_name, interpolate
from reconcile.load.nodes import Line, Scalar, Sequence, source_of
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.plain import scalar
from reconcile.model import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from reconcile.load.files import Content
    from reconcile.load.nodes import Node, Source
    from reconcile.model import Json, Secret, Tagged

_ANYTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Values:
    """Reads the values of one file.

    `seal` turns the name of an environment variable into a Secret, `notice` is told each text that a file brings in.
    """

    root: Path
    source: Source
    variables: Mapping[str, Node]
    seal: Callable[[str], Secret]
    notice: Callable[[Path, str], None]
    content: Content = files.read_bytes

    def read(self, node: Node, schema: Mapping[str, Any], *, sensitive: bool) -> Tagged:
        """The value of one field; raises Mistake or Refused where it has none."""
        if not isinstance(node, Scalar) or not (variable := env_name(node)):
            return Value(self.plain(node, schema))
        if not sensitive:
            raise Mistake(
                f"${{env:{variable}}} may only be the value of a secret field, so that no environment variable leaks "
                "into the configuration; use ${var.NAME}"
            )
        return self.seal(variable)

    def plain(self, node: Node, schema: Mapping[str, Any]) -> Json:
        """The JSON value of a node; raises Mistake or Refused where it has none."""
        if isinstance(node, MapNode):
            sub = schema.get("properties", _ANYTHING)
            return {
                name: self.plain(entry.node, sub.get(name, _ANYTHING)) for name, entry in node.entries.items()
            }
        if isinstance(node, Sequence):
            return [self.plain(item, schema.get("items", _ANYTHING)) for item in node.items]
        if node.tag is not None:
            return self._from_file(node)
        filled = interpolate(node, self.variables)
        return _finite(scalar(filled, schema)) if isinstance(filled, Scalar) else self.plain(filled, schema)

    def opened(self, node: Node) -> Node:
        """A variable that stands alone, or a `!lines`, as the list or map that it stands for; may raise as well."""
        if not isinstance(node, Scalar):
            return node
        if node.tag == "!lines":
            path, content = self.file(node)
            here = files.source(self.root, path)
            items = (Scalar(text, Line.of(line, here), plain=False) for line, text in files.lines(content))
            return Sequence(tuple(items), node.line)
        if node.tag is None and not env_name(node):
            return interpolate(node, self.variables)
        return node

    def file(self, node: Scalar) -> tuple[Path, str]:
        """The file that a tag names, beside the file that the tag stands in, and its text."""
        path = files.inside(self.root, source_of(node.line, self.source).folder, node.text)
        content = files.text(path, self.content)
        self.notice(path, content)
        return path, content

    def _from_file(self, node: Scalar) -> Json:
        _, content = self.file(node)
        return [entry for _, entry in files.lines(content)] if node.tag == "!lines" else content


def _finite(value: Json) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        raise Mistake("is no number that JSON knows; write a finite number, or quote it")
    return value
