"""A region under load that is to be killed: forks a process for every line it reads, so that each begins warm.

Each line is a JSON object: ``url``, ``acks`` (a file), ``seed``, ``again`` (requests whose fate nobody knows). The
process that is forked loads the region from the ledger, says what it found, repeats those requests, and then does one
thing after the other on several threads, writing down each answer as soon as it has it.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.dispatch import Dispatcher
from engine.ledger import Ledger
from engine.live.commands.ending import CancelIncident, CloseIncident
from engine.live.commands.filing import CreateIncident
from engine.live.commands.units import Advance, AnswerOffer, UnassignUnit
from engine.live.records import IncidentState, LegState, OfferState
from engine.live.region import LiveRegion
from engine.live.verify import state_hash
from engine.live.writer import Answer, Asked
from engine.model import Fleet, Incident, Location, Provider, Service, Unit
from engine.policy import Policy
from engine.server.fleet_store import FleetStore
from engine.server.kept_fleet import fleet_of, joined, store_given
from graphs.bundled import load_coquimbo
from graphs.errors import TowlineError

THREADS = 6
LON, LAT = -71.25, -29.91
#: What a leg can become next, as its unit says.
NEXT = {
    LegState.ASSIGNED: LegState.ACCEPTED,
    LegState.ACCEPTED: LegState.UNDER_WAY,
    LegState.UNDER_WAY: LegState.ON_SCENE,
    LegState.ON_SCENE: LegState.DONE,
}


def fleet() -> Fleet:
    """Forty units, half of them contractors' crews, who are asked."""
    providers = tuple(Provider(f"p{k}", contractor=k % 2 == 0) for k in range(8))
    units = tuple(
        Unit(f"u{k}", f"p{k % 8}", Location(LON + 0.002 * (k % 8), LAT + 0.002 * (k // 8)), frozenset(Service))
        for k in range(40)
    )
    return Fleet(providers, units)


def policy() -> Policy:
    """Offers lapse while the load goes on."""
    plain = Policy.default()
    return replace(plain, offers=replace(plain.offers, seconds=1.0, parallel=2))


class Load:
    """One life of the region."""

    def __init__(self, dispatcher: Dispatcher, order: dict[str, Any]) -> None:
        self._acks = os.open(order["acks"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._order, self._rng = order, random.Random(order["seed"])
        ledger = Ledger.open(order["url"], exclusive=True).region("coquimbo")
        loaded = ledger.load()
        known, observed = fleet_of(loaded)
        store = FleetStore("coquimbo", dispatcher, joined(known, fleet()), observed=observed)
        self.live = LiveRegion("coquimbo", dispatcher, store, ledger, lambda: datetime.now(UTC))
        self.live.load(loaded)
        say({"loaded": state_hash(self.live.open()), "number": self.live.writer.state.number})
        self.live.start()
        store_given(fleet(), loaded, store, self.live)

    def run(self) -> None:
        """Until killed."""
        for request_id, kind, incident, more in self._order["again"]:
            self._ask(request_id, kind, incident, more)
        say({"began": True})
        for k in range(THREADS):
            threading.Thread(target=self._work, args=(k,), daemon=True).start()
        threading.Event().wait()

    def _work(self, k: int) -> None:
        rng = random.Random(f"{self._order['seed']} {k}")
        for n in range(1_000_000):
            name = f"s{self._order['seed']}-{k}-{n}"
            found = self.live.open()
            if len(found) < 12 or rng.random() < 0.3:
                self._ask(f"create {name}", "create", name, [rng.uniform(-0.02, 0.02), rng.uniform(-0.02, 0.02)])
                continue
            record = rng.choice(found)
            if record.state is IncidentState.RECEIVED or rng.random() < 0.2:
                self._ask(f"close {name}", rng.choice(["close", "cancel"]), record.id, [])
            elif offers := [offer for offer in record.offers if offer.state is OfferState.OPEN]:
                offer = rng.choice(offers)
                self._ask(f"answer {name}", "answer", record.id, [offer.id, rng.random() < 0.6])
            else:
                legs = [leg for leg in record.legs if leg.state in NEXT]
                if legs and rng.random() < 0.9:
                    leg = rng.choice(legs)
                    self._ask(f"advance {name}", "advance", record.id, [leg.unit, NEXT[leg.state].value])
                elif legs:
                    self._ask(f"unassign {name}", "unassign", record.id, [legs[0].unit])

    def _ask(self, request_id: str, kind: str, incident: str, more: list[Any]) -> None:
        """One request; written down before it is made, and again when it is answered."""
        line = {"request_id": request_id, "kind": kind, "incident": incident, "more": more}
        self._write({"asked": line})
        asked = Asked(
            command_of(kind, incident, more),
            "caller",
            kind,
            request_id,
            hashlib.blake2b(json.dumps(line, sort_keys=True).encode(), digest_size=16).digest(),
            tell=_told,
        )
        try:
            told = self.live.submit(asked).result().told
        except TowlineError as error:
            self._write({"refused": request_id, "reason": error.reason})
        else:
            self._write({"acknowledged": request_id, "kind": kind, "told": told.hex()})

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._acks, (json.dumps(line) + "\n").encode())


def command_of(kind: str, incident: str, more: list[Any]) -> Any:
    """The command of a request."""
    if kind == "create":
        received = datetime.now(UTC) - timedelta(seconds=1)
        place = Location(LON + more[0], LAT + more[1])
        return CreateIncident(
            incident, received, incident, Incident(incident, place, Service.BREAKDOWN_REPAIR, received)
        )
    if kind == "close":
        return CloseIncident(incident, "", "solved by telephone")
    if kind == "cancel":
        return CancelIncident(incident, "", "not needed any more")
    if kind == "answer":
        return AnswerOffer(incident, "", "", more[0], more[1])
    if kind == "unassign":
        return UnassignUnit(incident, "", "broke down itself", more[0])
    return Advance(incident, "", "", more[0], LegState(more[1]))


def _told(answer: Answer) -> bytes:
    assert answer.record is not None
    return f"{answer.record.id} {answer.record.number} {answer.record.state}".encode()


def say(line: dict[str, Any]) -> None:
    os.write(1, (json.dumps(line) + "\n").encode())


def main() -> None:
    """Read orders; for each say the pid of the process that carries it out, and wait for its end."""
    region = load_coquimbo()
    dispatcher = Dispatcher(region, policy())
    dispatcher.recommend(  # compiled, and pages of the region touched, before the first fork
        Incident("warm", Location(LON, LAT), Service.TOWING, datetime.now(UTC)),
        dispatcher.prepare(fleet()),
        datetime.now(UTC),
    )
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.alarm(60)  # whoever ordered it may be gone
            try:
                Load(dispatcher, json.loads(line)).run()
            except BaseException as error:
                say({"failed": repr(error)})
            os._exit(1)
        say({"pid": pid})
        os.waitpid(pid, 0)
        say({"ended": pid})


if __name__ == "__main__":
    main()
