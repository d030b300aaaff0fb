"""Ranked scenarios in groups that differ by nothing but who is gone, so that each has a ranking of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.coverage.rounding import percentage
from engine.sweep.ranking import RankedRow
from engine.sweep.result import SweepRow
from engine.texts.page_words import PageWords

#: More groups than that are no switch; the table has all in one.
MOST_GROUPS = 12
#: Points of a share below which nothing changes.
LEAST_POINTS = 0.05


@dataclass(frozen=True)
class Group:
    """Some of the rows, ranked among themselves; ``name`` is empty of all rows."""

    name: str
    rows: tuple[RankedRow, ...]


@dataclass(frozen=True)
class Leaving:
    """What the leaving of a provider costs, in the row that is ranked first."""

    provider: str
    row: RankedRow
    points: float  # of the share within promise, more than where the least is lost under otherwise equal conditions


def gone_in(ranked: RankedRow) -> str:
    """Whom the sweep takes out, one by one."""
    return next((str(value) for name, value in ranked.row.values if name.rpartition(".")[2] == "remove"), "")


def service_of(ranked: RankedRow, words: PageWords) -> str:
    """As a title."""
    return "" if ranked.row.service is None else words.service(ranked.row.service)


def called(row: SweepRow, several: bool, words: PageWords, *, leave_out: Sequence[str] = ()) -> str:
    """As in `engine.sweep.ranking`, in a language; without the values of some keys."""
    told = [(name.rpartition(".")[2], value) for name, value in row.values]
    parts = [words.swept(key, value) for key, value in told if key not in ("hour", "weekday", *leave_out)]
    if several or not parts:
        parts.append(row.title or words("scenario_number", number=f"{row.number + 1:,}"))
    return words("made_between").join(parts)


def groups_of(rows: Sequence[RankedRow], words: PageWords) -> list[Group]:
    """All of them first; then those of each weather, moment and so on, where providers are left out in several."""
    whole = [Group("", tuple(rows))]
    if not any(gone_in(each) for each in rows):
        return whole
    several = len({each.row.title for each in rows}) > 1
    alike = {_conditions(each) for each in rows}
    moments, services = ({key[at] for key in alike} for at in (2, 3))
    found: dict[str, list[RankedRow]] = {}
    for each in rows:
        swept = any(name.rpartition(".")[2] not in ("hour", "weekday", "remove") for name, _ in each.row.values)
        parts = [
            *([called(each.row, several, words, leave_out=("remove",))] if swept or several else []),
            *([words.moment(each.row.moment)] if len(moments) > 1 else []),
            *([service_of(each, words)] if len(services) > 1 else []),
        ]
        found.setdefault(words("made_between").join(parts), []).append(each)
    if not 1 < len(found) <= MOST_GROUPS or "" in found:
        return whole
    return [*whole, *(Group(name, _ranked_anew(each)) for name, each in found.items())]


def leaving(rows: Sequence[RankedRow]) -> list[Leaving]:
    """Each provider who is gone in some row, once, worst first."""
    least: dict[tuple[object, ...], float] = {}
    for each in rows:
        if each.row.figures is not None:
            key = _conditions(each)
            least[key] = max(least.get(key, 0.0), each.row.figures.share)
    found: dict[str, Leaving] = {}
    for each in rows:
        if each.row.figures is not None and (provider := gone_in(each)) and provider not in found:
            found[provider] = Leaving(provider, each, 100 * (least[_conditions(each)] - each.row.figures.share))
    return sorted(found.values(), key=lambda each: -each.points)


def least_lost(rows: Sequence[RankedRow]) -> list[RankedRow]:
    """Of each condition under which providers leave, the row that keeps most: others lose beyond it by leaving.

    Worst conditions first; those are left out under which this row loses nothing.
    """
    best: dict[tuple[object, ...], RankedRow] = {}
    for each in rows:
        if each.row.figures is None or each.share is None or not gone_in(each):
            continue
        known = best.setdefault(_conditions(each), each)
        if known.share is not None and known.share < each.share:
            best[_conditions(each)] = each
    found = [each for each in best.values() if 100 * (each.share or 0.0) <= -LEAST_POINTS]
    return sorted(found, key=lambda each: each.rank)


def as_it_is(ranked: RankedRow) -> float | None:
    """Percent of demand that is within promise as things are, None where nothing is known of it."""
    if ranked.share is None or ranked.row.figures is None:
        return None
    return percentage(ranked.row.figures.share - ranked.share)


def _conditions(ranked: RankedRow) -> tuple[object, ...]:
    """What a row has beside who is gone."""
    row = ranked.row
    values = tuple((name, str(value)) for name, value in row.values if name.rpartition(".")[2] != "remove")
    return row.title, values, row.moment, row.service


def _ranked_anew(rows: Sequence[RankedRow]) -> tuple[RankedRow, ...]:
    """From 1; those that shared a rank still do."""
    ranks: list[int] = []
    for number, each in enumerate(rows, 1):
        ranks.append(ranks[-1] if ranks and rows[number - 2].rank == each.rank else number)
    return tuple(replace(each, rank=rank) for each, rank in zip(rows, ranks, strict=True))
