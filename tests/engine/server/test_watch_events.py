"""WatchEvents over a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import h3
import pytest
from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import enums_pb2
from towline.v1 import watch_service_pb2 as pb

from engine.errors import PermissionDeniedError
from engine.live.events import EventKind
from engine.live.watch.subscription import Batch
from engine.server.incoming_watch import event_filter, unit_filter
from engine.server.outgoing_incident import event as event_message
from engine.server.security.identity import ANONYMOUS, Admitted, admit
from engine.server.watch_messages import EventEncoder, events_answer, ledger_part, varint
from tests.engine.live.watch import event
from tests.engine.server.watched import WatchServer, read
from tests.engine.server.wire import REGION, failure

FAST = Duration(seconds=1)


@pytest.fixture
def serve() -> Iterator[Callable[..., WatchServer]]:
    servers: list[WatchServer] = []

    def make(**options: Any) -> WatchServer:
        servers.append(WatchServer(**options))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


def numbers(answers: list[pb.WatchEventsResponse]) -> list[int]:
    return [event.number for answer in answers for event in answer.events]


def test_answers_are_put_together_as_protobuf_would():
    """Bytes of events encoded once, a number and the ledger make exactly the message."""
    encode = EventEncoder("coquimbo")
    events = [event(3), event(400)]
    raw = events_answer(Batch(tuple(encode(each, None) for each in events), 2**40), ledger_part("ledger-1"))
    whole = pb.WatchEventsResponse(
        events=[event_message(each, "coquimbo") for each in events], last_number=2**40, ledger="ledger-1"
    )
    assert pb.WatchEventsResponse.FromString(raw) == whole
    assert raw == whole.SerializeToString()
    assert [varint(n) for n in (0, 127, 128, 300)] == [b"\x00", b"\x7f", b"\x80\x01", b"\xac\x02"]


def test_a_stream_begins_with_where_it_is(serve: Callable[..., WatchServer]):
    """The first answer is a heartbeat with the number to resume after and the ledger; then come the events."""
    server = serve()
    server.write(7)
    stream = server.events()
    first = next(stream)
    assert (list(first.events), first.last_number, first.ledger) == ([], 7, "ledger-1")
    server.write(2)
    assert numbers(read(stream, lambda answer: answer.last_number == 9)) == [8, 9]


def test_resuming_misses_nothing(serve: Callable[..., WatchServer]):
    """From the beginning, then after the last number told, through the ledger and live."""
    server = serve()
    server.write(600)
    stream = server.events(after_number=0, ledger="ledger-1")
    told = numbers(read(stream, lambda answer: answer.last_number >= 400))
    stream.cancel()
    again = server.events(after_number=told[-1], ledger="ledger-1")
    server.write(5)
    told += numbers(read(again, lambda answer: answer.last_number == 605))
    assert told == list(range(1, 606))


def test_heartbeats(serve: Callable[..., WatchServer]):
    """A quiet stream says every so often that it lives, and how far it is though nothing passed its filter."""
    server = serve()
    stream = server.events(filter=pb.EventFilter(incidents=[f"{REGION}/incidents/nobody"]), heartbeat=FAST)
    next(stream)
    server.write(3)
    beat = next(stream)
    assert (list(beat.events), beat.last_number) == ([], 3)


def test_filters(serve: Callable[..., WatchServer]):
    """By every field of the filter; names and cells in any resolution."""
    server = serve()
    server.write(40)
    place = h3.latlng_to_cell(-29.9, -71.24, 8)
    for wanted, digit in (
        (pb.EventFilter(incidents=[f"{REGION}/incidents/i3"]), 3),
        (pb.EventFilter(providers=[f"{REGION}/providers/q4"]), 4),
        (pb.EventFilter(units=[f"{REGION}/providers/p5/units/u5"]), 5),
        (pb.EventFilter(cells=[place]), 3),
    ):
        stream = server.events(after_number=0, filter=wanted, heartbeat=FAST)
        got = numbers(read(stream, lambda answer: answer.last_number == 40))
        assert got == [n for n in range(1, 41) if n % 10 == digit], wanted
        stream.cancel()
    kinds = pb.EventFilter(kinds=[enums_pb2.EVENT_KIND_UNIT_DONE])
    stream = server.events(after_number=0, filter=kinds)
    told = read(stream, lambda answer: answer.last_number == 40)
    assert {e.kind for answer in told for e in answer.events} == {enums_pb2.EVENT_KIND_UNIT_DONE}
    assert numbers(told) == list(range(3, 41, 4))


@pytest.mark.parametrize(
    ("fields", "code", "reason", "field"),
    [
        ({"parent": ""}, "INVALID_ARGUMENT", "REQUIRED_FIELD", "parent"),
        ({"after_number": 99}, "FAILED_PRECONDITION", "INVALID_RESUME_TOKEN", "after_number"),
        ({"after_number": -1}, "FAILED_PRECONDITION", "INVALID_RESUME_TOKEN", "after_number"),
        ({"ledger": "another"}, "FAILED_PRECONDITION", "INVALID_RESUME_TOKEN", "ledger"),
        ({"heartbeat": Duration(nanos=1)}, "INVALID_ARGUMENT", "VALUE_OUT_OF_RANGE", "heartbeat"),
        ({"heartbeat": Duration(seconds=301)}, "INVALID_ARGUMENT", "INVALID_TIME", "heartbeat"),
        ({"filter": {"kinds": [999]}}, "INVALID_ARGUMENT", "INVALID_INPUT", "filter.kinds[0]"),
        *(
            ({"filter": pb.EventFilter(cells=[cell])}, "INVALID_ARGUMENT", "INVALID_TERRITORY", "filter.cells[0]")
            for cell in ("x", "617700169958293503", "-1", " 89b219182c3ffff", "89B219182C3FFFF")
        ),
        (
            {"filter": pb.EventFilter(cells=[h3.latlng_to_cell(-29.9, -71.2, 10)])},
            "INVALID_ARGUMENT",
            "INVALID_TERRITORY",
            "filter.cells[0]",
        ),
        (
            {"filter": pb.EventFilter(units=["regions/other/providers/p/units/u"])},
            "INVALID_ARGUMENT",
            "INVALID_RESOURCE_NAME",
            "filter.units[0]",
        ),
        (
            {"filter": pb.EventFilter(incidents=[f"{REGION}/incidents/i{n}" for n in range(1001)])},
            "INVALID_ARGUMENT",
            "VALUE_OUT_OF_RANGE",
            "filter.incidents",
        ),
    ],
    ids=str,
)
def test_bad_input(serve: Callable[..., WatchServer], fields: Any, code: str, reason: str, field: str):
    """Right status, one ErrorInfo, the field at fault; nobody watches afterwards."""
    server = serve()
    server.write(10)
    found = failure(lambda: next(server.events(**fields)))
    assert (found.code, found.reason, found.fields) == (code, reason, [field])
    assert server.hub.watchers == 0


def test_a_provider_watches_only_its_own():
    """Its filter is bound to it, and asking for another's things is refused."""

    class Context:
        pass

    context: Any = Context()
    admit(context, Admitted(ANONYMOUS, own="p1"))
    assert event_filter(pb.EventFilter(), "coquimbo", context).own == "p1"
    assert unit_filter(pb.WatchTelemetryRequest(), "coquimbo", context).own == "p1"
    with pytest.raises(PermissionDeniedError):
        event_filter(pb.EventFilter(providers=[f"{REGION}/providers/p2"]), "coquimbo", context)
    with pytest.raises(PermissionDeniedError):
        event_filter(pb.EventFilter(units=[f"{REGION}/providers/p2/units/u"]), "coquimbo", context)
    with pytest.raises(PermissionDeniedError):
        unit_filter(pb.WatchTelemetryRequest(providers=[f"{REGION}/providers/p2"]), "coquimbo", context)


