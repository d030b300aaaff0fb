"""What changes a region's traffic: each reads its request, and applies it to the region's store as a whole."""

from __future__ import annotations

import time
from datetime import timedelta

from towline.v1 import region_service_pb2 as pb
from towline.v1 import traffic_pb2

from engine.server import outgoing_traffic
from engine.server.budget import Budget
from engine.server.hosted import HostedRegion
from engine.server.incoming_traffic import read_entries, read_spells
from engine.server.options import ServerOptions
from engine.server.region_traffic import store_of
from graphs.errors import TrafficError
from graphs.metrics import TrafficUpdate


class UpdateTraffic:
    """One update, be it a call or a message of a stream; gives up when its caller has gone before it is in force."""

    def __init__(
        self,
        region: HostedRegion,
        request: pb.UpdateTrafficRequest | pb.StreamTrafficRequest,
        options: ServerOptions,
        budget: Budget,
    ) -> None:
        self._region, self._request, self._options, self._budget = region, request, options, budget

    def __call__(self) -> traffic_pb2.TrafficResult:
        request, options = self._request, self._options
        store = store_of(self._region.dispatcher, self._region.id)
        begun = time.perf_counter()
        now = options.clock()
        found = read_entries(request.entries, self._region.dispatcher.region.metadata.version)
        if request.strict and found.refusals:
            first = found.refusals[0]
            raise TrafficError(
                f"traffic entry {first.id!r}: {first.message}. Nothing was changed.",
                entry=first.id,
                refusal=first.code.name,
                field=f"entries[{first.index}]",
            )
        reading = timedelta(seconds=time.perf_counter() - begun)
        self._budget.check()
        done = store.update(
            TrafficUpdate(found.entries, request.remove_ids),
            now,
            strict=request.strict,
            publish=not request.validate_only,
            checkpoint=self._budget.check,
        )
        if not request.validate_only:
            self._region.traffic.updated(now)
        version = outgoing_traffic.version_at(store.view(), now)
        return outgoing_traffic.result(done, version, found.refusals, found.index, reading)


class ClearTraffic:
    def __init__(self, region: HostedRegion, request: pb.ClearTrafficRequest, options: ServerOptions) -> None:
        self._region, self._request, self._options = region, request, options

    def __call__(self) -> pb.ClearTrafficResponse:
        store, now = store_of(self._region.dispatcher, self._region.id), self._options.clock()
        done = store.clear(now, prefix=self._request.id_prefix, publish=not self._request.validate_only)
        if not self._request.validate_only:
            self._region.traffic.updated(now)
        version = outgoing_traffic.version_at(store.view(), now)
        return pb.ClearTrafficResponse(result=outgoing_traffic.result(done, version, [], [], timedelta(0)))


class SetWeather:
    def __init__(self, region: HostedRegion, request: pb.SetWeatherRequest, options: ServerOptions) -> None:
        self._region, self._request, self._options = region, request, options

    def __call__(self) -> pb.SetWeatherResponse:
        store, now = store_of(self._region.dispatcher, self._region.id), self._options.clock()
        spells = read_spells(self._request.spells)
        epoch = store.set_weather(spells, now, publish=not self._request.validate_only)
        return pb.SetWeatherResponse(epoch=epoch, metric_version=outgoing_traffic.version_at(store.view(), now))
