"""Resource names: ``regions/{region}``, ``…/providers/{provider}``, ``…/units/{unit}``, ``…/incidents/{incident}``.

Inside the engine things have ids: the last part of their name. Unit ids are unique within a region.
"""

from __future__ import annotations

from engine.errors import RequiredFieldError, ResourceNameError

MAX_ID = 128
#: In place of a provider's id: those of all providers (AIP-159).
ANY = "-"


def region_name(region: str) -> str:
    return f"regions/{region}"


def traffic_name(region: str) -> str:
    return f"regions/{region}/traffic"


def provider_name(region: str, provider: str) -> str:
    return f"regions/{region}/providers/{provider}"


def unit_name(region: str, provider: str, unit: str) -> str:
    return f"regions/{region}/providers/{provider}/units/{unit}"


def incident_name(region: str, incident: str) -> str:
    return f"regions/{region}/incidents/{incident}"


def parse_region(name: str, field: str) -> str:
    """Id of a region."""
    return _parse(name, ("regions",), field, "regions/coquimbo")[0]


def parse_traffic(name: str, field: str) -> str:
    """Id of the region whose traffic is meant; there is one of it."""
    if name and not name.endswith("/traffic"):
        raise _wrong_name(name, field, "regions/coquimbo/traffic")
    return _parse(name.removesuffix("/traffic"), ("regions",), field, "regions/coquimbo/traffic")[0]


def parse_provider(name: str, field: str, *, wildcard: bool = False) -> tuple[str, str]:
    """Ids of region and provider; with ``wildcard`` the provider may be `ANY`."""
    region, provider = _parse(name, ("regions", "providers"), field, "regions/coquimbo/providers/p1", wildcard)
    return region, provider


def parse_unit(name: str, field: str) -> tuple[str, str, str]:
    """Ids of region, provider and unit."""
    kinds = ("regions", "providers", "units")
    region, provider, unit = _parse(name, kinds, field, "regions/coquimbo/providers/p1/units/u1")
    return region, provider, unit


def parse_incident(name: str, field: str) -> tuple[str, str]:
    """Ids of region and incident."""
    region, incident = _parse(name, ("regions", "incidents"), field, "regions/coquimbo/incidents/i1")
    return region, incident


def parse_offer(name: str, field: str) -> tuple[str, str, str]:
    """Ids of region, incident and offer."""
    kinds = ("regions", "incidents", "offers")
    region, incident, offer = _parse(name, kinds, field, "regions/coquimbo/incidents/i1/offers/1")
    return region, incident, offer


def parse_escalation(name: str, field: str) -> tuple[str, str, str]:
    """Ids of region, incident and escalation."""
    kinds = ("regions", "incidents", "escalations")
    region, incident, escalation = _parse(name, kinds, field, "regions/coquimbo/incidents/i1/escalations/response-1")
    return region, incident, escalation


def parse_operation(name: str, field: str) -> tuple[str, str]:
    """Ids of region and operation."""
    region, operation = _parse(name, ("regions", "operations"), field, "regions/coquimbo/operations/o1")
    return region, operation


def ids(name: str) -> list[str]:
    """The ids in a name that keeps its form, outermost first; quick."""
    return name.split("/")[1::2]


def require_region(found: str, wanted: str, name: str, field: str, part: str = "") -> None:
    """ResourceNameError when a name is of another region than the request: there is no dispatch across a border.

    ``part`` of the field is at fault, where it is given.
    """
    if found != wanted:
        field = f"{field}.{part}" if part else field
        raise ResourceNameError(
            f"{field} {name!r} is not in the request's region, {region_name(wanted)}; send one request a region",
            field=field,
            value=name,
            region=region_name(wanted),
        )


def check_id(text: str, field: str) -> str:
    """An id that can be part of a name: 1 to 128 printable characters without slash, not just a dash."""
    if not text or len(text) > MAX_ID or "/" in text or text == ANY or not text.isprintable() or text != text.strip():
        raise ResourceNameError(
            f"{field}: {text[:MAX_ID]!r} cannot be part of a resource name; "
            f"use 1 to {MAX_ID} printable characters, no slash, no blanks at its ends, not a single dash",
            field=field,
            value=text[:MAX_ID],
        )
    return text


def _parse(name: str, kinds: tuple[str, ...], field: str, example: str, wildcard: bool = False) -> list[str]:
    if not name:
        raise RequiredFieldError(f"{field} is missing; write it like {example}", field=field, example=example)
    parts = name.split("/")
    if len(parts) != 2 * len(kinds) or tuple(parts[::2]) != kinds:
        raise _wrong_name(name, field, example)
    ids = parts[1::2]
    for part in ids[:-1] if wildcard and ids[-1] == ANY else ids:
        check_id(part, field)
    return ids


def _wrong_name(name: str, field: str, example: str) -> ResourceNameError:
    shown = name[: 3 * MAX_ID]
    return ResourceNameError(
        f"{field} {shown!r} is not the name wanted here; write it like {example}",
        field=field,
        value=shown,
        example=example,
    )
