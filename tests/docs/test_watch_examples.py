"""The examples for cron, systemd and Kubernetes, as far as they can be judged without running them."""

from __future__ import annotations

import re
import shlex
from configparser import RawConfigParser
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from reconcile.cli.app import app
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WATCH = ROOT / "examples" / "watch"
UNITS = sorted((WATCH / "systemd").iterdir())
TABLE = WATCH / "crontab"
JOB = yaml.safe_load((WATCH / "kubernetes" / "cronjob.yml").read_text("utf-8"))

_COMMAND = re.compile(r"\breconcile (drift [^;|&)\n]*)")
_TIME = r"(\*|[0-9]+)(/[0-9]+)?"


def takes(words: Sequence[str]) -> bool:
    """Whether `reconcile drift` takes these words."""
    command = app.get_command(click.Context(app), words[0])
    assert command is not None
    command.make_context(words[0], list(words[1:]))
    return words[0] == "drift"


# --- cron ---


def entries() -> list[str]:
    lines = TABLE.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#") and not re.match(r"[A-Z]+=", line)]


def test_the_crontab_has_a_time_and_a_command_that_we_have() -> None:
    (line,) = entries()
    *times, command = line.split(maxsplit=5)

    assert len(times) == 5
    assert all(re.fullmatch(_TIME, part) for part in times)
    assert "%" not in command  # cron would end the line there
    assert [takes(shlex.split(found.replace("2>", ""))[:3]) for found in _COMMAND.findall(command)] == [True]


