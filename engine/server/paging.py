"""Pages of a listing (AIP-158): an opaque token that holds where to go on and what it was given for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from bisect import bisect_right
from collections.abc import Sequence

from engine.errors import PageTokenError

DEFAULT_SIZE = 100
MAX_SIZE = 1000
_DIGEST = 12


def page(ids: Sequence[str], size: int, token: str, scope: str) -> tuple[Sequence[str], str]:
    """One page of sorted ``ids`` and the token of the next ("" after the last).

    The token names the last id given, so that listing goes on rightly though things come and go in between; ``scope``
    is the method and its other arguments. Raises PageTokenError.
    """
    start = bisect_right(ids, token_last(token, scope)) if token else 0
    chosen = ids[start : start + min(size or DEFAULT_SIZE, MAX_SIZE)]
    more = start + len(chosen) < len(ids)
    return chosen, token_after(chosen[-1], scope) if more else ""


def token_after(last: str, scope: str) -> str:
    """The token of a page that ends with ``last``."""
    text = last.encode()
    return base64.urlsafe_b64encode(_digest(text, scope) + text).decode().rstrip("=")


def token_last(token: str, scope: str) -> str:
    """What the page that gave a token ended with; PageTokenError."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        if _digest(raw[_DIGEST:], scope) == raw[:_DIGEST]:
            return raw[_DIGEST:].decode()
    except (binascii.Error, ValueError):
        pass
    raise PageTokenError(
        "page_token was not given for this request; repeat all other fields of the request that gave it, or leave it "
        "empty to begin again",
        field="page_token",
    )


def _digest(text: bytes, scope: str) -> bytes:
    return hashlib.blake2b(text, digest_size=_DIGEST, key=hashlib.sha256(scope.encode()).digest()).digest()
