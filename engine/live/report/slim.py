"""As much of the ledger's records as the analysis needs: the rest is skipped when they are read."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Slim(msgspec.Struct, frozen=True):
    """Unknown fields are ignored."""


class Place(Slim, frozen=True):
    lon: float
    lat: float
    road: str = ""


class Need(Slim, frozen=True):
    service: str
    location: Place
    earliest: datetime | None = None


class Due(Slim, frozen=True):
    due_at: datetime


class SlimLeg(Slim, frozen=True):
    state: str = "waiting"
    unit: str = ""
    provider: str = ""
    since: datetime | None = None
    arrives_at: datetime | None = None


class SlimIncident(Slim, frozen=True):
    id: str
    received_at: datetime
    need: Need | None = None
    promise: Due | None = None
    legs: tuple[SlimLeg, ...] = ()
    closed_at: datetime | None = None
    reopened: int = 0
    reopened_at: datetime | None = None
    purged_at: datetime | None = None


class Details(Slim, frozen=True):
    """Of an event."""

    leg: int | None = None


class Expected(Slim, frozen=True):
    """A candidate: when it was expected to set off, and to be there."""

    unit_id: str
    departs_at: datetime
    arrives_at: datetime


class Known(Slim, frozen=True):
    best: Expected | None = None
    runners_up: tuple[Expected, ...] = ()


class SlimDecision(Slim, frozen=True):
    recommendation: Known
    leg: int = 0


class Step(Slim, frozen=True):
    """An event about an incident, and the incident after it."""

    number: int
    at: datetime
    kind: str
    unit: str
    leg: int | None
    after: SlimIncident


THERE = frozenset({"on_scene", "towing", "done"})
ORDER = ("waiting", "assigned", "offered", "accepted", "under_way", "on_scene", "towing", "done")
incident_decoder = msgspec.json.Decoder(SlimIncident)
details_decoder = msgspec.json.Decoder(Details)
decision_decoder = msgspec.json.Decoder(SlimDecision)
