"""Etags."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import EtagError
from engine.model import Location, Service, Unit, UnitStatus
from engine.server.etags import etag, require_etag

UNIT = Unit("u", "p", Location(1.0, 2.0), frozenset(Service))


def test_equal_content_has_equal_etags():
    """A position is no content."""
    assert etag(UNIT) == etag(replace(UNIT, services=frozenset(reversed(Service)), location=Location(3.0, 4.0)))
    assert etag(UNIT) != etag(replace(UNIT, status=UnitStatus.BUSY))


def test_a_stale_etag_is_refused():
    """So is one for something that is gone; an empty one asks for no check."""
    require_etag(etag(UNIT), UNIT, "etag", "n")
    require_etag("", None, "etag", "n")
    for current in (None, replace(UNIT, status=UnitStatus.BUSY)):
        with pytest.raises(EtagError):
            require_etag(etag(UNIT), current, "etag", "n")
