"""The gRPC server: towline's services, health and reflection on one port.

Threads rather than asyncio: the work is numba kernels that release the GIL and OR-Tools calls that would stall an event
loop; with threads the one call waits and not all. gRPC and `fork` do not mix: start worker processes before a server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import grpc
from google.longrunning import operations_pb2, operations_pb2_grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from towline.v1 import coverage_service_pb2 as coverage_pb2
from towline.v1 import coverage_service_pb2_grpc as coverage_grpc
from towline.v1 import dispatch_service_pb2 as dispatch_pb2
from towline.v1 import dispatch_service_pb2_grpc as dispatch_grpc
from towline.v1 import eta_service_pb2 as eta_pb2
from towline.v1 import eta_service_pb2_grpc as eta_grpc
from towline.v1 import fleet_service_pb2 as fleet_pb2
from towline.v1 import fleet_service_pb2_grpc as fleet_grpc
from towline.v1 import incident_service_pb2 as incident_pb2
from towline.v1 import incident_service_pb2_grpc as incident_grpc
from towline.v1 import planning_service_pb2 as planning_pb2
from towline.v1 import planning_service_pb2_grpc as planning_grpc
from towline.v1 import region_service_pb2 as region_pb2
from towline.v1 import region_service_pb2_grpc as region_grpc
from towline.v1 import watch_service_pb2 as watch_pb2
from towline.v1 import watch_service_pb2_grpc as watch_grpc

from engine.dispatch import Dispatcher
from engine.model import Fleet
from engine.observer import Observer
from engine.server.address import check_address, check_free, taken
from engine.server.admission import Admission
from engine.server.aside import AsideInterceptor
from engine.server.call_log import Telemetry
from engine.server.command_calls import Answers
from engine.server.coverage_planning import Planning
from engine.server.coverage_servicer import CoverageServicer
from engine.server.dispatch_servicer import DispatchServicer
from engine.server.eta_servicer import EtaServicer
from engine.server.feed_readers import FeedReaders
from engine.server.fleet_servicer import FleetServicer
from engine.server.health_servicer import HealthServicer
from engine.server.hosted import HostedRegions
from engine.server.incident_servicer import IncidentServicer
from engine.server.interceptor import CallInterceptor
from engine.server.kept_ledger import KeptLedger
from engine.server.liveness import loop_thread, moves
from engine.server.logs import logger
from engine.server.metrics_live import count_live
from engine.server.operations_runner import Runner
from engine.server.operations_servicer import OperationsServicer
from engine.server.operations_store import Operations
from engine.server.options import ServerOptions
from engine.server.pool import CountingPool
from engine.server.region_servicer import RegionServicer
from engine.server.security.guard import Guard
from engine.server.warm_up import warm_up
from engine.server.watch_calls import Watching
from engine.server.watch_servicer import WatchServicer
from engine.server.watchdog import Watchdog

#: Full names of towline's services, and that of its operations.
SERVICES: tuple[str, ...] = tuple(
    service.full_name
    for module in (
        coverage_pb2,
        dispatch_pb2,
        eta_pb2,
        fleet_pb2,
        incident_pb2,
        operations_pb2,
        planning_pb2,
        region_pb2,
        watch_pb2,
    )
    for service in module.DESCRIPTOR.services_by_name.values()
)

#: Time for the last answers to leave before connections are closed.
LINGER_S = 0.2
#: Time for those who watch health to learn of the end.
TELL_S = 1.0
#: For calls to end that were cancelled.
LAST_S = 10.0


class Server:
    """Serves regions on one address; `start`, then `stop`, once each."""

    def __init__(
        self,
        dispatchers: Mapping[str, Dispatcher],
        address: str = "127.0.0.1:0",
        options: ServerOptions | None = None,
        fleets: Mapping[str, Fleet] | None = None,
        feeds: Mapping[str, Path] | None = None,
        telemetry: Telemetry | None = None,
        ledger: str | None = None,
    ) -> None:
        """``dispatchers``, ``fleets`` and ``feeds`` (files of traffic that are followed) by region id.

        ``ledger``: the URL of where incidents and fleets are kept; without one that is a temporary folder, gone when
        the server stops.
        ``telemetry``: who counts and traces; it is the caller's to stop after the server.

        Port 0 takes any free port (see `port`). Raises ListenError, InsecureAddressError, OpenAddressError, what
        `Guard` raises about security and `Planning` about demand, TrafficUnavailableError (a feed without a store of
        metrics), FileFormatError (a feed that is no table by its name), and what `Dispatcher.prepare` raises about a
        fleet.
        """
        self.options = options or ServerOptions()
        self.options.leading.check(dispatchers)
        security = self.options.security
        self._address = check_address(
            address,
            self.options.insecure,
            encrypted=security.tls is not None,
            authenticated=security.authenticates,
        )
        self._guard = Guard(security)
        self.telemetry = telemetry or Telemetry()
        self._dispatchers = dict(dispatchers)
        planning = self.options.planning
        self._planning = Planning(self._dispatchers, planning)
        self._operations = Operations(planning, self.options.clock)
        self._runner = Runner(self._operations, self._planning, planning.workers)
        self._kept = KeptLedger(ledger)
        try:
            self._regions = HostedRegions(self._dispatchers, self.options, self._kept.ledger, fleets, feeds)
        except BaseException:
            self._kept.close()
            raise
        self._serving, self._down, self._marking = False, set[str](), threading.Lock()
        self._watchdog, self._feeds = Watchdog(self.options.stalled_s), Watchdog(self.options.feed_silent_s)
        self._loop: threading.Thread | None = None
        self._health = HealthServicer(self._watchdog, self.options.health_watches)
        self._aside = AsideInterceptor(self.options, self._watchdog, self._guard)
        self._admission = Admission(self.options, list(self._dispatchers))
        self._readers = FeedReaders(self.options.feeds + self.options.position_streams)
        self._watching = Watching(self.options)
        self._pools = (
            CountingPool(self._admission.threads, self.options.max_calls // 50),
            CountingPool(2 * self.options.light_threads, self.options.max_calls // 50),
            self._watching.pool,
        )
        self._answers = Answers(self._pools[0])
        self._grpc = grpc.server(
            self._pools[0],
            interceptors=[
                self._aside,
                CallInterceptor(
                    self.options,
                    self._admission,
                    self._watchdog,
                    self._pools[1],
                    self._feeds,
                    self._readers,
                    self._guard,
                    self.telemetry,
                    self._watching,
                    self._answers,
                ),
            ],
            options=_channel_options(self.options),
            maximum_concurrent_rpcs=self.options.max_calls,
        )
        self._register()
        self._count()
        self._stopping = threading.Lock()
        self.port = 0

    def _register(self) -> None:
        regions, options, server = self._regions, self.options, self._grpc
        coverage = CoverageServicer(regions, options, self._operations, self._planning, self._runner)
        coverage_grpc.add_CoverageServiceServicer_to_server(coverage, server)
        planning_grpc.add_PlanningServiceServicer_to_server(coverage, server)
        operations = OperationsServicer(regions, options, self._operations)
        operations_pb2_grpc.add_OperationsServicer_to_server(operations, server)
        dispatch_grpc.add_DispatchServiceServicer_to_server(DispatchServicer(regions, options), server)
        eta_grpc.add_EtaServiceServicer_to_server(EtaServicer(regions, options), server)
        fleet_grpc.add_FleetServiceServicer_to_server(FleetServicer(regions, options), server)
        incident_grpc.add_IncidentServiceServicer_to_server(IncidentServicer(regions, options), server)
        region_grpc.add_RegionServiceServicer_to_server(RegionServicer(regions, options), server)
        watch_grpc.add_WatchServiceServicer_to_server(WatchServicer(regions.opened), server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection((*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
        self._mark()

    def _count(self) -> None:
        """What metrics ask for when somebody looks."""
        observer = self.telemetry.observer
        for kind, gate in self._admission.gates.items():
            observer.gauge("gate_inside", partial(getattr, gate, "inside"), gate=kind.name.lower())
            observer.gauge("gate_places", partial(getattr, gate, "places"), gate=kind.name.lower())
        for name in ("", *SERVICES):
            observer.gauge("serving", partial(self._serves, name), service=name)
        for state, running in (("running", True), ("waiting", False)):
            observer.gauge("operations", partial(self._operations.count, running=running), state=state)
        for region in self._regions:
            for stream, source in (("events", region.hub), ("telemetry", region.telemetry)):
                observer.gauge("watchers", partial(getattr, source, "watchers"), region=region.id, stream=stream)
            region.hub.on_lag = partial(observer.timed, "event_lag_seconds", region=region.id)
            region.store.on_report = partial(_count_positions, observer, region.id)
            count_live(observer, region.live)
        if self.options.security.tls is not None:
            observer.gauge("certificate_ends_seconds", self._guard.certificate_ends)

    def start(self) -> Server:
        """Listen, compile what is not compiled yet, then report SERVING.

        ListenError when the address is taken. A feed file that cannot be used is logged, and followed all the same.
        """
        check_free(self._address)
        try:
            self.port = self._guard.add_port(self._grpc, self._address)
        except RuntimeError:
            raise taken(self._address) from None
        self._guard.start()
        self._watchdog.start()
        self._feeds.start()
        self._answers.start()
        before = set(threading.enumerate())
        self._grpc.start()
        self._loop = loop_thread(before)
        try:
            for region_id, dispatcher in self._dispatchers.items():
                warm_up(dispatcher, self.options.clock())
                region = self._regions.get(region_id, "region")
                region.open(self.address)
                logger.info("region ready", extra={"region": region_id})
        except BaseException:
            self.stop(grace_s=0)  # or its threads would keep the process alive
            raise
        self._serving = True
        self._mark()
        logger.info("serving", extra={"address": self.address, "regions": list(self._dispatchers)})
        return self

    def reload(self) -> None:
        """Take all feed files, certificates and keys of tokens again, in the background."""
        self._guard.reload()
        for region_id in self._dispatchers:
            self._regions.get(region_id, "region").traffic.reload()

    @property
    def address(self) -> str:
        """Where it listens, with the real port."""
        return self._address if self._address.startswith("unix") else f"{self._address.rpartition(':')[0]}:{self.port}"

    def stop(self, grace_s: float | None = None) -> None:
        """Report NOT_SERVING, take no new calls, let those in flight go on for ``grace_s``, then cancel them.

        Returns when no thread works for a caller any more (a cancelled one stops at its next stage); a second call
        returns when the first does.
        """
        with self._stopping:
            grace_s = self.options.grace_s if grace_s is None else grace_s
            until = time.monotonic() + grace_s
            self._serving = False
            self._health.end(TELL_S)
            stopped = self._grpc.stop(grace_s)
            self._readers.stop()  # they would wait for their next update until the end of the grace
            self._watching.stop()
            self._operations.stop()  # whoever waits for one is told
            for region in self._regions:
                region.hub.stop()
            # Clients hold health watches open for ever: do not wait for those once all answers are on their way.
            idle = [pool.wait_idle(max(0.0, until - time.monotonic())) for pool in self._pools]
            if all(idle) and not stopped.wait(LINGER_S):
                self._grpc.stop(0)
            ended = stopped.wait(max(0.0, until - time.monotonic()) + LAST_S)
            if not ended:
                logger.error("calls do not end")  # what is kept is closed properly all the same
            self._health.close()
            for pool in self._pools:
                pool.shutdown(wait=ended, cancel_futures=True)
            self._readers.shutdown()
            self._runner.stop()
            self._aside.shutdown()
            self._watchdog.stop()
            self._feeds.stop()
            self._guard.stop()
            for region in self._regions:
                region.close()
            self._answers.stop()
            self._kept.close()
            logger.info("stopped", extra={"address": self.address})

    def cancel(self) -> None:
        """Cut a `stop` in progress short: cancel the calls in flight now."""
        self._grpc.stop(0)

    def set_health(self, service: str, serving: bool) -> None:
        """Whether one service, by its name or full name, answers; NOT_SERVING until the server has started anyway.

        The server as a whole stays SERVING as long as it runs: its other services can still be used.
        """
        full = service if "." in service else f"towline.v1.{service}"
        if full not in SERVICES:
            raise LookupError(f"{service} is no service of this server")
        with self._marking:
            (self._down.discard if serving else self._down.add)(full)
        self._mark()

    def alive(self, within_s: float = 5.0) -> bool:
        """Whether health has a thread in that time, and the one thread that all calls come through moves."""
        return self._aside.alive(within_s) and (self._loop is None or moves(self._loop, within_s))

    def _serves(self, service: str) -> bool:
        return self._serving and service not in self._down

    def _mark(self) -> None:
        """Tell health what is so."""
        answer = health_pb2.HealthCheckResponse
        with self._marking:
            for name in ("", *SERVICES):
                self._health.set(name, answer.SERVING if self._serves(name) else answer.NOT_SERVING)


def _count_positions(observer: Observer, region: str, counts: Mapping[str, int]) -> None:
    for reason, count in counts.items():
        if count:
            observer.count("positions", count, region=region, reason=reason)


def _channel_options(options: ServerOptions) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", options.max_receive_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.so_reuseport", 0),  # two servers on one port would each get half the calls
        # Ask silent peers whether they are still there, calls or not, and let them ask us.
        ("grpc.keepalive_time_ms", round(1000 * options.keepalive_s)),
        ("grpc.keepalive_timeout_ms", round(1000 * options.keepalive_timeout_s)),
        # A ping that is not answered has a limit of its own, 60 s by default: that, not the one before, counts.
        ("grpc.http2.ping_timeout_ms", round(1000 * options.keepalive_timeout_s)),
        # Connections that do not get as far as a call: no handshake, nor the beginning of HTTP/2.
        ("grpc.server_handshake_timeout_ms", round(1000 * options.stalled_s)),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.http2.min_ping_interval_without_data_ms", 5000),
    ]
