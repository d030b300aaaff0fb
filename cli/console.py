"""What goes where: answers to stdout, progress and notes to stderr; with --json only JSON on stdout."""

from __future__ import annotations

import json
import re
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
    """One JSON document on stdout, UTF-8, NaN refused; characters that command a terminal are written as escapes."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=None if not sys.stdout.isatty() else 2)
    sys.stdout.write(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
    sys.stdout.flush()


#: What JSON may hold as it is and a terminal should not get (below U+0020 the encoder escapes everything).
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, **options: Any) -> None:
    """Text on stderr as it is: no markup, no line breaks but its own, nothing that commands the terminal."""
    from engine.tables.visible import visible

    stderr().print(visible(text, keep="\n"), markup=False, soft_wrap=True, **options)


def note(text: str) -> None:
    """A remark that is not part of the answer."""
    plain(f"note: {text}", style="dim")


def warn(text: str) -> None:
    """A remark that somebody should act on."""
    plain(f"warning: {text}", style="yellow")


_said: set[str] = set()


def note_once(text: str) -> None:
    """A remark that this process makes one time only."""
    if text not in _said:
        _said.add(text)
        note(text)


def remark_on_cache() -> None:
    """Say so when nothing can be kept for the next run."""
    from tempfile import TemporaryFile

    from graphs.cache import cache_folder

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        note_once(
            f"the cache folder {folder} cannot be written to ({error.strerror}); every run prepares regions and "
            "kernels anew. TOWLINE_CACHE_DIR names another folder"
        )


@contextmanager
def working(text: str) -> Generator[None]:
    """A spinner while something takes time, which says when kernels are compiled, and how far a search is.

    Off a terminal one note on kernels does.
    """
    console = stderr()
    if not console.is_terminal:
        with _compiling(lambda _: note_once(_FIRST_RUN)):
            yield
        return
    from engine.search_progress import searching

    def tell(what: object) -> None:
        status.update(f"{text} [dim]({what})[/dim]")

    with console.status(text) as status, _compiling(lambda n: tell(_kernels(n))), searching(tell):
        yield


_FIRST_RUN = "preparing search kernels, first run only"


def _kernels(count: int) -> str:
    return f"{_FIRST_RUN}: {count}"


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
    """A bar per stage for what reports ``(stage, done, total)``; off a terminal a note when kernels are compiled."""
    console = stderr()
    if not console.is_terminal:
        with _compiling(lambda _: note_once(_FIRST_RUN)):
            yield _silent
        return
    from rich.progress import BarColumn, Progress, Task, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Percent(TextColumn):
        def render(self, task: Task) -> Text:
            """Nothing where nobody knows how much there is."""
            return Text("") if task.total is None else super().render(task)

    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        Percent("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=console, transient=True) as bars, _compiling(lambda n: tell(_kernels(n), 0, 0)):

        def tell(stage: str, done: int, total: int) -> None:
            # A total of 0 means that nobody knows how much there is: the bar only shows that something happens.
            key, known = stage.partition(":")[0], total or None
            if key not in tasks:
                finish()  # a stage that another follows is done, whatever it counted
                tasks[key] = bars.add_task(stage, total=known)
            bars.update(tasks[key], description=stage, completed=done, total=known)

        def finish() -> None:
            for task in bars.tasks:
                bars.update(task.id, total=task.total or 1, completed=task.total or 1)

        yield tell
        finish()
