"""Key figures and tables of a coverage view."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import h3
import numpy as np

from engine.coverage.rounding import NOISE, percentage, tenths_up
from engine.coverage.view import CHANGED, CoverageSeries, CoverageView, Exact, ExactChange, Float64, Stage, minutes
from engine.render.options import Option, Options
from engine.render.page import Figure, Mark, Table
from engine.texts.page_words import ENGLISH, PageWords

#: What is counted in whole numbers.
PEOPLE = "people"


def arrival_within(arrival: Float64, demand: Float64, share: float) -> float:
    """Minutes within which ``share`` of the demand is reached; infinite when less is ever reached, NaN without any."""
    order = np.argsort(arrival, kind="stable")
    reached = np.cumsum(demand[order])
    if not reached.size or reached[-1] <= 0:
        return float("nan")
    return float(arrival[order][np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))])


def beyond(view: CoverageView, series: CoverageSeries) -> float:
    """Demand of the cells whose earliest arrival is later than their promise."""
    return float(np.asarray(series.demand, np.float64)[minutes(series.arrival_ms) > view.promise()].sum())


def exact_of(view: CoverageView, series: CoverageSeries) -> Exact:
    """What the series says place by place, else what its cells say."""
    if series.exact is not None:
        return series.exact
    arrival, demand = minutes(series.arrival_ms), np.asarray(series.demand, np.float64)
    half, most = (arrival_within(arrival, demand, share) for share in (0.5, 0.9))
    return Exact(beyond(view, series), half, most, float(demand[np.isinf(arrival)].sum()))


def change_of(view: CoverageView, before: CoverageSeries, after: CoverageSeries) -> ExactChange:
    """The same of what changes."""
    if after.change is not None:
        return after.change
    first, then, promise = minutes(before.arrival_ms), minutes(after.arrival_ms), view.promise()
    demand = np.asarray(after.demand, np.float64)
    reached = np.isfinite(first), np.isfinite(then)
    both = reached[0] & reached[1]
    change = np.subtract(then, first, out=np.zeros(then.size), where=both)
    return ExactChange(
        float(demand[(first > promise) & (then <= promise)].sum()),
        float(demand[(first <= promise) & (then > promise)].sum()),
        float(demand[change <= -CHANGED].sum()),
        float(demand[change >= CHANGED].sum()),
        float(demand[reached[0] & ~reached[1]].sum()),
        float(demand[reached[1] & ~reached[0]].sum()),
    )


def own_figures(
    view: CoverageView, now: CoverageSeries, before: CoverageSeries | None, option: Options
) -> list[Figure]:
    """Figures of one series; ``before`` is what to compare with."""

    def told(label: str, text: Callable[[CoverageSeries], str], role: str = "") -> Figure:
        return Figure(label, text(now), words("was", value=text(before)) if before else "", role, option)

    noun, words = view.demand_name, view.words
    never = any(exact_of(view, each).unreached > NOISE for each in (now, before) if each)
    return [
        told(words("within", noun=noun), lambda each: percent(each.share_within, words), "kept"),
        *_busy(view, now, option),
        told(words("beyond_it", noun=noun), lambda each: counted(exact_of(view, each).beyond, noun), "broken"),
        told(words("half_within", noun=noun), lambda each: minutes_text(exact_of(view, each).half_minutes, words)),
        told(words("most_within", noun=noun), lambda each: minutes_text(exact_of(view, each).most_minutes, words)),
        *(
            [told(words("by_nobody"), lambda each: counted(exact_of(view, each).unreached, noun), "broken")]
            if never
            else []
        ),
        *_further(view, now, before, option),
    ]


def _busy(view: CoverageView, series: CoverageSeries, option: Options) -> list[Figure]:
    """What crews keep who are at work elsewhere, where it is known."""
    busy, words = series.busy, view.words
    if busy is None:
        return []
    value = f"{percent(busy.share, words)} ± {tenths_up(100 * busy.plus_minus):.1f}"
    note = words("busy_note", calls=f"{busy.calls_per_hour:,.1f}")
    role = "broken" if busy.overloaded else "kept"
    notes = [note, *([words("busy_overloaded")] if busy.overloaded else [])]
    return [Figure(words("busy_within"), value, words("between").join(notes), role, option)]


def _further(view: CoverageView, now: CoverageSeries, before: CoverageSeries | None, option: Options) -> list[Figure]:
    """What a series tells of itself."""
    was = dict(before.figures) if before else {}
    return [
        Figure(label, value, view.words("was", value=was[label]) if label in was else "", option=option)
        for label, value in now.figures
    ]


def change_figures(view: CoverageView, before: CoverageSeries, after: CoverageSeries, option: Options) -> list[Figure]:
    """Figures of the difference of two series; the last two are what is reached sooner and later."""
    found = change_of(view, before, after)
    points = 100 * (after.share_within - before.share_within)
    noun, words = view.demand_name, view.words
    shares = {"before": percent(before.share_within, words), "after": percent(after.share_within, words)}
    return [
        Figure(
            words("within", noun=noun),
            words("points", points=_signed(points)),
            words("from_to", **shares),
            "kept" if points >= 0 else "broken",
            option,
        ),
        Figure(
            words("come_within"),
            counted(found.comes_in, noun),
            words.noun(noun),
            "kept",
            option,
        ),
        Figure(
            words("drop_out"),
            counted(found.drops_out, noun),
            words.noun(noun),
            "broken",
            option,
        ),
        *(
            Figure(words(key), counted(amount, noun), words.noun(noun), role, option)
            for key, amount, role in (
                ("no_longer", found.no_longer, "broken"),
                ("only_now", found.only_now, "kept"),
            )
            if amount > NOISE
        ),
        Figure(words("sooner"), counted(found.sooner, noun), words("by_a_minute", noun=noun), "", option),
        Figure(words("later"), counted(found.later, noun), words("by_a_minute", noun=noun), "", option),
    ]


def gap_table(view: CoverageView, series: CoverageSeries, option: Options, shown: int, printed: int) -> Table:
    """The largest gaps, worst first as the series lists them; a row's key is its cell."""
    gaps, words = list(series.gaps)[:shown], view.words
    rows = [
        [
            number,
            gap.place or place_text(gap.cell),
            whole(gap.demand, view.demand_name),
            _arrival_cell(float(minutes(gap.arrival_ms)), words),
        ]
        for number, gap in enumerate(gaps, 1)
    ]
    return Table(
        words("gaps"),
        ["#", words("place"), words("noun", noun=view.demand_name), words("first_arrival_min")],
        rows,
        [gap.cell for gap in gaps],
        option,
        printed,
        empty=words("no_gap"),
        first=printed,
    )


