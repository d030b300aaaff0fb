"""Who may drive a road, by its tags.

Source: https://wiki.openstreetmap.org/wiki/Key:access (hierarchy of modes, values), Key:barrier, Key:maxheight
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from graphs.measures import NO_LIMIT, metres, tonnes
from graphs.vehicle import Vehicle

OPEN, ENDS_ONLY, CLOSED = 0, 1, 2

#: Barrier nodes that let vehicles pass unless their own tags say otherwise; all others stop them.
PASSABLE_BARRIERS: frozenset[str] = frozenset(
    {
        *("gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "entrance", "cattle_grid", "no", "yes"),
        *("border_control", "toll_booth", "sally_port", "height_restrictor", "width_restrictor", "arch", "coupure"),
        *("checkpoint", "bump_gate", "lowered_kerb"),
    }
)

_ENDS_ONLY = frozenset(
    {"private", "destination", "delivery", "customers", "customer", "permit", "residents", "resident"}
)
_ENDS_ONLY |= {"employees", "visitors"}
_CLOSED = frozenset({"no", "agricultural", "forestry", "emergency", "bus", "psv", "taxi", "military", "hov", "bicycle"})
_CLOSED |= {"foot", "use_sidepath", "dismount", "tourist_bus", "coach"}
_OPEN = frozenset({"yes", "permissive", "designated", "official", "public", "unknown", "discouraged"})
_LIMITS = (
    ("maxheight", "height_m", metres),
    ("maxwidth", "width_m", metres),
    ("maxlength", "length_m", metres),
    ("maxweight", "weight_t", tonnes),
    ("maxweightrating", "weight_t", tonnes),
    ("maxaxleload", "axle_load_t", tonnes),
)


def way_access(
    tags: Mapping[str, str], vehicle: Vehicle, *, forward: bool, unread: Counter[str] | None = None
) -> tuple[int, str]:
    """(`OPEN`, `ENDS_ONLY` or `CLOSED`, the tag that says so) of a way in one of its directions.

    The most specific mode that is tagged decides; of several values in one tag the most generous. Values that are not
    understood are counted in ``unread`` and keep nobody out. A ferry is closed to those whom it does not name,
    unless it takes cars.
    """
    unread = Counter() if unread is None else unread
    level, reason = _stated(tags, vehicle, "forward" if forward else "backward", unread)
    named = reason.partition("=")[0].partition(":")[0] not in ("", "access")
    if tags.get("route") == "ferry" and not named and tags.get("motorcar", "no").strip().lower() == "no":
        level, reason = CLOSED, f"route=ferry without {vehicle.modes[0]}"
    elif level is None:
        level = CLOSED if tags.get("service") == "emergency_access" else OPEN
        reason = "service=emergency_access" if level == CLOSED else ""
    too_large = _limit(tags, vehicle, "forward" if forward else "backward", unread)
    return (CLOSED, too_large) if too_large else (level, reason)


def barrier_access(tags: Mapping[str, str], vehicle: Vehicle, unread: Counter[str] | None = None) -> tuple[int, str]:
    """The same for a barrier node: bollards and the like stop everybody whom no tag lets through."""
    unread = Counter() if unread is None else unread
    level, reason = _stated(tags, vehicle, "", unread)
    barrier = tags.get("barrier", "")
    if level is None:
        level, reason = (OPEN, "") if barrier in PASSABLE_BARRIERS or not barrier else (CLOSED, f"barrier={barrier}")
    elif reason:
        reason = f"barrier={barrier} {reason}"
    too_large = _limit(tags, vehicle, "", unread)
    return (CLOSED, too_large) if too_large else (level, reason)


def _stated(tags: Mapping[str, str], vehicle: Vehicle, way: str, unread: Counter[str]) -> tuple[int | None, str]:
    for mode in vehicle.modes:
        for key in (f"{mode}:{way}", mode) if way else (mode,):
            if key in tags:
                return _level(key, tags[key], unread), f"{key}={tags[key]}"
    return None, ""


def _level(key: str, value: str, unread: Counter[str]) -> int:
    levels = []
    for part in (part.strip() for part in value.lower().split(";")):
        if part in _CLOSED:
            levels.append(CLOSED)
        elif part in _ENDS_ONLY:
            levels.append(ENDS_ONLY)
        else:
            if part not in _OPEN:
                unread[f"{key}={value}"] += 1
            levels.append(OPEN)
    return min(levels)


def _limit(tags: Mapping[str, str], vehicle: Vehicle, way: str, unread: Counter[str]) -> str:
    """The limit that the vehicle exceeds ("maxheight=2.1"), or an empty string."""
    for limit, size, read in _LIMITS:
        ends = ["", ":physical", *([f":{way}"] if way else []), *([":hgv"] if vehicle.is_goods else [])]
        for key in (limit + end for end in ends):
            value = tags.get(key)
            if value is None or value in NO_LIMIT:
                continue
            most = read(value)
            if most is None:
                unread[f"{key}={value}"] += 1
            elif getattr(vehicle, size) > most + 1e-9:
                return f"{key}={value}"
    return ""
