"""Why a promise is what it is: by its class or by what was asked for, in English and Simplified Chinese."""

from __future__ import annotations

#: key -> (English, Simplified Chinese); "booked" promises run from the wanted time; ``unit``: minute or minutes.
PROMISES: dict[str, tuple[str, str]] = {
    "made": ("promised earlier", "此前已承诺"),
    "asked": ("{minutes} {unit} asked for", "按要求为{minutes}分钟"),
    "asked.booked": ("{minutes} {unit} asked for from the wanted time", "按要求为自预约时间起{minutes}分钟"),
}
for _kind, (_english, _chinese) in {
    "highway": ("a highway", "属高速道路"),
    "urban": ("in a built-up area", "在建成区内"),
    "other": ("outside built-up areas", "在建成区外"),
}.items():
    PROMISES[_kind] = (f"{{minutes}} {{unit}}: on {{road}}, {_english}", f"{{minutes}}分钟:位于{{road}},{_chinese}")
    PROMISES[f"{_kind}.booked"] = (
        f"{{minutes}} {{unit}} from the wanted time: on {{road}}, {_english}",
        f"自预约时间起{{minutes}}分钟:位于{{road}},{_chinese}",
    )
    # where the road is forgotten
    PROMISES[f"{_kind}.forgotten"] = (f"{{minutes}} {{unit}}: {_english}", f"{{minutes}}分钟:{_chinese}")
    PROMISES[f"{_kind}.booked.forgotten"] = (
        f"{{minutes}} {{unit}} from the wanted time: {_english}",
        f"自预约时间起{{minutes}}分钟:{_chinese}",
    )

#: Classes of roads, in Simplified Chinese; a road's own name follows.
ROADS: dict[str, str] = {
    "motorway": "高速公路",
    "motorway_link": "高速公路匝道",
    "trunk": "快速干道",
    "trunk_link": "快速干道匝道",
    "primary": "主干道",
    "primary_link": "主干道匝道",
    "secondary": "次干道",
    "secondary_link": "次干道匝道",
    "tertiary": "支路",
    "tertiary_link": "支路匝道",
    "unclassified": "地方道路",
    "residential": "居住区道路",
    "living_street": "生活街道",
    "service": "内部道路",
    "road": "未分类道路",
    "ferry": "轮渡",
}