def overview(view: CoverageView) -> Table:
    """The share within promise of every service and hour; a click on a row chooses them."""
    both, words = len(view.stages()) > 1, view.words
    expected = any(each.busy is not None for each in view.series)
    lost = _no_longer(view) if both else {}
    rows = []
    for service, hour in view.pairs():
        found = [each for stage in view.stages() if (each := view.of(service, hour, stage))]
        shares = [percentage(each.share_within) for each in found]
        change = 100 * (found[-1].share_within - found[0].share_within)
        busy = _busy_cells(found[-1]) if expected else []
        gone = [lost[service, hour]] if lost else []
        rows.append([service, hour, *shares, *([round(change, 1)] if both else []), *gone, *busy])
    columns = [words("within_percent")]
    if both:
        stages = [words(stage.name.lower()) for stage in view.stages()]
        columns = [*(words("stage_share", stage=stage) for stage in stages), words("change_points")]
        columns += [words("no_longer")] if lost else []
    columns += [words("busy_percent"), words("busy_points")] if expected else []
    at = words("service"), words("hour")
    return Table(
        words("overview", noun=view.demand_name),
        [*at, *columns],
        rows,
        picks=[(Option(at[0], service), Option(at[1], hour)) for service, hour in view.pairs()],
    )


def _no_longer(view: CoverageView) -> dict[tuple[str, str], float]:
    """Demand of every service and hour that nobody reaches any longer; empty where somebody still reaches all."""
    found: dict[tuple[str, str], float] = {}
    for pair in view.pairs():
        before, after = (view.of(*pair, stage) for stage in Stage)
        if before and after:
            found[pair] = change_of(view, before, after).no_longer
    named = {pair: whole(amount, view.demand_name) for pair, amount in found.items()}
    return named if max(found.values(), default=0.0) > NOISE else {}


def _busy_cells(series: CoverageSeries) -> list[float | None]:
    busy = series.busy
    return [None, None] if busy is None else [percentage(busy.share), tenths_up(100 * busy.plus_minus)]


