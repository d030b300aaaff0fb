"""Stand-by advice on one page: who should wait where, on a map, with what each move gains."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from engine.coverage.figures import counted, percent, whole
from engine.coverage.rounding import tenths_up
from engine.coverage.stands import Stands
from engine.model import Service, bits
from engine.render import Figure, LineLayer, MapPage, PointLayer, RoadLayer, Style, Table
from engine.render.styles import BLUE, GREEN, GREY
from engine.standby.advice import Covered, StandbyAdvice, StandbyMove
from graphs.network import RoadNetwork

STYLES = {
    "stays": Style("Free unit, stays", GREEN, "square", 4.5),
    "leaves": Style("Waits here now", GREY, "cross", 6.0),
    "waits": Style("Should wait here", BLUE, "star", 9.0),
    "drive": Style("Drives there", BLUE, width=2.2, dashed=True),
}


def standby_page(
    advice: StandbyAdvice,
    title: str,
    *,
    stands: Stands | None = None,
    network: RoadNetwork | None = None,
    credits: Sequence[str] = (),
) -> MapPage:
    """Moves as numbered in the table; ``stands`` are all free units, drawn where they are known."""
    layers: list[RoadLayer | LineLayer | PointLayer] = [RoadLayer(network)] if network else []
    layers += [] if stands is None else [_stays(stands, advice.moves)]
    noun = advice.demand_unit
    return MapPage(
        title=f"Stand-by, {title}",
        subtitle="; ".join(
            (
                f"{advice.free_units:,} free unit{'' if advice.free_units == 1 else 's'}",
                f"{advice.places:,} place{'' if advice.places == 1 else 's'} to wait at",
                f"each unit busy for {advice.busy:.0%} of the time",
                *(["moves one after another, each when the one before has arrived"] if len(advice.moves) > 1 else []),
            )
        ),
        layers=[*layers, *(_moves(advice.moves, noun) if advice.moves else [])],
        figures=_figures(advice),
        tables=[_table(advice)],
        credits=credits,
    )


def serving(stands: Stands, services: Collection[Service]) -> Stands:
    """Those that do any of the services."""
    return stands.take(np.flatnonzero((stands.able & bits(services, ())) != 0))


def _figures(advice: StandbyAdvice) -> list[Figure]:
    noun = advice.demand_unit

    def told(label: str, text: str, was: str, role: str = "") -> Figure:
        return Figure(label, text, f"now: {was}" if advice.moves else "", role)

    def share(part: float) -> str:
        return percent(part / advice.demand)

    now, then = advice.before, advice.after
    reached = [("once", "Within promise of a unit"), ("twice", "Of two units or more")]
    return [
        told("Expected within promise of a free unit", share(then.expected), share(now.expected), "kept"),
        told(f"{noun.capitalize()} expected", counted(then.expected, noun), counted(now.expected, noun)),
        *(told(label, share(_of(then, name)), share(_of(now, name))) for name, label in reached),
    ]


def _of(found: Covered, name: str) -> float:
    return float(getattr(found, name))


def _table(advice: StandbyAdvice) -> Table:
    noun = advice.demand_unit
    rows = [
        [
            number,
            move.unit,
            move.from_road or f"{move.from_lat:.5f}, {move.from_lon:.5f}",
            move.to_place,
            move.to_road,
            tenths_up(move.drive_minutes),
            round(move.drive_km, 1),
            whole(move.gain, noun),
            whole(move.lost_without, noun),
        ]
        for number, move in enumerate(advice.moves, 1)
    ]
    columns = ["#", "Unit", "From", "To", "Road there", "Drive, min", "Drive, km"]
    columns += [f"{noun.capitalize()} gained", "Lost without this move"]
    keys = [move.unit for move in advice.moves]
    return Table("Moves, in their order", columns, rows, keys, printed=10, empty="All wait well: no move is worth it.")


def _moves(moves: Sequence[StandbyMove], noun: str) -> list[LineLayer | PointLayer]:
    names, keys = [f"{move.unit} to {move.to_place}" for move in moves], [move.unit for move in moves]
    from_lon, from_lat = [move.from_lon for move in moves], [move.from_lat for move in moves]
    to_lon, to_lat = [move.to_lon for move in moves], [move.to_lat for move in moves]
    fields = {
        "Drive, min": [tenths_up(move.drive_minutes) for move in moves],
        f"{noun.capitalize()} gained": [whole(move.gain, noun) for move in moves],
    }
    return [
        LineLayer.between(
            "Moves", from_lon, from_lat, to_lon, to_lat,
            names=names, keys=keys, roles="drive", styles=STYLES, fields=fields,
        ),
        PointLayer("Now", from_lon, from_lat, names=keys, keys=keys, roles="leaves", styles=STYLES),
        PointLayer("Then", to_lon, to_lat, names=names, keys=keys, roles="waits", styles=STYLES, fields=fields),
    ]  # fmt: skip


def _stays(stands: Stands, moves: Sequence[StandbyMove]) -> PointLayer:
    """Stands of free units; where all that stand there leave, none."""
    at, left = stands.positions, dict[tuple[float, float, str], int]()
    for move in moves:
        place = (round(move.from_lon, 7), round(move.from_lat, 7), move.provider)
        left[place] = left.get(place, 0) + 1
    rows = []
    for row in range(len(stands)):
        name = stands.providers[int(stands.provider[row])].id
        place = (round(float(at.lon[row]), 7), round(float(at.lat[row]), 7), name)
        crews = int(stands.crews[row])
        gone = min(crews, left.get(place, 0))
        left[place] = left.get(place, 0) - gone
        if crews > gone:
            rows.append((row, name, crews - gone))
    return PointLayer(
        "Free units",
        [float(at.lon[row]) for row, *_ in rows],
        [float(at.lat[row]) for row, *_ in rows],
        names=[name for _, name, _ in rows],
        roles="stays",
        styles=STYLES,
        fields={"Units": [crews for *_, crews in rows]},
    )
