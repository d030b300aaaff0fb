"""Errors as people and programs see them: one red line (or one JSON object) and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import typer
from typer.core import TyperGroup

from cli import console, interrupts

BAD_INPUT = 2
UNSERVED = 4
BUG = 70
OUTPUT = 74
#: What standard output says when it takes no more.
_FULL = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT, errno.EFBIG)


class FailureGroup(TyperGroup):
    """Turns whatever a command raises into a message and an exit code; a traceback only with TOWLINE_DEBUG=1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            console.plain("stopped", style="yellow")
            raise typer.Exit(interrupts.exit_code()) from None
        except BrokenPipeError:
            # The reader of our output went away (`towline … | head`): nothing is wrong, and nothing can be printed.
            close_stdout()
            raise typer.Exit(0) from None
        except Exception as error:
            if type(error).__module__.partition(".")[0] in ("click", "typer"):
                raise
            if interrupts.came():  # extension modules turn an interrupt during their import into errors of their own
                console.plain("stopped", style="yellow")
                raise typer.Exit(interrupts.exit_code()) from None
            if os.environ.get("TOWLINE_DEBUG") == "1":
                raise
            raise typer.Exit(_report(error)) from None
        return result


def close_stdout() -> None:
    """Send the rest of the output nowhere, so that Python does not stumble over it on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report_output(error: OSError) -> int:
    """Say that the answer could not be printed."""
    with suppress(OSError, ValueError):
        close_stdout()
    _print_message(f"the answer cannot be printed: {error.strerror or error}")
    return OUTPUT


def _report(error: Exception) -> int:
    from graphs.errors import TowlineError

    if isinstance(error, OSError) and error.filename is None and error.errno in _FULL:
        return report_output(error)
    if not isinstance(error, TowlineError):
        return _report_bug(error)
    if console.json_wanted():
        console.print_json({"error": _as_json(error)})
    _print_message(error.message)
    return error.exit_code


def _print_message(message: str) -> None:
    first, _, rest = message.partition("\n")
    console.plain("error: ", style="bold red", end="")
    console.plain(first, style="red")
    if rest:
        console.plain(rest)


def _as_json(error: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"reason": error.reason, "message": error.message, "metadata": error.metadata}
    problems = getattr(error, "problems", None)
    if problems is not None:
        content["problems"] = [asdict(problem) for problem in problems]
    return content


def _report_bug(error: Exception) -> int:
    what = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    if console.json_wanted():
        console.print_json({"error": {"reason": "BUG", "message": what, "metadata": {}}})
    console.plain(f"This is a bug in Towline ({what}).", style="red")
    console.plain("Run it again with TOWLINE_DEBUG=1 to see where, and report that together with `towline version`.")
    return BUG
