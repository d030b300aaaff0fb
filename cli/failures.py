"""Errors as people and programs see them: one red line (or one JSON object) and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from cli import console

BAD_INPUT = 2
UNSERVED = 4
BUG = 70
INTERRUPTED = 130


class FailureGroup(TyperGroup):
    """Turns whatever a command raises into a message and an exit code; a traceback only with TOWLINE_DEBUG=1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            console.stderr().print("stopped", style="yellow")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader of our output went away (`towline … | head`): nothing is wrong, and nothing can be printed.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except Exception as error:
            if type(error).__module__.partition(".")[0] in ("click", "typer"):
                raise
            if os.environ.get("TOWLINE_DEBUG") == "1":
                raise
            raise typer.Exit(_report(error)) from None


def _report(error: Exception) -> int:
    from graphs.errors import TowlineError

    if not isinstance(error, TowlineError):
        return _report_bug(error)
    if console.json_wanted():
        console.print_json({"error": _as_json(error)})
    _print_message(error.message)
    return error.exit_code


def _print_message(message: str) -> None:
    first, _, rest = message.partition("\n")
    out = console.stderr()
    out.print("error: ", style="bold red", end="")
    out.print(first, style="red", markup=False, soft_wrap=True)
    if rest:
        out.print(rest, markup=False, soft_wrap=True)


def _as_json(error: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"reason": error.reason, "message": error.message, "metadata": error.metadata}
    problems = getattr(error, "problems", None)
    if problems is not None:
        names = ("file", "row", "column", "value", "message", "reason")
        content["problems"] = [{name: getattr(problem, name) for name in names} for problem in problems]
    return content


def _report_bug(error: Exception) -> int:
    what = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    if console.json_wanted():
        console.print_json({"error": {"reason": "BUG", "message": what, "metadata": {}}})
    out = console.stderr()
    out.print(f"This is a bug in Towline ({what}).", style="red", markup=False, soft_wrap=True)
    out.print("Run it again with TOWLINE_DEBUG=1 to see where, and report that together with `towline version`.")
    return BUG
