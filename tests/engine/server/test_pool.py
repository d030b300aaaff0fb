"""The counting thread pool."""

from __future__ import annotations

import threading
import time
from collections import deque

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


def test_every_job_is_done_once():
    """Jobs given by several threads to fewer than there are jobs: each is done, by at most so many threads."""
    done: deque[int] = deque()
    names: set[str] = set()

    def job(n: int) -> None:
        names.add(threading.current_thread().name)
        done.append(n)

    with CountingPool(3) as pool:
        givers = [
            threading.Thread(target=lambda k=k: [pool.submit(job, 500 * k + n) for n in range(500)]) for k in range(4)
        ]
        for giver in givers:
            giver.start()
        for giver in givers:
            giver.join(30)
        assert pool.wait_idle(30)
        assert sorted(done) == list(range(2000))
    assert len(names) <= 3


def test_the_thread_that_worked_last_works_next():
    """One job after the other needs one thread, however many there may be."""
    with CountingPool(8) as pool:
        threads = set()
        for _ in range(20):
            pool.submit(lambda: threads.add(threading.get_ident())).result(30)
            until_seated(pool, 1)
    assert len(threads) == 1


def test_a_kept_job_ends_when_it_is_said():
    """Its thread does others meanwhile; the pool is not idle before."""
    kept = []

    def keep() -> None:
        kept.append(pool.current())
        pool.current().keep()

    with CountingPool(1) as pool:
        job = pool.submit(keep)
        assert pool.submit(int).exception(30) is None
        assert kept == [job]
        assert not job.done()
        assert (pool.open, pool.wait_idle(0)) == (1, False)
        job.end()
        assert job.result(0) is None
        assert pool.wait_idle(0)


def test_ends_may_be_told_later():
    """With a lag of two, two ended jobs wait to be told until a third has ended, or another job is given."""
    with CountingPool(1, lag=2) as pool:
        jobs = [pool.submit(int)]
        assert pool.wait_idle(30)
        assert not jobs[0].done()
        jobs.append(pool.submit(int))
        assert jobs[0].done()
        assert pool.wait_idle(30)
        release = threading.Event()
        jobs += [pool.submit(release.wait, 30) for _ in range(3)]
        assert jobs[1].done()
        release.set()
        assert jobs[2].exception(30) is None


def test_jobs_that_wait_are_given_up_at_the_end():
    """What runs is finished, what waits gets an error, threads are gone."""
    begun, release = threading.Event(), threading.Event()
    pool = CountingPool(1)
    runs = pool.submit(lambda: (begun.set(), release.wait(30)))
    waits = pool.submit(int)
    assert begun.wait(30)
    ending = threading.Thread(target=lambda: pool.shutdown(cancel_futures=True))
    ending.start()
    assert isinstance(waits.exception(30), RuntimeError)
    release.set()
    ending.join(30)
    assert runs.exception(0) is None
    assert not [thread for thread in pool._hired if thread.is_alive()]


def until_seated(pool: CountingPool, count: int) -> None:
    for _ in range(6000):
        if len(pool._idle) == count:
            return
        time.sleep(0.005)
    raise AssertionError(f"no {count} threads wait")
