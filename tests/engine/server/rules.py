"""Requests made from the rules of the contract alone: the least that keeps them all, and each way to break one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from towline.v1 import rules_pb2

from engine.server.options import ServerOptions
from engine.server.validation.declared import (
    DURATION,
    FLOATS,
    MASK,
    NUMBERS,
    TIMESTAMP,
    allowed_values,
    form_of,
    full_name,
    is_list,
    read_fields,
    required_oneofs,
    rules_of,
    unknown_reason,
)
from tests.engine.server.wire import LAT, LON, NOW, stamp

NAN, INF = float("nan"), float("inf")
#: Where a sample must be more than its own field's rules say: other fields count, or the map.
BETTER: dict[str, Any] = {
    "OfferSlotsRequest.until": NOW + timedelta(hours=1),
    "Break.end": NOW + timedelta(hours=1),
    "Location.lon": LON,
    "Location.lat": LAT,
    "StreamPositionsRequest.unit_ids": "u1",
    "StreamPositionsRequest.lon": LON,
    "StreamPositionsRequest.lat": LAT,
    "TrafficRing.lon": [LON, LON + 0.01, LON],
    "TrafficRing.lat": [LAT, LAT, LAT + 0.01],
}


@dataclass(frozen=True)
class Case:
    """One way to break one rule, or to just keep it."""

    steps: tuple[str, ...]  # from the request to the message that holds the field
    field: FieldDescriptor
    rule: str
    change: Callable[[Any], None]  # of that message
    reason: str = ""
    path: str = ""

    def apply(self, request: Any) -> Any:
        """The request, changed."""
        self.change(reach(request, self.steps))
        if self.steps and (mask := rules_of(request.DESCRIPTOR.fields_by_name[self.steps[0]]).part.reads_mask):
            getattr(request, mask).paths[:] = [(*self.steps, self.field.name)[1]]
        return request


def owner(field: FieldDescriptor) -> str:
    return f"{field.containing_type.name}.{field.name}"


def fill(message: Any, may_lack: frozenset[str] = frozenset()) -> Any:
    """Set what is required, and no more; of a place or an area, where it is."""
    for field in read_fields(message.DESCRIPTOR):
        rules = rules_of(field)
        needed = (rules.required and field.name not in may_lack) or rules.required_unless or _zero_is_bad(field)
        if needed or field.name in ("lon", "lat"):
            put(message, field, sample(field))
    for names in required_oneofs(message.DESCRIPTOR).values():
        if message.WhichOneof(message.DESCRIPTOR.fields_by_name[names[0]].containing_oneof.name) is None:
            field = message.DESCRIPTOR.fields_by_name[names[0]]
            put(message, field, sample(field))
    return message


def _zero_is_bad(field: FieldDescriptor) -> bool:
    rules = rules_of(field)
    unset = field.has_presence or is_list(field) or rules.zero_is_unset or field.cpp_type not in NUMBERS
    return not unset and (rules.least > 0 or (rules.HasField("above") and rules.above >= 0))


def put(message: Any, field: FieldDescriptor, value: Any) -> None:
    """Set a field to the value, or to a list of just it."""
    name = field.name
    message.ClearField(name)
    if is_list(field):
        values = value if isinstance(value, list) else [value]
        getattr(message, name).extend(values)
    elif field.message_type is not None:
        getattr(message, name).SetInParent()
        getattr(message, name).MergeFrom(value)
    else:
        setattr(message, name, value)


def sample(field: FieldDescriptor) -> Any:
    """A value that keeps the rules."""
    rules, kind = rules_of(field), full_name(field)
    if (better := BETTER.get(owner(field))) is not None:
        return stamp(better) if kind == TIMESTAMP else better
    if kind == TIMESTAMP:
        return stamp(NOW)
    if kind == DURATION:
        return field.message_type._concrete_class(seconds=60)
    if kind == MASK:
        return field.message_type._concrete_class(paths=[rules.mask_paths[0] if rules.mask_paths else "name"])
    if field.message_type is not None:
        count = rules.list.min_count or 1
        made = [fill(field.message_type._concrete_class(), frozenset(rules.part.may_lack)) for _ in range(count)]
        return made if is_list(field) else made[0]
    if field.enum_type is not None:
        return min(allowed_values(field))
    if field.cpp_type in NUMBERS:
        number = (edges(rules, field.cpp_type in FLOATS) or [1])[0]
        return number if field.cpp_type in FLOATS else int(number)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return True
    return form_of(rules.form).example or "x"


def edges(rules: rules_pb2.FieldRules, exact: bool) -> list[float]:
    """Numbers that just keep their bounds."""
    step = 1e-9 if exact else 1
    found = {"least": 0.0, "most": 0.0, "above": step, "below": -step}
    return [getattr(rules, name) + more for name, more in found.items() if rules.HasField(name)]


def reach(request: Any, steps: tuple[str, ...]) -> Any:
    """The message at the end of the way, made where it is not there."""
    message = request
    for name in steps:
        field = message.DESCRIPTOR.fields_by_name[name]
        rules = rules_of(field)
        if rules.excludes_others:
            message.Clear()
        if (is_list(field) and not getattr(message, name)) or (not is_list(field) and not message.HasField(name)):
            put(message, field, sample(field))
        message = getattr(message, name)[0] if is_list(field) else getattr(message, name)
    return message


def walk(
    descriptor: Any,
    steps: tuple[str, ...] = (),
    path: str = "",
    part: rules_pb2.PartRules | None = None,
    named: set[str] | None = None,
) -> Iterator[tuple[tuple[str, ...], str, FieldDescriptor, rules_pb2.PartRules | None]]:
    """Every field that is read of a message and of those in it: the way to its message, its path, and what differs."""
    for field in read_fields(descriptor):
        if named is not None and field.name not in named:
            continue
        inside = f"{path}.{field.name}" if path else field.name
        yield steps, inside, field, part
        rules = rules_of(field)
        if part is not None and field.name in part.not_read:
            continue
        if field.message_type is None or field.message_type.file.package != "towline.v1" or rules.list.apart:
            continue
        deeper = rules.part if rules.HasField("part") else None
        there = f"{inside}[0]" if is_list(field) else inside
        yield from walk(field.message_type, (*steps, field.name), there, deeper, _named(descriptor, rules.part))


def _named(descriptor: Any, part: rules_pb2.PartRules) -> set[str] | None:
    """What may be read of a message that is read as a mask beside it says; None where no mask does."""
    if not part.reads_mask:
        return None
    return {*part.reads, *rules_of(descriptor.fields_by_name[part.reads_mask]).mask_paths}


def breaks(descriptor: Any, options: ServerOptions) -> Iterator[Case]:
    """Each way to break each rule of a request, or of an entry that stands for itself."""
    for oneof, names in required_oneofs(descriptor).items():
        reason = descriptor.oneofs_by_name[oneof].GetOptions().Extensions[rules_pb2.oneof_rules].reason
        field = descriptor.fields_by_name[names[0]]
        yield Case((), field, "oneof", _clear(*names), reason or "REQUIRED_FIELD", oneof)
    for steps, path, field, part in walk(descriptor):
        if part is not None and field.name in part.refused:
            reason = rules_of(descriptor.fields_by_name[steps[-1]]).reason or "INVALID_INPUT"
            yield Case(steps, field, "refused", _put(field, sample(field)), reason, path)
        elif part is None or field.name not in part.not_read:
            yield from _absences(steps, path, field, part)
            yield from _values(steps, path, field)
            yield from _counts(steps, path, field, options)


def _absences(steps: tuple[str, ...], path: str, field: FieldDescriptor, part: Any) -> Iterator[Case]:
    rules = rules_of(field)
    if rules.required and not (part is not None and field.name in part.may_lack):
        reason = rules.missing_reason or "REQUIRED_FIELD"
        yield Case(steps, field, "required", _clear(field.name), reason, path)
        if rules.form == rules_pb2.TEXT_FORM_WORDS:
            yield Case(steps, field, "blank", _put(field, " \n"), "REQUIRED_FIELD", path)
    if rules.required_unless:
        yield Case(steps, field, "required_unless", _clear(field.name), "REQUIRED_FIELD", path)
    if rules.excludes_others:
        other = next(f for f in read_fields(field.containing_type) if f.name != field.name)

        def both(message: Any) -> None:
            put(message, field, sample(field))
            put(message, other, sample(other))

        yield Case(
            steps,
            field,
            "excludes_others",
            both,
            "INVALID_INPUT",
            f"{path.rpartition('.')[0]}.{other.name}".lstrip("."),
        )


def _counts(steps: tuple[str, ...], path: str, field: FieldDescriptor, options: ServerOptions) -> Iterator[Case]:
    rules = rules_of(field).list
    if rules.min_count > 1:
        yield Case(steps, field, "min_count", lambda m: _shorten(m, field.name), "REQUIRED_FIELD", path)
    if rules.max_count:
        many = _many(field, rules.max_count + 1)
        yield Case(steps, field, "max_count", many, rules.reason or "VALUE_OUT_OF_RANGE", path)
    if rules.max_count_option:
        many = _many(field, getattr(options, rules.max_count_option) + 1)
        yield Case(steps, field, "max_count_option", many, "REQUEST_TOO_LARGE", path)


def _values(steps: tuple[str, ...], path: str, field: FieldDescriptor) -> Iterator[Case]:
    """Of a single value, or of the first of a list."""
    rules = rules_of(field)
    if rules.list.apart:
        return
    where = f"{path}[0]" if is_list(field) else path
    for rule, value, reason in bad_values(field):
        yield Case(steps, field, rule, _put(field, value), reason, where)


def bad_values(field: FieldDescriptor) -> Iterator[tuple[str, Any, str]]:
    """(rule, value that breaks it, reason)."""
    rules, kind = rules_of(field), full_name(field)
    made: Any = None if field.message_type is None else field.message_type._concrete_class
    if kind == TIMESTAMP:
        reason = rules.reason or "INVALID_TIME"
        yield "a time", made(seconds=int(NOW.timestamp()), nanos=-1), reason
        yield "a time", made(seconds=2**40), reason
        if rules.HasField("since"):
            yield "since", made(seconds=rules.since.seconds - 1), reason
        if rules.HasField("before"):
            yield "before", made(seconds=rules.before.seconds), reason
    elif kind == DURATION:
        yield "a duration", made(seconds=60, nanos=-1), "INVALID_TIME"
        yield "negative", made(seconds=-1), "INVALID_TIME"
        longest = rules.longest.seconds or 366 * 86_400
        yield "longest", made(seconds=longest, nanos=1), "INVALID_TIME"
        if rules.positive:
            yield "positive", made(), "INVALID_TIME"
        if rules.HasField("shortest"):
            yield "shortest", made(seconds=rules.shortest.seconds - 1, nanos=999_999_999), "VALUE_OUT_OF_RANGE"
    elif kind == MASK:
        yield "mask", made(paths=["nothing"]), "INVALID_FIELD_MASK"
    elif field.enum_type is not None:
        yield "a value", 999, rules.reason or unknown_reason(field)
        if is_list(field):
            yield "unspecified", 0, "REQUIRED_FIELD"
        if rules.only:
            other = next(v.number for v in field.enum_type.values if v.number and v.name not in rules.only)
            yield "only", other, "VALUE_OUT_OF_RANGE"
    elif field.cpp_type in NUMBERS:
        yield from _bad_numbers(field, rules)
    elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        form = form_of(rules.form)
        if rules.form:
            yield "form", "?\x07", rules.reason or form.reason
        if form.max_character_count:
            yield "form's length", "x" * (form.max_character_count + 1), rules.reason or form.reason
        if rules.max_character_count:
            yield "length", "x" * (rules.max_character_count + 1), rules.reason or "INVALID_INPUT"


def _bad_numbers(field: FieldDescriptor, rules: rules_pb2.FieldRules) -> Iterator[tuple[str, Any, str]]:
    reason, exact = rules.reason or "VALUE_OUT_OF_RANGE", field.cpp_type in FLOATS
    number = float if exact else int
    step = 0.001 if exact else 1
    for name, more in {"least": -step, "most": step, "above": 0, "below": 0}.items():
        value = number(getattr(rules, name) + more)
        if rules.HasField(name) and not (rules.zero_is_unset and value == 0):
            yield name, value, reason
    if exact:
        for value in (NAN, INF, -INF):
            yield "finite", value, reason


def _put(field: FieldDescriptor, value: Any) -> Callable[[Any], None]:
    return lambda message: put(message, field, value)


def _clear(*names: str) -> Callable[[Any], None]:
    def clear(message: Any) -> None:
        for name in names:
            message.ClearField(name)

    return clear


def _shorten(message: Any, name: str) -> None:
    del getattr(message, name)[1:]


def _many(field: FieldDescriptor, count: int) -> Callable[[Any], None]:
    value = field.message_type._concrete_class() if field.message_type is not None else sample(field)
    return lambda message: put(message, field, [value] * count)
