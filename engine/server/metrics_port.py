"""A port of its own, over HTTP, for those who look after the server: figures and whether it serves."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from engine.errors import ListenError
from engine.server.address import check_plain_address
from engine.server.metrics import Metrics

#: How long a peer may take for its request.
PEER_S = 10.0


class MetricsPort:
    """Answers ``GET /metrics``, and ``GET /health`` with 200 or 503, until it is stopped."""

    def __init__(self, metrics: Metrics, address: str, *, insecure: bool = False) -> None:
        """ListenError, and what `check_plain_address` raises: figures are for this machine unless ``insecure``."""
        host, _, port = check_plain_address(address, insecure, "--metrics").rpartition(":")
        self._figures, self._registry = make_wsgi_app(metrics.registry), metrics.registry
        try:
            self._server = make_server(host.strip("[]"), int(port), self._answer, _Server, _Handler)
        except (OSError, ValueError) as error:
            raise ListenError(
                f"cannot serve metrics on {address}: {error}; choose another HOST:PORT", address=address
            ) from None
        self.address = f"{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="towline-metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD") and path == "/metrics":
            return self._figures(environ, start_response)
        status = "404 Not Found"
        if method in ("GET", "HEAD") and path == "/health":
            serves = self._registry.get_sample_value("towline_serving", {"service": ""}) == 1
            status = "200 OK" if serves else "503 Service Unavailable"
        text = status[4:].encode() + b"\n"
        start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
        return [] if method == "HEAD" else [text]


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that breaks off is no news."""


class _Handler(WSGIRequestHandler):
    timeout = PEER_S

    def log_message(self, format: str, *args: Any) -> None:
        """What is fetched every few seconds is no news."""
