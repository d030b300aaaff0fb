"""How much one request may hold; checked before anything of it is converted."""

from __future__ import annotations

from collections.abc import Sequence

from towline.v1 import fleet_pb2

from engine.errors import TooLargeError
from engine.server.options import ServerOptions

_KEEP = "keep the fleet on the server (FleetService) and send server_fleet"
#: What to do about too many, by option or by the list's path.
_REMEDIES = {
    "max_units": _KEEP,
    "max_providers": _KEEP,
    "max_places": "ask for fewer at a time",
    "entries": "send several, or give tables: one entry with many ways",
    "tours": "send the units that do something",
}


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


def count_limits(count: int, path: str, option: str, options: ServerOptions) -> None:
    """TooLargeError when a list has more entries than the server's option allows."""
    most: int = getattr(options, option)
    if count > most:
        what = path.rpartition(".")[2].replace("_", " ")
        check_count(count, most, path, what, _REMEDIES.get(path) or _REMEDIES.get(option, "send several"))


def check_cells(providers: Sequence[fleet_pb2.Provider], field: str, options: ServerOptions) -> None:
    """Cells of territories and concessions of all providers together."""
    cells = sum(len(provider.territory_cells) + len(provider.exclusive_cells) for provider in providers)
    check_count(cells, options.max_territory_cells, field, "territory cells", "use coarser cells")
