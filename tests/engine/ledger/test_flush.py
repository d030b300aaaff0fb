"""What was acknowledged is on the disk, not only in the kernel: shown by tracing, where strace is installed."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.ledger import Ledger
from engine.ledger import postgres as postgres_backend
from engine.ledger.check import check
from tests.engine.ledger.powercut import STRACE, Disk
from tests.engine.ledger.samples import filing
from tests.postgres import PostgresServer

COMMITS = 40
#: Of the moments between acknowledgements, how many are tried.
SHARE = 0.03
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def _strace() -> None:
    """Skip by name where nothing can be traced."""
    if shutil.which("strace") is None:
        pytest.skip("flushing is not shown: strace is not installed")
    if subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("flushing is not shown: strace may not trace here")


def _trace(tmp_path: Path, synchronous: str) -> tuple[Disk, Path]:
    folder, log = tmp_path / "ledger", tmp_path / "trace"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.engine.ledger.flushing", folder / "ledger.db", synchronous, str(COMMITS)]
    subprocess.run([*STRACE, "-o", log, *command], check=True, cwd=ROOT, timeout=300, stdout=subprocess.DEVNULL)
    return Disk(folder), log


def _last(folder: Path) -> int:
    """The last event in what the power cut left, which must be whole."""
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}") as ledger:
        region = ledger.region("a")
        last = region.last()[0]
        assert list(check(region)) == []
        assert len(region.events(0, 1000)) == last
        return last


def test_acknowledged_survives_a_power_cut(tmp_path: Path):
    """Whenever the power fails everything acknowledged is on the disk and whole, whatever else of it is lost."""
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    disk, log = _trace(tmp_path, "FULL")
    acknowledged = cuts = 0
    for said in disk.follow(log):
        if said:
            acknowledged = int(said.split()[1])
        elif acknowledged == 0 or chance.random() > SHARE:
            continue
        for luck in (None, chance):
            cuts += 1
            place = tmp_path / f"cut{cuts}"
            disk.cut(place, luck)
            # between two acknowledgements the next may be there already
            assert _last(place) in ((acknowledged,) if said else (acknowledged, acknowledged + 1)), f"seed {seed}"
    assert acknowledged == COMMITS + 2
    assert cuts > 2 * COMMITS
    written_back = place / "ledger.db"
    assert written_back.stat().st_size > 4096 * 20, "the log was never written back: the test shows less than it says"


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_less_would_lose(tmp_path: Path, synchronous: str):
    """The same cut loses acknowledged commits when SQLite is told to flush less: the test would notice."""
    disk, log = _trace(tmp_path, synchronous)
    lost = 0
    for said in filter(None, disk.follow(log)):
        number = int(said.split()[1])
        if number % 8 == 0:
            place = tmp_path / str(number)
            disk.cut(place)
            lost += _last(place) < number
    assert lost > COMMITS / 8 / 2


@pytest.mark.parametrize(("call", "code"), [("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC")])
def test_a_disk_that_fails(tmp_path: Path, call: str, code: str):
    """Writes and flushes that fail leave a commit whole or undone, and `last` says which; the next ones go on."""
    command = [sys.executable, "-m", "tests.engine.ledger.failing", tmp_path / "ledger.db", "30"]
    Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}").close()
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={code}:when=20+17", "-o", "/dev/null"]
    done = subprocess.run(["strace", "-qq", *inject, *command], check=True, cwd=ROOT, capture_output=True, text=True)
    said = [line.split() for line in done.stdout.splitlines()]
    assert len(said) == 30, done.stderr
    failures = [words[2:] for words in said if words[0] == "failed"]
    assert failures
    if call == "fdatasync":
        assert {uncertain for uncertain, *_ in failures} == {"True"}
    assert {" ".join(cause) for _, *cause in failures} == {"disk full" if code == "ENOSPC" else "input/output"}
    before = 0
    for what, number in ((words[0], int(words[1])) for words in said):
        assert number == before + 1 or (what == "failed" and number == before)
        before = number
    assert _last(tmp_path) == before


@pytest.mark.parametrize("kept", [True, False])
def test_postgresql_flushes(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool):
    """PostgreSQL syncs before each answer to COMMIT, even where synchronous_commit is off: but for us it would not."""
    url = postgres.database()
    postgres.sql(f'ALTER DATABASE "{url.rpartition("/")[2]}" SET synchronous_commit = off')
    if not kept:
        monkeypatch.setattr(postgres_backend, "_to_write", lambda *_: None)
    with Ledger.open(url) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        flushing = "application_name LIKE 'towline writer%' OR backend_type = 'walwriter'"
        pids = [str(pid) for (pid,) in postgres.sql(f"SELECT pid FROM pg_stat_activity WHERE {flushing}")]
        assert len(pids) == 2
        log = tmp_path / "trace"
        command = ["strace", "-f", "-s", "64", "-e", "trace=fsync,fdatasync,sendto", "-e", "signal=none", "-o", log]
        tracer = subprocess.Popen(
            [*command, *(word for pid in pids for word in ("-p", pid))], stderr=subprocess.PIPE, text=True
        )
        try:
            assert tracer.stderr is not None
            for _ in pids:
                assert "attached" in tracer.stderr.readline()
            for number in range(2, 12):
                region.commit(filing(number), after=number - 1)
            time.sleep(0.1)
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=30)
    synced, unsynced = False, 0
    for line in log.read_text().splitlines():
        if re.search(r"\bf(data)?sync\b.* = 0$", line):
            synced = True
        elif "COMMIT" in line:
            unsynced += not synced
            synced = False
    assert log.read_text().count("COMMIT") == 10
    assert (unsynced == 0) == kept