def opening(view: CoverageView, service: str = "", hour: str = "") -> tuple[str, str]:
    """The service and hour to open with, unless one is given: of two fleets where most changes.

    Of one fleet where the least is kept with busy crews, and the first where nothing is known of that.
    """

    def changed(pair: tuple[str, str]) -> tuple[float, float]:
        before, after = (view.of(*pair, stage) for stage in Stage)
        if before is None or after is None:
            busy = next((each.busy for each in (after, before) if each), None)
            return (0.0, 0.0) if busy is None else (1 - busy.share, 0.0)
        found = change_of(view, before, after)
        further = found.sooner + found.later + found.no_longer + found.only_now
        return found.comes_in + found.drops_out, further

    pairs = [pair for pair in view.pairs() if service in ("", pair[0]) and hour in ("", pair[1])]
    return max(pairs or view.pairs(), key=changed)  # of equal ones the first


def changed_cells(before: CoverageSeries, after: CoverageSeries, shown: int) -> list[int]:
    """Rows of the cells that change most: by demand times minutes, a cell reached on one side only counting a day."""
    first, then = minutes(before.arrival_ms), minutes(after.arrival_ms)
    first, then = np.minimum(first, 1440.0), np.minimum(then, 1440.0)
    weight = np.abs(then - first) * np.asarray(after.demand, np.float64)
    order = np.argsort(-weight, kind="stable")[:shown]
    return [int(row) for row in order if weight[row] > 0]


def change_table(
    view: CoverageView,
    names: Sequence[str],
    before: CoverageSeries,
    after: CoverageSeries,
    rows: Sequence[int],
    option: Options,
    printed: int,
) -> Table:
    """The cells that change most, as `changed_cells` ranks them; ``names`` are the keys of all cells.

    Places are called as in the table of gaps, where they are one.
    """
    first, then = minutes(before.arrival_ms), minutes(after.arrival_ms)
    demand, words = np.asarray(after.demand, np.float64), view.words
    roads = {gap.cell: gap.place for gap in (*before.gaps, *after.gaps)}
    return Table(
        words("changes"),
        ["#", words("place"), words("noun", noun=view.demand_name), words("before_min"), words("after_min")],
        [
            [
                number,
                (view.places[row] if view.places else "") or roads.get(names[row]) or place_text(names[row]),
                whole(float(demand[row]), view.demand_name),
                _arrival_cell(float(first[row]), words),
                _arrival_cell(float(then[row]), words),
            ]
            for number, row in enumerate(rows, 1)
        ],
        [names[row] for row in rows],
        option,
        printed,
        empty=words("no_change"),
        first=printed,
    )


def percent(share: float, words: PageWords = ENGLISH) -> str:
    """97.6 %; never 100 % of what is not all, nor 0 % of what is something."""
    shown = percentage(share)
    if shown in (0.0, 100.0):
        return f"{shown:.0f} %"
    if round(100 * share, 1) in (0.0, 100.0):
        return words("under") if shown < 50 else words("over")
    return f"{shown:.1f} %"


def promise_text(view: CoverageView) -> str:
    """What is promised, in words."""
    promise = view.promise()
    if not promise.size:
        return ""
    return view.words.promised(float(promise.min()), float(promise.max()))


def place_text(cell: str) -> str:
    """Where a cell without a name lies: 29.852° S 71.273° W."""
    lat, lon = h3.cell_to_latlng(cell)
    return f"{abs(lat):.3f}° {'S' if lat < 0 else 'N'} {abs(lon):.3f}° {'W' if lon < 0 else 'E'}"


def counted(amount: float, noun: str) -> str:
    """A number of people or incidents as people read it."""
    return f"{whole(amount, noun):,}"


def whole(amount: float, noun: str) -> float | int:
    """People are whole, the last of them rounded up; of others small numbers have a tenth."""
    if noun == PEOPLE:
        return math.ceil(amount) if NOISE < amount < 1 else round(amount)
    return round(amount) if amount >= 10 or abs(amount - round(amount)) < NOISE else round(amount, 1)


def minutes_text(value: float, words: PageWords = ENGLISH) -> str:
    """12.3 min, rounded up as the map does; "not reached" where infinite."""
    if np.isnan(value):
        return "–"
    return words("never") if np.isinf(value) else words("minutes", minutes=f"{tenths_up(value):g}")


def _arrival_cell(value: float, words: PageWords) -> float | Mark:
    return Mark("unserved", words("never")) if np.isinf(value) else tenths_up(value)


def _signed(points: float) -> str:
    return "±0" if abs(points) < 0.05 else f"{points:+.1f}".replace("-", "−")
