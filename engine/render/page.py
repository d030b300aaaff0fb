"""The page around the map: title, key figures, tables, credits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.render.chart import Chart
from engine.render.errors import MapError
from engine.render.layers import CellLayer, Layer
from engine.render.options import Option, Options, collect_choices, each_option
from engine.render.styles import STYLES


@dataclass(frozen=True)
class Figure:
    """One key figure above the map; ``role`` ("kept", "broken", …) gives it that role's colour."""

    label: str
    value: str
    note: str = ""
    role: str = ""
    option: Options = None

    def __post_init__(self) -> None:
        _check_role(self.role)


@dataclass(frozen=True)
class Mark:
    """A table cell that carries a role: its glyph and colour, then the text."""

    role: str
    text: str

    def __post_init__(self) -> None:
        _check_role(self.role)


@dataclass(frozen=True, eq=False)
class Table:
    """Rows under the map, searchable and sortable; clicking a row with a key shows the features of that key.

    Cells are str, int, float, None or `Mark`. Numbers are aligned right and sorted as numbers. On paper the first
    ``printed`` rows stand beside the map; on the screen the ``first`` rows, and all of them where one asks for them (0:
    all at once). A row with ``picks`` chooses these options when clicked. ``empty`` is written
    instead of a table without rows.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    keys: Sequence[str] = ()
    option: Options = None
    printed: int = 0
    picks: Sequence[Options] = ()
    empty: str = ""
    first: int = 0

    def __post_init__(self) -> None:
        if self.keys and len(self.keys) != len(self.rows):
            raise MapError(f"{self.title}: {len(self.rows)} rows but {len(self.keys)} keys", table=self.title)
        if self.picks and len(self.picks) != len(self.rows):
            raise MapError(f"{self.title}: {len(self.rows)} rows but {len(self.picks)} picks", table=self.title)
        for index, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise MapError(
                    f"{self.title}: row {index} has {len(row)} cells, but there are {len(self.columns)} columns",
                    table=self.title,
                    row=index,
                )


@dataclass(frozen=True, eq=False)
class MapPage:
    """Everything on one page. The legend follows from the layers: what is drawn is explained, nothing else."""

    title: str
    subtitle: str = ""
    layers: Sequence[Layer] = ()
    figures: Sequence[Figure | tuple[str, str]] = ()
    tables: Sequence[Table] = ()
    credits: Sequence[str] = ()
    language: str = "en"
    #: west, south, east, north in degrees of the first view; by default everything but the roads.
    bounds: tuple[float, float, float, float] | None = None
    #: What is chosen at first; of other choices the first option met.
    start: Sequence[Option] = ()
    #: Small charts above the map.
    charts: Sequence[Chart] = ()

    def __post_init__(self) -> None:
        known = self.choices()
        picks = [pick for part in (*self.tables, *self.charts) for pick in part.picks]
        picked = [option for pick in picks for option in each_option(pick)]
        for option in (*self.start, *picked):
            if option.name not in known.get(option.choice, ()):
                raise MapError(
                    f"nothing on the page is bound to {option.choice!r}: {option.name!r}, which it should choose",
                    choice=option.choice,
                    option=option.name,
                )

    def choices(self) -> dict[str, list[str]]:
        """The switches and their options, in the order in which layers, figures and tables name them."""
        bound: list[Options] = []
        for layer in self.layers:
            bound.append(layer.option)
            bound += [each.option for each in layer.series] if isinstance(layer, CellLayer) else []
        bound += [figure.option for figure in self.figures if isinstance(figure, Figure)]
        return collect_choices([*bound, *(table.option for table in self.tables)])

    def chosen(self) -> dict[str, str]:
        """What is chosen at first."""
        first = {choice: names[0] for choice, names in self.choices().items()}
        return first | {option.choice: option.name for option in self.start}


def _check_role(role: str) -> None:
    if role and role not in STYLES:
        raise MapError(f"unknown role {role!r}; use one of {', '.join(STYLES)}", role=role)
