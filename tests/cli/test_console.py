"""What goes where on a terminal and off it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from rich.console import Console

from cli import console
from cli.views.words import duration, mark, plural, slack
from tests.engine.tables.test_write import ANSWERS, LEFT


def test_progress_is_silent_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Pipes and logs get no spinners and no bars."""
    with console.working("Working"), console.progress_bar() as tell:
        tell("read", 1, 2)
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
    shown = screen.getvalue()
    for words in ("read", "preparing search kernels, first run only: 1", "Preparing"):
        assert words in shown


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
