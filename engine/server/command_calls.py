"""Around changes of incidents: a call gives its thread back while its answer is on its way to disk.

Hundreds of calls wait for the writer at any time. Were each a thread, the machine would spend a third of its time on
waking them; so the writer's answers are sent by one thread, as gRPC allows to those that stream.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import grpc
from grpc import _server

from engine.server.call_log import CallLog
from engine.server.coming import Coming
from engine.server.gate import Place
from engine.server.logs import frames, logger
from engine.server.pool import CountingPool, Job
from engine.server.security.guard import Pass
from engine.server.wrapped import Requests, Wrapped
from graphs.errors import TowlineError

Send = Callable[[bytes | None], None]
#: How often it is looked for calls that have waited too long.
LOOK_S = 0.25
#: Sends message and status at once, which grpcio has no public way for from outside a call's own thread.
_SEND_ALL: Callable[[Any, Any, bytes], None] | None = getattr(_server, "_status", None)


class CommandCall(Wrapped):
    """A method whose servicer says what is `Coming`."""

    experimental_non_blocking = True  # grpcio looks for it: the call goes on after `__call__`
    answers: Answers

    def __call__(self, requests: Requests, context: grpc.ServicerContext, send: Send) -> None:
        log = self._log(context)
        admitted: Pass | None = None
        place: Place | None = None
        try:
            verified = self._guard.identify(context)
            log.subject = verified.identity.subject
            admitted = self._guard.enter(context, verified, self._method, stream=False)
            place = self._gates[self._kind].coming(self._caller(admitted, context))
            raw = self._receive(requests, context)
            place.take()
            log.request_bytes = len(raw)
            request = self._parse(raw)
            admitted.check_region(request)
            coming: Coming = self._handler.unary_unary(request, context)
        except BaseException as error:
            self._leave(admitted, place)
            if isinstance(error, Exception):
                context.abort_with_status(log.failed(error))
            raise
        self.answers.wait(_Waiting(self, admitted, place, coming, log, context, send, self.answers.pool.current()))

    def finish(self, waiting: _Waiting) -> None:
        """Send what there is; errors are sent too."""
        context, log = waiting.context, waiting.log
        self._leave(waiting.admitted, waiting.place)
        try:
            answer = waiting.coming.told()
        except Exception as error:
            status = log.failed(error)
            with suppress(Exception):  # it says so for callers in the call's own thread
                context.abort_with_status(status)
            waiting.send(None)
            return
        log.response_bytes = len(answer)
        log.done("OK")
        self._answered(context)
        if _SEND_ALL is not None:
            _SEND_ALL(context._rpc_event, context._state, answer)
        else:
            waiting.send(answer)
            waiting.send(None)

    def _leave(self, admitted: Pass | None, place: Place | None) -> None:
        if place is not None:
            place.leave()
        if admitted is not None:
            self._guard.leave(admitted, stream=False)


class _Waiting:
    """A call without a thread."""

    __slots__ = ("admitted", "call", "coming", "context", "job", "log", "place", "send", "sent", "until")

    def __init__(
        self,
        call: CommandCall,
        admitted: Pass,
        place: Place,
        coming: Coming,
        log: CallLog,
        context: Any,
        send: Send,
        job: Job,
    ) -> None:
        self.call, self.admitted, self.place, self.coming, self.log = call, admitted, place, coming, log
        self.context, self.send, self.job = context, send, job
        self.until, self.sent = time.monotonic() + coming.wait_s, False

    def finish(self) -> None:
        try:
            self.call.finish(self)
        except Exception as error:
            logger.error("answer", extra={"exception": type(error).__name__, "frames": frames(error)})
        finally:
            self.job.end()


class Answers:
    """Sends the answers of calls that wait, on a thread of its own. `start`, then `stop`, once each.

    The calls wait in threads of ``pool``; to that and to gRPC they are not over before they are answered.
    """

    def __init__(self, pool: CountingPool) -> None:
        self.pool = pool
        self._known: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._waiting: set[_Waiting] = set()
        self._thread = threading.Thread(target=self._work, name="towline-answers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send those that are known, then end."""
        self._known.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def wait(self, waiting: _Waiting) -> None:
        """Answer the call once its answer is known, or when it has waited too long."""
        waiting.job.keep()
        self._waiting.add(waiting)
        waiting.coming.awaited.add_done_callback(lambda _: self._known.put(waiting))

    def _work(self) -> None:
        look = time.monotonic() + LOOK_S
        while True:
            try:
                waiting = self._known.get(timeout=max(0.0, look - time.monotonic()))
            except queue.Empty:
                pass
            else:
                if waiting is None:
                    return
                self._send(waiting)
            if time.monotonic() >= look:
                look = self._give_up()

    def _give_up(self) -> float:
        """Tell those whose time is over; when to look again."""
        now = time.monotonic()
        for waiting in [each for each in self._waiting.copy() if each.until <= now]:
            self._send(waiting)
        return now + LOOK_S

    def _send(self, waiting: _Waiting) -> None:
        if waiting.sent:
            return
        waiting.sent = True
        self._waiting.discard(waiting)
        error = waiting.coming.awaited.exception() if waiting.coming.awaited.done() else None
        if error is None or isinstance(error, TowlineError):
            waiting.finish()
        else:  # written to the log at once, for which nobody's answer is to wait
            threading.Thread(target=waiting.finish, name="towline-answer", daemon=True).start()
