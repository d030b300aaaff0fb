"""What was acknowledged survives the death of the process at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

from engine.ledger import Ledger
from tests.engine.ledger.crashing import EVENTS

ROUNDS = 4
ROOT = Path(__file__).parents[3]


def test_killed_while_committing(url: str):
    """After each kill -9 every acknowledged batch is there, none is half there, and at most one more than was said."""
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    acknowledged = 0
    for _ in range(ROUNDS):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.ledger.crashing", url], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert child.stdout is not None
        first = child.stdout.readline()
        assert first, f"seed {seed}: nothing was committed"
        acknowledged = int(first)
        timer = threading.Timer(chance.uniform(0.0, 0.25), child.kill)
        timer.start()
        for line in child.stdout:
            if line.endswith("\n"):
                acknowledged = int(line)
        child.wait()
        timer.cancel()
        with Ledger.open(url) as ledger:
            region = ledger.region("a")
            last = region.last()[0]
            assert acknowledged <= last <= acknowledged + EVENTS, f"seed {seed}"
            assert [row.number for row in region.events(0, last + 10)] == list(range(1, last + 1)), f"seed {seed}"
            whole = list(range(EVENTS, last + 1, EVENTS))
            assert sorted(row.number for row in region.load().incidents) == whole, f"seed {seed}"
            keys = [("CreateIncident", f"q{number}") for number in range(last + EVENTS)]
            assert sorted(int(key[1:]) for _, key in region.answers(keys)) == whole, f"seed {seed}"
