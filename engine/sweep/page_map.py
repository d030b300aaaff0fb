"""The map of scenarios compared: whose leaving costs how much, and where they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.coverage.stands import Stands
from engine.render import PointLayer, Style
from engine.render.options import Options
from engine.render.styles import GREEN, GREY, VERMILLION
from engine.sweep.page_groups import LEAST_POINTS, Leaving
from engine.texts.page_words import PageWords

#: Numbers of more digits do not fit into a marker.
_MOST_NUMBER = 99


def provider_layers(stands: Stands, found: Sequence[Leaving], words: PageWords, option: Options) -> list[PointLayer]:
    """Those whose leaving costs points as pins with their rank, as large as it costs, and named; others small."""
    where: dict[str, tuple[float, float, int]] = {}
    for row in range(len(stands)):
        name, crews = stands.providers[int(stands.provider[row])].id, int(stands.crews[row])
        lon, lat, before = where.get(name, (float(stands.positions.lon[row]), float(stands.positions.lat[row]), 0))
        where[name] = lon, lat, before + crews
    known = [each for each in found if each.provider in where]
    costly = [each for each in known if each.points >= LEAST_POINTS]
    pins = [each for each in costly if each.row.rank <= _MOST_NUMBER]
    role = {each.provider: "nothing" for each in known} | {each.provider: "named" for each in costly}
    styles = {
        "costs": Style(words("leaving_costs"), VERMILLION, "circle", 8.0),
        "named": Style(words("leaving_at"), VERMILLION, "square", 3.0),
        "nothing": Style(words("leaving_nothing"), GREY, "square", 3.0),
        "there": Style(words("site"), GREEN, "square", 3.5),
    }
    others = [name for name in where if role.get(name, "there") != "named"]
    layers = []
    for names, labelled in ((others, False), ([each.provider for each in costly], True)):
        if names:
            layers.append(
                PointLayer(
                    words("providers"),
                    [where[name][0] for name in names],
                    [where[name][1] for name in names],
                    names=names,
                    keys=names,
                    roles=[role.get(name, "there") for name in names],
                    styles=styles,
                    fields={words("crews"): [where[name][2] for name in names]},
                    labelled=labelled,
                    option=option,
                )
            )
    if pins:
        layers.append(_pins(pins, where, styles, words, option))
    return layers


def _pins(
    pins: Sequence[Leaving],
    where: dict[str, tuple[float, float, int]],
    styles: dict[str, Style],
    words: PageWords,
    option: Options,
) -> PointLayer:
    most = max(each.points for each in pins)

    def size(points: float) -> float:
        return 0.8 + 0.8 * math.sqrt(points / most)

    # The worst last, and so on top of the others.
    drawn = sorted(pins, key=lambda each: each.points)
    shares = [each.row.row.figures.share if each.row.row.figures else 0.0 for each in drawn]
    return PointLayer(
        words("leaving_ranks"),
        [where[each.provider][0] for each in drawn],
        [where[each.provider][1] for each in drawn],
        names=[str(each.row.rank) for each in drawn],
        keys=[each.provider for each in drawn],
        roles="costs",
        styles=styles,
        fields={
            words("provider"): [each.provider for each in drawn],
            words("leaving_points"): [round(each.points, 1) for each in drawn],
            words("within_percent"): [round(100 * share, 1) for share in shares],
        },
        sizes=[size(each.points) for each in drawn],
        size_legend=[(size(part), words("points", points=f"{part:.1f}")) for part in dict.fromkeys((most / 4, most))],
        numbered=True,
        option=option,
    )
