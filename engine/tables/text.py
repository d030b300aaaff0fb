"""Typed cells as text, so that every format meets the same parsers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any


def as_text(value: Any) -> str:
    """Text of one typed cell: lists joined by semicolons, times in RFC 3339, absent values empty.

    A float NaN becomes ``nan``: in a coordinate it is a mistake to report, not an absent value.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        # pandas' NaT is a datetime that does not equal itself
        return value.isoformat() if value == value else ""
    if isinstance(value, Iterable):
        return ";".join(as_text(item) for item in value)
    return str(value).strip().replace("<NA>", "")
