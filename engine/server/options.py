"""What can be set about a server; the defaults are the documented limits of docs/api.md."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

MIB = 1 << 20


def system_clock() -> datetime:
    """The time now, with its zone. Only the edge of the system reads it; everything inside is told the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Sizes in bytes, times in seconds."""

    #: Threads that answer calls. Kernels release the GIL, so a few more threads than cores keep the cores busy.
    workers: int = max(4, (os.cpu_count() or 1) + 2)
    max_receive_bytes: int = 16 * MIB
    #: 4 bytes a cell: stays under the 4 MiB that gRPC clients accept by default.
    max_matrix_cells: int = 1_000_000
    max_stream_cells: int = 100_000_000
    #: Cells computed at once for a stream, and at most sent in one message of it (but at least one row).
    stream_block_cells: int = 4_000_000
    stream_message_cells: int = 250_000
    #: Providers, units or positions in one batch.
    max_batch: int = 10_000
    #: The solver's time when the caller gives no deadline, and at most.
    solve_s: float = 30.0
    #: Kept from the caller's deadline for the answer's way back, plus a little for every incident.
    margin_s: float = 0.05
    margin_per_incident_s: float = 0.0003
    #: How long calls in flight may go on after the server is told to stop.
    grace_s: float = 10.0
    #: How long, and up to how many bytes, answers to requests with a request_id are kept.
    retention_s: float = 3600.0
    retention_bytes: int = 64 * MIB
    #: Listen beyond loopback although nothing encrypts or authenticates the traffic.
    insecure: bool = False
    clock: Callable[[], datetime] = system_clock
