"""A coverage view as a picture for slides: the fleet before, after and the difference side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import h3
import numpy as np
import shapely

from engine.coverage.figures import change_figures, opening, own_figures, promise_text
from engine.coverage.looks import arrival_scale, change_scale, is_uniform, site_styles
from engine.coverage.page import DIFFERENCE, as_drawn, marker_size
from engine.coverage.view import CoverageView, Float64, Stage, minutes
from engine.render import Figure, MapError
from engine.render.fonts import any_weight, font_families
from engine.render.picture import DPI, MUTED, SIZE, fitting, save_picture
from engine.render.roads import road_lines
from engine.render.scales import ColourScale
from graphs.network import RoadNetwork
from graphs.raw import OSM_CREDIT

if TYPE_CHECKING:  # slow to import; whoever draws nothing does not wait for it
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

#: matplotlib's markers for the renderer's shapes.
_MARKERS = {"circle": "o", "square": "s", "diamond": "D", "triangle": "^", "cross": "X", "star": "*"}
#: Bands of roads drawn under the cells: more would only blacken a picture of this size.
_BANDS = 5
#: Figures above a panel, a line each: so many there is room for.
_MOST_LINES = 4


def write_picture(
    view: CoverageView,
    path: str | os.PathLike[str],
    network: RoadNetwork | None = None,
    *,
    service: str = "",
    hour: str = "",
    panels: Sequence[str] = (),
    credits: Sequence[str] = (OSM_CREDIT,),
) -> Path:
    """A PNG of 1600 x 900 pixels with one panel each for ``panels`` (of "Before", "After", "Difference").

    By default the service and hour where most changes, and all panels there are. Raises `MapError` for a service, an
    hour or a panel that the view does not have, and for a file that cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    if not service or not hour:
        chosen = opening(view, service, hour)
        service, hour = service or chosen[0], hour or chosen[1]
    offered = [str(stage) for stage in view.stages()] + ([DIFFERENCE] if len(view.stages()) > 1 else [])
    wanted = list(panels) or offered
    for name, value, known in (
        ("service", service, view.services()),
        ("hour", hour, view.hours()),
        *(("panel", panel, offered) for panel in wanted),
    ):
        if value not in known:
            raise MapError(
                f"{view.title}: there is no {name} {value!r}; use one of {', '.join(known)}", **{name: value}
            )
    words = view.words
    told = " · ".join(filter(None, (service, hour, view.subtitle, promise_text(view))))
    credit = " · ".join(credits)
    families = font_families(view.title, told, credit, *_written(view, service, hour, wanted))
    with any_weight(), mpl.rc_context({"font.family": families, "hatch.linewidth": 0.6, "hatch.color": "#2814008c"}):
        canvas = Canvas(figsize=SIZE, dpi=DPI, facecolor="white")
        FigureCanvasAgg(canvas)
        canvas.text(0.02, 0.975, view.title, fontsize=fitting(view.title, 23, 80), weight="bold", va="top")
        canvas.text(0.02, 0.925, told, fontsize=fitting(told, 14, 145), color=MUTED, va="top")
        canvas.text(0.02, 0.012, credit, fontsize=fitting(credit, 10, 180), color=MUTED, va="bottom")
        width = 0.98 / len(wanted)
        outline = _outline(view)
        legends: dict[bool, tuple[list[float], dict[str, Artist]]] = {}  # of differences, of arrivals
        for index, panel in enumerate(wanted):
            left = 0.01 + index * width
            axes = canvas.add_axes((left, 0.215, width, 0.525))
            middles, looks = legends.setdefault(panel == DIFFERENCE, ([], {}))
            middles.append(left + width / 2)
            looks |= _draw(axes, view, outline, network, service, hour, panel)
            heading = words(panel.lower()) if len(offered) > 1 else ""
            canvas.text(left + width / 2, 0.875, heading, fontsize=20, weight="bold", ha="center", va="top")
            lines = headline(view, service, hour, panel)
            size = 13 if len(lines) < _MOST_LINES else 12
            canvas.text(left + width / 2, 0.833, "\n".join(lines), fontsize=size, ha="center", va="top")
        for middles, looks in legends.values():
            canvas.legend(
                handles=list(looks.values()), loc="upper center", bbox_to_anchor=(sum(middles) / len(middles), 0.21),
                ncols=2, fontsize=12, frameon=False, handlelength=1.5, columnspacing=1.2, labelspacing=0.3,
            )  # fmt: skip
        return save_picture(canvas, path, credit)


def _outline(view: CoverageView) -> np.ndarray:
    """[c] polygons of the cells in degrees."""
    names = [cell if isinstance(cell, str) else h3.int_to_str(int(cell)) for cell in view.cells]
    return np.array([shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(name)]) for name in names])


