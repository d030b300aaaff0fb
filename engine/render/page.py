"""The page around the map: title, key figures, tables, credits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.render.errors import MapError
from engine.render.layers import Layer, Option
from engine.render.styles import STYLES


@dataclass(frozen=True)
class Figure:
    """One key figure above the map; ``role`` ("kept", "broken", …) gives it that role's colour."""

    label: str
    value: str
    note: str = ""
    role: str = ""
    option: Option | None = None

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

    Cells are str, int, float, None or `Mark`. Numbers are aligned right and sorted as numbers.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    keys: Sequence[str] = ()
    option: Option | None = None

    def __post_init__(self) -> None:
        if self.keys and len(self.keys) != len(self.rows):
            raise MapError(f"{self.title}: {len(self.rows)} rows but {len(self.keys)} keys", table=self.title)
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


def _check_role(role: str) -> None:
    if role and role not in STYLES:
        raise MapError(f"unknown role {role!r}; use one of {', '.join(STYLES)}", role=role)
