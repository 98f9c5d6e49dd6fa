"""`reconcile simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import random

    from reconcile.simulator import Options, Store
    from reconcile.simulator.faults import Faults

_DEFAULT_FEATURES = {"development": "all", "production": "none"}


@click.command(name="simulate")
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=0, help="0, the default: any free one."
)
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Keep the instance in this file. Default: in memory.",
)
@click.option(
    "--seed",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    help="Start a new instance as the one in this file, which --state once wrote; it is only read.",
)
@click.option(
    "--type",
    "kind",
    type=click.Choice(["development", "production"]),
    default="development",
    help="The type of the instance.",
)
@click.option(
    "--features",
    metavar="all|none|NAME,…",
    default="",
    help="Paid features of its plan. Default: all for development, none for production.",
)
@click.option(
    "--no-rate-limit", is_flag=True, help="Lift the limit on requests, and that on template writes."
)
@click.option(
    "--lag",
    metavar="MS",
    type=click.IntRange(min=0),
    default=0,
    help="Milliseconds by which reads may trail behind writes.",
)
@click.option(
    "--faults",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    help="Fail, lose answers and lie by the rules in this file.",
)
@click.option("--future", is_flag=True, help="Answer with fields and values that no version has yet.")
@click.option(
    "--key-env", metavar="NAME", default="", help="Accept only the secret key in this environment variable."
)
def command(
    port: int,
    state: Path | None,
    seed: Path | None,
    kind: str,
    features: str,
    no_rate_limit: bool,
    lag: int,
    faults: Path | None,
    future: bool,
    key_env: str,
) -> None:
    """Serve a simulated instance over HTTP on this machine, until Ctrl-C. The first line printed is its address."""
    import os
    import random

    from reconcile.clock import SystemClock
    from reconcile.errors import UsageError
    from reconcile.simulator import Options, Simulator

    try:
        from reconcile.simulator.server import serve
    except ImportError as error:
        raise UsageError(str(error)) from error
    if key_env and not os.environ.get(key_env):
        raise UsageError(f"--key-env {key_env}: that environment variable is not set")
    options = Options(
        type=kind,
        features=_features(features or _DEFAULT_FEATURES[kind]),
        rate_limit=not no_rate_limit,
        lag=lag / 1000,
        future=future,
        keys=frozenset({os.environ[key_env]}) if key_env else None,
    )
    rng = random.SystemRandom()
    rules = _faults(faults) if faults else None
    simulator = Simulator(_store(state, seed, options, rng), options, SystemClock(), rng, rules)
    serve(simulator, port, lambda real: click.echo(f"http://127.0.0.1:{real}"))


def _features(text: str) -> frozenset[str] | None:
    """The features that an option names: None for all."""
    from reconcile.errors import UsageError
    from reconcile.simulator.plans import FEATURES

    if text in {"all", "none"}:
        return None if text == "all" else frozenset()
    names = frozenset(text.split(","))
    if unknown := sorted(names - FEATURES):
        raise UsageError(f"--features: unknown {', '.join(unknown)}; known are {', '.join(sorted(FEATURES))}")
    return names


def _faults(path: Path) -> Faults:
    """The rules in a file."""
    from reconcile.simulator.faultfile import BadFaults, read

    try:
        return read(path)
    except BadFaults as error:
        raise _wrong(path, *error.problems) from error


def _store(path: Path | None, seed: Path | None, options: Options, rng: random.Random) -> Store:
    """The instance: from its file if there is one, else a new one, as in the seed if there is one."""
    from reconcile.errors import UsageError
    from reconcile.simulator import Store
    from reconcile.simulator.store import DamagedState

    if path is not None and path.exists():
        try:
            return _fitting(path, options)
        except DamagedState as error:
            raise UsageError(str(error)) from error
    store = _seeded(seed, options) if seed else Store.new(options, rng)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        store.save(path)
    return store


def _seeded(seed: Path, options: Options) -> Store:
    """A new instance with all that the one in a file holds; it does not know that file any more."""
    from reconcile.simulator import Store
    from reconcile.simulator.store import DamagedState

    try:
        return Store(_fitting(seed, options).data)
    except DamagedState as error:
        raise _wrong(seed, (1, "is not a state of the simulator, such as --state writes")) from error


def _fitting(path: Path, options: Options) -> Store:
    """The instance in a file, which has to be one that the options speak of."""
    from reconcile.errors import UsageError
    from reconcile.simulator import Store

    store = Store.load(path)
    if not store.fits(options):
        raise UsageError(
            f"{path} holds an instance of another type or with other features; choose another file"
        )
    return store


def _wrong(path: Path, *problems: tuple[int, str]) -> Exception:
    """What is wrong with a file, by line."""
    from reconcile.errors import FilesError
    from reconcile.model import Finding, Origin, Severity

    return FilesError(
        [Finding(Severity.ERROR, "file", text, origin=Origin(str(path), line)) for line, text in problems]
    )
