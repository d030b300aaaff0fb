"""Callers that may use some regions only: every request names the one it is about, or what it changes does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.errors import PermissionDeniedError
from engine.server.security.identity import Identity

#: Where the region of a request stands: its name, or a name below it.
FIELDS = ("region", "parent", "name")
#: Lists the regions themselves: the caller's.
FREE = "ListRegionsRequest"


def require_region_of(identity: Identity, request: Any, further: bool = False) -> None:
    """PermissionDeniedError when the request is about a region that is not the caller's, or does not say which.

    A ``further`` message of a stream need not.
    """
    if identity.regions is None or request.DESCRIPTOR.name == FREE:
        return
    named = list(_named(request))
    wrong = next(((field, region) for field, region in named if region not in identity.regions), None)
    if (named or further) and wrong is None:
        return
    field, region = wrong or ("", "")
    shown = f"region {region[:128]!r}" if wrong else "requests that name no region"
    raise PermissionDeniedError(
        f"the caller may not use {shown}; its regions are: {', '.join(sorted(identity.regions)) or 'none'}",
        field=field,
        region=region[:128],
    )


def _named(request: Any) -> Iterator[tuple[str, str]]:
    """(field, region) for the request and for each single message in it."""
    yield from _names_in(request, "")
    for field, value in request.ListFields():
        if field.type == field.TYPE_MESSAGE and not field.is_repeated:
            yield from _names_in(value, f"{field.name}.")


def _names_in(message: Any, path: str) -> Iterator[tuple[str, str]]:
    for field in FIELDS:
        name = getattr(message, field, "")
        if isinstance(name, str) and name.startswith("regions/"):
            yield f"{path}{field}", name.split("/")[1]
