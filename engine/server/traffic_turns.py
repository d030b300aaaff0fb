"""Turns of changes of traffic: each region has its own, and small changes do not wait for large ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.server.gate import Gate
from engine.server.names import region_name
from engine.server.options import ServerOptions


class TrafficTurns:
    """In each region one large change of traffic is checked at a time, and one small one."""

    def __init__(self, options: ServerOptions, regions: Sequence[str]) -> None:
        self._options = options
        self._gates = {
            (region_name(region), large): Gate(
                f"{'large' if large else 'small'} changes of traffic in {region_name(region)}",
                1,
                options.traffic_queue,
                options.queue_s,
                share=options.caller_share,
            )
            for region in regions
            for large in (False, True)
        }
        #: A request that names no region of the server is refused at once.
        self._nowhere = Gate(
            "changes of traffic", 1, options.traffic_queue, options.queue_s, share=options.caller_share
        )
        self.places = sum(gate.places for gate in self._gates.values()) or self._nowhere.places

    def gate(self, request: Any, size: int) -> Gate:
        """Where a change of so many bytes waits and works."""
        areas = sum(entry.WhichOneof("roads") == "area" for entry in getattr(request, "entries", ()))
        large = size > self._options.small_traffic_bytes or areas > self._options.small_traffic_areas
        return self._gates.get((request.parent, large), self._nowhere)
