"""Fingerprints of stored resources (AIP-154)."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

from engine.errors import EtagError
from engine.model import Provider, Unit

#: What changes all the time and would make every etag stale.
_TELEMETRY = frozenset({"location"})


def etag(value: Provider | Unit) -> str:
    """Equal for equal content; a unit's position does not count."""
    content = [(item.name, _plain(getattr(value, item.name))) for item in fields(value) if item.name not in _TELEMETRY]
    return hashlib.blake2b(repr(content).encode(), digest_size=9).hexdigest()


def require_etag(given: str, current: Provider | Unit | None, field: str, name: str) -> None:
    """EtagError when the caller's etag is not that of what is stored (none: nothing to compare, no check)."""
    if given and (current is None or etag(current) != given):
        raise EtagError(
            f"{name} changed since it was read (or is gone); read it again and repeat the change on that",
            field=field,
            name=name,
            etag=etag(current) if current is not None else "",
        )


def _plain(value: Any) -> Any:
    """Sets hash in an order that differs between processes."""
    return sorted(value) if isinstance(value, frozenset) else value
