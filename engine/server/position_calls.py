"""Around streams of positions: each batch waits for its turn among the changes of fleets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc

from engine.server.admission import Kind
from engine.server.wrapped import Fed, Requests, gone


class PositionsCall(Fed):
    def __call__(self, requests: Requests, context: grpc.ServicerContext) -> bytes | None:
        log = self._log(context)
        changes = self._gates[Kind.WRITE]
        batches = 0

        def check() -> None:
            if not context.is_active():
                raise gone(False)

        def messages() -> Iterator[Any]:
            nonlocal batches
            while (raw := self._next(requests, context)) is not None:
                log.request_bytes += len(raw)
                with changes.slot(check, patient=True):  # until the next one is asked for
                    request = self._parse(raw)
                    admitted.check()
                    admitted.check_region(request, further=batches > 0)
                    batches += 1
                    yield request

        try:
            with (
                self._entering(context, log) as admitted,
                self._gates[self._kind].place(self._caller(admitted, context)),
            ):
                reply = self._handler.stream_unary(messages(), context)
                answer: bytes = self._handler.response_serializer(reply)
        except Exception as error:
            context.abort_with_status(log.failed(error))
            return None
        log.response_bytes = len(answer)
        log.done("OK", updates=batches)
        self._answered(context)
        return answer
