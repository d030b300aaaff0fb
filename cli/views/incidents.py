"""Incidents and their stories as people and programs read them; everything in 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from google.protobuf import json_format
from rich.console import Console
from rich.table import Table

from cli.views.words import duration, glyph, text
from engine.tables.clock import Clock
from engine.wire_words import word

_NUMBERS = ("number", "event_number")


def as_json(message: Any, without: str = "") -> dict[str, Any]:
    """A message with the contract's own names; event numbers as numbers."""
    found = json_format.MessageToDict(message, preserving_proto_field_name=True)
    found.pop(without, None)
    return {key: int(value) if key in _NUMBERS else value for key, value in found.items()}


def print_list(out: Console, region: Any, rows: Sequence[Any], more: bool, now: datetime) -> None:
    """A row an incident."""
    if not rows:
        out.print("No incidents.")
        return
    clock = Clock(_zone(region), now)
    table = _table("Incident", "State", "What", "Received", "Due", "Unit", "Arrives", "")
    for each in rows:
        leg = min(each.legs, key=lambda leg: leg.state, default=None)
        due, arrives = _due(each), _time(leg, "arrives_at")
        closed = _time(each, "closed_at")
        late = due is not None and (arrives or closed or now) > due
        table.add_row(
            text(_id(each.name)),
            _words(word("IncidentState", each.state)),
            _words(word("Service", each.service)) if each.service else "",
            _at(clock, _time(each, "received_at")),
            _at(clock, due),
            text(_id(leg.unit)) if leg is not None and leg.unit else glyph("–", "-"),
            _at(clock, arrives),
            f"[red]{glyph('✗', 'late')}[/]" if late else "",
        )
    out.print(table)
    if more:
        out.print(f"\nand more than these {len(rows):,}; --limit shows them.", style="dim")


def print_story(
    out: Console, region: Any, incident: Any, events: Sequence[Any], decisions: Sequence[Any], now: datetime
) -> None:
    """What it is, its clocks, what happened, its offers, and why which unit was sent."""
    clock = Clock(_zone(region), now)
    _print_head(out, incident, clock)
    _print_clocks(out, incident, clock, now)
    out.print("\n[bold]What happened[/]")
    table = _table("When", "What", "Who", "Why, and more")
    for event in events:
        table.add_row(
            clock.at(event.at.ToDatetime(UTC), seconds=True), _event(event), text(event.actor), text(_why(event, clock))
        )
    out.print(table)
    if incident.offers:
        out.print("\n[bold]Offers[/]")
        table = _table("Unit", "Made", "Answered", "Answer", "Why")
        for offer in incident.offers:
            table.add_row(
                text(_id(offer.unit)),
                _at(clock, _time(offer, "made_at")),
                _at(clock, _time(offer, "answered_at")),
                word("OfferState", offer.state),
                text(offer.reason),
            )
        out.print(table)
    if decisions:
        out.print("\n[bold]Why which unit[/]")
        print_decisions(out, region, decisions, now)


def print_filed(
    out: Console, region: Any, incident: Any, decisions: Sequence[Any], now: datetime, same: str = ""
) -> None:
    """What it has become, and why which unit; how to follow it, with the ``same`` options."""
    _print_head(out, incident, Clock(_zone(region), now))
    out.print()
    if decisions:
        print_decisions(out, region, decisions, now)
    else:
        why = f": {_words(word('ReasonCode', incident.unserved))}" if incident.unserved else ""
        out.print(f"[yellow]No unit yet[/]{text(why)}.")
    show = " ".join(filter(None, ("towline incidents show", _id(incident.name), same)))
    out.print(f"\nWhat becomes of it:\n{text(show)}", style="dim", soft_wrap=True)


def print_decisions(out: Console, region: Any, decisions: Sequence[Any], now: datetime) -> None:
    """Each choice with its runners-up and why each lost."""
    if not decisions:
        out.print("No unit was ever chosen.")
        return
    clock = Clock(_zone(region), now)
    table = _table("When", "Unit", "Arrives", "Drive", "P", "Chosen, or why not")
    for made in decisions:
        told = made.recommendation
        when = clock.at(made.at.ToDatetime(UTC), seconds=True)
        by = _words(made.chosen_by)
        if told.HasField("best"):
            table.add_row(f"[bold]{when}[/]", *_candidate(told.best, clock), f"[green]chosen[/]: {text(by)}")
        elif told.HasField("unserved"):
            table.add_row(when, glyph("–", "-"), "", "", "", text(told.unserved.message))
        for rival in told.runners_up:
            table.add_row("", *_candidate(rival, clock), text(rival.lost.message))
    out.print(table)


