"""What goes where: answers to stdout, progress and notes to stderr; with --json only JSON on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

_json: ContextVar[bool] = ContextVar("json", default=False)


def _want_json(wanted: bool) -> bool:
    _json.set(wanted)
    return wanted


#: The --json option of every command.
Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document and nothing else.", callback=_want_json, is_eager=True),
]


def json_wanted() -> bool:
    return _json.get()


def stdout() -> Console:
    """Where answers go."""
    from rich.console import Console

    class Answers(Console):
        def on_broken_pipe(self) -> None:
            """Left to `FailureGroup`: rich would end with exit code 1."""
            raise BrokenPipeError

    return Answers(file=sys.stdout, highlight=False)


def stderr() -> Console:
    """Where errors, notes and progress go."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False)


def print_json(document: Any) -> None:
    """One JSON document on stdout, UTF-8, NaN refused."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=None if not sys.stdout.isatty() else 2)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A remark that is not part of the answer."""
    stderr().print(f"note: {text}", style="dim", markup=False, soft_wrap=True)


@contextmanager
def working(text: str) -> Generator[None]:
    """A spinner while something takes time, which says so when kernels are compiled; nothing unless on a terminal."""
    console = stderr()
    if not console.is_terminal:
        yield
        return
    with console.status(text) as status, _compiling(lambda n: status.update(f"{text} [dim]({_kernels(n)})[/dim]")):
        yield


def _kernels(count: int) -> str:
    return f"preparing search kernels, first run only: {count}"


@contextmanager
def _compiling(tell: Callable[[int], None]) -> Generator[None]:
    """Tells how many kernels numba has compiled so far, whenever it starts on another; cached ones do not count."""
    from numba.core import event

    class Listener(event.Listener):
        count = 0

        def on_start(self, event: Any) -> None:  # noqa: ARG002 - numba's signature
            self.count += 1
            tell(self.count)

        def on_end(self, event: Any) -> None:
            """Nothing to tell."""

    with event.install_listener("numba:compile", Listener()):
        yield


def _silent(stage: str, done: int, total: int) -> None:
    """No progress wanted."""


@contextmanager
def progress_bar() -> Generator[Callable[[str, int, int], None]]:
    """A bar per stage for what reports ``(stage, done, total)``; nothing unless on a terminal."""
    console = stderr()
    if not console.is_terminal:
        yield _silent
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=console, transient=True) as bars, _compiling(lambda n: tell(_kernels(n), 0, 0)):

        def tell(stage: str, done: int, total: int) -> None:
            # A total of 0 means that nobody knows how much there is: the bar only shows that something happens.
            key, known = stage.partition(":")[0], total or None
            if key not in tasks:
                tasks[key] = bars.add_task(stage, total=known)
            bars.update(tasks[key], description=stage, completed=done, total=known)

        yield tell
