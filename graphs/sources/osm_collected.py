"""What is read from an OSM file, in growing flat arrays."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphs.classes import CLASS_INDEX
from graphs.levels import level_of
from graphs.network import SHAPE_SCALE
from graphs.raw import Restriction, SourceInfo, TagSet
from graphs.sources.durations import minutes_of
from graphs.sources.osm_tags import conditional_tags, tag_set, works_on
from graphs.sources.split import Ways


@dataclass
class Collected:
    """Ways and tagged nodes as they are met; nothing here grows by a Python object per way or node."""

    node: array[int] = field(default_factory=lambda: array("q"))
    point: array[int] = field(default_factory=lambda: array("i"))  # 1e-7 degrees, lon and lat in turn
    size: array[int] = field(default_factory=lambda: array("i"))
    way_id: array[int] = field(default_factory=lambda: array("q"))
    road_class: array[int] = field(default_factory=lambda: array("B"))
    direction: array[int] = field(default_factory=lambda: array("b"))
    minutes: array[float] = field(default_factory=lambda: array("f"))  # stated duration of a ferry, else NaN
    name: array[int] = field(default_factory=lambda: array("i"))
    ref: array[int] = field(default_factory=lambda: array("i"))
    tagset: array[int] = field(default_factory=lambda: array("i"))
    level: array[int] = field(default_factory=lambda: array("b"))
    strings: dict[str, int] = field(default_factory=lambda: {"": 0})
    tagsets: dict[TagSet, int] = field(default_factory=lambda: {(): 0})
    tagged_node: array[int] = field(default_factory=lambda: array("q"))
    node_tagset: array[int] = field(default_factory=lambda: array("i"))
    node_control: array[int] = field(default_factory=lambda: array("B"))
    node_facing: array[int] = field(default_factory=lambda: array("b"))
    restrictions: list[Restriction] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    seen: int = 0

    def row(self, way: Any, road_class: str, drawn: int) -> tuple[int, int, int, float, int, int, int, int]:
        """What one pyosmium way adds for each of its pieces."""
        tags = {tag.k: tag.v for tag in way.tags}
        for reason in (*conditional_tags(tags), *works_on(tags)):
            self.ignored[reason] += 1
        level, readable = level_of(tags.get("layer"), tags.get("bridge"), tags.get("tunnel"))
        if not readable:
            self.ignored["layer that is no level"] += 1
        minutes = self._duration(tags) if road_class == "ferry" else np.nan
        return (
            way.id,
            CLASS_INDEX[road_class],
            drawn,
            minutes,
            self.strings.setdefault(tags.get("name", ""), len(self.strings)),
            self.strings.setdefault(tags.get("ref", ""), len(self.strings)),
            self.tagsets.setdefault(tag_set(tags), len(self.tagsets)),
            level,
        )

    def add_piece(self, row: tuple[Any, ...], nodes: list[int], points: np.ndarray) -> None:
        self.node.extend(nodes)
        self.point.frombytes(np.rint(points * SHAPE_SCALE).astype(np.int32).tobytes())
        self.size.append(len(nodes))
        columns = (self.way_id, self.road_class, self.direction, self.minutes, self.name, self.ref, self.tagset)
        for column, value in zip((*columns, self.level), row, strict=True):
            column.append(value)

    def add_node(self, node: int, barrier: TagSet, control: int, facing: int) -> None:
        if not barrier and not control:
            return
        self.tagged_node.append(node)
        self.node_tagset.append(self.tagsets.setdefault(barrier, len(self.tagsets)))
        self.node_control.append(control)
        self.node_facing.append(facing)

    def ways(self) -> Ways:
        return Ways(
            node=np.frombuffer(self.node, np.int64),
            lonlat=np.frombuffer(self.point, np.int32).reshape(-1, 2),
            offset=np.concatenate(([0], np.cumsum(np.frombuffer(self.size, np.int32)))).astype(np.int64),
            way_id=np.frombuffer(self.way_id, np.int64),
            road_class=np.frombuffer(self.road_class, np.uint8),
            direction=np.frombuffer(self.direction, np.int8),
            minutes=np.frombuffer(self.minutes, np.float32),
            name=np.frombuffer(self.name, np.int32),
            ref=np.frombuffer(self.ref, np.int32),
            tagset=np.frombuffer(self.tagset, np.int32),
            level=np.frombuffer(self.level, np.int8),
        )

    def info(self, source: str) -> SourceInfo:
        return SourceInfo(source, skipped=dict(self.skipped), ignored=dict(self.ignored))

    def _duration(self, tags: dict[str, str]) -> float:
        """Minutes that a ferry states; NaN where it states none, or one that is not understood and counted."""
        stated = tags.get("duration")
        minutes = None if stated is None else minutes_of(stated)
        if stated is not None and minutes is None:
            self.ignored[f"duration={stated}"] += 1
        return np.nan if minutes is None else minutes
