"""Maps for planners and dispatchers: one self-contained HTML file that opens offline. See docs/maps.md."""

from engine.render.chart import Bars, Chart
from engine.render.errors import MapError
from engine.render.html import render_html, write_html
from engine.render.layers import CellLayer, CellSeries, Layer, LineLayer, PointLayer, RoadLayer
from engine.render.options import Option, Options
from engine.render.page import Figure, MapPage, Mark, Table
from engine.render.scales import ColourScale
from engine.render.styles import STYLES, Style

__all__ = [
    "STYLES",
    "Bars",
    "CellLayer",
    "CellSeries",
    "Chart",
    "ColourScale",
    "Figure",
    "Layer",
    "LineLayer",
    "MapError",
    "MapPage",
    "Mark",
    "Option",
    "Options",
    "PointLayer",
    "RoadLayer",
    "Style",
    "Table",
    "render_html",
    "write_html",
]