def _written(view: CoverageView, service: str, hour: str, panels: Sequence[str]) -> list[str]:
    """All other texts of the picture, more rather than fewer."""
    styles, words = site_styles(view.words), view.words
    promise = view.promise()
    scales = arrival_scale(promise if promise.size else view.promise_minutes, words), change_scale(words)
    return [
        *(words(panel.lower()) for panel in panels),
        *(line for panel in panels for line in headline(view, service, hour, panel)),
        *(style.label for style in styles.values()),
        *(text for scale in scales for *_, text in scale.looks()),
    ]


def headline(view: CoverageView, service: str, hour: str, panel: str) -> list[str]:
    """The first figures of a panel, a line each."""
    return [view.words("figure", label=each.label, value=each.value) for each in _figures(view, service, hour, panel)]


def _figures(view: CoverageView, service: str, hour: str, panel: str) -> list[Figure]:
    before, after = (view.of(service, hour, stage) for stage in Stage)
    if panel == DIFFERENCE and before and after:
        return change_figures(view, before, after, None)[:-2][:_MOST_LINES]  # who is no longer reached before sooner
    series = before if panel == Stage.BEFORE else after
    return own_figures(view, series, None, None)[: 2 if series.busy is None else 3] if series else []


def _values(view: CoverageView, service: str, hour: str, panel: str) -> tuple[Float64, ColourScale, Float64]:
    """[c] what the scale classes, the scale, [c] minutes as they are."""
    before, after = (view.of(service, hour, stage) for stage in Stage)
    if panel == DIFFERENCE and before and after:
        first, then = minutes(before.arrival_ms), minutes(after.arrival_ms)
        change = np.zeros(then.size)
        differs = first != then
        change[differs] = then[differs] - first[differs]
        return change, change_scale(view.words), change
    series = before if panel == Stage.BEFORE else after
    assert series is not None
    arrival, promise = minutes(series.arrival_ms), view.promise()
    scale = arrival_scale(promise if promise.size else view.promise_minutes, view.words)
    return (arrival if is_uniform(promise) else arrival / promise), scale, arrival


def _draw(
    axes: Axes,
    view: CoverageView,
    outline: np.ndarray,
    network: RoadNetwork | None,
    service: str,
    hour: str,
    panel: str,
) -> dict[str, Artist]:
    """Roads, cells by class, providers; the pictures and texts of what is there, for a legend."""
    import geopandas as gpd
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    axes.set_axis_off()
    classed, scale, _ = _values(view, service, hour, panel)
    classes = scale.classes(classed)
    handles: dict[str, Artist] = {}
    cells = gpd.GeoDataFrame({"class": classes}, geometry=list(outline), crs="EPSG:4326")
    for index, colour, text in scale.looks():
        own = cells[cells["class"] == index]
        hatch = "////" if index in scale.hatched else None
        if len(own):
            # A rim of the same colour closes the seams between neighbours; the hatch is drawn in the edge's colour.
            own.plot(ax=axes, facecolor=colour, edgecolor=colour, linewidth=0.4, aspect=None, zorder=1)
            if hatch:
                own.dissolve().plot(
                    ax=axes, facecolor="none", edgecolor="#2814008c", hatch=hatch, linewidth=0.0, aspect=None, zorder=2
                )
        if len(own) or index < len(scale.colours):
            handles[text] = Patch(facecolor=colour, edgecolor="#2814008c" if hatch else colour, hatch=hatch, label=text)
    for lines in road_lines(network, 20.0)[:_BANDS] if network else []:
        parts = np.split(lines.points / 100_000, lines.offset[1:-1])
        axes.add_collection(
            LineCollection(parts, colors="#39424e", linewidths=lines.band.width / 4, alpha=0.55, zorder=3)
        )
    used: dict[str, None] = {}
    styles = site_styles(view.words)
    for site in view.sites:
        drawn = as_drawn(site, panel)
        if drawn is None or (site.services and service not in site.services) or (site.hours and hour not in site.hours):
            continue
        _, lon, lat, crews, role = drawn
        style = styles[role]
        side = (2.2 if style.shape == "star" else 1.5) * style.radius * marker_size(crews)
        axes.scatter(
            lon,
            lat,
            s=side**2,
            marker=_MARKERS[style.shape],
            c=style.colour,
            edgecolors="white",
            linewidths=1.2,
            zorder=5,
        )
        used[role] = None
        if panel == DIFFERENCE and site.moved_from:
            axes.plot([site.moved_from[0], lon], [site.moved_from[1], lat], "--", color="#00543f", lw=1.6, zorder=4)
    for role in (each for each in styles if each in used):
        style = styles[role]
        handles[role] = Line2D(
            [], [], ls="", marker=_MARKERS[style.shape], color=style.colour, mec="white", ms=10, label=style.label
        )
    if len(outline):
        west, south, east, north = shapely.total_bounds(outline)
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.set_aspect(1 / max(np.cos(np.radians((south + north) / 2)), 0.05))
    return handles
