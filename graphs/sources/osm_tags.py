"""What the tags of an OSM way or node say, as far as it does not depend on the vehicle.

Sources: https://wiki.openstreetmap.org/wiki/Key:oneway, https://wiki.openstreetmap.org/wiki/Key:access,
https://wiki.openstreetmap.org/wiki/Key:barrier
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from graphs.access import PASSABLE_BARRIERS
from graphs.classes import CLASS_INDEX, class_index
from graphs.controls import CONTROL_INDEX
from graphs.raw import TagSet
from graphs.sources.cells import BACKWARD, BOTH, FORWARD

Get = Callable[[str], str | None]

MODES = ("access", "vehicle", "motor_vehicle", "motorcar", "goods", "hgv")
LIMITS = ("maxheight", "maxwidth", "maxlength", "maxweight", "maxweightrating", "maxaxleload")
_SPEEDS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic", "maxspeed:hgv")
#: Tags of a way that `graphs.access`, `graphs.limits` and `graphs.legal_speeds` look at.
WAY_KEYS: frozenset[str] = frozenset(
    [
        *(mode + end for mode in MODES for end in ("", ":forward", ":backward")),
        *(limit + end for limit in LIMITS for end in ("", ":physical", ":hgv", ":forward", ":backward")),
        *(speed + end for speed in _SPEEDS for end in ("", ":forward", ":backward")),
        *("surface", "tracktype", "smoothness", "service", "motorroad"),
    ]
)
#: Keys that would change with the hour or the weather; ":conditional" ones are counted and not heeded.
CONDITIONAL_BASES: tuple[str, ...] = (*MODES, *LIMITS, *_SPEEDS, "oneway", "restriction")
_REVERSIBLE = ("reversible", "alternating")
#: The most specific first.
_ONE_WAY_KEYS = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
_ONE_WAY = {
    **dict.fromkeys(("yes", "true", "1", "on"), FORWARD),
    **dict.fromkeys(("-1", "reverse"), BACKWARD),
    **dict.fromkeys(("no", "false", "0"), BOTH),
}
#: Keys of which one must let some motor vehicle onto a ferry; whom, `graphs.access` looks up.
_FERRY_MODES = ("motorcar", "motor_vehicle", "vehicle", "goods", "hgv")
#: ``construction`` on an open road that says nothing against driving there.
_MINOR_WORKS = ("no", "minor", "widening")


def road_class_of(get: Get) -> tuple[str | None, str]:
    """(road class or None, what names the way in a report): a drivable ``highway``, or a ferry for motor vehicles."""
    highway = get("highway")
    if highway:
        index = class_index(highway)
        named = f"highway={highway}"
        if index is None:
            return None, named
        if get("area") == "yes":
            return None, "area=yes"
        return next(name for name, at in CLASS_INDEX.items() if at == index), named
    if get("route") == "ferry":
        carries = any((get(key) or "no").strip().lower() != "no" for key in _FERRY_MODES)
        return ("ferry", "route=ferry") if carries else (None, "route=ferry without cars")
    return None, ""


def direction(get: Get, road_class: str, ignored: Counter[str] | None = None) -> int | None:
    """`FORWARD` where vehicles may only follow the way as drawn, `BACKWARD` only against it, else `BOTH`.

    None where the direction changes with the hour (``oneway=reversible``): which way is open then is not known.
    Values that are not understood are counted in ``ignored``, as is what frees cars alone: others drive there too.
    """
    ignored = Counter() if ignored is None else ignored
    for key in _ONE_WAY_KEYS:
        stated = get(key)
        if stated is None:
            continue
        value = stated.strip().lower()
        if value in _REVERSIBLE:
            return None
        drawn = _ONE_WAY.get(value)
        if drawn is None or (drawn == BOTH and key == "oneway:motorcar"):
            ignored[f"{key}={value}"] += 1
        else:
            return drawn
    implied = road_class == "motorway" or get("junction") in ("roundabout", "circular")
    return FORWARD if implied else BOTH


def tag_set(tags: Mapping[str, str]) -> TagSet:
    """The tags in `WAY_KEYS`, sorted, and ``route=ferry`` of a ferry."""
    kept = [(key, value) for key, value in tags.items() if key in WAY_KEYS]
    if tags.get("route") == "ferry" and not tags.get("highway"):
        kept.append(("route", "ferry"))  # a ferry carries only whom it names
    return tuple(sorted(kept))


def works_on(tags: Mapping[str, str]) -> list[str]:
    """What says that an open ``highway`` may not be passable today; it is driven all the same."""
    highway = tags.get("highway")
    if not highway:
        return []
    said = []
    works = tags.get("construction", "no").strip().lower()
    if works not in _MINOR_WORKS:
        said.append(f"highway={highway} with construction={works} kept open")
    if tags.get("impassable", "no").strip().lower() == "yes":
        said.append(f"highway={highway} with impassable=yes kept open")
    return said


def conditional_tags(tags: Mapping[str, str]) -> list[str]:
    """Keys whose value depends on the hour, the weather or the load."""
    return [key for key in tags if key.endswith(":conditional") and key.split(":")[0] in CONDITIONAL_BASES]


def barrier_tags(tags: Mapping[str, str]) -> TagSet:
    """The tags by which a barrier node stops some vehicles; empty for a node that stops none."""
    barrier = tags.get("barrier")
    if barrier is None or (barrier in PASSABLE_BARRIERS and not any(key in WAY_KEYS for key in tags)):
        return ()
    return tuple(sorted([("barrier", barrier), *tag_set(tags)]))


def control_of(tags: Mapping[str, str]) -> tuple[int, int]:
    """(kind of control or 0, the direction of the way that it is for) of a node's tags."""
    highway, kind = tags.get("highway"), ""
    if tags.get("barrier") in ("toll_booth", "border_control"):
        kind = tags["barrier"]
    elif tags.get("barrier") in ("gate", "lift_gate", "swing_gate"):
        kind = "gate"
    elif tags.get("railway") == "level_crossing":
        kind = "level_crossing"
    elif highway == "crossing" and "traffic_signals" in tags.get("crossing", ""):
        kind = "crossing_signals"
    elif highway in CONTROL_INDEX:
        kind = highway
    facing = tags.get("traffic_signals:direction") or tags.get("direction")
    return CONTROL_INDEX[kind], {"forward": FORWARD, "backward": BACKWARD}.get(facing or "", BOTH)
