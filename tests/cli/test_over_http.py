from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    import pytest

    from tests.cli.conftest import Shell

KEY = "sk_live_abcdefgh12345678"


def _project(shell: Shell, url: str, resources: str) -> None:
    shell.project(resources, f"prod: {{type: production, api_url: '{url}', secret_key: '${{env:KEY}}'}}")


def test_the_whole_way_over_http(shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", KEY)
    _project(
        shell, served, "redirect_urls: ['https://a.example/x']\njwt_templates: {one: {claims: {a: 1.0}}}\n"
    )
    assert shell("apply -e prod --yes").code == 0
    assert shell("plan -e prod --detailed-exitcode").code == 0


def test_a_key_that_the_service_does_not_know_says_what_to_check(
    shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "sk_live_short")
    _project(shell, served, "redirect_urls: []\n")
    said = shell("plan -e prod")
    assert (said.code, "clerk_key_invalid" in said.err) == (1, True)
    assert "sk_live_short" not in said.err + said.out


def test_a_server_that_is_not_there_is_said_with_what_to_check(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", KEY)
    _project(shell, "http://127.0.0.1:9/v1", "redirect_urls: []\n")
    said = shell("plan -e prod")
    assert (said.code, "check the network and api_url" in said.err) == (1, True)


def test_an_interrupt_finishes_what_is_in_flight_and_says_what_was_done(shell: Shell, served: str) -> None:
    entries = "".join(f"    - user{number}@a.example\n" for number in range(1500))
    _project(shell, served, f"blocklist:\n  identifiers:\n{entries}")
    environ = {**os.environ, "KEY": KEY}
    words = [*COMMAND, "apply", "-e", "prod", "--yes"]
    with subprocess.Popen(
        words, cwd=shell.folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(timeout=60) == 130
    assert "skipped" in said
