"""How a servicer learns who calls."""

from __future__ import annotations

import pytest

from engine.errors import PermissionDeniedError
from engine.server.security import Identity, Role, caller, own_provider, require_own
from engine.server.security.identity import Admitted, admit

TOW = Identity("tow-1", frozenset({Role.PROVIDER}), "p1")


class Context:
    """As much of a call's context as matters."""


def test_a_call_that_did_not_pass_the_guard_is_nobody() -> None:
    """A forgotten check fails closed: it is a bug, not an admin."""
    for ask in (caller, own_provider):
        with pytest.raises(LookupError):
            ask(Context())
    with pytest.raises(LookupError):
        require_own(Context(), "p1", "regions/a/providers/p1")


def test_own_things_and_others() -> None:
    """Others' are refused by name; callers without such a bound reach all."""
    bound, free = Context(), Context()
    admit(bound, Admitted(TOW, own="p1"))
    admit(free, Admitted(TOW))
    assert (caller(bound), own_provider(bound), own_provider(free)) == (TOW, "p1", None)
    require_own(bound, "p1", "regions/a/providers/p1")
    require_own(free, "p2", "regions/a/providers/p2")
    with pytest.raises(PermissionDeniedError) as refused:
        require_own(bound, "p2", "regions/a/providers/p2")
    assert refused.value.metadata == {"name": "regions/a/providers/p2", "own": "p1"}
