"""A flat list of checks as one function, written out line by line: requests with tables run it thousands of times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from engine.server.validation.broken import Broken

Check = Callable[[Any], object]
#: What is done with the value of a field that is not set (None, if it is optional), or zero; and with its message.
Otherwise = Callable[[Any, Any], object]


class Line(NamedTuple):
    """What is checked of one field."""

    #: Put before the path of what is broken; empty where the line is about the whole message.
    name: str
    #: Of a value that is true.
    check: Check
    otherwise: Otherwise | None = None
    #: Whether the field can be unset.
    optional: bool = False
    #: How to get the value where that is not the field's.
    get: Callable[[Any], Any] | None = None


def function_of(lines: Sequence[Line]) -> Check:
    """Checks a message by each line in turn; Broken says where.

    As `dataclasses` does: a loop over the lines would take twice as long. Only names of fields get into the source.
    """
    scope: dict[str, Any] = {"Broken": Broken, "names": tuple(line.name for line in lines)}
    source = ["def check_message(message):", "    has, at = message.HasField, 0", "    try:"]
    for n, line in enumerate(lines):
        scope |= {f"check{n}": line.check, f"get{n}": line.get, f"otherwise{n}": line.otherwise}
        value = f"get{n}(message)" if line.get is not None else f"message.{line.name}"
        indent = " " * 8
        if line.optional:
            source.append(f"{indent}if has('{line.name}'):")
            indent += " " * 4
        source += [f"{indent}value = {value}", f"{indent}if value:", f"{indent}    at = {n}; check{n}(value)"]
        if line.otherwise is not None:
            source += [f"{indent}else:", f"{indent}    at = {n}; otherwise{n}(value, message)"]
            if line.optional:
                source += [" " * 8 + "else:", " " * 12 + f"at = {n}; otherwise{n}(None, message)"]
    source += [
        "    except Broken as broken:",
        "        raise (broken.inside(names[at]) if names[at] else broken) from None",
    ]
    exec("\n".join(source), scope)
    return scope["check_message"]
