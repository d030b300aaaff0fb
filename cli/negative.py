"""Commands that take places: ``-71.25,-29.91@north`` is one of them, not a bundle of short options with -h in it."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

#: A number below zero, whatever follows.
NEGATIVE = re.compile(r"-[\d.]")


class PlaceCommand(TyperCommand):
    """Reads arguments that begin like a negative number as what they are."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, [f" {arg}" if NEGATIVE.match(arg) else arg for arg in args])
        ctx.params = {key: _plain(value) for key, value in ctx.params.items()}
        return rest


def _plain(value: Any) -> Any:
    """Without the space that hid the sign from the parser."""
    if isinstance(value, str):
        return value[1:] if value.startswith(" ") else value
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
