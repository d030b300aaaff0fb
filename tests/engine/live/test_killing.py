"""Nothing lost: killed at any moment, the region comes back with everything it acknowledged, and nothing twice."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.ledger import Ledger
from engine.ledger.check import check
from engine.live.rows import incident_of
from engine.live.verify import state_hash, verify

START_S = 120.0


class Zygote:
    """The process that forks those which are killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.live.killing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def order(self, **order: Any) -> int:
        """Begin a life; its pid."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self.hear("pid")["pid"])

    def hear(self, key: str) -> dict[str, Any]:
        """The next thing said with that key."""
        until = time.monotonic() + START_S
        assert self._process.stdout is not None
        while True:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"nothing was heard of {key!r}"
            line = self._process.stdout.readline()
            assert line, "the process ended"
            said = json.loads(line)
            assert "failed" not in said, said
            if key in said:
                return said

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    found = Zygote()
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return request.getfixturevalue("postgres").database()


def test_a_few_kills(zygote: Zygote, url: str, tmp_path: Path) -> None:
    """Ten rounds on each database."""
    _rounds(zygote, url, tmp_path, 10)


@pytest.mark.nightly
def test_many_kills(zygote: Zygote, url: str, tmp_path: Path) -> None:
    """Two hundred rounds on each database."""
    _rounds(zygote, url, tmp_path, 200)


def _rounds(zygote: Zygote, url: str, folder: Path, rounds: int) -> None:
    seed = random.randrange(10**9)
    rng = random.Random(seed)
    acks = folder / "acks"
    acknowledged: dict[str, tuple[str, str]] = {}  # request -> kind, what was told
    unknown: list[list[Any]] = []
    told: dict[str, Any] = {}  # what a restart must find
    for number in range(rounds):
        where = f"seed {seed}, round {number}"
        pid = zygote.order(url=url, acks=str(acks), seed=f"{seed}-{number}", again=unknown)
        begun = zygote.hear("loaded")
        if number:
            assert (begun["loaded"], begun["number"]) == (told["loaded"], told["number"]), where
        zygote.hear("began")
        time.sleep(rng.uniform(0.0, 0.4))
        os.kill(pid, signal.SIGKILL)
        zygote.hear("ended")
        unknown = _read(acks, acknowledged)
        told = _whole(url, acknowledged, where)
    with Ledger.open(url, read_only=True) as opened, opened.snapshot() as reading:
        assert not list(verify(reading("coquimbo"))), f"seed {seed}"
    assert len(acknowledged) > 3 * rounds, f"hardly anything was done: {len(acknowledged)}"


def _read(acks: Path, acknowledged: dict[str, tuple[str, str]]) -> list[list[Any]]:
    """Take in what was acknowledged; the requests of which nobody knows."""
    open_ones: dict[str, list[Any]] = {}
    for line in acks.read_text().splitlines():
        said = json.loads(line)
        if "asked" in said:
            asked = said["asked"]
            open_ones[asked["request_id"]] = [asked[key] for key in ("request_id", "kind", "incident", "more")]
        elif "refused" in said:
            open_ones.pop(said["refused"], None)
        else:
            key = said["acknowledged"]
            open_ones.pop(key, None)
            told = said["kind"], said["told"]
            assert acknowledged.setdefault(key, told) == told, f"{key} was answered otherwise before"
    return [request for key, request in open_ones.items() if key not in acknowledged]


def _whole(url: str, acknowledged: dict[str, tuple[str, str]], where: str) -> dict[str, Any]:
    """Every acknowledged request is there, once; the tables say what the events say; what a restart must find."""
    with Ledger.open(url, read_only=True) as opened:
        ledger = opened.region("coquimbo")
        assert not list(check(ledger)), where
        keys = [(kind, key) for key, (kind, _) in acknowledged.items()]
        kept = ledger.answers(keys)
        for key, (kind, told) in acknowledged.items():
            assert (kind, key) in kept, f"{key} was acknowledged and is lost; {where}"
            assert kept[kind, key].record.hex() == told, f"{key} was answered otherwise; {where}"
        received: dict[str, int] = {}
        after = 0
        while page := ledger.events(after, 1000):
            for event in page:
                if event.kind == "incident_received":
                    received[event.id] = received.get(event.id, 0) + 1
            after = page[-1].number
        assert all(count == 1 for count in received.values()), where
        for key in acknowledged:
            if key.startswith("create "):
                assert received.get(key.removeprefix("create ")) == 1, f"{key} is not there; {where}"
        loaded = ledger.load()
        records = [incident_of(row.record) for row in loaded.incidents]
        current: dict[str, str] = {}
        for record in records:
            for leg in record.legs:
                if leg.state in ("accepted", "under_way", "on_scene", "towing"):
                    other = current.setdefault(leg.unit, record.id)
                    assert other == record.id, f"{leg.unit} works on {other} and {record.id}; {where}"
        return {"loaded": state_hash(records), "number": loaded.last_number}
