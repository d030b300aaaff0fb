"""A shift plan on one page: crews against calls by hour, where they are at each hour, all shifts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from engine.coverage.evaluation import origin_of
from engine.coverage.figures import percent
from engine.coverage.origin import credits_of
from engine.coverage.page import marker_size
from engine.coverage.rounding import percentage
from engine.render import Bars, Chart, Figure, MapPage, Option, PointLayer, RoadLayer, Style, Table, write_html
from engine.render.styles import BLUE, GREY, VERMILLION
from engine.scenario.hours import DAY_HOURS
from engine.staffing.plan import ShiftPlan
from engine.staffing.told import PlannedHour, PlannedShift, ToldShifts
from engine.texts import Language
from engine.texts.page_words import PageWords
from graphs.metrics.hours import DAYS
from graphs.network import RoadNetwork

#: Colours of calls, of crews that are free and at work, of shares that reach the target.
CALLS, FREE, WORK, REACHED = "#6b7079", "#9ec9e8", BLUE, "#4f94c8"
#: Hours of a day that are named on the axis.
_EVERY = 6
_PRINTED = 12

Places = Mapping[str, tuple[float, float]]  # of bases: degrees east, degrees north


def write_shifts(plan: ShiftPlan, path: str | os.PathLike[str], language: Language | str = Language.EN) -> Path:
    """One self-contained HTML file that opens offline; ``language`` is en or zh."""
    region = plan.world.planner.region
    page = shifts_page(
        plan.told(),
        region.metadata.title,
        places=base_places(plan),
        network=region.network,
        credits=credits_of(region),
        origin=shift_origin(plan),
        language=language,
        bounds=frame(plan),
    )
    return write_html(page, path)


def base_places(plan: ShiftPlan) -> dict[str, tuple[float, float]]:
    """Where the bases are that were to choose from."""
    bases = plan.world.bases
    lon, lat = bases.positions.lon.tolist(), bases.positions.lat.tolist()
    return {name: (lon[row], lat[row]) for row, name in enumerate(bases.ids)}


def shift_origin(plan: ShiftPlan) -> dict[str, str]:
    """The versions a plan was made from, and whose traffic it is."""
    told = plan.told()
    return origin_of(told.versions, plan.world.planner.traffic, told.digest)


def shifts_page(
    plan: ToldShifts,
    title: str,
    *,
    places: Places | None = None,
    network: RoadNetwork | None = None,
    credits: Sequence[str] = (),
    origin: Mapping[str, str] | None = None,
    language: Language | str = Language.EN,
    bounds: tuple[float, float, float, float] | None = None,
) -> MapPage:
    """Charts by hour, shifts, hours; on the map, where ``places`` of bases are known, the crews on duty at each hour.

    ``origin``: the versions it was made from and whose traffic it is, by name; see `origin_of`.
    ``bounds``: what the map shows at first, degrees west, south, east, north; around the bases unless given.
    """
    words, made = PageWords(Language.of(language)), origin or {}
    layers: list[RoadLayer | PointLayer] = [RoadLayer(network, words("roads"))] if network else []
    drawn = _crews(plan, places, words) if places else []
    return MapPage(
        title=words("shifts", region=title),
        subtitle=words("between").join(subtitle(plan, words, made.get("traffic", ""))),
        layers=[*layers, *drawn],
        figures=shift_figures(plan, words),
        charts=shift_charts(plan, words, picking=bool(drawn)),
        tables=[_shifts(plan, words, picking=bool(drawn)), _hours(plan, words, picking=bool(drawn))],
        credits=(*credits, *([words.made_from(made)] if made else [])),
        language=words.language,
        start=[_hour(_busiest(plan), words)] if drawn else [],
        bounds=bounds,
    )


def subtitle(plan: ToldShifts, words: PageWords, traffic: str) -> list[str]:
    """What was asked, in parts."""
    calls = f"{sum(hour.calls for hour in plan.hours):,.0f}"
    names = words("made_between").join(words.service(service) for service in plan.services)
    target = words("hours_of") if plan.target is None else words("target_of", share=percent(plan.target, words))
    span = words(f"calls_a_{_span(plan)}", calls=calls, minutes=f"{plan.minutes_per_call:g}")
    return [names, span, target, *holds_for(plan, words), *([words.traffic(traffic)] if traffic else [])]


def holds_for(plan: ToldShifts, words: PageWords) -> list[str]:
    """What is promised, and how long it takes until a crew is told: with others the plan would be another."""
    told, minutes = plan.told_minutes, plan.promise_minutes
    return [
        *([words.promised(minutes[0], minutes[-1])] if minutes else []),
        words("from_call.told" if told else "from_call", told=f"{told:g}"),
    ]


def frame(plan: ShiftPlan) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees: around all demand and all bases."""
    world = plan.world
    asked = world.planner.demand_of(world.known)
    some, at, bases = asked.weight > 0, asked.places.positions, world.bases.positions
    lon, lat = np.concatenate([at.lon[some], bases.lon]), np.concatenate([at.lat[some], bases.lat])
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _span(plan: ToldShifts) -> str:
    return "week" if len(plan.hours) > DAY_HOURS else "day"


