"""The command as a whole: help, start-up, errors, exit codes, interrupts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli.conftest import widest

Run = Callable[..., Result]
COMMAND = [sys.executable, "-m", "cli"]
HEAVY = {"numpy", "numba", "pandas", "geopandas", "ortools", "osmnx", "grpc", "rich.table", "engine", "graphs"}


def test_help_names_every_command_and_fits(towline: Run) -> None:
    """`towline --help` lists the commands within 80 columns, as does each command's own help."""
    result = towline("--help")
    assert result.exit_code == 0
    for command in ("demo", "reassign", "eta", "region", "serve", "traffic", "version"):
        assert command in result.stdout
        assert widest(towline(command, "--help").stdout) <= 80
    assert widest(result.stdout) <= 80


def test_starting_imports_nothing_heavy() -> None:
    """Importing the command line loads neither numpy nor the engine: `towline version` stays quick."""
    code = f"import sys, cli.main; print(sorted({HEAVY!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_batch_of_csv_does_without_the_slow_imports(case: list[str]) -> None:
    """`reassign` on CSV loads neither pandas nor geopandas nor OSMnx nor gRPC: a second saved on every call."""
    code = "import sys\nfrom cli.main import app\ntry: app(sys.argv[1:])\nexcept SystemExit: pass\n"
    code += "print(sorted({'pandas', 'geopandas', 'osmnx', 'grpc'} & set(sys.modules)), file=sys.stderr)"
    run = [sys.executable, "-c", code, "reassign", *case, "--tours", "one-each", "--json"]
    found = subprocess.run(run, capture_output=True, text=True, check=True)
    assert found.stderr.strip().endswith("[]")


def test_an_unknown_command_is_a_usage_error(towline: Run) -> None:
    """Exit code 2, as for any other bad input."""
    assert towline("frobnicate").exit_code == 2


def test_errors_are_one_red_line_without_traceback(towline: Run) -> None:
    """A user's mistake prints its message to stderr and nothing to stdout."""
    result = towline("reassign", "--incidents", "nowhere.csv", "--units", "nowhere.csv")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "error: nowhere.csv does not exist; give the path of a table file\n"


def test_errors_are_json_when_json_is_wanted(towline: Run) -> None:
    """With --json stdout holds the reason, the message and the variables; the exit code stays."""
    result = towline("reassign", "--incidents", "nowhere.csv", "--units", "nowhere.csv", "--json")
    error = json.loads(result.stdout)["error"]
    assert result.exit_code == 2
    assert error["reason"] == "FILE_MISSING"
    assert error["metadata"] == {"file": "nowhere.csv"}


def test_a_region_that_cannot_be_opened_has_its_own_code(towline: Run, tmp_path: Path) -> None:
    """Missing, foreign and cut region files end with 3."""
    foreign = tmp_path / "x.towline-region"
    foreign.write_text("not a region, but long enough to have a header of sixty-four bytes in it")
    assert towline("region", "info", tmp_path / "none").exit_code == 3
    assert towline("region", "info", foreign).exit_code == 3


@pytest.mark.parametrize("debug", [False, True])
def test_a_bug_says_so(towline: Run, monkeypatch: pytest.MonkeyPatch, debug: bool) -> None:
    """Anything unforeseen is called a bug, exit code 70; with TOWLINE_DEBUG=1 the traceback comes through."""

    def broken(*_: object) -> None:
        raise RuntimeError("wires crossed")

    monkeypatch.setattr("cli.eta.open_region_choice", broken)
    if debug:
        monkeypatch.setenv("TOWLINE_DEBUG", "1")
    result = towline("eta", "1,1", "2,2")
    if debug:
        assert isinstance(result.exception, RuntimeError)
        return
    assert result.exit_code == 70
    assert "bug in Towline (RuntimeError: wires crossed)" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_goes_away_is_no_error(case: list[str]) -> None:
    """`towline … | head -1` ends quietly."""
    run = subprocess.Popen(
        [*COMMAND, "reassign", *case, "--tours", "one-each"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout is not None
    run.stdout.close()
    assert run.stderr is not None
    assert run.stderr.read() == b""
    assert run.wait() == 0


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize(("name", "exit_code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_an_interrupt_stops_with_its_code(name: str, exit_code: int) -> None:
    """It ends the work with one word and the usual exit code."""
    code = "import cli.eta, time\ncli.eta.open_region_choice = lambda _: (print('up', flush=True), time.sleep(60))\n"
    code += "from cli.start import main\nmain()"
    run = subprocess.Popen(
        [sys.executable, "-c", code, "eta", "1,1", "2,2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "up\n"
    time.sleep(0.1)
    run.send_signal(signal.Signals[name])
    _, errors = run.communicate(timeout=30)
    assert run.returncode == exit_code
    assert errors.strip() == "stopped"


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_sigterm_leaves_no_half_written_file(tmp_path: Path) -> None:
    """Neither the file that was being written nor a part of it."""
    code = "import cli.eta, time\nfrom engine.tables.outputs import Outputs\ndef write(part):\n"
    code += " part.write_text('half'); print('up', flush=True); time.sleep(60)\n"
    code += f"from pathlib import Path\nfile = Path({str(tmp_path)!r}, 'a.csv')\n"
    code += "def opened(_):\n with Outputs() as files: files.write(file, write)\n"
    code += "cli.eta.open_region_choice = opened\nfrom cli.start import main\nmain()"
    run = subprocess.Popen([sys.executable, "-c", code, "eta", "1,1", "2,2"], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "up\n"
    assert list(tmp_path.iterdir())
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=30)
    assert run.returncode == 143
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_nohup_is_heeded() -> None:
    """A signal that the caller has turned off stays off."""
    code = (
        "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\nfrom cli import interrupts\ninterrupts.listen()\n"
    )
    code += "signal.raise_signal(signal.SIGHUP)\nprint(interrupts.came())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_while_starting_stops_with_130() -> None:
    """An interrupt during the first imports shows no traceback."""
    code = "import builtins, time\nreal = builtins.__import__\ndef slow(name, *rest):\n"
    code += " if name == 'typer': print('up', flush=True); time.sleep(60)\n return real(name, *rest)\n"
    code += "builtins.__import__ = slow\nfrom cli.start import main\nmain()"
    run = subprocess.Popen(
        [sys.executable, "-c", code, "version"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "up\n"
    time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=30)
    assert run.returncode == 130
    assert errors.strip() == "stopped"


def test_an_interrupt_in_disguise_is_one(towline: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Extension modules turn an interrupt during their import into an ImportError: no bug."""

    def broken(*_: object) -> None:
        raise ImportError("multiarray failed to import")

    monkeypatch.setattr("cli.eta.open_region_choice", broken)
    monkeypatch.setattr("cli.interrupts.came", lambda: True)
    result = towline("eta", "1,1", "2,2")
    assert result.exit_code == 130
    assert result.stderr == "stopped\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["version"], ["version", "--json"], ["region", "info"], ["--help"]])
def test_a_full_disk_is_no_bug(arguments: list[str]) -> None:
    """One line on stderr and an exit code of its own, whatever was to be printed."""
    with Path("/dev/full").open("w") as full:
        run = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 74
    assert run.stderr == "error: the answer cannot be printed: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_closed_output_is_remarked_on() -> None:
    """The work is done all the same."""
    shell = f"{sys.executable} -m cli version >&-"
    run = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert run.stderr == "note: standard output is closed; the answer goes nowhere\n"
