"""What is told to the processes that evaluate coverage, and what they tell: pickled values in framed messages.

A question names its job and its region by key; whoever is asked and does not know them says so, and gets them with the
question asked again. So a process that was killed, or that has forgotten, costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import pickle
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.coverage.layer import DemandLayer
from engine.model import Fleet, Provider, Unit
from engine.policy import Policy
from engine.server.coverage_words import DemandSource
from engine.server.operations_options import PlanningOptions
from graphs.metrics import TrafficProfile
from graphs.posts import Posts

#: Providers, or units, pickled at once: pickling stops all other threads, for less than a millisecond.
SLICE = 25
_COUNT = struct.Struct("<q")


@dataclass(frozen=True, slots=True)
class WorldParts:
    """A region as processes make it their own."""

    id: str
    path: str  # of the region's file
    policy: Policy
    profile: TrafficProfile
    layer: DemandLayer | None  # None: see `source`
    source: DemandSource
    highway_share: float
    posts: Posts | None
    options: PlanningOptions


@dataclass(frozen=True, slots=True)
class Job:
    """One request."""

    method: str
    region: str
    request: bytes
    now: datetime
    fleet: tuple[bytes, ...] | None  # see `slices_of`; None: the request has its own

    @property
    def key(self) -> bytes:
        """Equal for equal jobs."""
        known = hashlib.blake2b(f"{self.method} {self.region} {self.now.isoformat()}".encode(), digest_size=16)
        for part in (self.request, *(self.fleet or ())):
            known.update(_COUNT.pack(len(part)))
            known.update(part)
        return known.digest()


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: whether a job can be done (no ``number``), or one of its tasks.

    With an ``error``, a google.rpc.Status, what to say of a task that nobody could do. With ``whole``, the response
    with all of its tasks: what is made of them together.
    """

    world: str
    job: bytes
    number: int | None = None
    error: bytes | None = None
    whole: bytes | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """The answer of one who does not know the job, or the region."""

    job: bool
    world: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer where the caller is at fault."""

    error: Any  # a TowlineError


@dataclass(frozen=True, slots=True)
class Summary:
    """The answer about a job that can be done."""

    tasks: int
    head: bytes  # of the response: what is not of any task
    closing: bool = False  # something is made of all tasks together, see `Ask.whole`


def slices_of(providers: Sequence[Provider], units: Sequence[Unit], pause_s: float = 0.0) -> tuple[bytes, ...]:
    """A fleet, pickled slice by slice; with a pause after each nobody else waits long for the interpreter."""
    found = []
    for items in (providers, units):
        for part in _sliced(items):
            found.append(pickle.dumps(tuple(part), protocol=5))
            if pause_s:
                time.sleep(pause_s)
    return tuple(found)


def _sliced(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[at : at + SLICE] for at in range(0, len(items), SLICE))


def fleet_of(slices: Sequence[bytes]) -> Fleet:
    """The fleet again, ordered by id: how a server came by it makes no difference to the answer's versions."""
    items = sorted((item for part in slices for item in pickle.loads(part)), key=lambda item: item.id)
    providers = tuple(item for item in items if isinstance(item, Provider))
    return Fleet(providers, tuple(item for item in items if isinstance(item, Unit)))


def question(ask: Ask, job: Job | None = None, world: bytes | None = None) -> list[bytes]:
    """The message in parts: the question, and what was found missing."""
    slices = () if job is None or job.fleet is None else job.fleet
    plain = None if job is None else replace(job, fleet=None if job.fleet is None else ())
    parts = [pickle.dumps((ask, plain), protocol=5), world or b"", *slices]
    return [_COUNT.pack(len(parts)), *(_COUNT.pack(len(part)) for part in parts), *parts]


def read_question(raw: bytes) -> tuple[Ask, Job | None, WorldParts | None]:
    """What `question` wrote."""
    count = _COUNT.unpack_from(raw)[0]
    sizes = [_COUNT.unpack_from(raw, _COUNT.size * (1 + at))[0] for at in range(count)]
    at, parts = _COUNT.size * (1 + count), []
    for size in sizes:
        parts.append(raw[at : at + size])
        at += size
    ask, job = pickle.loads(parts[0])
    if job is not None and job.fleet is not None:
        job = replace(job, fleet=tuple(parts[2:]))
    return ask, job, pickle.loads(parts[1]) if parts[1] else None
