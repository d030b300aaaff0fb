"""What building a region kept, dropped and assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class BuildReport:
    """Counts of one build, kept in the region's metadata and shown by ``towline region info``."""

    nodes_read: int
    arcs_read: int
    km_read: float
    nodes_kept: int
    arcs_kept: int
    km_kept: float
    parts: int  # strongly connected parts found; the largest is kept
    two_way_arcs: int  # arcs kept that share their shape with an arc the other way
    speeds_from_tags: int
    speeds_from_class: int
    dropped_arcs_by_class: dict[str, int] = field(default_factory=dict)
    dropped_km_by_class: dict[str, float] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    unknown_classes: dict[str, int] = field(default_factory=dict)
    unread_maxspeeds: dict[str, int] = field(default_factory=dict)
    closed_arcs: dict[str, int] = field(default_factory=dict)  # tag -> arcs that the vehicle may not use
    barriers: dict[str, int] = field(default_factory=dict)  # tag -> nodes at which streets end for the vehicle
    zones: int = 0  # pieces of road that trips may start or end on but not pass through
    zone_arcs: int = 0
    restrictions: int = 0  # turn restrictions obeyed
    forbidden_turns: int = 0  # sequences of arcs that they and gates forbid
    cut_off_arcs: int = 0  # arcs that rules leave without a way there or back
    ignored: dict[str, int] = field(default_factory=dict)  # rules that were met but not heeded, by reason
    speeds_from_times: int = 0  # arcs whose travel time was given
    directions_tagged: bool = False  # the source is OpenStreetMap's and says itself which roads are one-way

    @property
    def nodes_dropped(self) -> int:
        return self.nodes_read - self.nodes_kept

    @property
    def arcs_dropped(self) -> int:
        return self.arcs_read - self.arcs_kept

    @property
    def km_dropped(self) -> float:
        return self.km_read - self.km_kept

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> BuildReport:
        known = {item.name for item in fields(cls)}
        return cls(**{key: value for key, value in content.items() if key in known})

    def lines(self) -> list[str]:
        """The report in sentences, for people."""
        kept = (
            f"kept {self.nodes_kept:,} of {self.nodes_read:,} nodes, {self.arcs_kept:,} of {self.arcs_read:,} arcs, "
            f"{self.km_kept:,.0f} of {self.km_read:,.0f} km of arcs "
            f"(the largest strongly connected of {self.parts:,} parts)"
        )
        speeds = f"speeds: {self.speeds_from_tags:,} arcs from tags, {self.speeds_from_class:,} from their class"
        text = [kept, f"travel times: {self.speeds_from_times:,} arcs as given" if self.speeds_from_times else speeds]
        if self.closed_arcs:
            text.append("arcs closed to the vehicle: " + _listed(self.closed_arcs))
        if self.barriers:
            text.append("streets end at barriers: " + _listed(self.barriers))
        if self.zones:
            text.append(f"not to be driven through: {self.zone_arcs:,} arcs in {self.zones:,} zones")
        if self.restrictions or self.forbidden_turns:
            text.append(f"turn restrictions: {self.restrictions:,} obeyed ({self.forbidden_turns:,} turns forbidden)")
        if self.cut_off_arcs:
            text.append(f"rules leave {self.cut_off_arcs:,} arcs without a way there or back")
        if self.ignored:
            text.append("met but not heeded: " + _listed(self.ignored))
        if self.dropped_arcs_by_class:
            text.append("dropped arcs: " + _listed(self.dropped_arcs_by_class))
        if self.skipped:
            text.append("left out on reading: " + _listed(self.skipped))
        if self.unknown_classes:
            text.append("unknown classes taken for 'road': " + _listed(self.unknown_classes))
        if self.unread_maxspeeds:
            text.append("maxspeed not understood: " + _listed(self.unread_maxspeeds))
        return text


def _listed(counts: Mapping[str, int], most: int = 8) -> str:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{key} {count:,}" for key, count in ranked[:most])
    return shown + (f" and {len(ranked) - most} more" if len(ranked) > most else "")
