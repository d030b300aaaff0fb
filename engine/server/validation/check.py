"""Checks of whole requests: each message of the contract is compiled once into a flat list of checks of its fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from engine.server.limits import count_limits
from engine.server.options import ServerOptions
from engine.server.validation.broken import Broken
from engine.server.validation.declared import is_list, read_fields, rules_of
from engine.server.validation.messages import compiled


def check_request(request: Message, options: ServerOptions) -> None:
    """Raises the typed error of the first rule that a request breaks, in the order of its fields.

    Counts that the server's options bound come first, before anything is looked at.
    """
    counts, rules = _checks(request.DESCRIPTOR)
    for path, get, option in counts:
        count_limits(len(get(request)), path, option, options)
    if rules is not None:
        try:
            rules(request)
        except Broken as broken:
            broken.refuse("")


def part_check(kind: type[Message]) -> Callable[[Message, str], None]:
    """The same for entries, each at a path, of a list whose entries stand for themselves (`ListRules.apart`)."""
    rules = compiled(kind.DESCRIPTOR) or _nothing

    def check(entry: Message, path: str) -> None:
        try:
            rules(entry)
        except Broken as broken:
            broken.refuse(path)

    return check


def _nothing(_entry: Message) -> None:
    return None


@cache
def _checks(descriptor: Descriptor) -> tuple[tuple[tuple[str, Any, str], ...], Any]:
    """(path, getter, server's option) of each list that an option bounds, and the check of the rules."""
    return tuple((path, attrgetter(path), option) for path, option in bounded_lists(descriptor)), compiled(descriptor)


def bounded_lists(descriptor: Descriptor) -> list[tuple[str, str]]:
    """Path of each list whose length an option of the server bounds, with the option."""
    found: list[tuple[str, str]] = []
    for field in read_fields(descriptor):
        rules = rules_of(field)
        if option := rules.list.max_count_option:
            found.append((field.name, option))
        elif not is_list(field) and field.message_type is not None:
            found += [(f"{field.name}.{path}", option) for path, option in bounded_lists(field.message_type)]
    return found
