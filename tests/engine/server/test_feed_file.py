"""A file of traffic that the server follows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from towline.v1 import region_service_pb2 as pb

from engine.errors import FileFormatError
from engine.server import Server, feed_file
from engine.server.feed_file import FeedFile
from graphs.bundled import load_coquimbo
from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate
from tests.engine.server.traffic import TRAFFIC, dispatcher_with_traffic, eta
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
    """Its closures are in the first answer."""
    path = tmp_path / "feed.csv"
    write(path, *(f"e{arc},{arc},yes" for arc in range(load_coquimbo().network.arc_count)))
    dispatcher = dispatcher_with_traffic(load_coquimbo())
    server = Server({"coquimbo": dispatcher}, feeds={"coquimbo": path}).start()
    try:
        assert eta(Client(server.port))[0] == 2**30 - 1
    finally:
        server.stop(grace_s=0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "FILE_MISSING"), ("", "EMPTY_INPUT"), ("id,arc,closed\na,one,yes\n", "INVALID_ROWS")],
)
def test_a_server_starts_without_a_good_file(
    tmp_path: Path, content: str | None, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Missing, empty or wrong: it serves, says why in log and GetTraffic, and takes the file when it is good."""
    path = tmp_path / "feed.csv"
    if content is not None:
        path.write_text(content, "utf-8")
    caplog.set_level("INFO", "towline.server")
    server = Server({"coquimbo": dispatcher_with_traffic(load_coquimbo())}, feeds={"coquimbo": path}).start()
    try:
        client = Client(server.port)
        told = traffic(client)
        assert (told.entry_count, told.feed_file_reason) == (0, reason)
        assert not told.HasField("last_update_at")
        warned = [record for record in caplog.records if record.levelname == "WARNING"]
        assert [(vars(record)["file"], vars(record)["reason"]) for record in warned] == [("feed.csv", reason)]
        write(path, "a,1,yes")
        server.reload()
        until(lambda: traffic(client).entry_count == 1)
        told = traffic(client)
        assert told.feed_file_reason == ""
        assert told.feed_file_read_at == told.last_update_at
    finally:
        server.stop(grace_s=0)


def feature(properties: str, ring: str) -> str:
    """A collection of one polygon; both arguments in JSON, or nearly."""
    geometry = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
    one = f'{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}'
    return f'{{"type": "FeatureCollection", "features": [{one}]}}'


