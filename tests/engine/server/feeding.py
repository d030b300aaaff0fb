"""Streams that tests feed by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Queue

from towline.v1 import region_service_pb2 as pb

from tests.engine.server.wire import Client

WAIT_S = 30


class Feed:
    """A stream that the test feeds by hand."""

    def __init__(self, client: Client) -> None:
        self._queue: Queue[pb.StreamTrafficRequest | None] = Queue()
        self.call = client.region.StreamTraffic(iter(self._queue.get, None))

    def send(self, request: pb.StreamTrafficRequest | None) -> None:
        self._queue.put(request)

    def ask(self, request: pb.StreamTrafficRequest) -> pb.StreamTrafficResponse:
        self.send(request)
        return next(self.call)


def until(true: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_S / 0.02)):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")
