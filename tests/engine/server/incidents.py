"""A server that keeps incidents, and who talks to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from towline.v1 import enums_pb2, incident_pb2
from towline.v1 import incident_service_pb2 as pb

from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from tests.engine.live.world import dispatcher
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, incident, place

TIMEOUT_S = 30


def own_fleet(count: int = 3) -> Fleet:
    """Units u0, u1 ... of p0, p1 ..., each farther from the customer than the one before."""
    providers = tuple(Provider(f"p{k}") for k in range(count))
    units = tuple(
        Unit(f"u{k}", f"p{k}", Location(LON + 0.003 * (k + 1), LAT - 0.004 * k), frozenset(Service))
        for k in range(count)
    )
    return Fleet(providers, units)


def unit_name(k: int) -> str:
    return f"{REGION}/providers/p{k}/units/u{k}"


def name(key: str) -> str:
    return f"{REGION}/incidents/{key}"


class Kept:
    """A server and its caller; `again` starts it anew over the same ledger."""

    def __init__(
        self, ledger: str | None = None, fleet: Fleet | None = None, options: Any = None, **rules: Any
    ) -> None:
        self.ledger, self.fleet, self.rules = ledger, fleet or own_fleet(), {"offers_to": "nobody", **rules}
        self.options = options or {}
        self.start()

    def start(self) -> None:
        self.server = Server(
            {"coquimbo": dispatcher(**self.rules)},
            options=ServerOptions(clock=lambda: NOW, **self.options),
            fleets={"coquimbo": self.fleet},
            ledger=self.ledger,
        ).start()
        self.client = Client(self.server.port)

    def stop(self) -> None:
        self.client.channel.close()
        self.server.stop(grace_s=1)

    def again(self) -> None:
        self.stop()
        self.start()

    def __call__(self, method: str, **fields: Any) -> Any:
        """The answer of a method."""
        request = getattr(pb, f"{method}Request")(**fields)
        return getattr(self.client.incidents, method)(request, timeout=TIMEOUT_S)

    def raw(self, method: str, **fields: Any) -> bytes:
        """The same as the bytes that came."""
        request = getattr(pb, f"{method}Request")(**fields)
        call = self.client.channel.unary_unary(f"/towline.v1.IncidentService/{method}")
        return call(request.SerializeToString(), timeout=TIMEOUT_S)

    def create(self, key: str = "i1", draft: bool = False, **fields: Any) -> incident_pb2.Incident:
        sent = incident(key, **{"location": place(LON + 0.001, LAT), **fields})
        return self("CreateIncident", parent=REGION, incident=sent, draft=draft).incident

    def get(self, key: str = "i1", **more: Any) -> incident_pb2.Incident:
        return self("GetIncident", name=name(key), **more).incident

    def rest(self, *but: int) -> None:
        """Wait until the fleet has heard that all units are free, but those of these numbers."""
        (region,) = self.server._regions
        self.until(lambda: set(region.store.snapshot.engaged) == {f"u{k}" for k in but})

    @staticmethod
    def until(so: Callable[[], Any]) -> None:
        """Wait for something that the server does by itself."""
        end = time.monotonic() + TIMEOUT_S
        while not so():
            assert time.monotonic() < end
            time.sleep(0.01)

    def idle(self, unit: str, but: str) -> None:
        """Take a unit off all incidents but one."""
        for each in self("ListIncidents", parent=REGION).incidents:
            if each.name != but and unit in {leg.unit for leg in each.legs}:
                self("UnassignUnit", name=each.name, unit=unit, reason="wanted elsewhere")

    def advance(self, key: str, *states: str, unit: int = 0) -> incident_pb2.Incident:
        """A unit comes from one state to the next."""
        found = None
        for state in states:
            found = self("AdvanceIncident", name=name(key), unit=unit_name(unit), state=f"LEG_STATE_{state}").incident
        assert found is not None
        return found


def states(found: incident_pb2.Incident) -> list[str]:
    """Of the incident, then of its legs."""
    return [
        enums_pb2.IncidentState.Name(found.state).removeprefix("INCIDENT_STATE_"),
        *(enums_pb2.LegState.Name(leg.state).removeprefix("LEG_STATE_") for leg in found.legs),
    ]


def offers(found: incident_pb2.Incident) -> list[str]:
    return [enums_pb2.OfferState.Name(offer.state).removeprefix("OFFER_STATE_") for offer in found.offers]
