"""`reconcile simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import random

    from reconcile.simulator import Options, Store

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
@click.option("--future", is_flag=True, help="Answer with fields and values that no version has yet.")
@click.option(
    "--key-env", metavar="NAME", default="", help="Accept only the secret key in this environment variable."
)
def command(
    port: int,
    state: Path | None,
    kind: str,
    features: str,
    no_rate_limit: bool,
    lag: int,
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
    simulator = Simulator(_store(state, options, rng), options, SystemClock(), rng)
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


def _store(path: Path | None, options: Options, rng: random.Random) -> Store:
    """The instance: from the file if it exists, else a fresh one that is kept there."""
    from reconcile.errors import UsageError
    from reconcile.simulator import Store
    from reconcile.simulator.store import DamagedState

    if path is not None and path.exists():
        try:
            store = Store.load(path)
        except DamagedState as error:
            raise UsageError(str(error)) from error
        if not store.fits(options):
            raise UsageError(
                f"{path} holds an instance of another type or with other features; choose another file"
            )
        return store
    store = Store.new(options, rng)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        store.save(path)
    return store
