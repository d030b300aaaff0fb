"""Rules of messages, compiled: a flat list of fields with what each must keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from towline.v1 import rules_pb2

from engine.server.validation import refusals
from engine.server.validation.broken import Broken
from engine.server.validation.declared import MASK, full_name, is_list, read_fields, required_oneofs, rules_of
from engine.server.validation.flat import Check, Line, Otherwise, function_of
from engine.server.validation.places import FEW, PLACE, check_place, plain_columns
from engine.server.validation.values import enum_list_check, value_check


@dataclass(frozen=True, slots=True)
class Part:
    """What is different for the fields of a message in one place."""

    may_lack: frozenset[str] = frozenset()
    not_read: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()
    reason: str = ""


WHOLE = Part()


@cache
def compiled(descriptor: Descriptor, part: Part = WHOLE) -> Check | None:
    """The check of a message, which raises Broken; None when nothing can be wrong with it."""
    lines = lines_of(descriptor, part)
    if not lines:
        return None
    check = function_of(lines)
    return check_place(check) if descriptor.full_name == PLACE else check


@cache
def lines_of(descriptor: Descriptor, part: Part) -> tuple[Line, ...]:
    """In the order of the fields, so that the first thing wrong is told first."""
    lines = [line for field in read_fields(descriptor) for line in _lines_of(field, part)]
    for oneof, names in required_oneofs(descriptor).items():
        at = next((n for n, line in enumerate(lines) if line.name in names), len(lines))
        lines.insert(at, _oneof_line(oneof, names))
    return (*lines, *(_refused_line(descriptor.fields_by_name[name], part.reason) for name in part.refused))


def _lines_of(field: FieldDescriptor, part: Part) -> list[Line]:
    """None or one line, and one more where the field excludes others."""
    rules, name = rules_of(field), field.name
    if name in part.not_read or name in part.refused:
        return []
    required = rules.required and name not in part.may_lack
    check = _check_of(field, rules)
    otherwise = _otherwise(field, rules, required, check)
    lines = [_excluding_line(field)] if rules.excludes_others else []
    if rules.part.reads_if or rules.part.reads_mask:
        lines.append(_part_line(field, check or _nothing, otherwise))
    elif check is not None and _has_free_places(field, rules):
        lines.append(_places_line(name, check, otherwise))
    elif check is not None or otherwise is not None:
        lines.append(Line(name, check or _nothing, otherwise, _optional(field), _getter(field)))
    return lines


def _otherwise(
    field: FieldDescriptor, rules: rules_pb2.FieldRules, required: bool, check: Check | None
) -> Otherwise | None:
    """What is to be said of a value that is not set, or a zero."""
    optional, other, unset = _optional(field), rules.required_unless, refusals.missing(field)
    zero_counts = check is not None and _zero_counts(field, rules)
    if not (required or other or zero_counts):
        return None

    def otherwise(value: Any, message: Any) -> None:
        there = value is not None if optional else zero_counts
        if there:
            if zero_counts and check is not None:
                check(value)
        elif required or (other and not getattr(message, other)):
            raise Broken(unset)

    return otherwise


def _check_of(field: FieldDescriptor, rules: rules_pb2.FieldRules) -> Check | None:
    """Of a field that is set: of all entries, where it is a list."""
    if rules.list.apart:
        return _counted(rules.list, None)
    one = compiled(field.message_type, _part_of(rules)) if _is_own(field) else value_check(field, rules)
    if not is_list(field):
        return one
    if field.enum_type is not None:
        one = enum_list_check(field)
    elif one is not None:
        one = _each(one)
    return _counted(rules.list, one)


def _is_own(field: FieldDescriptor) -> bool:
    """Whether it holds a message of the contract."""
    return field.message_type is not None and field.message_type.file.package == field.containing_type.file.package


def _part_of(rules: rules_pb2.FieldRules) -> Part:
    if not rules.HasField("part"):
        return WHOLE
    part = rules.part
    reason = rules.reason if part.refused else ""
    return Part(frozenset(part.may_lack), frozenset(part.not_read), tuple(part.refused), reason)


def _each(one: Check) -> Check:
    def check(values: Any) -> None:
        index = 0
        try:
            for index, value in enumerate(values):  # noqa: B007  # told of below
                one(value)
        except Broken as broken:
            raise broken.inside(f"[{index}]") from None

    return check


def _counted(rules: rules_pb2.ListRules, entries: Check | None) -> Check | None:
    least, most, reason = rules.min_count, rules.max_count, rules.reason
    if not least and not most:
        return entries

    def check(values: Any) -> None:
        count = len(values)
        if count < least:
            raise Broken(refusals.scanty(count, least))
        if most and count > most:
            raise Broken(refusals.few(count, most, reason))
        if entries is not None:
            entries(values)

    return check


def _getter(field: FieldDescriptor) -> Callable[[Any], Any] | None:
    """Of a mask: one without paths is none."""
    if full_name(field) != MASK:
        return None
    get = attrgetter(field.name)
    return lambda message: get(message) if get(message).paths else None


def _optional(field: FieldDescriptor) -> bool:
    return field.has_presence and not is_list(field)


def _zero_counts(field: FieldDescriptor, rules: rules_pb2.FieldRules) -> bool:
    """Whether a 0 that is there, or stands for nothing else, has rules to keep."""
    bounded = any(rules.HasField(name) for name in ("least", "most", "above", "below"))
    return bounded and not rules.zero_is_unset and not is_list(field)


def _part_line(field: FieldDescriptor, check: Check, otherwise: Otherwise | None) -> Line:
    """Of a message of which only some fields are read, as others beside it say."""
    rules, name = rules_of(field), field.name
    flag, mask, always = rules.part.reads_if, rules.part.reads_mask, set(rules.part.reads)
    lines = lines_of(field.message_type, _part_of(rules))

    def given(message: Any) -> Any:
        return message if message.HasField(name) else None

    def check_read(message: Any) -> None:
        inner = getattr(message, name)
        if mask or getattr(message, flag):
            read = always | set(getattr(message, mask).paths) if mask else always
            function_of([line for line in lines if line.name in read])(inner)
        else:
            check(inner)

    return Line(name, check_read, otherwise, get=given)


def _has_free_places(field: FieldDescriptor, rules: rules_pb2.FieldRules) -> bool:
    """Whether it is a list of locations without bounds of its own."""
    of = rules.list
    return is_list(field) and full_name(field) == PLACE and not (of.apart or of.min_count or of.max_count)


def _places_line(name: str, check: Check, otherwise: Otherwise | None) -> Line:
    """Of a list of locations: mere coordinates are looked at all at once; of few, each as well."""

    def given(message: Any) -> Any:
        return message if getattr(message, name) else None

    def check_places(message: Any) -> None:
        places = getattr(message, name)
        if len(places) < FEW or plain_columns(message, name) is None:
            check(places)

    return Line(name, check_places, otherwise, get=given)


def _oneof_line(name: str, fields: list[str]) -> Line:
    unset = refusals.missing(names=fields)

    def none_is_set(_value: Any, _message: Any) -> None:
        raise Broken(unset)

    return Line(name, _nothing, none_is_set, get=lambda message: message.WhichOneof(name))


def _refused_line(field: FieldDescriptor, reason: str) -> Line:
    refusal = refusals.unwanted(reason)

    def check(_value: Any) -> None:
        raise Broken(refusal)

    return Line(field.name, check, optional=_optional(field), get=_getter(field))


def _excluding_line(field: FieldDescriptor) -> Line:
    """About the message, not the field: the error is the other one's."""
    alone, optional = field.name, field.has_presence

    def given(message: Any) -> Any:
        return message if (message.HasField(alone) if optional else getattr(message, alone)) else None

    def check(message: Any) -> None:
        for other, _ in message.ListFields():
            if other.name != alone:
                raise Broken(refusals.beside(alone)).inside(other.name)

    return Line("", check, get=given)


def _nothing(_value: Any) -> None:
    return None
