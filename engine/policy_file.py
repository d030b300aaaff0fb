"""Where in a policy file a key stands: tomllib gives values without their lines."""

from __future__ import annotations

import re

_TABLE = re.compile(r"\s*\[\s*([\w.\"'-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.\"' -]+?)\s*=")


def line_of(text: str, key: str) -> int | None:
    """The line, from 1, on which ``cost.waiting`` or the table ``cost`` is written; None where the scan misses it.

    Understands tables in brackets and dotted keys, which is how policies are written.
    """
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _TABLE.match(line):
            table = _bare(found[1])
            if table == key:
                return number
        elif found := _KEY.match(line):
            name = _bare(found[1])
            if key == (f"{table}.{name}" if table else name):
                return number
    return None


def _bare(name: str) -> str:
    return ".".join(part.strip(" \"'") for part in name.split("."))
