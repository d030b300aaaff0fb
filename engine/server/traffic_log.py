"""What a change of traffic did, for the log."""

from __future__ import annotations

from typing import Any

from towline.v1 import region_service_pb2 as pb


def outcome(request: Any, reply: Any) -> dict[str, Any]:
    """Region, epoch and counts; no ids and no places."""
    found: dict[str, Any] = {"region": request.parent}
    if request.validate_only:
        found["validate_only"] = True
    if isinstance(reply, pb.SetWeatherResponse):
        return found | {"epoch": reply.epoch, "spells": len(request.spells)}
    result = reply.result
    return found | {
        "epoch": result.epoch,
        "accepted": result.accepted_count,
        "removed": result.removed_count,
        "expired": result.expired_count,
        "ignored": dict(result.ignored_counts),
        "entries": result.entry_count,
        "changed_arcs": result.changed_arc_count,
    }
