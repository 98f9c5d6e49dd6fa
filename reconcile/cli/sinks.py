"""Standard output and error for the time of one command, with every secret of the run taken out on the way."""

from __future__ import annotations

import io
import os
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TextIO, cast

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.redact import Redactor


class Redacting(io.TextIOBase):
    """A text stream in front of another. It has no `buffer`, so nothing gets past it."""

    def __init__(self, inner: TextIO, redact: Redactor) -> None:
        self._inner = inner
        self._redact = redact

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """How the stream behind writes text."""
        return self._inner.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the stream behind does with text that it cannot write."""
        return self._inner.errors

    def write(self, text: str) -> int:
        """Pass the text on without secrets; what the stream has no letter for is escaped, as in JSON."""
        told = self._redact(text)
        try:
            self._inner.write(told)
        except UnicodeEncodeError:
            self._inner.write(told.encode(self.encoding, "backslashreplace").decode(self.encoding))
        return len(text)

    def flush(self) -> None:
        """Flush the stream behind."""
        self._inner.flush()

    def isatty(self) -> bool:
        """Whether a person is looking."""
        return self._inner.isatty()

    def fileno(self) -> int:
        """The file behind."""
        return self._inner.fileno()

    def writable(self) -> bool:
        """Yes."""
        return True


class Results(Redacting):
    """The stream for what a command is asked for. Where it cannot be written, the error says which file that is."""

    def write(self, text: str) -> int:
        """Pass the text on."""
        with _named("stdout"):
            return super().write(text)

    def flush(self) -> None:
        """Flush the stream behind."""
        with _named("stdout"):
            super().flush()


@contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        error.filename = name
        raise


class Remarks(Redacting):
    """The stream for what is said beside the result. Where nobody can hear it any more, a command goes on without a word.

    A run that ended because of it would leave its plan half done.
    """

    def write(self, text: str) -> int:
        """Pass the text on, if that is possible."""
        try:
            return super().write(text)
        except OSError:
            give_up(self)
        return len(text)

    def flush(self) -> None:
        """Flush the stream behind, if that is possible."""
        try:
            super().flush()
        except OSError:
            give_up(self)


def give_up(stream: TextIO | io.TextIOBase) -> None:
    """From now on nothing reaches whoever read a stream; what is left in it must not fail again when the process ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def stop_printing() -> None:
    """From now on stdout leads nowhere: whoever read has read enough, or there is no room for more."""
    give_up(sys.stdout)


def echo_done(text: str) -> None:
    """Print what was done. That it cannot be printed undoes nothing, so it is a remark and no failure."""
    try:
        click.echo(text, nl=False)
    except OSError as error:
        stop_printing()
        click.echo(f"warning: not all of stdout could be written: {error.strerror}", err=True)


@contextmanager
def guarded(redact: Redactor) -> Iterator[None]:
    """Let nothing out but what the redactor passes on. What the caller has closed leads nowhere."""
    out, err = sys.stdout, sys.stderr
    with ExitStack() as opened:
        inner = [stream or opened.enter_context(_nowhere()) for stream in (out, err)]
        sys.stdout = cast(TextIO, Results(inner[0], redact))
        sys.stderr = cast(TextIO, Remarks(inner[1], redact))
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stdout, sys.stderr = out, err


def _nowhere() -> TextIO:
    """Another device, so that no other file gets the number of the stream."""
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - a device