def _busiest(plan: ToldShifts) -> PlannedHour:
    return max(plan.hours, key=lambda hour: hour.calls)


def _hour(hour: PlannedHour, words: PageWords) -> Option:
    return Option(words("hour"), words.moment(hour.name))


def shift_figures(plan: ToldShifts, words: PageWords) -> list[Figure]:
    """Share reached, crews, hours of work, cost where it is what counts, and how much better it could be."""
    asked = [hour for hour in plan.hours if hour.calls] or list(plan.hours)
    worst = min(asked, key=lambda hour: hour.share)
    told = {"share": percent(worst.share, words), "hour": words.moment(worst.name)}
    met = plan.target is None or worst.share >= plan.target - 1e-9
    note = words("worst_hour", **told)
    if plan.target is not None:
        note = words("worst_hour.target", **told, target=percent(plan.target, words))
    within = Figure(words("calls_within"), percent(plan.share, words), note, "kept" if met else "broken")
    span = _span(plan)
    return [
        _played(plan, words) or within,
        *_below(plan, words),
        Figure(
            words("crews_needed"),
            f"{sum(plan.crews.values()):,}",
            words("at_providers", count=len(plan.crews), bases=plan.bases),
        ),
        Figure(
            words(f"crew_hours_{span}"),
            f"{plan.crew_hours:,}",
            words("at_most", count=max((hour.crews for hour in plan.hours), default=0)),
        ),
        *([] if not _priced(plan) else [Figure(words("cost"), f"{plan.cost:,.6g}", words(f"cost_a_{span}"))]),
        Figure(
            words("could_be_better"), words("nothing") if plan.proven else percent(plan.gap, words), _proof(plan, words)
        ),
    ]


def _played(plan: ToldShifts, words: PageWords) -> Figure | None:
    """What busy crews keep; None where that was not played."""
    played, worst = plan.played, plan.worst_played
    if played is None or worst is None or worst.played is None:
        return None
    told = {"share": percent(worst.played.share, words), "hour": words.moment(worst.name)}
    told["planned"] = percent(worst.share, words)
    state = "broken" if plan.below else "kept"
    return Figure(words("calls_played"), percent(played.share, words), words("worst_played", **told), state)


def _below(plan: ToldShifts, words: PageWords) -> list[Figure]:
    """Hours that miss the target as they were played, and why."""
    if not plan.below:
        return []
    note, idle = words("hours_below.busy"), plan.idle
    if idle is not None:
        note = words("hours_below.idle", provider=idle.provider, most=idle.most)
    asked = sum(bool(hour.calls) for hour in plan.hours)
    return [Figure(words("hours_below"), words("of_hours", count=len(plan.below), hours=asked), note, "broken")]


