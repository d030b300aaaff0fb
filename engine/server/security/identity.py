"""Who calls, and how a servicer learns it: `caller(context)`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.errors import PermissionDeniedError


class Role(StrEnum):
    """What a caller is; one may be several."""

    DISPATCHER = "dispatcher"
    PLANNER = "planner"
    #: A provider's own system: its own units, and the offers made to it.
    PROVIDER = "provider"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller: who it says it is, proven; ``provider`` is the provider it speaks for; ``regions`` None: all."""

    subject: str
    roles: frozenset[Role]
    provider: str | None = None
    regions: frozenset[str] | None = None


#: Subjects of ours: what the server did by itself, and callers nobody asked who they are. No caller may take one.
RESERVED = frozenset({"towline", "anonymous"})
#: Everybody, on a server that asks nobody who they are.
ANONYMOUS = Identity("anonymous", frozenset({Role.ADMIN}))


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is known of a call that was let in; ``own``: the provider beyond whose things it may not reach."""

    identity: Identity
    own: str | None = None


def admit(context: Any, admitted: Admitted) -> None:
    """Remember on a call's context who calls."""
    context.towline_admitted = admitted


def caller(context: Any) -> Identity:
    """Who calls. A context that did not pass the server's guard has nobody: that is a bug, and refused."""
    return _admitted(context).identity


def own_provider(context: Any) -> str | None:
    """The provider whose things alone this call may see and change; None: no such bound."""
    return _admitted(context).own


def require_own(context: Any, provider_id: str, name: str) -> None:
    """PermissionDeniedError when the call is bound to its own provider and ``name`` belongs to another one.

    Ask before looking ``name`` up: whether it exists is nobody else's business.
    """
    own = own_provider(context)
    if own is not None and provider_id != own:
        raise PermissionDeniedError(
            f"{name} does not belong to the provider this caller speaks for, {own}; ask for its own", name=name, own=own
        )


def _admitted(context: Any) -> Admitted:
    admitted = getattr(context, "towline_admitted", None)
    if not isinstance(admitted, Admitted):
        raise LookupError("this call did not pass the guard")
    return admitted
