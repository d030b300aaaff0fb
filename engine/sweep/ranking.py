"""Scenarios ranked by what they change, worst first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.sweep.result import SweepRow


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A row beside how things are at the same moment and for the same service."""

    row: SweepRow
    rank: int  # from 1; rows that change the same share a rank
    share: float | None  # change of the share of demand within promise; None: nothing to compare with
    unreached: float | None  # change of the demand that nobody reaches
    #: Change of the mean arrival; None where others are reached than before: means over different people say nothing.
    later_minutes: float | None


def ranked(rows: Iterable[SweepRow], before: Sequence[SweepRow]) -> list[RankedRow]:
    """Those with figures: by the change of the share, then of the demand that nobody reaches, then of the mean.

    Shares count to six digits, demand and minutes to three, as everywhere they are written. Rows that change the same
    stay in their order.
    """
    usual = {(row.moment, row.service): row.figures for row in before if row.figures is not None}
    found: list[tuple[tuple[float, float, float], RankedRow]] = []
    for row in rows:
        if (new := row.figures) is None:
            continue
        old = usual.get((row.moment, row.service))
        if old is None:
            key = _key(new.share - 1, new.unreached, new.mean_minutes)
            found.append((key, RankedRow(row, 0, None, None, None)))
            continue
        share, unreached = new.share - old.share, new.unreached - old.unreached
        mean = None if new.mean_minutes is None or old.mean_minutes is None else new.mean_minutes - old.mean_minutes
        same = abs(unreached) < 0.0005 and abs(new.demand - old.demand) < 0.0005
        later = mean if same else None
        found.append((_key(share, unreached, mean), RankedRow(row, 0, share, unreached, later)))
    found.sort(key=lambda each: each[0])
    ranks: list[int] = []
    for number, (key, _) in enumerate(found, 1):
        ranks.append(ranks[-1] if ranks and key == found[number - 2][0] else number)
    return [replace(each, rank=rank) for (_, each), rank in zip(found, ranks, strict=True)]


def called(row: SweepRow, several: bool) -> str:
    """Short: ``snow, without P7``, what is looked at in columns of its own left out; the title where there are more."""
    words = []
    for name, value in row.values:
        key = name.rpartition(".")[2]
        if key in ("hour", "weekday"):
            continue
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        words.append(f"without {shown}" if key == "remove" else shown if key == "weather" else f"{_short(key)} {shown}")
    if several or not words:
        words.append(row.title or f"scenario {row.number + 1:,}")
    return ", ".join(words)


def _short(key: str) -> str:
    return key.removesuffix("_minutes").replace("_", " ")


def _key(share: float, unreached: float, mean: float | None) -> tuple[float, float, float]:
    """The lesser the worse."""
    return round(share, 6) + 0.0, -round(unreached, 3) + 0.0, -math.inf if mean is None else -round(mean, 3) + 0.0