def test_the_crontab_prints_only_where_the_command_fails(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415 - this test alone runs a shell

    (line,) = entries()
    command = line.split(maxsplit=5)[5]
    block = command[command.index("{") :]
    for code, said in ((0, ""), (2, "drifted\n")):
        (tmp_path / "reconcile").write_text(f"#!/bin/sh\necho drifted\nexit {code}\n", "utf-8")
        (tmp_path / "reconcile").chmod(0o755)
        ran = subprocess.run(
            ["/bin/sh", "-c", block],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.stdout, ran.returncode) == (said, 0)


# --- systemd ---

DIRECTIVES: Mapping[str, frozenset[str]] = {
    "Unit": frozenset({"Description", "Documentation", "Wants", "After"}),
    "Service": frozenset(
        [
            "Type",
            "User",
            "WorkingDirectory",
            "EnvironmentFile",
            "StateDirectory",
            "RuntimeDirectory",
            "ExecStartPre",
            "ExecStart",
            "TimeoutStartSec",
            "TimeoutStopSec",
            "Restart",
            "RestartSec",
            "RestartPreventExitStatus",
            "MemoryMax",
            "NoNewPrivileges",
            "PrivateTmp",
            "ProtectSystem",
            "ProtectHome",
            "ReadWritePaths",
            "ReadOnlyPaths",
        ]
    ),
    "Timer": frozenset({"OnCalendar", "RandomizedDelaySec", "Persistent", "Unit"}),
    "Install": frozenset({"WantedBy"}),
}


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(delimiters="=", comment_prefixes="#", strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_hold_directives_that_are_meant_in_the_sections_that_they_belong_to(path: Path) -> None:
    parser = unit(path)

    for section in parser.sections():
        assert set(parser[section]) <= DIRECTIVES[section], section
    assert ("Timer" in parser) == path.name.endswith(".timer")
    assert ("Service" in parser) == path.name.endswith(".service")


@pytest.mark.parametrize(
    "path", [one for one in UNITS if one.suffix == ".service"], ids=lambda path: path.name
)
def test_services_run_a_command_that_we_have_by_its_whole_path(path: Path) -> None:
    service = unit(path)["Service"]
    program, *words = shlex.split(service["ExecStart"])

    assert program == "/usr/local/bin/reconcile"
    assert takes(words)
    assert service["Type"] == ("simple" if "--watch" in words else "oneshot")
    written = [word.partition("=")[2] or word for word in words if "/var/lib/" in word or "/run/" in word]
    folders = {"StateDirectory": "/var/lib/", "RuntimeDirectory": "/run/"}
    made = [root + service[name] for name, root in folders.items() if name in service]
    assert all(any(one.startswith(f"{folder}/") for folder in made) for one in written)
    assert written


def test_the_timer_starts_the_service_that_is_there() -> None:
    timer = unit(WATCH / "systemd" / "reconcile-drift.timer")

    assert WATCH / "systemd" / timer["Timer"]["Unit"] in UNITS
    assert re.fullmatch(r"\*:[0-9]+/[0-9]+", timer["Timer"]["OnCalendar"])
    assert timer["Install"]["WantedBy"] == "timers.target"


# --- Kubernetes ---

Shape = dict[str, Any]
"""Names of members and their types, as https://kubernetes.io/docs/reference/kubernetes-api/ documents them: as far as
the example goes, and no further."""

_META: Shape = {"name": str, "labels": dict}
_LIMITS: Shape = {"cpu": str, "memory": str}
_CONTAINER: Shape = {
    "name": str,
    "image": str,
    "workingDir": str,
    "command": [str],
    "env": [{"name": str, "valueFrom": {"secretKeyRef": {"name": str, "key": str}}}],
    "resources": {"requests": _LIMITS, "limits": _LIMITS},
    "securityContext": {
        "allowPrivilegeEscalation": bool,
        "readOnlyRootFilesystem": bool,
        "capabilities": {"drop": [str]},
    },
    "volumeMounts": [{"name": str, "mountPath": str, "readOnly": bool}],
}
_POD: Shape = {
    "restartPolicy": str,
    "automountServiceAccountToken": bool,
    "securityContext": {
        "runAsNonRoot": bool,
        "runAsUser": int,
        "runAsGroup": int,
        "fsGroup": int,
        "seccompProfile": {"type": str},
    },
    "containers": [_CONTAINER],
    "volumes": [
        {"name": str, "persistentVolumeClaim": {"claimName": str, "readOnly": bool}, "emptyDir": dict}
    ],
}
_JOB: Shape = {
    "backoffLimit": int,
    "activeDeadlineSeconds": int,
    "ttlSecondsAfterFinished": int,
    "template": {"metadata": _META, "spec": _POD},
}
_CRON_JOB: Shape = {
    "apiVersion": str,
    "kind": str,
    "metadata": _META,
    "spec": {
        "schedule": str,
        "timeZone": str,
        "concurrencyPolicy": str,
        "startingDeadlineSeconds": int,
        "successfulJobsHistoryLimit": int,
        "failedJobsHistoryLimit": int,
        "jobTemplate": {"spec": _JOB},
    },
}


def misfits(value: Any, shape: Any, path: str = "") -> list[str]:
    """Where a document does not have its shape."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [path]
        unknown = [f"{path}.{name}" for name in value if name not in shape]
        return unknown + [
            one
            for name in value
            if name in shape
            for one in misfits(value[name], shape[name], f"{path}.{name}")
        ]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [path]
        return [one for place, item in enumerate(value) for one in misfits(item, shape[0], f"{path}.{place}")]
    fits = isinstance(value, shape) and not (shape is int and isinstance(value, bool))
    return [] if fits else [path]


def pod() -> Any:
    return JOB["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_the_cron_job_has_members_of_the_right_types_and_no_others() -> None:
    assert misfits(JOB, _CRON_JOB) == []
    assert misfits({**JOB, "specs": {}, "kind": 1}, _CRON_JOB) == [".specs", ".kind"]
    assert (JOB["apiVersion"], JOB["kind"]) == ("batch/v1", "CronJob")
    assert re.fullmatch(rf"{_TIME}( {_TIME}){{4}}", JOB["spec"]["schedule"])
    assert JOB["spec"]["concurrencyPolicy"] in {"Allow", "Forbid", "Replace"}
    assert pod()["restartPolicy"] in {"Never", "OnFailure"}


def test_the_cron_job_runs_a_command_that_we_have_and_mounts_what_it_declares() -> None:
    (container,) = pod()["containers"]
    program, *words = container["command"]

    assert (program, takes(words)) == ("reconcile", True)
    mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
    assert mounts.keys() == {one["name"] for one in pod()["volumes"]}
    assert mounts["state"] == words[words.index("--state-dir") + 1]
    assert mounts["tmp"] == "/tmp"  # noqa: S108 - the path in the container


def test_the_cron_job_needs_no_right_that_looking_does_not_need() -> None:
    (container,) = pod()["containers"]

    assert pod()["automountServiceAccountToken"] is False
    assert pod()["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
