"""The one writer of a region: commands in batches, each batch one transaction, answered when that is on disk.

A batch works on a private head; only after the commit are the state, the events and the answers published. So two
commands of one batch never both find a unit free, and whatever was acknowledged is in the ledger.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from engine.dispatch import Dispatcher
from engine.errors import (
    LedgerFencedError,
    LedgerRejectedError,
    LedgerUnavailableError,
    NotLeaderError,
    RequestConflictError,
    StoppingError,
)
from engine.ledger.rows import AnswerRow, Batch, EventRow, Loaded
from engine.live.attending import attend
from engine.live.awaited import Awaited
from engine.live.commands.base import Command
from engine.live.desk import Desk
from engine.live.events import Entity, Event
from engine.live.fleet import LiveFleet
from engine.live.records import IncidentRecord
from engine.live.rows import batch_of, incident_of
from engine.live.state import TOWLINE, DecisionMade, Head, LiveState
from engine.live.watch.source import event_of
from engine.observer import NOBODY, Observer
from engine.times import from_us, to_us
from graphs.errors import TowlineError

#: Commands of one transaction, at most.
MOST_COMMANDS = 128
#: Read at once after a commit of which nobody knows.
MOST_EVENTS = 1000
#: How long what can wait lets commands go first, and how often it looks.
GIVE_WAY_S, LOOK_S = 0.01, 0.0005


class LedgerPart(Protocol):
    """What the writer needs of `engine.ledger.region.RegionLedger`."""

    def commit(self, batch: Batch, *, after: int) -> None: ...
    def last(self) -> tuple[int, int]: ...
    def answers(self, keys: Any) -> dict[tuple[str, str], AnswerRow]: ...
    def incident(self, id: str) -> Any: ...
    def events(self, after: int, limit: int) -> list[EventRow]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command: the incident after it, decisions made, and what its caller is told, as bytes."""

    record: IncidentRecord | None
    decisions: tuple[DecisionMade, ...] = ()
    told: bytes = b""


@dataclass(slots=True)
class Asked:
    """A command in the queue. ``request_id`` with ``method`` and ``digest`` make it happen once."""

    command: Command
    actor: str = TOWLINE
    method: str = ""
    request_id: str = ""
    digest: bytes = b""
    validate_only: bool = False
    tell: Callable[[Answer], bytes] | None = None
    publish: Callable[[], object] | None = None  # called when it is on disk, before anybody hears of it
    future: Awaited[Answer] = field(default_factory=Awaited)

    @property
    def key(self) -> tuple[str, str] | None:
        return (self.method, self.request_id) if self.request_id else None


