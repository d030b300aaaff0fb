"""What goes where on a terminal and off it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from cli import console
from cli.views.words import duration, mark, plural, slack, text
from engine.search_progress import known
from tests.engine.tables.test_write import ANSWERS, LEFT


def test_progress_is_silent_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Pipes and logs get no spinners and no bars."""
    with console.working("Working"), console.progress_bar() as tell:
        tell("read", 1, 2)
        known(100.0, 96.79)
    found = capsys.readouterr()
    assert found.out == found.err == ""


def test_progress_shows_on_a_terminal_and_tells_of_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a bar per stage appears, and compiling a kernel is named as what it is."""
    from numba.core import event

    screen = io.StringIO()
    monkeypatch.setattr(console, "stderr", lambda: Console(file=screen, force_terminal=True, width=80))
    with console.progress_bar() as tell:
        tell("read", 1, 2)
        with event.trigger_event("numba:compile"):
            pass
    with console.working("Preparing"), event.trigger_event("numba:compile"):
        pass
    with console.working("Looking for sites"):
        known(100.0, 96.79)
        time.sleep(0.2)  # as often as the screen is drawn
    with console.progress_bar() as tell:
        tell("Looking for moves: step 3", 0, 0)
        time.sleep(0.2)
    shown = screen.getvalue()
    for words in ("read", "preparing search kernels, first run only: 1", "Preparing", "step 1, gap so far 3.21%"):
        assert words in shown
    assert "%" not in shown.partition("Looking for moves: step 3")[2].partition("\r")[0]  # nobody knows how much it is


SPANS = {0: "0 s", 0.00041: "0.41 ms", 0.0421: "42 ms", 0.9996: "1.0 s", 23: "23 s", 90: "1.5 min"}
SPANS |= {11100: "3 h 05", -7200: "-2 h 00"}


@pytest.mark.parametrize(("seconds", "text"), SPANS.items())
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    """From a fraction of a millisecond to hours."""
    assert duration(timedelta(seconds=seconds)) == text


def test_slack_carries_its_sign() -> None:
    """Minutes to spare and minutes late."""
    assert slack(timedelta(minutes=12.3)) == "+12 min"
    assert slack(timedelta(minutes=-3.25)) == "−3.3 min"
    assert slack(timedelta(milliseconds=-5)) == "−0.1 min"
    assert slack(timedelta(minutes=-12.1)) == "−13 min"
    assert plural(1, "unit") == "1 unit"
    assert plural(1200, "unit") == "1,200 units"


def test_marks_survive_a_terminal_without_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the encoding lacks ✓ and ✗ words stand for them, so that kept and broken stay apart."""
    kept, broken = ANSWERS[0], ANSWERS[1]
    assert "✓" in mark(kept)
    assert "✗" in mark(broken)
    assert "✗" in mark(LEFT)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert "ok" in mark(kept)
    assert "no" in mark(broken)


def test_an_ascii_terminal_gets_an_answer() -> None:
    """No UnicodeEncodeError, whatever the terminal."""
    run = [sys.executable, "-m", "cli", "region", "info"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    found = subprocess.run(run, capture_output=True, env=environment, check=False)
    assert found.returncode == 0, found.stderr
    assert b"La Serena?Coquimbo" in found.stdout


def test_a_first_run_is_announced_off_a_terminal_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, however many kernels and stages there are."""
    from numba.core import event

    monkeypatch.setattr(console, "_said", set())
    for _ in range(2):
        with console.working("Working"), event.trigger_event("numba:compile"), event.trigger_event("numba:compile"):
            pass
    assert capsys.readouterr().err == "note: preparing search kernels, first run only\n"


def test_a_cache_that_cannot_be_written_is_said_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Otherwise every run is slow and nobody knows why."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(console, "_said", set())
    monkeypatch.setenv("TOWLINE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    console.remark_on_cache()
    console.remark_on_cache()
    found = capsys.readouterr().err
    assert found.count("cannot be written to") == 1
    assert "TOWLINE_CACHE_DIR" in found


def test_nothing_commands_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences in texts from outside are shown, not obeyed; JSON stays JSON."""
    nasty = "a\x1b[31m\x9b2J\x07\u202e[bold]b"
    console.note(nasty)
    console.print_json({"id": nasty})
    console.stdout().print(text(nasty))
    found = capsys.readouterr()
    assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(found.out + found.err)
    assert json.loads(found.out.splitlines()[0]) == {"id": nasty}
    assert "[bold]b" in found.err
    assert "[bold]b" in found.out.splitlines()[1]
