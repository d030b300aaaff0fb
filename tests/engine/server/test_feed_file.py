"""A file of traffic that the server follows."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.server import Server
from engine.server.feed_file import FeedFile
from graphs.bundled import load_coquimbo
from graphs.errors import TowlineError
from graphs.metrics import MetricStore
from tests.engine.server.traffic import dispatcher_with_traffic, eta
from tests.engine.server.wire import Client

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store() -> MetricStore:
    return MetricStore(load_coquimbo())


def write(path: Path, *rows: str) -> None:
    """Replaced at once, as a feed should."""
    part = path.with_suffix(".part")
    part.write_text("\n".join(["id,arc,closed", *rows]), "utf-8")
    part.replace(path)


def test_what_leaves_the_file_is_taken_out(store: MetricStore, tmp_path: Path) -> None:
    """Entries follow the file; those of others stay."""
    file = FeedFile(tmp_path / "feed.csv", store, lambda: NOW)
    write(tmp_path / "feed.csv", "a,1,yes", "b,2,yes", "c,-3,yes")
    done = file.load()
    assert (done.accepted, done.ignored()) == (2, {"unknown_arc": 1})
    write(tmp_path / "feed.csv", "b,2,yes")
    assert file.load().removed == 1
    assert list(store.view().snapshot.feed.entries) == ["b"]
    write(tmp_path / "feed.csv")
    file.load()
    assert list(store.view().snapshot.feed.entries) == []


def test_it_is_read_again_when_it_changes(store: MetricStore, tmp_path: Path) -> None:
    """A new content is in force soon; a broken one, or none, changes nothing and ends nothing."""
    path = tmp_path / "feed.csv"
    write(path, "a,1,yes")
    loaded = threading.Semaphore(0)
    file = FeedFile(path, store, lambda: NOW, look_s=0.02)
    inner = file.load

    def load():
        try:
            return inner()
        finally:
            loaded.release()

    file.load = load
    file.load()
    file.start()
    try:
        write(path, "a,1,yes", "b,2,yes")
        assert all(loaded.acquire(timeout=30) for _ in range(2))
        assert sorted(store.view().snapshot.feed.entries) == ["a", "b"]
        write(path, "a,one,yes")
        assert loaded.acquire(timeout=30)
        path.unlink()
        file.reload()
        assert loaded.acquire(timeout=30)
        assert sorted(store.view().snapshot.feed.entries) == ["a", "b"]
        write(path)
        assert loaded.acquire(timeout=30)
        assert list(store.view().snapshot.feed.entries) == []
    finally:
        file.close()


def test_a_server_starts_with_its_file(tmp_path: Path) -> None:
    """Its closures are in the first answer; one that cannot be read stops the start with its own error."""
    path = tmp_path / "feed.csv"
    write(path, *(f"e{arc},{arc},yes" for arc in range(load_coquimbo().network.arc_count)))
    dispatcher = dispatcher_with_traffic(load_coquimbo())
    server = Server({"coquimbo": dispatcher}, feeds={"coquimbo": path}).start()
    try:
        assert eta(Client(server.port))[0] == 2**30 - 1
    finally:
        server.stop(grace_s=0)
    path.write_text("nonsense")
    os.utime(path)
    with pytest.raises(TowlineError):
        Server({"coquimbo": dispatcher_with_traffic(load_coquimbo())}, feeds={"coquimbo": path}).start()
