"""A connection to PostgreSQL that waits for each answer for a bounded time.

libpq bounds connecting, and TCP notices a dead network; but a server that hangs keeps its sockets alive, and everybody
who asked it something would wait with it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from typing import Any

import psycopg


class BoundedConnection(psycopg.Connection[Any]):
    """Gives the connection up when one answer takes longer than `answer_s` seconds."""

    answer_s: float = math.inf

    def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
        """Every wait of the driver's passes here (psycopg.Connection.wait)."""
        if self.answer_s == math.inf:
            return super().wait(gen, *arguments, **options)
        return super().wait(self._bounded(gen, time.monotonic() + self.answer_s), *arguments, **options)

    def _bounded(self, gen: Any, until: float) -> Generator[Any, Any, Any]:
        """Passes on what `gen` waits for and what it waited for; asked again and again while nothing comes."""
        try:
            waits_for = next(gen)
            while True:
                ready = yield waits_for
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"no answer within {self.answer_s:g} s")
                waits_for = gen.send(ready)
        except StopIteration as end:
            return end.value
