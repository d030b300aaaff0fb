"""How much one request may hold; checked before anything of it is converted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from towline.v1 import fleet_pb2

from engine.errors import TooLargeError
from engine.server.options import ServerOptions


def check_count(count: int, most: int, field: str, what: str, remedy: str) -> None:
    """TooLargeError, with both numbers, when ``count`` of ``what`` are more than ``most``."""
    if count > most:
        where = {"field": field} if field else {}
        raise TooLargeError(
            f"{count} {what} are more than the {most} of one request; {remedy}",
            count=count,
            max_count=most,
            **where,
        )


def check_incidents(incidents: Sequence[Any], options: ServerOptions) -> None:
    check_count(len(incidents), options.max_incidents, "incidents", "incidents", "send several")


def check_fleet(fleet: fleet_pb2.Fleet, options: ServerOptions) -> None:
    """The fleet of a stateless request."""
    remedy = "keep the fleet on the server (FleetService) and send server_fleet"
    check_count(len(fleet.units), options.max_units, "fleet.units", "units", remedy)
    check_count(len(fleet.providers), options.max_providers, "fleet.providers", "providers", remedy)
    check_cells(fleet.providers, "fleet.providers", options)


def check_cells(providers: Sequence[fleet_pb2.Provider], field: str, options: ServerOptions) -> None:
    """Cells of territories and concessions of all providers together."""
    cells = sum(len(provider.territory_cells) + len(provider.exclusive_cells) for provider in providers)
    check_count(cells, options.max_territory_cells, field, "territory cells", "use coarser cells")


def check_places(origins: Sequence[Any], destinations: Sequence[Any], options: ServerOptions) -> None:
    """Both sides of a matrix."""
    for places, field in ((origins, "origins"), (destinations, "destinations")):
        check_count(len(places), options.max_places, field, field, "ask for fewer at a time")
