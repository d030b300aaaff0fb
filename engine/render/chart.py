"""Small charts of bars beside a map: inline SVG that scales with the page, and reads in grey."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from json import dumps

from engine.render.errors import MapError
from engine.render.options import Options, each_option
from engine.render.styles import check_colour

#: Units of the drawing; letters of 12 units are legible where a chart is 340 pixels wide.
_WIDTH, _HEIGHT = 360.0, 132.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 6.0, 8.0, 20.0


@dataclass(frozen=True)
class Bars:
    """One part of stacked bars: what it is, a value for each place on the axis, its colour, and whether hatched."""

    label: str
    values: Sequence[float]
    colour: str
    hatched: bool = False

    def __post_init__(self) -> None:
        check_colour(self.colour)


@dataclass(frozen=True)
class Chart:
    """Bars over ``n`` names, parts stacked in their order from the ground.

    ``ticks`` are the rows that are named on the axis. ``line``: (value, text) of a dashed line across, a target.
    ``told`` is the chart in a sentence, for who cannot see it; ``tips`` are texts of the bars. A bar with ``picks``
    chooses these options when clicked. ``most``: the top of the axis; by default the largest bar's.
    """

    title: str
    names: Sequence[str]
    parts: Sequence[Bars]
    told: str = ""
    ticks: Sequence[int] = ()
    line: tuple[float, str] | None = None
    tips: Sequence[str] = ()
    picks: Sequence[Options] = ()
    most: float | None = None

    def __post_init__(self) -> None:
        columns = {part.label: part.values for part in self.parts} | {"tips": self.tips, "picks": self.picks}
        for name, values in columns.items():
            if len(values) != len(self.names) and (len(values) or name not in ("tips", "picks")):
                raise MapError(
                    f"{self.title}: {len(self.names)} bars but {len(values)} of {name!r}; give one for each",
                    chart=self.title,
                )
        for part in self.parts:
            if not all(math.isfinite(value) and value >= 0 for value in part.values):
                raise MapError(
                    f"{self.title}: every bar of {part.label!r} must be a number, 0 or more", chart=self.title
                )

    def top(self) -> float:
        """A round number that no bar exceeds."""
        if self.most is not None:
            return self.most
        sums = [sum(values) for values in zip(*(part.values for part in self.parts), strict=True)]
        highest = max([*sums, self.line[0] if self.line else 0.0], default=0.0)
        if highest <= 0:
            return 1.0
        unit = 10 ** math.floor(math.log10(highest))
        return next(step * unit for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * unit >= highest - 1e-9)


def chart_html(chart: Chart) -> str:
    """A figure: title, drawing, and what the parts are."""
    shades = "".join(
        f'<span><svg viewBox="0 0 16 10" aria-hidden="true"><rect width="16" height="10" fill="{part.colour}"/>'
        f"{_strokes(0, 0, 16, 10) if part.hatched else ''}</svg>{escape(part.label)}</span>"
        for part in reversed(chart.parts)
        if len(chart.parts) > 1 or part.hatched
    )
    if chart.line:
        shades += (
            '<span><svg viewBox="0 0 16 10" aria-hidden="true">'
            '<path d="M0 5H16" stroke="#1b1f24" stroke-width="2" stroke-dasharray="4 2"/></svg>'
            f"{escape(chart.line[1])}</span>"
        )
    return (
        f"<figure><figcaption><b>{escape(chart.title)}</b>{shades}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{escape(chart.told or chart.title)}">'
        f"{_axes(chart)}{_bars(chart)}{_line(chart)}</svg></figure>"
    )


def _x(chart: Chart, row: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * row / max(1, len(chart.names))


def _y(chart: Chart, value: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - min(1.0, value / chart.top()))


def _axes(chart: Chart) -> str:
    top, ground = chart.top(), _HEIGHT - _BOTTOM
    rows = "".join(
        f'<path d="M{_LEFT:g} {_y(chart, value):.1f}H{_WIDTH - _RIGHT:g}" stroke="#cdd3db"/>'
        f'<text x="{_LEFT - 5:g}" y="{_y(chart, value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        for value in (0.0, top / 2, top)
    )
    names = "".join(
        f'<text x="{_x(chart, row):.1f}" y="{ground + 15:g}" text-anchor="{"start" if not row else "middle"}">'
        f"{escape(chart.names[row])}</text>"
        for row in chart.ticks
    )
    return rows + names


def _bars(chart: Chart) -> str:
    found = []
    for row in range(len(chart.names)):
        left, right = _x(chart, row), _x(chart, row + 1)
        room = min(1.0, 0.12 * (right - left))
        ground, drawn = 0.0, []
        for part in chart.parts:
            value = float(part.values[row])
            low, high = _y(chart, ground), _y(chart, ground + value)
            box = (left + room, high, right - left - 2 * room, low - high)
            drawn.append(f'<rect {_box(*box)} fill="{part.colour}"/>' + (_strokes(*box) if part.hatched else ""))
            ground += value
        tip = f"<title>{escape(chart.tips[row])}</title>" if chart.tips else ""
        picks = ""
        if chart.picks:
            pairs = [[option.choice, option.name] for option in each_option(chart.picks[row])]
            picks = f' data-pick="{escape(dumps(pairs, ensure_ascii=False))}"'
        # The whole column can be hit, however low its bar is.
        whole = _box(left, _TOP, right - left, _HEIGHT - _TOP - _BOTTOM)
        found.append(f'<g{picks}>{tip}<rect class="column" {whole}/>{"".join(drawn)}</g>')
    return "".join(found)


def _line(chart: Chart) -> str:
    if chart.line is None:
        return ""
    y = _y(chart, chart.line[0])
    return (
        f'<path d="M{_LEFT:g} {y:.1f}H{_WIDTH - _RIGHT:g}" stroke="#1b1f24" stroke-width="1.6" '
        'stroke-dasharray="6 3" fill="none" pointer-events="none"/>'
    )


def _box(x: float, y: float, width: float, height: float) -> str:
    return f'x="{x:.2f}" y="{y:.2f}" width="{max(0.0, width):.2f}" height="{max(0.0, height):.2f}"'


def _strokes(x: float, y: float, width: float, height: float) -> str:
    """Diagonal strokes over a box, cut off at its edges."""
    if width <= 0 or height <= 0:
        return ""
    parts, step = [], 4.0
    for number in range(math.ceil((width + height) / step)):
        at = (number + 0.5) * step  # along x + y of the box
        x0, x1 = max(0.0, at - height), min(width, at)
        if x1 > x0:
            parts.append(f"M{x + x0:.1f} {y + at - x0:.1f}L{x + x1:.1f} {y + at - x1:.1f}")
    return f'<path d="{"".join(parts)}" stroke="#281400" stroke-opacity="0.55" fill="none"/>' if parts else ""
