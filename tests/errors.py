"""All errors a user can cause, for tests that hold for each of them."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import engine
import graphs
from graphs.errors import TowlineError


def every_error() -> list[type[TowlineError]]:
    """The base class and all its descendants, by reason."""
    for room in (engine, graphs):  # importing every module brings every class into being
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not module.name.startswith("graphs.data."):
                import_module(module.name)
    found: set[type[TowlineError]] = {TowlineError}
    todo: list[type[TowlineError]] = [TowlineError]
    while todo:
        for kind in todo.pop().__subclasses__():
            if kind not in found:
                found.add(kind)
                todo.append(kind)
    return sorted(found, key=lambda kind: (kind.reason, kind.__module__, kind.__name__))
