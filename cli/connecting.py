"""Channels to a running server: encrypted and with a token where the environment, or the address, says so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import grpc

#: Files: whom to trust, and, for servers that ask for it, one's own certificate and key; a token, or its file.
CA, CERT, KEY, TOKEN, TOKEN_FILE = (
    "TOWLINE_TLS_CA",
    "TOWLINE_TLS_CERT",
    "TOWLINE_TLS_KEY",
    "TOWLINE_TOKEN",
    "TOWLINE_TOKEN_FILE",
)
HTTPS = "https://"
LIMITS = [("grpc.max_receive_message_length", -1)]


def open_channel(server: str, environment: Mapping[str, str] | None = None) -> grpc.Channel:
    """A channel to ``HOST:PORT`` or ``https://HOST:PORT``: encrypted for the latter, or if `CA` or `CERT` is set.

    OptionError when a token would travel in the clear, FileMissingError.
    """
    import grpc

    from engine.errors import OptionError
    from engine.server.address import is_local

    environment = os.environ if environment is None else environment
    address, token = server.removeprefix(HTTPS), _token(environment)
    if encrypted(server, environment):
        files = (_file(environment.get(name)) for name in (CA, KEY, CERT))
        channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(*files), LIMITS)
    elif token is not None and not is_local(address):
        raise OptionError(
            f"{server} would get the token in the clear; write https://{server}, or set {CA}", address=server
        )
    else:
        channel = grpc.insecure_channel(address, LIMITS)
    return channel if token is None else grpc.intercept_channel(channel, _bearing(token))


def encrypted(server: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether calls to it are."""
    environment = os.environ if environment is None else environment
    return bool(server.startswith(HTTPS) or environment.get(CA) or environment.get(CERT))


def named_token(environment: Mapping[str, str] | None = None) -> str:
    """Where the token of calls comes from, for messages."""
    environment = os.environ if environment is None else environment
    return TOKEN if environment.get(TOKEN) else f"{TOKEN_FILE}, {environment.get(TOKEN_FILE, '')}"


def _token(environment: Mapping[str, str]) -> str | None:
    text = environment.get(TOKEN)
    if not text and (path := environment.get(TOKEN_FILE)):
        text = (_file(path) or b"").decode("utf-8", "replace")
    return text.strip() if text else None


def _file(path: str | None) -> bytes | None:
    from graphs.errors import FileMissingError

    try:
        return Path(path).read_bytes() if path else None
    except OSError as error:
        raise FileMissingError(f"{path} cannot be read: {error.strerror}", path=path) from None


def _bearing(token: str) -> Any:
    import grpc

    class Bearing(
        grpc.UnaryUnaryClientInterceptor,
        grpc.UnaryStreamClientInterceptor,
        grpc.StreamUnaryClientInterceptor,
        grpc.StreamStreamClientInterceptor,
    ):
        """Sends the token with every call."""

        def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
            return continuation(_Details(client_call_details, token), request)

        def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
            return continuation(_Details(client_call_details, token), request)

        def intercept_stream_unary(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
            return continuation(_Details(client_call_details, token), request_iterator)

        def intercept_stream_stream(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
            return continuation(_Details(client_call_details, token), request_iterator)

    return Bearing()


class _Details:
    """A call's details with the token in its metadata."""

    def __init__(self, details: Any, token: str) -> None:
        self.method, self.timeout = details.method, details.timeout
        self.metadata = [*(details.metadata or ()), ("authorization", f"Bearer {token}")]
        self.credentials, self.wait_for_ready = details.credentials, details.wait_for_ready
        self.compression = getattr(details, "compression", None)
