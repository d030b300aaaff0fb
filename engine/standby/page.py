"""Stand-by advice on one page: who should wait where, on a map, with what each move gains."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import h3
import numpy as np

from engine.coverage.evaluation import Versions, origin_of
from engine.coverage.figures import counted, percent, whole
from engine.coverage.origin import credits_of
from engine.coverage.planner import Planner
from engine.coverage.rounding import tenths_up
from engine.coverage.stands import Stands
from engine.model import Service, bits
from engine.render import (
    CellLayer,
    CellSeries,
    ColourScale,
    Figure,
    LineLayer,
    MapPage,
    Option,
    PointLayer,
    RoadLayer,
    Style,
    Table,
)
from engine.render.styles import BLUE, GREEN, GREY
from engine.standby.advice import Covered, StandbyAdvice, StandbyCells, StandbyMove
from engine.texts import Language
from engine.texts.page_words import PageWords
from graphs.network import RoadNetwork

#: Below these means of units a cell is one of which a part only has one, or two.
_NEARLY_ONE, _NEARLY_TWO = 0.9, 1.9


def _styles(words: PageWords) -> dict[str, Style]:
    return {
        "stays": Style(words("stays"), GREEN, "square", 4.5),
        "leaves": Style(words("leaves"), GREY, "cross", 6.0),
        "waits": Style(words("waits"), BLUE, "star", 9.0),
        "drive": Style(words("drive"), BLUE, width=2.2, dashed=True),
    }


def standby_page(
    advice: StandbyAdvice,
    title: str,
    *,
    stands: Stands | None = None,
    network: RoadNetwork | None = None,
    credits: Sequence[str] = (),
    origin: Mapping[str, str] | None = None,
    language: Language | str = Language.EN,
) -> MapPage:
    """Moves as numbered in the table; ``stands`` are all free units, drawn where they are known.

    ``origin``: the versions it was made from and whose traffic it is, by name; see `origin_of`.
    """
    words = PageWords(Language.of(language))
    layers: list[RoadLayer | CellLayer | LineLayer | PointLayer] = (
        [RoadLayer(network, words("roads"))] if network else []
    )
    layers += [] if advice.cells is None else [_cells(advice.cells, advice, words)]
    layers += [] if stands is None else [_stays(stands, advice.moves, words)]
    made = origin or {}
    return MapPage(
        title=words("standby", region=title),
        subtitle=words("between").join(
            (
                *([] if advice.asked is None else advice.asked.parts(words)),
                words.counted("free_count", advice.free_units),
                words.counted("places_count", advice.places),
                words("busy_for", share=f"{100 * advice.busy:.0f} %"),
                *([words("one_after_another")] if len(advice.moves) > 1 else []),
                *([words.traffic(made["traffic"])] if "traffic" in made else []),
            )
        ),
        layers=[*layers, *(_moves(advice, words) if advice.moves else [])],
        figures=_figures(advice, words),
        tables=[_table(advice, words)],
        credits=(*credits, *([words.made_from(made)] if made else [])),
        language=words.language,
        start=[Option(words("moves"), words("stands_then"))] if advice.cells is not None and advice.moves else [],
    )


def page_of(
    advice: StandbyAdvice,
    planner: Planner,
    stands: Stands,
    services: Collection[Service],
    versions: Versions,
    language: Language | str = Language.EN,
) -> MapPage:
    """The page of advice on a planner's roads; ``services``: that are asked about."""
    region = planner.region
    return standby_page(
        advice,
        region.metadata.title,
        stands=serving(stands, services),
        network=region.network,
        credits=credits_of(region),
        origin=origin_of(versions, planner.traffic, advice.digest),
        language=language,
    )


def _cells(cells: StandbyCells, advice: StandbyAdvice, words: PageWords) -> CellLayer:
    """Hexagons by the free units that would be there in time, now and, where any move, then."""
    names = [h3.int_to_str(int(cell)) for cell in cells.cell]
    scale = ColourScale(
        (0.0, _NEARLY_ONE, _NEARLY_TWO),
        ("#f28c3c", "#fff0a3", "#b5d6ee", "#4f94c8"),
        names=tuple(words(name) for name in ("units_none", "units_part", "units_one", "units_two")),
        hatched=(0,),
    )
    stages = [("stands_now", cells.now), *([("stands_then", cells.then)] if advice.moves else [])]
    series = [
        CellSeries(
            values,
            scale,
            Option(words("moves"), words(stage)) if advice.moves else None,
            value_label=words("within_units"),
            numbers={words("noun", noun=advice.demand_unit): cells.demand},
        )
        for stage, values in stages
    ]
    return CellLayer(words("within_units"), names, keys=names, series=series)


