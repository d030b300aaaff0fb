"""The rules of requests, declared in proto/towline/v1 beside the fields they are about, and checked here alone.

What takes more than the field to know (other fields, the clock, the region, the fleet) is checked where that is known.
"""

from __future__ import annotations

from engine.server.validation.check import check_request, part_check

__all__ = ["check_request", "part_check"]