GARBAGE = {
    "bytes.csv": bytes(range(256)),
    "nul.csv": b"id,arc,closed\n\0,1,yes\n",
    "utf16.csv": "id,arc,closed\na,1,yes\n".encode("utf-16"),
    "quote.csv": b'id,arc,closed\n"a,1,yes\n',
    "huge.csv": b"id,arc,closed\na,99999999999999999999999999,yes\n",
    "null.geojson": b"null",
    "deep.geojson": b"[" * 100_000,
    "features.geojson": b'{"type": "FeatureCollection", "features": [null, 3]}',
    "properties.geojson": feature("[1]", "[[1, 2], [3, 4], [5, 7], [1, 2]]").encode(),
    "crs.geojson": b'{"type": "FeatureCollection", "crs": 5}',
    "text.geojson": feature('{"id": "a", "closed": true}', '[[1, 2], ["x", 4]]').encode(),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused_with_a_reason(
    store: MetricStore, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is in the file, the log says what to do about it, and it is no bug."""
    (tmp_path / name).write_bytes(GARBAGE[name])
    file = FeedFile(tmp_path / name, store, lambda: NOW)
    file.take()
    assert file.reason not in ("", "INTERNAL")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert vars(caplog.records[0])["problem"]


@pytest.mark.parametrize("number", ["1e999", "NaN"])
def test_a_corner_that_is_no_number_is_ignored(store: MetricStore, tmp_path: Path, number: str) -> None:
    """Too large for a float, or not a number: one entry's mistake."""
    path = tmp_path / "infinite.geojson"
    path.write_text(feature('{"id": "a", "closed": true}', f"[[1, 2], [{number}, 4], [5, 7], [1, 2]]"), "utf-8")
    assert FeedFile(path, store, lambda: NOW).load().ignored() == {"bad_selector": 1}


def test_a_file_that_no_change_would_help_is_refused(tmp_path: Path) -> None:
    """A name that ends in no kind of table: the options are wrong, not the content."""
    with pytest.raises(FileFormatError, match=r"feed\.pdf ends in \.pdf"):
        Server({"coquimbo": dispatcher_with_traffic(load_coquimbo())}, feeds={"coquimbo": tmp_path / "feed.pdf"})


def test_the_log_says_what_is_wrong(store: MetricStore, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Row, column and message of the first problems; ids, reasons and messages of the first entries ignored."""
    path = tmp_path / "feed.csv"
    caplog.set_level("INFO", "towline.server")
    file = FeedFile(path, store, lambda: NOW)
    write(path, "a,1,yes", "far,999999,yes")
    file.take()
    line = vars(caplog.records[-1])
    assert (line["msg"], line["accepted"], line["ignored"]) == ("feed file", 1, {"UNKNOWN_ARC": 1})
    assert [(each["id"], each["reason"]) for each in line["first_ignored"]] == [("far", "UNKNOWN_ARC")]
    assert "arc 999999 is not in the region" in line["first_ignored"][0]["message"]
    write(path, *(f"e{number},one,perhaps" for number in range(9)))
    file.take()
    line = vars(caplog.records[-1])
    assert (line["msg"], line["reason"], line["problem_count"]) == ("feed file refused", "INVALID_ROWS", 18)
    assert line["first_problems"][0] == {
        "row": 2,
        "column": "arc",
        "message": "is no id; write one number, or several with semicolons between",
    }
    assert len(line["first_problems"]) == feed_file.SPELT_OUT
    assert (line["entries_kept"], line["last_read"]) == (1, "2026-03-02T12:00:00+00:00")
    write(path)
    file.take()


def test_a_file_that_goes_is_missed_once_and_taken_when_it_is_back(
    store: MetricStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says that it is gone and what stays in force since when; back again it is read, changed or not."""
    path, away = tmp_path / "feed.csv", tmp_path / "away.csv"
    caplog.set_level("INFO", "towline.server")
    write(path, "a,1,yes")
    file = FeedFile(path, store, lambda: NOW, look_s=0.02)
    file.take()
    file.start()
    try:
        path.rename(away)
        until(lambda: "feed file missing" in caplog.messages)
        time.sleep(0.2)
        assert caplog.messages.count("feed file missing") == 1
        missed = vars(caplog.records[-1])
        assert (missed["reason"], missed["entries_kept"]) == ("FILE_MISSING", 1)
        assert missed["last_read"] == "2026-03-02T12:00:00+00:00"
        assert list(store.view().snapshot.feed.entries) == ["a"]
        away.rename(path)
        until(lambda: file.reason == "")
        assert caplog.messages[-1] == "feed file"
        write(path)
        until(lambda: not store.view().snapshot.feed.entries)
    finally:
        file.close()


def test_whoever_wrote_an_entry_last_counts(store: MetricStore, tmp_path: Path) -> None:
    """A call replaces or removes the file's entry; the file has it back when it is read; a call's own entry stays."""
    path = tmp_path / "feed.csv"
    file = FeedFile(path, store, lambda: NOW)

    def entries() -> dict[str, bool]:
        return {key: entry.closed for key, (_, entry) in store.view().snapshot.feed.entries.items()}

    write(path, "a,1,yes", "b,2,yes", "c,3,yes")
    file.load()
    store.update(TrafficUpdate([TrafficEntry(key, Arcs(1), factor=0.5) for key in "ab"], ["c"]), NOW)
    assert entries() == {"a": False, "b": False}
    write(path, "b,2,yes", "c,3,yes")
    file.load()
    assert entries() == {"a": False, "b": True, "c": True}  # a left the file, and is the call's
    write(path, "b,999999,yes")
    file.load()
    assert entries() == {"a": False, "b": True}  # what the file now says of b cannot be used
    write(path)
    file.load()
    assert entries() == {"a": False}
    store.update(TrafficUpdate([], ["a"]), NOW)


def traffic(client: Client) -> Any:
    return client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic


def until(true: Callable[[], bool]) -> None:
    for _ in range(1500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")
