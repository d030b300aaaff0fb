"""A small HTTP endpoint with OSRM's answers: one thread a connection, loopback unless told otherwise."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from engine.dispatch import Dispatcher
from engine.osrm.answer import answer

log = logging.getLogger("towline.osrm")
#: A peer that sends nothing for so long is hung up on.
IDLE_S = 30
#: Connections answered at once; more wait in the socket's queue.
MAX_CONNECTIONS = 64


class OsrmServer:
    """Serves one dispatcher; `start` returns at once, `stop` waits for answers under way."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Every request departs when it comes, by the `clock`."""
        self._server = _BoundedServer((host, port), _handler(dispatcher, clock))
        self._thread = threading.Thread(target=self._server.serve_forever, name="towline-osrm", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> OsrmServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _BoundedServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, handler)

    def process_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        self._places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


def _handler(dispatcher: Dispatcher, clock: Callable[[], datetime]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_S

        def do_GET(self) -> None:
            try:
                status, body = answer(dispatcher.departing(clock()), self.path)
            except Exception:
                log.exception("a bug while answering")
                status, body = 500, {"code": "InternalError", "message": "a bug in Towline; see the server's log"}
            self._send(status, body)

        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            """What is no GET, or no HTTP, is told in JSON, too."""
            self.close_connection = True
            self._send(code, {"code": "InvalidUrl", "message": message or explain or "send a GET request"})

        def _send(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Requests hold coordinates of customers: nothing is logged of them."""

    return Handler
