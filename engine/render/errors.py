"""Errors a user of the map renderer can cause."""

from __future__ import annotations

from graphs.errors import InputError


class MapError(InputError):
    """A map that cannot be drawn as described: columns of different lengths, an unknown role, a bad colour."""

    reason = "INVALID_MAP"
