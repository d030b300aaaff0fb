"""The answer to a change of an incident, which comes when the writer has it on disk."""

from __future__ import annotations

from engine.errors import DeadlineError
from engine.live.awaited import Awaited
from engine.live.writer import Answer
from engine.server.fault_field import fault_fields


class Coming:
    """An answer that is waited for, ``wait_s`` at most."""

    __slots__ = ("awaited", "id", "wait_s")

    def __init__(self, awaited: Awaited[Answer], incident: str, wait_s: float) -> None:
        """``incident``: the id of the one that is changed, as errors about it have it."""
        self.awaited, self.id, self.wait_s = awaited, incident, wait_s

    def told(self) -> bytes:
        """What the caller is told, or the error it is told instead; DeadlineError when there is no answer yet."""
        awaited = self.awaited
        if not awaited.done():
            raise DeadlineError(
                "the change is queued but was not on disk in time; ask again with the same request_id",
                wait_s=self.wait_s,
            )
        if awaited.exception() is None:
            return awaited.result().told
        with fault_fields(incident=("incident", self)):
            return awaited.result().told
