"""Controls: what makes drivers wait at a point of a road (signals, stop signs, crossings …).

Source: https://wiki.openstreetmap.org/wiki/Key:highway, values of nodes
"""

from __future__ import annotations

#: Kind 0 is none. In order of weight: of several at one node the first counts.
CONTROLS: tuple[str, ...] = (
    "",
    "toll_booth",
    "border_control",
    "gate",
    "level_crossing",
    "traffic_signals",
    "crossing_signals",  # that pedestrians ask for: green most of the time
    "stop",
    "give_way",
    "mini_roundabout",
    "crossing",
)
CONTROL_INDEX: dict[str, int] = {name: index for index, name in enumerate(CONTROLS)}
