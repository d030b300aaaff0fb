"""Threads that take operations one after the other and have them done by processes of their own."""

from __future__ import annotations

import threading
from functools import partial

from engine.processes import giving_up
from engine.search_progress import searching
from engine.server.coverage_planning import Planning
from engine.server.logs import frames, logger
from engine.server.operations_store import Operation, Operations
from engine.server.status import internal, status_of
from graphs.errors import TowlineError

#: How long the threads may take to see that there is nothing left to do.
STOP_S = 5.0


class Runner:
    """As many threads as there are processes that work; they only wait for those."""

    def __init__(self, operations: Operations, planning: Planning, count: int) -> None:
        self._operations, self._planning = operations, planning
        self._threads = [
            threading.Thread(target=self._work, name=f"towline-planning-{number}", daemon=True)
            for number in range(count)
        ]
        self._starting, self._started, self._stopped = threading.Lock(), False, False

    def start(self) -> None:
        """With the first operation, or earlier; more often does no harm."""
        with self._starting:
            if not self._started and not self._stopped:
                self._started = True
                for thread in self._threads:
                    thread.start()

    def stop(self) -> None:
        """Cancel everything and wait until nobody works any more."""
        self._operations.stop()
        self._planning.close()
        with self._starting:
            self._stopped = True
        for thread in self._threads if self._started else ():
            thread.join(STOP_S)

    def _work(self) -> None:
        while (operation := self._operations.next()) is not None:
            self._one(operation)

    def _one(self, operation: Operation) -> None:
        job, summary = operation.work
        try:
            with giving_up(operation.check), searching(partial(self._operations.tell_search, operation)):
                operation.check()
                response = self._planning.run(job, summary, partial(self._operations.tell, operation))
        except TowlineError as error:
            self._operations.end(operation, None, status_of(error))
            self._log(operation, error.reason)
        except Exception as error:
            self._operations.end(operation, None, internal())
            # A process tells where it failed, never a value; of others' words nobody knows what is in them.
            told = str(error) if type(error) is RuntimeError else f"{type(error).__name__} {frames(error)}"
            logger.error("operation", extra={"operation": operation.name, "outcome": "INTERNAL", "problem": told})
        else:
            self._operations.end(operation, response, None)
            self._log(operation, "OK")

    def _log(self, operation: Operation, outcome: str) -> None:
        began, ended = operation.started_at, operation.ended_at
        seconds = None if began is None or ended is None else round((ended - began).total_seconds(), 3)
        logger.info(
            "operation",
            extra={
                "operation": operation.name,
                "method": operation.method,
                "subject": operation.owner.subject,
                "outcome": outcome,
                "seconds": seconds,
                "variants": operation.done,
                "bytes": len(operation.response or b""),
            },
        )
