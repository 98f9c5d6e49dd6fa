"""A project whose environment `local` lies under overlays, and what comes out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconcile.model import Desired, Section
    from tests.lab import Lab

PROJECT = """\
version: 1
resources: [resources.yml]
environments:
  local: {{api_url: embedded, overlays: [{overlays}], vars: {{app: "https://app.acme.example", roles: [a, b], claims: {{role: x, n: 1}}}}}}
  other: {{api_url: embedded}}
policy: {{{policy}}}
"""


def overlaid(
    lab: Lab, resources: str, *overlays: str, policy: str = "", files: Mapping[str, str] | None = None
) -> Path:
    """A project folder; the overlays are `over/0.yml`, `over/1.yml` and so on, each a layer."""
    named = {f"over/{number}.yml": text for number, text in enumerate(overlays)}
    project = PROJECT.format(overlays=", ".join(named), policy=policy)
    return lab.project(resources, {"reconcile.yml": project, **named, **(files or {})})


def rendered(lab: Lab, resources: str, *overlays: str) -> Desired:
    """What the files want with the overlays over them; raises FilesError where they are wrong."""
    return lab.load(overlaid(lab, resources, *overlays))


def section(lab: Lab, name: str, resources: str, *overlays: str) -> Section:
    return rendered(lab, resources, *overlays).sections[name]


def fields(found: Section, key: str = "") -> dict[str, object]:
    """The plain values of an object."""
    return {
        name: value.value for name, value in found.objects[key].fields.items() if isinstance(value, Value)
    }


def problems(
    lab: Lab, resources: str, *overlays: str, policy: str = "", files: Mapping[str, str] | None = None
) -> list[str]:
    """Everything that is to be said about the files, as people read it."""
    root = overlaid(lab, resources, *overlays, policy=policy, files=files)
    return [str(finding) for finding in lab.read(root)[1]]