def _priced(plan: ToldShifts) -> bool:
    """Whether costs say anything that crew-hours do not."""
    return abs(plan.cost - plan.crew_hours) > 1e-6 * plan.crew_hours


def _proof(plan: ToldShifts, words: PageWords) -> str:
    if plan.proven:
        return words("proven.one_busy" if plan.below else "proven")
    if plan.target is not None:
        return words("bound.cost", bound=f"{plan.bound:,.6g}")
    return words("bound.share", bound=percent(plan.bound, words))


def shift_charts(plan: ToldShifts, words: PageWords, *, picking: bool = False) -> list[Chart]:
    """Calls, crews free and at work, and the share within promise, hour by hour."""
    hours = plan.hours
    names = [words.moment(hour.name) for hour in hours]
    week = _span(plan) == "week"
    axis = [words.day(hour.name[:3]) if week else f"{int(hour.name[4:])}:00" for hour in hours]
    ticks = [row for row, hour in enumerate(hours) if int(hour.name[4:]) % (DAY_HOURS if week else _EVERY) == 0]
    picks = [_hour(hour, words) for hour in hours] if picking else []
    work = [min(hour.crews, hour.busy * hour.crews) for hour in hours]
    free = [hour.crews - busy for hour, busy in zip(hours, work, strict=True)]
    played = plan.played is not None
    shares = [percentage(hour.played.share if hour.played else hour.share) if hour.calls else 0.0 for hour in hours]
    short = [plan.target is not None and bool(hour.calls) and hour.share < plan.target - 1e-9 for hour in hours]
    if played:
        below = plan.below
        short = [hour in below for hour in hours]
    reached = [0.0 if low else share for share, low in zip(shares, short, strict=True)]
    below = [share if low else 0.0 for share, low in zip(shares, short, strict=True)]
    line = None if plan.target is None else (100 * plan.target, words("target", share=percent(plan.target, words)))

    def chart(key: str, parts: list[Bars], values: list[float], line: tuple[float, str] | None = None) -> Chart:
        title = words(key)
        tips = [
            words("figure", label=words("made_between").join((name, title)), value=f"{v:,.4g}")
            for name, v in zip(names, values, strict=True)
        ]
        least, most = (choose(range(len(values)), key=values.__getitem__) for choose in (min, max))
        told = words(
            "chart_told", title=title, least=f"{values[least]:,.4g}", least_hour=names[least],
            most=f"{values[most]:,.4g}", most_hour=names[most],
        )  # fmt: skip
        top = 100.0 if key in ("chart_share", "chart_played") else None
        return Chart(title, axis, parts, told, ticks, line, tips, picks, top)

    return [
        chart("chart_calls", [Bars(words("calls"), [h.calls for h in hours], CALLS)], [h.calls for h in hours]),
        chart(
            "chart_crews",
            [Bars(words("busy_crews"), work, WORK, hatched=True), Bars(words("free_crews"), free, FREE)],
            [float(hour.crews) for hour in hours],
        ),
        chart(
            "chart_played" if played else "chart_share",
            [
                Bars(words("share"), reached, REACHED),
                *([Bars(words("below_target"), below, VERMILLION, hatched=True)] if any(short) else []),
            ],
            shares,
            line,
        ),
    ]


def on_duty(plan: ToldShifts) -> dict[str, list[int]]:
    """[hours] crews on duty, by provider that is needed."""
    row_of = {hour.name: row for row, hour in enumerate(plan.hours)}
    found: dict[str, list[int]] = {}
    for shift in plan.shifts:
        crews = found.setdefault(shift.provider, [0] * len(plan.hours))
        length = (shift.to_hour - shift.from_hour) % DAY_HOURS or DAY_HOURS
        only = {name[:3] for name in row_of}
        starts = shift.days or (tuple(only) if len(only) == 1 else DAYS)
        for day in starts:
            for step in range(length):
                late, hour = divmod(shift.from_hour + step, DAY_HOURS)
                # Of one day that repeats what goes on after midnight is on duty in its own morning.
                there = day if len(only) == 1 else DAYS[(DAYS.index(day) + late) % len(DAYS)]
                crews[row_of[f"{there}-{hour:02d}"]] += shift.crews
    return found


