"""The counting thread pool."""

from __future__ import annotations

import threading

import pytest

from engine.server.pool import CountingPool


def test_it_knows_when_it_is_idle():
    """Busy while a job runs or waits, idle after, also when one failed."""
    release = threading.Event()
    with CountingPool(1) as pool:
        assert pool.wait_idle(0)
        jobs = [pool.submit(release.wait, 30), pool.submit(int, "x")]
        assert not pool.wait_idle(0)
        release.set()
        assert pool.wait_idle(30)
        assert isinstance(jobs[1].exception(), ValueError)
    with pytest.raises(RuntimeError):
        pool.submit(int)
    assert pool.wait_idle(0)
