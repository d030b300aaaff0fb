"""Which calls are let in: classes of methods, each with its gate, so that heavy ones never keep light ones waiting."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from engine.server.gate import Gate
from engine.server.late import Late
from engine.server.options import ServerOptions
from engine.server.traffic_turns import TrafficTurns

#: Threads beyond those that can be inside a gate: they tell others that the server is busy.
SPARE = 8


class Kind(Enum):
    """What a call costs."""

    LIGHT = auto()  # looks something up
    QUICK = auto()  # a few milliseconds of computing
    WRITE = auto()  # changes the fleet
    COMMAND = auto()  # changes an incident: waits for the writer, computes next to nothing itself
    TRAFFIC = auto()  # changes traffic: a few milliseconds, or as long as its entries take to check
    FEED = auto()  # a stream of such changes, which is silent in between
    POSITIONS = auto()  # a stream of positions, each batch a change of the fleet
    PLANNING = auto()  # has other processes check it
    WAIT = auto()  # waits for an operation
    WATCH = auto()  # waits for news, on a thread of its own
    HEAVY = auto()  # may compute for seconds
    STREAM = auto()  # the same, block by block, and waits for its reader in between

    @staticmethod
    def of(method: str) -> Kind:
        """The kind of a method by its full name, ``/towline.v1.EtaService/Matrix``; unknown ones count as heavy."""
        name = method.rpartition("/")[2]
        if name.startswith(("Get", "List")) or name in ("CancelOperation", "DeleteOperation"):
            return Kind.LIGHT
        if ".IncidentService/" in method:
            return Kind.COMMAND
        if name.startswith(("BatchUpsert", "Delete", "Report")):
            return Kind.WRITE
        if name in ("UpdateTraffic", "ClearTraffic", "SetWeather"):
            return Kind.TRAFFIC
        if name == "StreamTraffic":
            return Kind.FEED
        if name == "StreamPositions":
            return Kind.POSITIONS
        if name in ("EvaluateCoverage", "CompareCoverage") or ".PlanningService/" in method:
            return Kind.PLANNING
        if name == "WaitOperation":
            return Kind.WAIT
        if name.startswith("Watch"):
            return Kind.WATCH
        if name.startswith("Stream"):
            return Kind.STREAM
        return Kind.QUICK if name in ("Recommend", "Route", "Snap") else Kind.HEAVY


class Admission:
    """The gates of one server."""

    def __init__(self, options: ServerOptions, regions: Sequence[str]) -> None:
        #: Where changes of traffic work once they are read.
        self.traffic = TrafficTurns(options, regions)
        wait_s, cores, share = options.queue_s, options.heavy_calls, options.caller_share
        self.gates = {
            Kind.LIGHT: Gate(
                "light calls", options.light_threads, options.light_threads, wait_s, computes=False
            ),  # never full: it has as many threads; callers are told apart by whose requests are late
            Kind.QUICK: Gate("quick calls", 2 * cores, options.quick_queue, wait_s, share=share),
            Kind.WRITE: Gate("changes", max(2, cores), options.write_queue, wait_s, computes=False, share=share),
            Kind.COMMAND: Gate("changes of incidents", options.commands, 0, wait_s, share=share),
            Kind.TRAFFIC: Gate(
                "changes of traffic",
                options.traffic_calls,
                max(0, self.traffic.places - options.traffic_calls),
                wait_s,
                share=share,
            ),
            Kind.FEED: Gate("feeds", options.feeds, 0, wait_s, share=share),
            Kind.POSITIONS: Gate("streams of positions", options.position_streams, 0, wait_s, share=share),
            Kind.PLANNING: Gate(
                "requests for coverage",
                options.planning_calls,
                0,  # they wait inside, by caller
                wait_s,
                computes=False,
                share=share,
            ),
            Kind.WAIT: Gate("waits for operations", options.waits, 0, wait_s, computes=False, share=share),
            Kind.WATCH: Gate("watchers", options.watchers, 0, wait_s, share=share),
            Kind.HEAVY: Gate("heavy calls", cores, options.heavy_queue, wait_s, share=share),
            Kind.STREAM: Gate("streams", options.streams, 0, wait_s, share=share),
        }
        apart = (Kind.LIGHT, Kind.WATCH)  # on threads of their own
        one = (Kind.FEED, Kind.POSITIONS)  # they are inside before they have sent anything; others' requests come first
        places = {kind: gate.places * (1 if kind in one else 2) for kind, gate in self.gates.items()}
        self.threads = SPARE + sum(count for kind, count in places.items() if kind not in apart)
        #: Light calls whose requests are late.
        self.late = Late(Gate("light calls without a request", options.light_threads, 0, wait_s, share=share))
