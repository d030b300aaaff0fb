"""How a broken rule finds its way up to the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

#: Raises the typed error of a broken rule, given the field's path in the request.
Refusal = Callable[[str], object]


class Broken(Exception):  # noqa: N818  # no error that anybody sees
    """A rule is broken somewhere below; on its way up each message and list puts its part before the path.

    So paths cost nothing while rules are kept.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self._refusal, self._path = refusal, ""

    def inside(self, part: str) -> Broken:
        """The same, seen from one level up: ``part`` is a field's name, or an index such as ``[3]``."""
        joint = "." if self._path and not self._path.startswith("[") else ""
        self._path = f"{part}{joint}{self._path}"
        return self

    def refuse(self, above: str) -> NoReturn:
        """Raise the typed error; ``above`` is the path of the whole that was checked, empty for a request."""
        self._refusal(self.inside(above)._path if above else self._path)
        raise AssertionError("a refusal that refuses nothing")