def _print_head(out: Console, incident: Any, clock: Clock) -> None:
    state = _words(word("IncidentState", incident.state))
    out.print(f"[bold]{text(_id(incident.name))}[/]  {state}")
    rows = [("received", _at(clock, _time(incident, "received_at")))]
    if incident.service:
        place = incident.location
        where = f"{place.lon:.5f},{place.lat:.5f} {place.road}".strip()
        rows += [("wanted", f"{_words(word('Service', incident.service))} at {where}")]
    if incident.HasField("promise"):
        rows.append(("promise", f"{_at(clock, _due(incident))}: {incident.promise.reason}"))
    if incident.customer:
        rows.append(("customer", incident.customer))
    for k, leg in enumerate(incident.legs):
        if leg.unit:
            name = "unit" if len(incident.legs) == 1 else f"unit {k + 1}"
            arrives = _time(leg, "arrives_at")
            when = "" if arrives is None else f", arrives {_at(clock, arrives)}"
            rows.append((name, f"{_id(leg.unit)}, {_words(word('LegState', leg.state))}{when}"))
    if incident.HasField("closed_at"):
        rows.append(("closed", f"{_at(clock, _time(incident, 'closed_at'))} {incident.outcome}".strip()))
    grid = Table.grid(padding=(0, 2))
    for name, value in rows:
        grid.add_row(name, text(value))
    out.print(grid)


def _print_clocks(out: Console, incident: Any, clock: Clock, now: datetime) -> None:
    table = _table("Clock", "Until", "Met", "Warned", "Found broken", "")
    for each in incident.clocks:
        due, met = _time(each, "due_at"), _time(each, "met_at")
        over = due is not None and (met or now) > due
        left = "" if due is None else _left(due, met, now)
        table.add_row(
            word("ClockKind", each.kind),
            _at(clock, due),
            _at(clock, met),
            _at(clock, _time(each, "warned_at")),
            _at(clock, _time(each, "broken_at")),
            f"[red]{left}[/]" if over else left,
        )
    if incident.clocks:
        out.print()
        out.print(table)
    for each in incident.escalations:
        known = f", known to {each.acknowledged_by}" if each.HasField("acknowledged_at") else ", not acknowledged"
        out.print(
            text(f"told {each.owner} at {_at(clock, _time(each, 'raised_at'))}: {word('ClockKind', each.kind)}{known}"),
            style="yellow",
        )


def _left(due: datetime, met: datetime | None, now: datetime) -> str:
    spare = due - (met or now)
    if spare < timedelta(0):
        return f"late by {duration(-spare)}"
    return "" if met is not None else f"{duration(spare)} left"


def _event(event: Any) -> str:
    unit = _id(event.unit)
    said = _words(word("EventKind", event.kind))
    return text(f"{said} {unit}".strip() if unit else said)


def _why(event: Any, clock: Clock) -> str:
    """The reason, and of the details what a reader wants."""
    parts = [event.reason] if event.reason else []
    details = dict(event.details)
    for key, said in (
        ("clock", "{}"),
        ("owner", "told {}"),
        ("chosen_by", "{}"),
        ("instead_of", "instead of {}"),
        ("code", "{}"),
        ("fields", "{}"),
        ("remedy_unit", "{} would be sooner"),
    ):
        if details.get(key):
            parts.append(said.format(_words(details[key])))
    for key, said in (("arrives_at", "expected {}"), ("expected_at", "was expected {}")):
        if details.get(key):
            parts.append(said.format(clock.at(datetime.fromisoformat(details[key]))))
    return "; ".join(dict.fromkeys(parts))


def _candidate(each: Any, clock: Clock) -> tuple[str, str, str, str]:
    chance = f"{each.promise_probability:.0%}" if each.HasField("promise_probability") else ""
    arrives = _at(clock, _time(each, "arrives_at"))
    late = not each.promise_kept
    return (
        text(_id(each.unit)),
        f"[red]{arrives}[/]" if late else arrives,
        duration(each.travel_duration.ToTimedelta()),
        chance,
    )


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _words(value: str) -> str:
    return value.replace("_", " ")


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def _due(incident: Any) -> datetime | None:
    return _time(incident.promise, "due_at") if incident.HasField("promise") else None


def _at(clock: Clock, value: datetime | None) -> str:
    return "" if value is None else clock.at(value)


def _time(message: Any, name: str) -> datetime | None:
    return getattr(message, name).ToDatetime(UTC) if message is not None and message.HasField(name) else None


def _zone(region: Any) -> tzinfo:
    try:
        return ZoneInfo(region.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
