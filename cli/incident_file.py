"""What `towline incidents file` asks of a running server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any


def request_of(
    place: str,
    service: str,
    *,
    datum: str = "wgs84",
    priority: str | None = None,
    requires: Sequence[str] = (),
    drop_off: str | None = None,
    earliest: str | None = None,
    latest: str | None = None,
    units: int | None = None,
    customer: str = "",
    request_id: str = "",
    language: str = "",
) -> Any:
    """The message, but for the region; OptionError for what cannot be meant, `PostTextError`, `HeadingError`,
    `TimeError`.
    """
    from towline.v1 import incident_pb2
    from towline.v1 import incident_service_pb2 as pb

    incident = incident_pb2.Incident(location=_location(place, datum), service=_number("Service", "--service", service))
    incident.required_capabilities.extend(_number("Capability", "--requires", name) for name in requires)
    if priority is not None:
        incident.priority = _number("Priority", "--priority", priority)
    if drop_off is not None:
        incident.drop_off.CopyFrom(_location(drop_off, datum))
    for name, said in (("earliest", earliest), ("latest", latest)):
        if said is not None:
            getattr(incident, name).FromDatetime(_time(said, f"--{name}"))
    if units is not None:
        incident.unit_count = units
    incident.customer = customer
    return pb.CreateIncidentRequest(incident=incident, request_id=request_id, language_code=language)


def _location(text: str, datum: str) -> Any:
    """Degrees are read here; a kilometre is left to the server, which knows where its posts stand."""
    from towline.v1 import location_pb2

    from cli.places import degrees, hint, location_of
    from engine.errors import OptionError
    from engine.server.outgoing import location
    from engine.tables.locations import Reading
    from graphs.datum import Datum
    from graphs.posts.text import parse_kilometre, says_kilometre

    reading = Reading(Datum.parse(datum))
    if degrees(text.partition("@")[0]) is None:
        if not says_kilometre(text):
            raise OptionError(
                f"{text!r} is no place; write LON,LAT such as -71.2519,-29.9027, or a kilometre such as "
                f"'G2 K123+400 northbound'{hint(text)}",
                value=text,
            )
        parse_kilometre(text)
        return location_pb2.Location(kilometre_post=location_pb2.KilometrePost(text=text))
    place = location_of(text, reading)
    assert place is not None
    return location(place)


def _time(text: str, option: str) -> datetime:
    from engine.times import parse_time

    return parse_time(text, field=option)


def _number(enum: str, option: str, name: str) -> Any:
    from towline.v1 import enums_pb2

    from engine.errors import OptionError
    from engine.wire_words import word

    known = {word(enum, number): number for number in getattr(enums_pb2, enum).values() if number}
    found = known.get(name.strip().replace(" ", "_").replace("-", "_").lower())
    if found is None:
        raise OptionError(f"{option} {name!r} is none; use one of: {', '.join(known)}", option=option, value=name)
    return found
