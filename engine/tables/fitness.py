"""What keeps a unit from serving an incident by itself: services, equipment, territory, duty."""

from __future__ import annotations

import h3

from engine.model import Incident, Provider, Unit, UnitStatus


def lacking(incident: Incident, unit: Unit) -> list[str]:
    """The service and the equipment that the incident needs and the unit has not."""
    service = [] if incident.service in unit.services else [incident.service.value]
    return service + sorted(item.value for item in incident.requires - unit.capabilities)


def serves_place(incident: Incident, provider: Provider | None) -> bool:
    """Whether the incident lies in the provider's territory."""
    if provider is None or not provider.territory:
        return True
    resolution = h3.get_resolution(next(iter(provider.territory)))
    place = incident.location
    return h3.latlng_to_cell(place.lat, place.lon, resolution) in provider.territory


def unfit(incident: Incident, unit: Unit, provider: Provider | None) -> str:
    """Why the unit cannot serve the incident whatever the time, in a few words; empty when it can."""
    if missing := lacking(incident, unit):
        return f"lacks: {', '.join(missing)}"
    if not serves_place(incident, provider):
        return "may not serve this place: it lies outside its provider's territory"
    return "is off duty" if unit.status is UnitStatus.OFF_DUTY else ""
