"""The values of fields: variables filled in, files read, secrets sealed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.load import files
from reconcile.load.interpolate import Mistake, env_name, interpolate
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.nodes import Scalar, Sequence
from reconcile.load.plain import scalar
from reconcile.model import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from reconcile.load.nodes import Node
    from reconcile.model import Json, Secret, Tagged

_ANYTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Values:
    """Reads the values of one file; `seal` turns the name of an environment variable into a Secret."""

    root: Path
    folder: Path
    variables: Mapping[str, Node]
    seal: Callable[[str], Secret]

    def read(self, node: Node, schema: Mapping[str, Any], *, sensitive: bool) -> Tagged:
        """The value of one field; raises Mistake or Refused where it has none."""
        if not isinstance(node, Scalar) or not (variable := env_name(node)):
            return Value(self._plain(node, schema))
        if not sensitive:
            raise Mistake(
                f"${{env:{variable}}} may only be the value of a secret field, so that no environment variable leaks "
                "into the configuration; use ${var.NAME}"
            )
        return self.seal(variable)

    def _plain(self, node: Node, schema: Mapping[str, Any]) -> Json:
        if isinstance(node, MapNode):
            sub = schema.get("properties", _ANYTHING)
            return {
                name: self._plain(entry.node, sub.get(name, _ANYTHING))
                for name, entry in node.entries.items()
            }
        if isinstance(node, Sequence):
            return [self._plain(item, schema.get("items", _ANYTHING)) for item in node.items]
        if node.tag is not None:
            return self._from_file(node)
        filled = interpolate(node, self.variables)
        return _finite(scalar(filled, schema)) if isinstance(filled, Scalar) else self._plain(filled, schema)

    def _from_file(self, node: Scalar) -> Json:
        path = files.inside(self.root, self.folder, node.text)
        if node.tag == "!lines":
            return [entry for _, entry in files.lines(path)]
        return files.text(path)


def _finite(value: Json) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        raise Mistake("is no number that JSON knows; write a finite number, or quote it")
    return value
