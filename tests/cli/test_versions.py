"""One configuration under every version of the API, and kinds that the service takes away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from reconcile.model.versions import VERSIONS
from tests.lab import ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def acme(shell: Shell, version: str) -> None:
    """The large example, with its built-in instance speaking this version."""
    shutil.copytree(ROOT / "examples" / "acme", shell.folder, dirs_exist_ok=True)
    project = shell.folder / "reconcile.yml"
    text = project.read_text("utf-8")
    project.write_text(text.replace("embedded\n", f"embedded\n    api_version: {version}\n", 1), "utf-8")


@pytest.mark.parametrize("version", VERSIONS)
def test_acme_is_planned_and_applied_under_each_version(
    shell: Shell, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_JWT_SECRET", "a secret that is long enough")
    acme(shell, version)
    if version == VERSIONS[0]:
        refused = shell("plan -e local")
        assert refused.code == 65
        for name in ("creator_role", "domains_default_role"):
            assert f"organization_settings: {name}: version {version} of the API does not have" in refused.err
        assert "2024-10-01" in refused.err
        settings = shell.folder / "resources" / "settings.yml"
        lines = settings.read_text("utf-8").splitlines(keepends=True)
        settings.write_text("".join(line for line in lines if "_role:" not in line), "utf-8")
    assert shell("apply -e local --yes").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 0


def test_a_version_that_does_not_exist_is_an_error_with_its_place(shell: Shell) -> None:
    shell.project("redirect_urls: []\n", "local: {api_url: embedded, api_version: 2023-01-01}")
    said = shell("plan -e local")
    assert said.code == 65
    assert "reconcile.yml:4: environments.local.api_version: '2023-01-01' is none of" in said.err
