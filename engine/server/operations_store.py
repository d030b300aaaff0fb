"""Operations of one server: those that wait, run, and are done. In memory alone: a restart forgets them."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from google.rpc.status_pb2 import Status

from engine.errors import (
    BusyError,
    CallerLimitError,
    NotFoundError,
    OperationCancelledError,
    OperationRunningError,
    RequestConflictError,
    StoppingError,
)
from engine.search_progress import SearchProgress
from engine.server.operations_options import PlanningOptions
from engine.server.status import status_of

#: Why an operation is given up that somebody else cancels: only the admin may.
ADMIN = "admin"
#: Why an operation is given up whose caller went away before it had the name.
UNHEARD = "unheard"
#: After which a caller may try again, where there are too many.
RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class Owner:
    """Who began an operation, or asks about it. ``key`` is whose share of the places it takes, "" for none."""

    subject: str
    key: str
    admin: bool = False  # sees all, and may cancel and delete them
    auditor: bool = False  # sees all


@dataclass(eq=False)
class Operation:
    """One of them; what changes does so under the lock of its store."""

    id: str
    region: str
    method: str
    owner: Owner
    created_at: datetime
    total: int
    response_type: str
    work: Any  # for whoever does it; None once it is done
    request: tuple[str, bytes] | None = None  # request_id, digest of what was asked
    started_at: datetime | None = None
    ended_at: datetime | None = None
    done: int = 0
    search: SearchProgress | None = None
    cause: str = ""  # why it is to be given up
    response: bytes | None = None
    error: Status | None = None
    kept_until: float = field(default=0.0)  # monotonic

    @property
    def name(self) -> str:
        return f"regions/{self.region}/operations/{self.id}"

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    def check(self) -> None:
        """OperationCancelledError when it is to be given up; asked all the while by whoever does the work."""
        if self.cause:
            raise cancelled(self.cause)


class Operations:
    """Thread-safe. Workers take from it with `next` and give back with `end`."""

    def __init__(self, options: PlanningOptions, clock: Callable[[], datetime]) -> None:
        self._options, self._clock = options, clock
        self._changed = threading.Condition()
        self._all: OrderedDict[str, Operation] = OrderedDict()  # in the order of their ids
        self._bytes = 0
        self._begun = secrets.token_hex(4)  # so that no other server, and no server after us, has our names
        self._count = 0
        self._stopped = False

    def count(self, *, running: bool) -> int:
        """How many run, or wait for their turn."""
        with self._changed:
            return sum((each.started_at is not None) is running for each in self._all.values() if not each.ended)

    def known(self, owner: Owner, region: str, method: str, request_id: str, digest: bytes) -> Operation | None:
        """The one that a request with this id began; RequestConflictError when it had other content."""
        with self._changed:
            self._forget()
            return self._known(owner, region, method, request_id, digest)

    def check_room(self, owner: Owner) -> None:
        """CallerLimitError, BusyError, StoppingError."""
        with self._changed:
            self._check_room(owner)

    def add(
        self,
        owner: Owner,
        region: str,
        method: str,
        *,
        total: int,
        response_type: str,
        work: Any,
        request_id: str = "",
        digest: bytes = b"",
    ) -> Operation:
        """A new one, which waits for its turn; that which the same request_id began, if there is one.

        CallerLimitError, BusyError, StoppingError, RequestConflictError.
        """
        with self._changed:
            self._forget()
            if (found := self._known(owner, region, method, request_id, digest)) is not None:
                return found
            self._check_room(owner)
            self._count += 1
            operation = Operation(
                f"{self._begun}-{self._count:08d}",
                region,
                method,
                owner,
                self._clock(),
                total,
                response_type,
                work,
                (request_id, digest) if request_id else None,
            )
            self._all[operation.id] = operation
            self._changed.notify_all()
            return operation

    def get(self, owner: Owner, region: str, key: str, *, change: bool = False) -> Operation:
        """NotFoundError also for others' operations, and to ``change`` for those that one may only see."""
        with self._changed:
            self._forget()
            found = self._all.get(key)
            if found is None or found.region != region or not _may_see(owner, found, change):
                name = f"regions/{region}/operations/{key}"
                raise NotFoundError(
                    f"there is no {name} of yours on this server: operations are forgotten after a while and by a "
                    "restart; ask again, the same versions give the same figures",
                    field="name",
                    name=name,
                )
            return found

    def listed(self, owner: Owner, region: str) -> list[Operation]:
        """Those of a region that the caller may see, by id, which is the order they came in."""
        with self._changed:
            self._forget()
            return [each for each in self._all.values() if each.region == region and _may_see(owner, each)]

    def cancel_by(self, owner: Owner, operation: Operation) -> None:
        """The same because somebody says so who sees it."""
        self.cancel(operation, "caller" if owner.subject == operation.owner.subject else ADMIN)

    def cancel(self, operation: Operation, cause: str = "caller") -> None:
        """Give it up; one that waits is done at once, one that runs in a moment, one that is done stays as it is."""
        with self._changed:
            if operation.ended or operation.cause:
                return
            operation.cause = cause
            if operation.started_at is None:
                self._end(operation, None, status_of(cancelled(cause)))

    def delete(self, operation: Operation) -> None:
        """Forget it; OperationRunningError while it is not done."""
        with self._changed:
            if not operation.ended:
                raise OperationRunningError(
                    f"{operation.name} is not done; cancel it first, or wait", name=operation.name
                )
            self._drop(operation)

    def wait(self, operation: Operation, timeout_s: float) -> bool:
        """Until it is done; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: operation.ended, timeout_s)

    def next(self) -> Operation | None:
        """The first that waits, which runs from now on; None when the server stops."""
        with self._changed:
            while not self._stopped:
                for each in self._all.values():
                    if each.started_at is None and not each.ended:
                        each.started_at = self._clock()
                        return each
                self._changed.wait()
            return None

    def tell(self, operation: Operation, done: int) -> None:
        operation.done = done

    def tell_search(self, operation: Operation, progress: SearchProgress) -> None:
        operation.search = progress

    def end(self, operation: Operation, response: bytes | None, error: Status | None) -> None:
        """It is done, with one of both."""
        with self._changed:
            if not operation.ended:
                self._end(operation, response, error)

    def stop(self) -> None:
        """Give all up, take no more. Those that run are told as cancelled at once: nobody could ask later."""
        with self._changed:
            self._stopped = True
            for each in list(self._all.values()):
                if not each.ended:
                    each.cause = each.cause or "shutdown"
                    self._end(each, None, status_of(cancelled(each.cause)))
            self._changed.notify_all()

    def _end(self, operation: Operation, response: bytes | None, error: Status | None) -> None:
        operation.response, operation.error, operation.work, operation.search = response, error, None, None
        operation.kept_until = time.monotonic() + self._options.kept_s
        operation.ended_at = max(self._clock(), operation.created_at)
        self._bytes += len(response or b"")
        self._forget()
        self._changed.notify_all()

    def _known(self, owner: Owner, region: str, method: str, request_id: str, digest: bytes) -> Operation | None:
        for each in self._all.values() if request_id else ():
            if each.request is not None and each.request[0] == request_id:
                if (each.owner.subject, each.region, each.method) != (owner.subject, region, method):
                    continue
                if each.request[1] != digest:
                    raise RequestConflictError(
                        f"request_id {request_id!r} was used for another {method} request; choose a new one for new "
                        "content",
                        field="request_id",
                        request_id=request_id,
                        scope=method,
                    )
                return each
        return None

    def _check_room(self, owner: Owner) -> None:
        if self._stopped:
            raise StoppingError("the server stops; ask another one, or this one later")
        open_ = [each for each in self._all.values() if not each.ended]
        own = sum(each.owner.key == owner.key for each in open_) if owner.key else 0
        if own >= self._options.caller_operations:
            raise CallerLimitError(
                f"this caller has {own} operations that are not done, as many as one caller may; wait for one of them, "
                "or cancel it",
                kind="operations",
                open=own,
                limit=self._options.caller_operations,
                retry_after_s=RETRY_S,
            )
        if len(open_) >= self._options.operations:
            raise BusyError(
                f"the server is busy: {len(open_)} operations are not done; try again after a pause that grows",
                kind="operations",
                retry_after_s=RETRY_S,
            )

    def _forget(self) -> None:
        """Those that were kept for long enough; of too many, or too large ones, the first that was done."""
        now, options = time.monotonic(), self._options
        done = sorted((each for each in self._all.values() if each.ended), key=lambda each: each.kept_until)
        left = len(done)
        for each in done:
            if each.kept_until > now and left <= options.kept and self._bytes <= options.kept_bytes:
                break
            self._drop(each)
            left -= 1

    def _drop(self, operation: Operation) -> None:
        if self._all.pop(operation.id, None) is not None:
            self._bytes -= len(operation.response or b"")

    def kept_until(self, operation: Operation) -> datetime | None:
        """When it may be forgotten."""
        ended = operation.ended_at
        return None if ended is None else ended + timedelta(seconds=self._options.kept_s)


def cancelled(cause: str) -> OperationCancelledError:
    """``cause``: caller, admin, unheard, or shutdown."""
    why = {
        "caller": "the operation was cancelled",
        ADMIN: "the admin cancelled the operation",
        UNHEARD: "the call that began the operation ended before its caller heard the operation's name; send a "
        "request_id, and it goes on",
        "shutdown": "the server stopped before the operation was done; ask again, here or at another server",
    }[cause]
    return OperationCancelledError(why, cause=cause)


def _may_see(owner: Owner, operation: Operation, change: bool = False) -> bool:
    return owner.admin or (owner.auditor and not change) or operation.owner.subject == owner.subject
