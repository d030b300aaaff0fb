"""What keeps a unit from serving an incident by itself: services, equipment, territory, duty."""

from __future__ import annotations

import h3

from engine.model import Incident, Provider, Unit, UnitStatus
from engine.texts import Language, in_words, why


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


def unfit(incident: Incident, unit: Unit, provider: Provider | None, language: Language = Language.EN) -> str:
    """Why the unit cannot serve the incident whatever the time, in a few words; empty when it can."""
    if missing := lacking(incident, unit):
        return why("lacks", language, words=in_words(missing, language))
    if not serves_place(incident, provider):
        return why("not_here", language)
    return why("off_duty", language) if unit.status is UnitStatus.OFF_DUTY else ""
