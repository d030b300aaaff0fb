"""What can be set about a server; the defaults are the documented limits of docs/api.md."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.server.leading_options import LeadingOptions
from engine.server.operations_options import PlanningOptions
from engine.server.security.settings import SecuritySettings

MIB = 1 << 20


def system_clock() -> datetime:
    """The time now, with its zone. Only the edge of the system reads it; everything inside is told the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Sizes in bytes, times in seconds."""

    #: Heavy calls (plans, matrices, stateless fleets) that compute at once, and how many more may wait for them.
    heavy_calls: int = max(2, os.cpu_count() or 1)
    heavy_queue: int = 8
    #: Processes that solve large plans, so that nobody else waits meanwhile (see `engine.assign.worker`).
    flow_processes: int = min(2, os.cpu_count() or 1)
    #: Whether threads that take turns with the interpreter live on one core (see `engine.home`).
    one_core: bool = True
    #: Streams open at once; they share the heavy calls' turns while they compute.
    streams: int = 8
    #: Recommendations, and changes of fleets, that may wait for their turn.
    quick_queue: int = 32
    write_queue: int = 32
    #: Changes of incidents that may wait for the ledger at once, and how many incidents may be open.
    commands: int = 256
    max_open_incidents: int = 20_000
    #: Requests for changes of traffic read at once; each region then does one large and one small at a time, so many
    #: more of each may wait. Streams of them open at once.
    traffic_calls: int = 2
    traffic_queue: int = 32
    feeds: int = 8
    #: What counts as small: at most so many areas, whose roads are searched for, and bytes.
    small_traffic_areas: int = 8
    small_traffic_bytes: int = 65_536
    #: Requests for coverage that are checked or wait for it; calls of WaitOperation open at once.
    planning_calls: int = 20
    waits: int = 32
    #: Streams open at once of those who watch, and of positions.
    watchers: int = 256
    position_streams: int = 32
    #: How long a feed's stream, or one of positions, may be silent.
    feed_silent_s: float = 600.0
    #: Threads for light calls, and for health alone; as many more wait for requests that are late.
    light_threads: int = 16
    health_threads: int = 8
    #: Of each kind of calls and streams: how much of its places one caller may hold, rounded up.
    caller_share: float = 0.75
    #: Streams that watch health, on one connection and in all; one machine may hold its share of these.
    health_watches_connection: int = 32
    health_watches: int = 512
    #: How long a call waits for its turn, or for other changes of the fleet, before it is told that the server is busy.
    queue_s: float = 10.0
    #: Calls of any kind at once; beyond it gRPC itself refuses.
    max_calls: int = 1000
    #: How long a call waits for a peer that sends no request or takes no answer.
    stalled_s: float = 20.0
    #: How often a silent peer is asked whether it is there, and how long it has to say so.
    keepalive_s: float = 30.0
    keepalive_timeout_s: float = 10.0
    max_receive_bytes: int = 16 * MIB
    #: Bytes from which on a request for a recommendation, which then holds a fleet, counts as a heavy call.
    light_request_bytes: int = 65_536
    #: Of one request: incidents, units and providers given in it, cells of all their territories, and the places on
    #: one side of a matrix.
    max_incidents: int = 10_000
    max_units: int = 20_000
    max_providers: int = 20_000
    max_territory_cells: int = 1_000_000
    max_places: int = 50_000
    #: 4 bytes a cell: stays under the 4 MiB that gRPC clients accept by default.
    max_matrix_cells: int = 1_000_000
    max_stream_cells: int = 100_000_000
    #: Cells computed at once for a stream, and at most sent in one message of it (but at least one row).
    stream_block_cells: int = 1_000_000
    stream_message_cells: int = 250_000
    #: Locations of one Snap: up to about 0.8 kB each in the answer.
    max_snaps: int = 5_000
    #: Providers, units or positions in one batch.
    max_batch: int = 10_000
    #: Entries, or removals, in one change of traffic, and its bytes: converting them must not keep questions waiting.
    max_traffic_entries: int = 20_000
    max_traffic_bytes: int = 4 * MIB
    #: The solver's time when the caller gives no deadline, and at most.
    solve_s: float = 30.0
    #: Kept from the caller's deadline for the answer's way back, plus a little for every incident.
    margin_s: float = 0.05
    margin_per_incident_s: float = 0.0003
    #: How long calls in flight may go on after the server is told to stop.
    grace_s: float = 10.0
    #: How long, and up to how many bytes, answers to requests with a request_id are kept.
    retention_s: float = 86_400.0
    retention_bytes: int = 64 * MIB
    #: How many days tracks of units that worked on incidents are kept.
    track_days: float = 30.0
    #: TLS, tokens, client certificates and limits of each caller; see docs/security.md.
    security: SecuritySettings = field(default_factory=SecuritySettings)
    #: Of servers that share a ledger; see docs/failover.md.
    leading: LeadingOptions = field(default_factory=LeadingOptions)
    #: Of what planners ask for; see docs/coverage-service.md.
    planning: PlanningOptions = field(default_factory=PlanningOptions)
    #: Listen beyond loopback although nothing encrypts or authenticates the traffic.
    insecure: bool = False
    clock: Callable[[], datetime] = system_clock
    #: How much faster than real the clock goes: days are replayed so.
    clock_rate: float = 1.0
