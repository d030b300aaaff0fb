"""The speed limit of every arc of an OSM file, as its tags and the country's law state it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.countries import Country, country
from graphs.maxspeed import parse_maxspeed, states_nothing
from graphs.network import Float32
from graphs.raw import RawNetwork

#: In order of trust: the limit itself, then tags that say what kind of limit there is.
_KEYS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")


def legal_kph(raw: RawNetwork, code: str | None, goods: bool) -> tuple[Float32, dict[str, int]]:
    """([m] km/h of every arc, NaN where neither a tag nor the law states one; arcs by value not understood).

    ``code`` is the country whose law holds (None: tags only), ``goods`` whether limits for goods vehicles count.
    Each tag set is looked at once. Raises `CountryError`.
    """
    where = country(code)
    kph = raw.arc_maxspeed_kph.astype(np.float32)
    unread: Counter[str] = Counter(raw.info.unread_maxspeeds)
    if raw.tags is not None:
        use = 2 * raw.tags.arc.astype(np.int64) + (raw.arc_shape >= 0)
        sets, arcs = np.unique(use, return_counts=True)
        stated = np.full(2 * len(raw.tags.tagsets), np.nan, np.float32)
        for index, count in zip(sets.tolist(), arcs.tolist(), strict=True):
            tags = dict(raw.tags.tagsets[index >> 1])
            found, wrong = tagged_kph(tags, "forward" if index & 1 else "backward", where, goods)
            stated[index] = np.nan if found is None else found
            if wrong:
                unread[wrong] += count
        kph = np.where(np.isfinite(kph), kph, stated[use])
    if code is not None and where.classes:
        by_law = np.array([where.classes.get(name, np.nan) for name in ROAD_CLASSES], np.float32)
        kph = np.where(np.isfinite(kph), kph, by_law[raw.arc_class])
    return kph, dict(unread)


def tagged_kph(tags: Mapping[str, str], way: str, where: Country, goods: bool) -> tuple[float | None, str]:
    """(km/h that a way's tags state for one direction or None, the value that was not understood or "")."""
    wrong = ""
    found = None
    for key in (name for base in _KEYS for name in (f"{base}:{way}", base)):
        value = tags.get(key)
        if value is None:
            continue
        found = parse_maxspeed(value, where)
        if found is not None:
            break
        if key.split(":")[0] == "maxspeed" and "type" not in key and not states_nothing(value):
            wrong = wrong or value
    if goods:
        for key in (f"maxspeed:hgv:{way}", "maxspeed:hgv"):
            limit = parse_maxspeed(tags[key], where) if key in tags else None
            if limit is not None:
                return (limit if found is None else min(found, limit)), wrong
    return found, wrong
