"""The sentences of a plan's `why` column: of announcements, broken promises and what a person decided."""

from __future__ import annotations

#: key -> (English, Simplified Chinese).
WHYS: dict[str, tuple[str, str]] = {
    "pinned": ("the unit is pinned", "车辆已由人工指定"),
    "pinned_lacks": ("pinned by a person; the unit lacks: {words}", "人工指定;该车缺少:{words}"),
    "pinned_outside": (
        "pinned by a person; the place lies outside the provider's territory",
        "人工指定;该处不在服务商的区域内",
    ),
    "serves": ("{unit} now serves {incident}", "{unit}现派往{incident}"),
    "busy_until": ("is busy until {at}", "忙至{at}"),
    "and": (" and ", ",且"),
    "cannot_come": ("{unit} cannot come, or later or dearer than others", "{unit}无法前来,或比其他车更晚或更贵"),
    "of_unit": ("{unit} {reason}", "{unit}{reason}"),
    "could_be_in_time": ("{unit} could be in time but {reason}", "{unit}本可及时到达,但{reason}"),
    "needed_more": ("is needed more by {incident}", "{incident}更需要它"),
    "nobody_else": ("no other unit could come", "没有其他车辆可派"),
    "next_best": ("next best: {unit} {reason}", "次优:{unit}{reason}"),
    "lacks": ("lacks: {words}", "缺少:{words}"),
    "not_here": (
        "may not serve this place: it lies outside its provider's territory",
        "不得在此服务:该处不在其服务商的区域内",
    ),
    "off_duty": ("is off duty", "已下班"),
}