def test_who_takes_nothing_is_cut_off_and_may_resume(serve: Callable[..., WatchServer]):
    """A client that stops reading is told why it was cut off, once it reads again; resuming it misses nothing."""
    server = serve(stalled_s=1.0)
    server.write(40_000)
    stream = server.events(after_number=0)
    next(stream)
    _until(lambda: server.hub.watchers == 0, 30)
    last = 0
    try:
        for answer in stream:
            last = answer.last_number
    except grpc.RpcError:
        pass  # its status is asked for below
    assert stream.code() is grpc.StatusCode.ABORTED
    assert stream.details().startswith("WATCHER_TOO_SLOW")
    assert 0 < last < 40_000
    resumed = numbers(read(server.events(after_number=last), lambda answer: answer.last_number == 40_000))
    assert resumed == list(range(last + 1, 40_001))


def test_who_takes_too_little_is_cut_off_and_may_resume(serve: Callable[..., WatchServer]):
    """A client slower than the events gets the reason with the number to resume after, and the others go on."""
    server = serve(room=200)
    slow, quick = server.events(), server.events()
    next(slow)
    next(quick)
    told = 0
    text = "long " * 4000
    seen: list[int] = []
    reader = threading.Thread(
        target=lambda: seen.extend(numbers(read(quick, lambda answer: answer.last_number == 2000)))
    )
    reader.start()
    for _ in range(400):
        server.write(5, reason=text)
        time.sleep(0.002)
    reader.join(30)
    assert seen == list(range(1, 2001))

    def rest() -> None:
        nonlocal told
        for answer in slow:
            told = answer.last_number

    found = failure(rest)
    assert (found.code, found.reason) == ("ABORTED", "WATCHER_TOO_SLOW")
    assert int(found.metadata["last_number"]) == told
    resumed = read(server.events(after_number=told), lambda answer: answer.last_number == 2000)
    assert numbers(resumed) == list(range(told + 1, 2001))


def test_one_watcher_too_many(serve: Callable[..., WatchServer]):
    """Is refused at once; when one leaves there is room again."""
    server = serve(watchers=2)
    streams = [server.events(), server.events()]
    for stream in streams:
        next(stream)
    found = failure(lambda: next(server.events()))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY")
    streams[0].cancel()
    _until(lambda: server.hub.watchers == 1)
    assert next(server.events()).ledger == "ledger-1"


def test_stopping_tells_watchers_to_go_elsewhere(serve: Callable[..., WatchServer]):
    """Those that wait are ended at once, with a status that clients retry."""
    server = serve()
    stream = server.events()
    next(stream)
    server.watching.stop()
    found = failure(lambda: next(stream))
    assert (found.code, found.reason) == ("UNAVAILABLE", "SERVER_STOPPING")
    late = failure(lambda: next(server.events()))
    assert late.reason == "SERVER_STOPPING"


def test_whoever_goes_leaves_nothing_behind(serve: Callable[..., WatchServer]):
    """A cancelled stream gives back its thread and its place."""
    server = serve()
    for _ in range(5):
        stream = server.events()
        next(stream)
        stream.cancel()
    _until(lambda: server.hub.watchers == 0)
    assert server.watching.pool.wait_idle(5)


def test_kinds_are_all_told(serve: Callable[..., WatchServer]):
    """Every kind of event can be sent."""
    server = serve()
    stream = server.events(after_number=0)
    for kind in EventKind:
        server.write(1, kind=kind)
    told = read(stream, lambda answer: answer.last_number == len(EventKind))
    assert len({e.kind for answer in told for e in answer.events}) == len(EventKind)


def _until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
