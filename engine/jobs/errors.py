"""Errors of incidents and units whose times contradict each other."""

from __future__ import annotations

from graphs.errors import InputError


class WindowError(InputError):
    """Times that exclude each other: a window that ends before it begins, a shift, a break, a promise outside it."""

    reason = "CONTRADICTORY_TIMES"
