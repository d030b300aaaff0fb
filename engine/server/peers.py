"""Who calls where nobody is asked who he is: a connection, or the machine that it comes from."""

from __future__ import annotations

from typing import Any


def connection(context: Any) -> str | None:
    """The connection of a call, as ``ipv4:127.0.0.1:50123``; None on a Unix socket, where they have no names."""
    peer: str = context.peer()
    return None if peer.startswith("unix") else peer


def ended_unheard(context: Any) -> bool:
    """Of a call that is over: whether its peer left, or its time was up, before the answer was on its way.

    grpcio tells that to nobody, so its inside is used; of another one that has none such it is False.
    """
    return getattr(getattr(context, "_state", None), "client", None) == "cancelled"


def machine(peer: str) -> str:
    """Where a connection comes from: its address without the port."""
    return peer.rpartition(":")[0]
