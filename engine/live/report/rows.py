"""The report as rows of tables: by group, and a broken promise a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from engine.live.report.causes import Cause
from engine.live.report.figures import Figures
from engine.live.report.overdue import Overdue

_MINUTE = timedelta(minutes=1)
GROUP_COLUMNS = (
    "group",
    "promises",
    "broken",
    "share",
    "never_arrived",
    "mean_late_minutes",
    "p90_late_minutes",
    "main_cause",
    "road",
)
PROMISE_COLUMNS = (
    "incident",
    "opening",
    "service",
    "received_at",
    "due_at",
    "ended_at",
    "arrived",
    "late_minutes",
    "cause",
    "provider",
    "unit",
    "area",
    "road",
    "lon",
    "lat",
    *(f"{cause.value}_minutes" for cause in Cause if cause is not Cause.OTHER),
)


def group_rows(figures: Iterable[Figures]) -> list[dict[str, Any]]:
    """Of `GROUP_COLUMNS`."""
    return [
        {
            "group": each.key,
            "promises": each.promises,
            "broken": each.broken,
            "share": round(each.share, 6),
            "never_arrived": each.never,
            "mean_late_minutes": minutes(each.mean_late),
            "p90_late_minutes": minutes(each.p90_late),
            "main_cause": each.cause.value if each.cause is not None else "",
            "road": each.road,
        }
        for each in figures
    ]


def promise_rows(found: Overdue) -> list[dict[str, Any]]:
    """Of `PROMISE_COLUMNS`, the latest first."""
    return [
        {
            "incident": each.promised.incident,
            "opening": each.promised.opening,
            "service": each.promised.service,
            "received_at": each.promised.received_at.astimezone(found.zone),
            "due_at": each.promised.due_at.astimezone(found.zone),
            "ended_at": each.promised.ended_at.astimezone(found.zone),
            "arrived": each.promised.arrived,
            "late_minutes": minutes(each.promised.late),
            "cause": each.cause.value,
            "provider": each.promised.provider,
            "unit": each.promised.unit,
            "area": found.key(each.promised, "area"),
            "road": each.promised.road,
            "lon": each.promised.lon,
            "lat": each.promised.lat,
            **{
                f"{cause.value}_minutes": minutes(each.lost.get(cause, timedelta(0)))
                for cause in Cause
                if cause is not Cause.OTHER
            },
        }
        for each in sorted(found.broken, key=lambda each: (-each.promised.late, each.promised.incident))
    ]


def minutes(value: timedelta) -> float:
    """To the tenth of a minute."""
    return round(value / _MINUTE, 1)
