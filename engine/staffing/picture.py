"""A shift plan as a picture for slides: calls, crews and shares, hour by hour."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.coverage.origin import credits_of
from engine.render.chart import Chart
from engine.render.fonts import any_weight, font_families
from engine.render.picture import DPI, MUTED, SIZE, fitting, save_picture, within
from engine.staffing.page import shift_charts, shift_figures, shift_origin, subtitle
from engine.staffing.plan import ShiftPlan
from engine.staffing.told import ToldShifts
from engine.texts import Language
from engine.texts.page_words import PageWords

if TYPE_CHECKING:  # slow to import; whoever draws nothing does not wait for it
    from matplotlib.axes import Axes

#: Left free between columns, a share of the picture's width.
_BETWEEN = 0.012


def write_shifts_picture(plan: ShiftPlan, path: str | os.PathLike[str], language: Language | str = Language.EN) -> Path:
    """A PNG of 1600 x 900 pixels; MapError where no font has the characters, or the file cannot be written."""
    words, origin = PageWords(Language.of(language)), shift_origin(plan)
    region = plan.world.planner.region
    credits = credits_of(region, words.made_from(origin))
    return draw_shifts(plan.told(), region.metadata.title, path, words, origin["traffic"], credits)


def draw_shifts(
    plan: ToldShifts, title: str, path: str | os.PathLike[str], words: PageWords, traffic: str, credits: Sequence[str]
) -> Path:
    """The figures of the page and its charts, one below the other."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    title, credit = words("shifts", region=title), " · ".join(credits)
    told = words("between").join(subtitle(plan, words, traffic))
    figures, charts = shift_figures(plan, words), shift_charts(plan, words)
    texts = [text for each in figures for text in (each.label, each.value, each.note)]
    texts += [text for chart in charts for text in (chart.title, *chart.names, *(part.label for part in chart.parts))]
    texts += [chart.line[1] for chart in charts if chart.line]
    families = font_families(title, told, credit, *texts)
    with any_weight(), mpl.rc_context({"font.family": families, "hatch.linewidth": 0.8, "hatch.color": "#2814008c"}):
        canvas = Canvas(figsize=SIZE, dpi=DPI, facecolor="white")
        FigureCanvasAgg(canvas)
        canvas.text(0.02, 0.975, title, fontsize=fitting(title, 23, 80), weight="bold", va="top")
        canvas.text(0.02, 0.925, told, fontsize=fitting(told, 14, 145), color=MUTED, va="top")
        canvas.text(0.02, 0.012, credit, fontsize=fitting(credit, 10, 180), color=MUTED, va="bottom")
        for number, each in enumerate(figures):
            column = 0.965 / len(figures)
            left = 0.02 + column * number
            canvas.text(left, 0.872, each.label, fontsize=12, color=MUTED, va="top")
            canvas.text(left, 0.845, each.value, fontsize=21, weight="bold", va="top")
            within(canvas.text(left, 0.798, each.note, fontsize=11, va="top", linespacing=1.1), column - _BETWEEN)
        for number, chart in enumerate(charts):
            _draw(canvas.add_axes((0.05, 0.555 - 0.235 * number, 0.93, 0.165)), chart)
        return save_picture(canvas, path, credit)


def _draw(axes: Axes, chart: Chart) -> None:
    places = range(len(chart.names))
    ground = [0.0] * len(chart.names)
    for part in chart.parts:
        axes.bar(
            places, part.values, 0.82, ground, color=part.colour, label=part.label,
            hatch="////" if part.hatched else None, edgecolor="#2814008c" if part.hatched else part.colour, linewidth=0,
        )  # fmt: skip
        ground = [low + float(value) for low, value in zip(ground, part.values, strict=True)]
    if chart.line:
        axes.axhline(chart.line[0], color="#1b1f24", linestyle="--", linewidth=1.6, label=chart.line[1])
    axes.set_xlim(-0.6, len(chart.names) - 0.4)
    axes.set_ylim(0, chart.top())
    axes.set_yticks([0, chart.top() / 2, chart.top()])
    axes.set_xticks(list(chart.ticks), [chart.names[row] for row in chart.ticks])
    axes.tick_params(labelsize=12, length=0, colors=MUTED)
    axes.grid(axis="y", color="#cdd3db", zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_title(chart.title, loc="left", fontsize=14, weight="bold", pad=7)
    if len(chart.parts) > 1 or chart.line:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, frameon=False, fontsize=12, borderaxespad=0.2,
            reverse=len(chart.parts) > 1 and not chart.line,
        )  # fmt: skip