class Writer:
    """Runs commands one after the other on a thread of its own; see the module.

    ``on_commit`` is called after each commit, in order, with the events, the incidents that changed and the units whose
    engagement may have; it must be quick, and must not raise.
    """

    def __init__(
        self,
        region: str,
        dispatcher: Dispatcher,
        fleet: Callable[[], LiveFleet],
        ledger: LedgerPart,
        clock: Callable[[], datetime],
        on_commit: Callable[[Sequence[Event], Sequence[IncidentRecord], set[str]], None],
        on_trouble: Callable[[BaseException], None],
    ) -> None:
        self._dispatcher, self._fleet, self._ledger, self._clock = dispatcher, fleet, ledger, clock
        self._on_commit, self._on_trouble = on_commit, on_trouble
        self._queue: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._unsure = False
        self.state = LiveState()
        self.batches = 0  # committed
        self.observer: Observer = NOBODY
        self._region = region
        #: Whether this server may write; asked before a batch begins and again before it is committed.
        self.leads: Callable[[], bool] = lambda: True
        #: What a caller is told instead when it may not, or has just lost the region to somebody (the ledger's word).
        self.refusal: Callable[[LedgerFencedError | None], TowlineError] = lambda error: error or _stopping()
        #: Told of events about the fleet that nobody here has shown.
        self.on_fleet: Callable[[Sequence[Event]], None] = lambda _: None
        self._working = threading.RLock()  # held by who changes the state
        self._inside: Sequence[Asked] = ()
        self._thread = threading.Thread(target=self._work, name=f"towline-writer-{region}", daemon=True)

    def load(self, loaded: Loaded) -> None:
        """The state as the ledger has it."""
        at = from_us(loaded.last_us) if loaded.last_number else None
        self.state = LiveState.of((incident_of(row.record) for row in loaded.incidents), loaded.last_number, at)
        self._unsure = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        self._stopped.set()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()
        while True:  # whatever came after the end
            try:
                asked = self._queue.get_nowait()
            except queue.Empty:
                return
            if asked is not None:
                _refuse(asked, _stopping())

    def submit(self, asked: Asked) -> Awaited[Answer]:
        """Queue a command; its future has the answer when it is on disk, or the error that refused it."""
        if self._stopped.is_set():
            _refuse(asked, _stopping())
        elif not self.leads():
            _refuse(asked, self.refusal(None))
        else:
            self._queue.put(asked)
        return asked.future

    def abandon(self) -> None:
        """Refuse at once what is queued and what is under way: this server leads no more.

        A batch that is being committed may still count; asked again, with its request_id, it gets its answer then.
        """
        waiting = list(self._inside)
        while True:
            try:
                asked = self._queue.get_nowait()
            except queue.Empty:
                break
            if asked is None:
                self._queue.put(None)
                break
            waiting.append(asked)
        for asked in waiting:
            _refuse(asked, self.refusal(None))

    def catch_up(self) -> int:
        """Take the events that others have written since; the number of the last one."""
        with self._working:
            while events := [event_of(row) for row in self._ledger.events(self.state.number, MOST_EVENTS)]:
                self._take(events)
            return self.state.number

    def load_again(self, load: Callable[[], Loaded]) -> set[str]:
        """Throw the state away for the ledger's, and tell what happened between them; units engaged before or now."""
        with self._working:
            loaded = load()
            while self.state.number < loaded.last_number:
                most = min(MOST_EVENTS, loaded.last_number - self.state.number)
                self._take([event_of(row) for row in self._ledger.events(self.state.number, most)])
            before = set(self.state.engaged)
            self.load(loaded)
            return before | set(self.state.engaged)

    def answered(self, method: str, request_id: str, digest: bytes) -> bytes | None:
        """What was answered to a request_id; RequestConflictError when it was asked with other content."""
        if not request_id:
            return None
        found = self._ledger.answers([(method, request_id)]).get((method, request_id))
        if found is not None and found.digest != digest:
            raise _reused(method, request_id)
        return None if found is None else found.record

    def give_way(self) -> None:
        """Wait while commands are being done, at most `GIVE_WAY_S`.

        For work that needs the interpreter for some milliseconds and can wait: one that is done beside it takes three
        times as long.
        """
        until = time.monotonic() + GIVE_WAY_S
        while (self._inside or self._queue.qsize()) and time.monotonic() < until:
            time.sleep(LOOK_S)

    def depth(self) -> int:
        """How many commands wait."""
        return self._queue.qsize()

    def _work(self) -> None:
        while True:
            asked = self._queue.get()
            batch = [] if asked is None else [asked]
            while asked is not None and len(batch) < MOST_COMMANDS:
                try:
                    asked = self._queue.get_nowait()
                except queue.Empty:
                    break
                if asked is not None:
                    batch.append(asked)
            if batch:
                self._inside = batch
                with self._working:
                    self._batch(batch)
                self._inside = ()
            if asked is None:
                return

    def _batch(self, batch: list[Asked]) -> None:
        try:
            self._check_leads()
            if self._unsure:
                self._find_out()
            self._do(batch)
        except NotLeaderError as error:
            for asked in batch:
                _refuse(asked, error)
        except LedgerRejectedError as error:
            if len(batch) == 1:
                self._fail(batch, error)
            else:  # one of them is to blame: each for itself
                for each in batch:
                    if not each.future.done():  # who was refused has been told so
                        self._batch([each])
        except BaseException as error:
            self._fail(batch, error)

    def _do(self, batch: list[Asked]) -> None:
        now = self._clock()
        if self.state.at is not None:
            now = max(now, self.state.at)
        known = self._ledger.answers([asked.key for asked in batch if asked.key]) if any(a.key for a in batch) else {}
        head = Head(self.state, now, self.archived)
        desk = Desk(head, self._dispatcher, self._fleet())
        desk.prefetch(_parts(batch, desk))
        done: list[tuple[Asked, Answer]] = []
        fresh: list[Asked] = []
        answers: dict[tuple[str, str], AnswerRow] = {}
        for asked in batch:
            old = (known.get(asked.key) or answers.get(asked.key)) if asked.key and not asked.validate_only else None
            if old is not None:
                if old.digest == asked.digest:
                    done.append((asked, Answer(None, (), old.record)))
                else:
                    _refuse(asked, _reused(asked.method, asked.request_id))
                continue
            answer = self._run(asked, desk)
            if answer is None:
                continue
            done.append((asked, answer))
            fresh.append(asked)
            if asked.key and not asked.validate_only:
                incident = answer.record.id if answer.record is not None else ""
                answers[asked.key] = AnswerRow(
                    asked.method, asked.request_id, asked.digest, incident, to_us(now), answer.told
                )
        rows = batch_of(head)
        rows.answers = list(answers.values())
        if rows.events or rows.answers or rows.positions:
            began = time.perf_counter()
            self._check_leads()
            self._ledger.commit(rows, after=self.state.number)
            self.observer.timed("commit_seconds", time.perf_counter() - began, region=self._region)
            self.observer.timed("commit_commands", len(batch), region=self._region)
            changed, units = head.changed(), head.touched()
            head.publish()
            for asked in fresh:
                if asked.publish is not None and not asked.validate_only:
                    if asked.future.done():  # it was abandoned: what it had prepared may be out of date
                        self.on_fleet(head.events)
                    else:
                        asked.publish()
            self.batches += 1
            self._on_commit(head.events, changed, units)
        for asked, answer in done:
            with suppress(InvalidStateError):
                asked.future.set_result(answer)

    def _run(self, asked: Asked, desk: Desk) -> Answer | None:
        """The answer of one command; None when it was refused, which its caller then knows."""
        head = desk.head
        mark = head.mark()
        desk.actor = asked.actor
        desk.came_free.clear()
        freed, tried = desk.freed.copy(), desk.tried.copy()
        try:
            record = asked.command.run(desk)
            if desk.came_free and self.state.waiting:
                attend(desk, desk.came_free)  # before any new call
                record = record if record is None else head.find(record.id)
            answer = Answer(record, tuple(head.decisions[mark[2] :]))
            if asked.tell is not None:
                answer = Answer(answer.record, answer.decisions, asked.tell(answer))
        except BaseException as error:
            head.undo(mark)
            desk.undo(freed, tried)
            if not isinstance(error, TowlineError):
                self._on_trouble(error)
            _refuse(asked, error)
            return None
        if asked.validate_only:
            head.undo(mark)
            desk.undo(freed, tried)
        return answer

    def _fail(self, batch: Sequence[Asked], error: BaseException) -> None:
        """Nothing of a batch is known to be kept."""
        if isinstance(error, LedgerUnavailableError) and error.uncertain:
            self._unsure = True
        if isinstance(error, LedgerFencedError):
            self._unsure = True
        self.observer.count("commits_failed", region=self._region)
        self._on_trouble(error)
        if isinstance(error, LedgerFencedError):
            error = self.refusal(error)
        elif isinstance(error, LedgerUnavailableError) and not self.leads():
            error = self.refusal(None)
        for asked in batch:
            _refuse(asked, error)

    def _check_leads(self) -> None:
        if not self.leads():
            raise self.refusal(None)

    def _find_out(self) -> None:
        """After a commit that may or may not have counted: what the ledger says is true."""
        number, _ = self._ledger.last()
        after = self.state.number
        while after < number:
            events = [event_of(row) for row in self._ledger.events(after, MOST_EVENTS)]
            if not events:
                break
            self._take(events)
            after = events[-1].number
        self._unsure = False

    def _take(self, events: Sequence[Event]) -> None:
        """What the ledger has, and this state has not."""
        records = {event.id: event.record for event in events if event.entity is Entity.INCIDENT}
        units = {unit for key in records if (old := self.state.incidents.get(key)) for unit in old.units()}
        self.state.take(records.values(), events[-1].number, events[-1].at)
        units |= {unit for record in records.values() for unit in record.units()}
        if any(event.entity is not Entity.INCIDENT for event in events):
            self.on_fleet(events)
        self._on_commit(events, list(records.values()), units)

    def archived(self, incident: str) -> IncidentRecord | None:
        """An incident as the ledger has it."""
        row = self._ledger.incident(incident)
        return None if row is None else incident_of(row.record)


def _parts(batch: Sequence[Asked], desk: Desk) -> list[Any]:
    found: dict[str, Any] = {}
    for asked in batch:
        parts = getattr(asked.command, "parts", None)
        if parts is not None:
            try:
                found.update({part.id: part for part in parts(desk)})
            except TowlineError:
                continue  # the command itself will say it
    return list(found.values())


def _reused(method: str, request_id: str) -> RequestConflictError:
    return RequestConflictError(
        f"request_id {request_id!r} was used for another {method} request; choose another one for this",
        field="request_id",
        request_id=request_id,
        scope=method,
    )


def _refuse(asked: Asked, error: BaseException) -> None:
    """Its caller is told, unless he has been told something already."""
    with suppress(InvalidStateError):
        asked.future.set_exception(error)


def _stopping() -> StoppingError:
    return StoppingError("the server is stopping; send the same request, with its request_id, when it is back")
