"""All errors a user can cause, for tests that hold for each of them."""

from __future__ import annotations

import engine.errors
import engine.server  # noqa: F401  # it and the above bring every class into being
from graphs.errors import TowlineError


def every_error() -> list[type[TowlineError]]:
    """The base class and all its descendants, by reason."""
    found: set[type[TowlineError]] = {TowlineError}
    todo: list[type[TowlineError]] = [TowlineError]
    while todo:
        for kind in todo.pop().__subclasses__():
            if kind not in found:
                found.add(kind)
                todo.append(kind)
    return sorted(found, key=lambda kind: (kind.reason, kind.__module__))
