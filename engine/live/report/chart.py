"""Broken promises by group as a picture: bars, each divided by cause. SVG without anything from elsewhere."""

from __future__ import annotations

from collections import Counter
from html import escape

from engine.live.report.causes import Cause
from engine.live.report.figures import by
from engine.live.report.overdue import Overdue
from engine.tables.visible import visible

#: Distinct for most eyes, also for those that tell red from green badly (after Okabe and Ito).
COLOURS = {
    Cause.NO_UNIT: "#333333",
    Cause.OFFERS: "#e69f00",
    Cause.ASSIGNED_LATE: "#56b4e9",
    Cause.FILED_LATE: "#0072b2",
    Cause.WRONG_LOCATION: "#cc79a7",
    Cause.REPLANNED: "#f0e442",
    Cause.TOO_FAR: "#009e73",
    Cause.SET_OFF_LATE: "#d55e00",
    Cause.SLOWER: "#8c6d31",
    Cause.OTHER: "#bbbbbb",
}
NAMES = {
    Cause.NO_UNIT: "no unit found",
    Cause.OFFERS: "offers declined, lapsed, late",
    Cause.ASSIGNED_LATE: "assigned late",
    Cause.FILED_LATE: "filed late",
    Cause.WRONG_LOCATION: "wrong location",
    Cause.REPLANNED: "unit taken off or exchanged",
    Cause.TOO_FAR: "unit too far from the start",
    Cause.SET_OFF_LATE: "set off late",
    Cause.SLOWER: "slower than the ETA said",
    Cause.OTHER: "other",
}
#: Bars at most; what is left over is told.
MOST = 24
_WIDTH, _BAR, _STEP, _TOP, _LABEL, _FIGURES = 900, 18, 26, 78, 220, 130


def chart(found: Overdue, key: str, title: str) -> str:
    """The picture of `figures.by(found, key)`."""
    figures = [each for each in by(found, key) if each.broken or key == "hour"]
    shown = figures[:MOST]
    parts = {each.key: Counter[Cause]() for each in shown}
    for broken in found.broken:
        group = broken.cause.value if key == "cause" else found.key(broken.promised, key)
        if group in parts:
            parts[group][broken.cause] += 1
    causes = [cause for cause in Cause if any(counts[cause] for counts in parts.values())]
    legend_rows = -(-len(causes) // 3)
    bottom = _TOP + _STEP * max(1, len(shown)) + 8
    height = bottom + 22 * legend_rows + (20 if len(shown) < len(figures) else 0) + 16
    most = max((each.broken for each in shown), default=0) or 1
    room = _WIDTH - _LABEL - _FIGURES
    font = "system-ui, 'DejaVu Sans', Helvetica, Arial, sans-serif"
    of = "them" if key == "cause" else "the group’s promises"
    said = f"{len(found.broken):,} of {found.promises:,} promises broken; bars: by cause; beside them: share of {of}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"',
        f'font-family="{font}" font-size="13" fill="#222">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="16" y="30" font-size="18" font-weight="600">{_said(title)}</text>',
        f'<text x="16" y="52" fill="#666">{said}</text>',
    ]
    for row, each in enumerate(shown):
        y = _TOP + row * _STEP
        name = NAMES[Cause(each.key)] if key == "cause" else f"{each.key}:00" if key == "hour" else each.key
        name = f"{name} {each.road}".strip()
        lines.append(f'<text x="{_LABEL - 10}" y="{y + 14}" text-anchor="end">{_said(_cut(name))}</text>')
        x = float(_LABEL)
        for cause in causes:
            count = parts[each.key][cause]
            if count:
                wide = room * count / most
                lines.append(
                    f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{_BAR}" fill="{COLOURS[cause]}">'
                    f"<title>{_said(name)}: {count:,} {NAMES[cause]}</title></rect>"
                )
                x += wide
        figure = f"{each.broken:,} · {each.share:.1%}" if each.broken else "0"
        lines.append(f'<text x="{x + 8:.1f}" y="{y + 14}" fill="#444">{figure}</text>')
    if not figures:
        lines.append(f'<text x="16" y="{_TOP + 14}">No promise was broken.</text>')
    for index, cause in enumerate(causes):
        x, y = 16 + 290 * (index % 3), bottom + 22 * (index // 3)
        lines.append(f'<rect x="{x}" y="{y}" width="13" height="13" fill="{COLOURS[cause]}"/>')
        lines.append(f'<text x="{x + 20}" y="{y + 11}">{NAMES[cause]}</text>')
    if len(shown) < len(figures):
        left = sum(each.broken for each in figures[MOST:])
        y = bottom + 22 * legend_rows + 12
        lines.append(f'<text x="16" y="{y}" fill="#666">and {len(figures) - MOST:,} more with {left:,} broken</text>')
    return "\n".join([*lines, "</svg>", ""])


def _cut(name: str) -> str:
    return name if len(name) <= 30 else name[:29] + "…"


def _said(text: str) -> str:
    return escape(visible(text))