def _crews(plan: ToldShifts, places: Places, words: PageWords) -> list[PointLayer]:
    """Providers by their crews on duty; hours in a row at which these are the same share a layer."""
    duty = on_duty(plan)
    names = [name for name in places if name in duty]
    idle = [name for name in places if name not in duty]
    crews_at = [tuple(duty[name][row] for name in names) for row in range(len(plan.hours))]
    most = max((count for crews in crews_at for count in crews), default=0)
    steps = [crews for crews in (1, 5, 20) if crews <= most] if most > 1 else []
    styles = {
        "on": Style(words("on_duty"), "#00543f", "square", 5.0),
        "off": Style(words("off_duty"), GREY, "cross", 5.0),
    }
    layers = []
    for crews, rows in groupby(range(len(plan.hours)), key=crews_at.__getitem__):
        there = {name: count for name, count in zip(names, crews, strict=True) if count}
        away = [name for name in (*names, *idle) if name not in there]
        bound = [_hour(plan.hours[row], words) for row in rows]

        def points(shown: Sequence[str], role: str, bound: list[Option] = bound, **rest: Any) -> PointLayer:
            lon, lat = ([places[name][axis] for name in shown] for axis in (0, 1))
            return PointLayer(words("providers"), lon, lat, keys=shown, roles=role, styles=styles, option=bound, **rest)

        layers.append(points(away, "off", names=away))
        layers.append(
            points(
                list(there),
                "on",
                names=[words("with_crews", provider=name, count=count) for name, count in there.items()],
                fields={words("crews_on_duty"): list(there.values())},
                sizes=[marker_size(count) for count in there.values()],
                size_legend=[(marker_size(count), words.counted("crews_count", count)) for count in steps],
                labelled=True,
            )
        )
    return layers


def _shifts(plan: ToldShifts, words: PageWords, *, picking: bool) -> Table:
    days = any(shift.days for shift in plan.shifts)
    order = sorted(plan.shifts, key=lambda each: (each.provider, each.days or (), each.from_hour, each.to_hour))
    priced = _priced(plan)
    columns = ["provider", "crews", "from", "to", *(["days"] if days else []), *(["shift_cost"] if priced else [])]
    return Table(
        words("shift_table"),
        [words(name) for name in columns],
        [_shift(each, days, priced, words) for each in order],
        [each.provider for each in order] if picking else [],
        printed=_PRINTED,
        empty=words("no_shift"),
        first=2 * _PRINTED,
    )


def _shift(each: PlannedShift, days: bool, priced: bool, words: PageWords) -> list[str | int | float]:
    hours = f"{each.from_hour}:00", f"{each.to_hour}:00"
    begin = " ".join(map(words.day, each.days)) if each.days else words("every_day")
    cost = [round(each.cost, 2)] if priced else []
    return [each.provider, each.crews, *hours, *([begin] if days else []), *cost]


def _hours(plan: ToldShifts, words: PageWords, *, picking: bool) -> Table:
    played = plan.played is not None
    columns = ["hour", "hour_calls", "chart_crews", "hour_busy", "hour_all_busy"]
    columns += ["hour_played", "busy_points", "hour_planned"] if played else ["hour_within"]
    columns.append("hour_reached")
    rows = [
        [
            words.moment(hour.name),
            round(hour.calls, 1),
            hour.crews,
            *(percentage(share) for share in (hour.busy, hour.all_busy)),
            *([percentage(hour.played.share), round(100 * hour.played.plus_minus, 1)] if hour.played else []),
            *(percentage(share) for share in (hour.share, hour.within)),
        ]
        for hour in plan.hours
    ]
    return Table(
        words("hour_table"),
        [words(name) for name in columns],
        rows,
        picks=[_hour(hour, words) for hour in plan.hours] if picking else [],
        first=DAY_HOURS,
    )
