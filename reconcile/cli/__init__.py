"""The command line: parse, call, hand the value to a renderer, choose the exit code. The only place that prints."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconcile.cli.app import app
from reconcile.cli.sinks import guarded, stop_printing
from reconcile.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED = 1
_USAGE = 64
_INTERRUPTED = 130
_VERBOSE = frozenset({"-v", "-vv", "-vvv", "--verbose"})


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Every error is caught here and nowhere else, and no secret gets out."""
    args = sys.argv[1:] if args is None else list(args)
    redact = Redactor()
    with guarded(redact):
        return _caught(args, redact)


def _caught(args: Sequence[str], redact: Redactor) -> int:
    from reconcile.errors import ReconcileError

    try:
        return _invoke(args, redact)
    except ReconcileError as error:
        click.echo(_message(error), err=True)
        return error.exit_code
    except BrokenPipeError:
        stop_printing()
        return _FAILED
    except OSError as error:
        click.echo(f"error: {error.filename or 'the system'}: {error.strerror or error}", err=True)
        return _FAILED
    except Exception as error:  # noqa: BLE001 - whatever it is, people get one line, and secrets stay inside
        click.echo(_bug(error, args), err=True)
        return _FAILED


def _bug(error: Exception, args: Sequence[str]) -> str:
    """An error that nobody foresaw: where it happened, and the whole trace where it was asked for; never a local."""
    import traceback

    trace = traceback.extract_tb(error.__traceback__)
    if any(arg in _VERBOSE for arg in args):
        return "".join(traceback.format_exception(error))
    place = f"{trace[-1].filename}:{trace[-1].lineno}" if trace else "an unknown place"
    return (
        f"error: this is a bug in reconcile: {type(error).__name__} at {place}: {error}\n"
        "Run it again with -v for the whole trace, and report it; check with `reconcile plan` what took."
    )


def _invoke(args: Sequence[str], redact: Redactor) -> int:
    """Let click parse and run; what it has to say about the command line is a matter of usage."""
    try:
        result = app.main(args=list(args), prog_name="reconcile", standalone_mode=False, obj=redact)
    except click.ClickException as error:
        error.show()
        return _USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return _INTERRUPTED
    return result if isinstance(result, int) else 0


def _message(error: Exception) -> str:
    from reconcile.errors import FilesError
    from reconcile.model import Severity
    from reconcile.render.terminal import findings_text, safe_lines

    if isinstance(error, FilesError):
        count = sum(finding.severity is Severity.ERROR for finding in error.findings)
        return f"{findings_text(error.findings)}\n{count} {'problem' if count == 1 else 'problems'}; nothing was sent."
    return f"error: {safe_lines(str(error))}"
