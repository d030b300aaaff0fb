"""What a watcher that is cut off is counted and logged as."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from engine.server.call_log import Telemetry
from engine.server.watch_calls import WatchCall
from engine.server.wrapped import gone


class Calls:
    """What is counted."""

    def __init__(self) -> None:
        self.counted: list[str] = []

    def count(self, name: str, **_: Any) -> None:
        self.counted.append(name)

    def level(self, *_: Any, **__: Any) -> None: ...

    timed = level


class Stream:
    """One message, then the caller seems to have gone."""

    def __init__(self) -> None:
        self.told = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self.told += 1
        if self.told > 1:
            raise gone(False)
        return b"x"

    def end(self, error: Exception) -> None: ...

    def close(self) -> None: ...


class Dog:
    """Holds whoever is waited for."""

    def watching(self, reader: Any) -> Any:
        self.reader = reader
        return nullcontext()


@pytest.mark.parametrize("cut_off", [True, False])
def test_who_is_cut_off_did_not_go_by_himself(cut_off: bool):
    """gRPC may ask for another message between the cut and its own word of it; the stream then says that the caller has
    gone. Whom the server cut off is WATCHER_TOO_SLOW all the same."""
    calls, dog, said = Calls(), Dog(), []
    call: Any = WatchCall.__new__(WatchCall)
    admitted = SimpleNamespace(check=lambda: None, check_region=lambda _: None)
    gate = SimpleNamespace(coming=lambda _: nullcontext(SimpleNamespace(take=lambda: None)))
    call._kind, call._gates, call._watchdog, call._telemetry = 0, [gate], dog, Telemetry(calls)  # ty: ignore[invalid-argument-type]
    call._method, call._log = "m", lambda _: SimpleNamespace(response_bytes=0, failed=said.append)
    call._caller = lambda *_: "ada"
    call._entering, call._receive = lambda *_: nullcontext(admitted), lambda *_: b""
    call._parse = lambda _: SimpleNamespace(parent="regions/coquimbo")
    call._handler = SimpleNamespace(unary_stream=lambda *_: Stream())
    call.watching = SimpleNamespace(watching=lambda _: nullcontext())
    context: Any = SimpleNamespace(add_callback=lambda _: True, cancel=lambda: None, abort_with_status=lambda _: None)
    answers = call(iter([]), context)
    assert next(answers) == b"x"
    if cut_off:
        dog.reader.cancel()
    assert list(answers) == []
    assert [error.reason for error in said] == ["WATCHER_TOO_SLOW" if cut_off else "REQUEST_CANCELLED"]
    assert calls.counted == (["watchers_cut_off"] if cut_off else [])
