"""How much a request may ask to be read: what costs time grows with it, and others wait meanwhile."""

from __future__ import annotations

from typing import Any

from engine.errors import TooLargeError

#: Of all scenarios and rules of one request: bytes; keys and items of lists (a corner of a polygon has two or three).
#: A text of that size takes some seconds.
MOST_BYTES, MOST_VALUES = 2_000_000, 100_000
#: Messages with a ``toml`` or a ``content``, by the request's field.
_READ = ("scenario", "scenarios", "shift_rules")


def check_size(request: Any) -> None:
    """TooLargeError, with the field, for more than is read; nothing is parsed yet."""
    for field in request.DESCRIPTOR.fields:
        if field.name not in _READ:
            continue
        value = getattr(request, field.name)
        sent = value if field.is_repeated else [value]
        of = "the scenarios of the request together have" if field.is_repeated else f"{field.name} has"
        size, count = sum(each.ByteSize() for each in sent), sum(_values(each) for each in sent)
        for number, most, what in (
            (size, MOST_BYTES, "bytes"),
            (count, MOST_VALUES, "keys and items of lists"),
        ):
            if number > most:
                raise TooLargeError(
                    f"{of} {number:,} {what}; at most {most:,} are read: send several requests, take what is not "
                    "needed out, or simplify polygons",
                    count=number,
                    max_count=most,
                    field=field.name,
                )


def _values(message: Any) -> int:
    """Of a text about as many as it has: signs in texts and remarks are counted, too."""
    form = message.WhichOneof("form")
    if form == "toml":
        return message.toml.count("=") + message.toml.count(",")
    return 0 if form is None else _inside(message.content)


def _inside(content: Any) -> int:
    count, left = 0, [content]
    while left:
        here = left.pop()
        values = here.fields.values() if hasattr(here, "fields") else here.values
        count += len(values)
        for value in values:
            kind = value.WhichOneof("kind")
            if kind in ("struct_value", "list_value"):
                left.append(getattr(value, kind))
    return count
