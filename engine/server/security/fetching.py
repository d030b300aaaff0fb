"""What a fetch over TLS needs beyond the standard library: an end for all of it, and words for what went wrong."""

from __future__ import annotations

import socket
import ssl
import time
import urllib.error
from typing import Any


class BoundedSocket(ssl.SSLSocket):
    """Reads until a time alone. The library's own limit is for each read, and a peer that drips meets none of those.

    Make a subclass for each fetcher: connections learn the time by its class.
    """

    until = 0.0  # of time.monotonic

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        """TimeoutError from that time on."""
        left_s = self.until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self.settimeout(left_s)
        return super().recv_into(*arguments, **named)


def why(error: Exception) -> str:
    """For the log: what whoever has to mend it must know, and nothing that the other side wrote.

    Errors that are not the network's are told by their kind.
    """
    if isinstance(error, urllib.error.HTTPError):
        return f"answered with HTTP status {error.code}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, TimeoutError):
        return "not answered in time"
    if isinstance(cause, socket.gaierror):
        return f"its name is not found: {cause.strerror}"
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {cause.reason}"
    if isinstance(cause, OSError) and cause.strerror:
        return f"not reached: {cause.strerror}"
    return type(cause).__name__ if isinstance(cause, Exception) else type(error).__name__
