"""Clients for `benchmarks.failover`: they find whoever leads, repeat what was not answered, and keep what was."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status
from towline.v1 import enums_pb2, incident_pb2, location_pb2
from towline.v1 import incident_service_pb2 as pb
from towline.v1 import incident_service_pb2_grpc as incidents_grpc
from towline.v1 import watch_service_pb2 as watch_pb
from towline.v1 import watch_service_pb2_grpc as watch_grpc

from benchmarks.failover_server import LAT, LON, REGION

PARENT = f"regions/{REGION}"
#: One try: a server that hangs says nothing.
TRY_S, PAUSE_S = 1.5, 0.1
#: A caller gives up, and the round fails.
GIVE_UP_S = 45.0
STATES = ("ACCEPTED", "UNDER_WAY", "ON_SCENE", "DONE")


def reason_of(error: grpc.RpcError) -> ErrorInfo:
    """The one ErrorInfo of a refusal; an empty one when gRPC itself failed."""
    info = ErrorInfo()
    status = rpc_status.from_call(error)
    for detail in status.details if status is not None else ():
        if detail.Is(ErrorInfo.DESCRIPTOR):
            detail.Unpack(info)
    return info


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One change that was answered."""

    request_id: str
    method: str
    incident: str  # id
    state: str  # that a unit has reached, of AdvanceIncident
    answer: bytes
    began: float  # by the monotonic clock
    ended: float
    by: str  # address


#: With its request_id a change may be sent again; CANCELLED comes from a server that stops in that very moment.
AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)


class Caller:
    """One client, for one thread; its calls follow the leader."""

    def __init__(self, addresses: Sequence[str]) -> None:
        # short waits between tries to connect: a server that comes back is used at once
        options = [("grpc.max_reconnect_backoff_ms", 500), ("grpc.initial_reconnect_backoff_ms", 100)]
        self._stubs = {
            address: incidents_grpc.IncidentServiceStub(grpc.insecure_channel(address, options))
            for address in addresses
        }
        self._turns = itertools.cycle(addresses)
        self.at = next(self._turns)

    def change(self, method: str, request: Any) -> Any:
        """Ask until somebody answers: the same request, with the same request_id, wherever the leader is."""
        until = time.monotonic() + GIVE_UP_S
        while True:
            try:
                return getattr(self._stubs[self.at], method)(request, timeout=TRY_S)
            except grpc.RpcError as error:
                code = error.code()  # ty: ignore[missing-attribute]  # every RpcError of a call has one
                if code not in AGAIN:
                    raise
                if time.monotonic() > until:
                    raise
                leader = reason_of(error).metadata.get("leader", "")
                if leader in self._stubs and leader != self.at:
                    self.at = leader
                else:
                    self.at = next(self._turns)
                    time.sleep(PAUSE_S)


class Load:
    """Callers that take incidents in, see them through and close them, one after the other, until `stop`.

    Each rests ``pause_s`` between two incidents.
    """

    def __init__(self, addresses: Sequence[str], callers: int, seed: int, pause_s: float = 0.0) -> None:
        self._addresses, self._seed, self._pause_s = addresses, seed, pause_s
        self.acknowledged: list[Acknowledged] = []
        self.refused: list[str] = []
        self.failed: list[BaseException] = []
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(k,), daemon=True) for k in range(callers)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(2 * GIVE_UP_S)

    def first_after(self, moment: float, by: str, timeout_s: float) -> Acknowledged:
        """The first change that was begun and acknowledged after a moment, by one server."""
        until = time.monotonic() + timeout_s
        seen = 0
        while time.monotonic() < until:
            news = self.acknowledged[seen:]
            for each in news:
                if each.by == by and each.ended > moment:
                    return each
            seen += len(news)
            assert not self.failed, self.failed
            time.sleep(0.01)
        raise AssertionError(f"{by} acknowledged nothing within {timeout_s:g} s")

    def _work(self, k: int) -> None:
        caller, rng = Caller(self._addresses), random.Random(f"{self._seed} {k}")
        try:
            while not self._stopped.is_set():
                self._one(caller, rng)
                self._stopped.wait(self._pause_s)
        except BaseException as error:
            self.failed.append(error)

    def _one(self, caller: Caller, rng: random.Random) -> None:
        place = location_pb2.Location(lon=LON + rng.uniform(0, 0.02), lat=LAT + rng.uniform(0, 0.01))
        incident = incident_pb2.Incident(
            location=place, service=enums_pb2.SERVICE_BREAKDOWN_REPAIR, customer=f"c{rng.randrange(10**9)}"
        )
        request = pb.CreateIncidentRequest(parent=PARENT, request_id=str(uuid4()), incident=incident)
        made = self._ask(caller, "CreateIncident", request, "", lambda answer: answer.incident.name)
        if made is None:
            return
        name, unit = made.incident.name, made.incident.legs[0].unit
        for state in STATES if unit else ():
            number = enums_pb2.LegState.Value(f"LEG_STATE_{state}")
            step = pb.AdvanceIncidentRequest(name=name, unit=unit, state=number, request_id=str(uuid4()))
            if self._ask(caller, "AdvanceIncident", step, state, lambda _: name) is None:
                break
        else:
            if unit:
                return  # done
        self._ask(
            caller,
            "CloseIncident",
            pb.CloseIncidentRequest(name=name, reason="solved", request_id=str(uuid4())),
            "",
            lambda _: name,
        )

    def _ask(self, caller: Caller, method: str, request: Any, state: str, name_of: Callable[[Any], str]) -> Any:
        began = time.monotonic()
        try:
            answer = caller.change(method, request)
        except grpc.RpcError as error:
            info = reason_of(error)
            if not info.reason or error.code() is grpc.StatusCode.UNAVAILABLE:  # ty: ignore[missing-attribute]
                raise
            self.refused.append(f"{method}: {info.reason}")
            return None
        incident = name_of(answer).rpartition("/")[2]
        self.acknowledged.append(
            Acknowledged(
                request.request_id,
                method,
                incident,
                state,
                answer.SerializeToString(),
                began,
                time.monotonic(),
                caller.at,
            )
        )
        return answer


class Watcher:
    """Watches all events, wherever it can, each time after the last number it has seen."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.numbers: list[int] = []
        self.resumed = 0
        self._addresses = addresses
        self._stopped = threading.Event()
        self._call: Any = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._call is not None:
            self._call.cancel()
        self._thread.join(10)

    def _work(self) -> None:
        for address in itertools.cycle(self._addresses):
            if self._stopped.is_set():
                return
            with grpc.insecure_channel(address) as channel:
                request = watch_pb.WatchEventsRequest(
                    parent=PARENT, after_number=self.numbers[-1] if self.numbers else 0
                )
                try:
                    # so short that it moves from one to the other, also while nothing happens to them
                    self._call = watch_grpc.WatchServiceStub(channel).WatchEvents(request, timeout=5.0)
                    for message in self._call:
                        self.numbers += [event.number for event in message.events]
                except grpc.RpcError:
                    self.resumed += 1
                    time.sleep(PAUSE_S)
