"""Processes of their own: what becomes of them is in the log."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.processes import DONE, LENGTH, READY, Processes

CHILD = """
import os, socket, struct, sys, time
peer = socket.socket(fileno=int(sys.argv[1]))
def send(raw): peer.sendall(struct.pack("<q", len(raw)) + raw)
send(b"R")
while True:
    size = peer.recv(8, socket.MSG_WAITALL)
    if len(size) < 8: break
    what = peer.recv(struct.unpack("<q", size)[0], socket.MSG_WAITALL)
    if what == b"variables": what = " ".join(sorted(os.environ)).encode()
    if what == b"die": os._exit(7)
    if what == b"sleep": time.sleep(60)
    send(b"C" + what)
"""


@pytest.fixture
def child(tmp_path: Path) -> Path:
    path = tmp_path / "some_child.py"
    path.write_text(CHILD)
    assert (READY, DONE, LENGTH.size) == (b"R", b"C", 8)
    return path


def told(caplog: pytest.LogCaptureFixture) -> list[dict]:
    return [vars(record) for record in caplog.records if record.getMessage() == "worker"]


def test_who_dies_is_replaced_and_told(child: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each death at work is a warning with what it was doing; an answer is none."""
    with caplog.at_level(logging.WARNING, "towline.server"), Processes(child) as processes:
        assert processes.ask([b"he", b"llo"], 30.0) == b"hello"
        assert not told(caplog)
        assert processes.ask([b"die"], 30.0) is None
        lines = told(caplog)
        assert [(x["levelname"], x["outcome"], x["worker"], x["exit_code"], x["was"]) for x in lines] == [
            ("WARNING", "died", "some_child", 7, "working")
        ] * 2
        assert {(x["bytes"], x["replaced"]) for x in lines} == {(3, True)}
        assert processes.ask([b"again"], 30.0) == b"again"


def test_who_is_late_is_told(child: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Running out of time, and dying while nobody asks, too; an end that was asked for is not."""
    with caplog.at_level(logging.WARNING, "towline.server"), Processes(child) as processes:
        assert processes.ask([b"x"], 30.0) == b"x"
        assert processes.ask([b"sleep"], 0.2) is None
        (line,) = told(caplog)
        assert (line["outcome"], line["replaced"], line["exit_code"], line["was"]) == (
            "timed out",
            True,
            None,
            "working",
        )
        assert processes.ask([b"y"], 30.0) == b"y"
        os.kill(processes.pids[0], signal.SIGKILL)
        assert processes.ask([b"z"], 30.0) == b"z"
        assert [x["outcome"] for x in told(caplog)] == ["timed out", "died"]
        assert told(caplog)[-1]["exit_code"] == -signal.SIGKILL
    assert len(told(caplog)) == 2


def test_secrets_are_not_passed_on(child: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child has the variables that it needs, and neither passwords nor what else a server was given."""
    secrets = ("TOWLINE_LEDGER_URL", "TOWLINE_TOKEN", "PGPASSWORD", "NOTIFY_SOCKET", "OF_SOMEBODY_ELSE")
    for name in (*secrets, "TOWLINE_CACHE_DIR", "NUMBA_CACHE_DIR"):
        monkeypatch.setenv(name, "geheim")
    with Processes(child) as processes:
        answer = processes.ask([b"variables"], 30.0)
    assert answer is not None
    has = set(answer.decode().split())
    assert not has & set(secrets)
    assert {"PATH", "TOWLINE_CACHE_DIR", "NUMBA_CACHE_DIR", "PYTHONPATH", "OMP_NUM_THREADS"} <= has


def test_ctrl_c_is_not_for_them(tmp_path: Path) -> None:
    """On a terminal it reaches the whole group; one that is still starting would end with a traceback."""
    child, parent = tmp_path / "slow_child.py", tmp_path / "parent.py"
    child.write_text("import sys, time\nprint('starts', file=sys.stderr, flush=True)\ntime.sleep(60)\n")
    parent.write_text(
        "import time\nfrom pathlib import Path\nfrom engine.processes import Processes\n"
        f"with Processes(Path({str(child)!r})):\n"
        "    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        time.sleep(1)\n"
    )
    with subprocess.Popen(
        [sys.executable, str(parent)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "starts\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode == 0