def serving(stands: Stands, services: Collection[Service]) -> Stands:
    """Those that do any of the services."""
    return stands.take(np.flatnonzero((stands.able & bits(services, ())) != 0))


def _figures(advice: StandbyAdvice, words: PageWords) -> list[Figure]:
    """Of the moment that is chosen, beside the other; of both in one where there is no map to choose it for."""
    if not advice.moves:
        return _stage(advice, words, advice.after)
    if advice.cells is None:
        return _stage(advice, words, advice.after, "now", advice.before)
    stages = (("stands_now", "then", advice.before, advice.after), ("stands_then", "now", advice.after, advice.before))
    return [
        replace(figure, option=Option(words("moves"), words(stage)))
        for stage, key, shown, other in stages
        for figure in _stage(advice, words, shown, key, other)
    ]


def _stage(
    advice: StandbyAdvice, words: PageWords, shown: Covered, key: str = "", other: Covered | None = None
) -> list[Figure]:
    noun = advice.demand_unit

    def figure(label: str, tell: Callable[[Covered], str], role: str = "") -> Figure:
        return Figure(label, tell(shown), "" if other is None else words(key, value=tell(other)), role)

    def share(name: str) -> Callable[[Covered], str]:
        return lambda found: percent(getattr(found, name) / advice.demand, words)

    return [
        figure(words("expected_within"), share("expected"), "kept"),
        figure(words("expected", noun=noun), lambda found: counted(found.expected, noun)),
        figure(words("of_one"), share("once")),
        figure(words("of_two"), share("twice")),
    ]


def _table(advice: StandbyAdvice, words: PageWords) -> Table:
    noun = advice.demand_unit
    rows = [
        [
            number,
            move.unit,
            move.from_road or f"{move.from_lat:.5f}, {move.from_lon:.5f}",
            words.waiting_place(move.to_place),
            move.to_road or f"{move.to_lat:.5f}, {move.to_lon:.5f}",
            tenths_up(move.drive_minutes),
            round(move.drive_km, 1),
            whole(move.gain, noun),
            whole(move.lost_without, noun),
        ]
        for number, move in enumerate(advice.moves, 1)
    ]
    names = ("unit", "from", "to", "road_there", "drive_min", "drive_km", "gained", "lost_without")
    columns = ["#", *(words(name, noun=noun) for name in names)]
    keys = [move.unit for move in advice.moves]
    return Table(words("moves_table"), columns, rows, keys, printed=10, empty=words("all_wait_well"))


def _moves(advice: StandbyAdvice, words: PageWords) -> list[LineLayer | PointLayer]:
    moves, noun, styles = advice.moves, advice.demand_unit, _styles(words)
    keys = [move.unit for move in moves]
    names = [words("move_to", unit=move.unit, place=words.waiting_place(move.to_place)) for move in moves]
    from_lon, from_lat = [move.from_lon for move in moves], [move.from_lat for move in moves]
    to_lon, to_lat = [move.to_lon for move in moves], [move.to_lat for move in moves]
    fields = {
        words("drive_min"): [tenths_up(move.drive_minutes) for move in moves],
        words("gained", noun=noun): [whole(move.gain, noun) for move in moves],
    }
    return [
        LineLayer.between(
            words("moves"), from_lon, from_lat, to_lon, to_lat,
            names=names, keys=keys, roles="drive", styles=styles, fields=fields,
        ),
        PointLayer(words("stands_now"), from_lon, from_lat, names=keys, keys=keys, roles="leaves", styles=styles),
        PointLayer(
            words("stands_then"), to_lon, to_lat,
            names=names, keys=keys, roles="waits", styles=styles, fields=fields,
        ),
    ]  # fmt: skip


def _stays(stands: Stands, moves: Sequence[StandbyMove], words: PageWords) -> PointLayer:
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
        words("free_units"),
        [float(at.lon[row]) for row, *_ in rows],
        [float(at.lat[row]) for row, *_ in rows],
        names=[name for _, name, _ in rows],
        roles="stays",
        styles=_styles(words),
        fields={words("units"): [crews for *_, crews in rows]},
    )
