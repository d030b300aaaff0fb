"""Rules of single values as checks: each takes a value that is set, and raises Broken."""

from __future__ import annotations

from functools import partial
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from towline.v1 import rules_pb2

from engine.server.plain_numbers import plain
from engine.server.validation import refusals
from engine.server.validation.broken import Broken
from engine.server.validation.declared import DURATION, FLOATS, MASK, NUMBERS, TIMESTAMP, allowed_values, full_name
from engine.server.validation.flat import Check
from engine.server.validation.forms import FORMS
from engine.server.wire_time import FIRST_S, LAST_S, LONGEST, check_duration, check_time
from graphs.errors import TowlineError


def value_check(field: FieldDescriptor, rules: rules_pb2.FieldRules) -> Check | None:
    """The check of one value of a field that holds no message of the contract's; None when any value will do."""
    match full_name(field):
        case name if name == TIMESTAMP:
            return _time(rules)
        case name if name == DURATION:
            return _duration(rules)
        case name if name == MASK:
            return _mask(rules)
    if field.enum_type is not None:
        return _enum(field)
    if field.cpp_type in NUMBERS:
        return _number(field, rules)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return _text(field, rules)
    return None


def bounds(rules: rules_pb2.FieldRules) -> str:
    """A number's, in words: ``0 to 360``, ``above 0 and at most 180``; empty when it has none."""
    if rules.HasField("least") and rules.HasField("most"):
        return f"{plain(rules.least)} to {plain(rules.most)}"
    if rules.HasField("least") and rules.least == 0 and not rules.HasField("below"):
        return "0 or more"
    words = {"least": "at least", "above": "above", "below": "below", "most": "at most"}
    return " and ".join(f"{word} {plain(getattr(rules, name))}" for name, word in words.items() if rules.HasField(name))


def number_limits(rules: rules_pb2.FieldRules) -> tuple[float, float, float, float]:
    """Least, most, and the bounds that are themselves outside."""
    inf = float("inf")
    largest = 1.7976931348623157e308
    return (
        rules.least if rules.HasField("least") else -largest,
        rules.most if rules.HasField("most") else largest,
        rules.above if rules.HasField("above") else -inf,
        rules.below if rules.HasField("below") else inf,
    )


def _number(field: FieldDescriptor, rules: rules_pb2.FieldRules) -> Check | None:
    words = bounds(rules)
    if not words and field.cpp_type not in FLOATS:
        return None
    least, most, above, below = number_limits(rules)
    refusal = refusals.outside(field, words or "a finite number")

    def check(value: float) -> None:
        if not (least <= value <= most and above < value < below):  # NaN is outside
            raise Broken(refusal(value))

    return check


def _text(field: FieldDescriptor, rules: rules_pb2.FieldRules) -> Check | None:
    most = rules.max_character_count
    wordless = rules.required and rules.form == rules_pb2.TEXT_FORM_WORDS
    if not rules.form:
        return partial(_check_length, most=most) if most else None
    form = FORMS[rules.form]
    fits, refuse = form.fits, form.refuse if not rules.reason else refusals.otherwise(form.refuse, rules.reason)

    def check(text: str) -> None:
        if not fits(text):
            try:
                refuse(text, "")
            except TowlineError:
                raise Broken(partial(refuse, text)) from None

    def check_more(text: str) -> None:
        if most and len(text) > most:
            raise Broken(refusals.lengthy(len(text), most))
        check(text)
        if wordless and text.isspace():
            raise Broken(refusals.missing(field))

    return check_more if most or wordless else check


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise Broken(refusals.lengthy(len(text), most))


def _enum(field: FieldDescriptor) -> Check:
    known = frozenset(allowed_values(field))
    unset = refusals.missing(field)

    def check(number: int) -> None:
        if number not in known:
            raise Broken(refusals.unknown(field, number) if number else unset)

    return check


def enum_list_check(field: FieldDescriptor) -> Check:
    """Of all numbers of a list at once."""
    known, each = frozenset(allowed_values(field)), _enum(field)

    def check(numbers: Any) -> None:
        if known.issuperset(numbers):
            return
        for index, number in enumerate(numbers):
            try:
                each(number)
            except Broken as broken:
                raise broken.inside(f"[{index}]") from None

    return check


def _time(rules: rules_pb2.FieldRules) -> Check:
    since = rules.since.seconds if rules.HasField("since") else FIRST_S
    before = rules.before.seconds if rules.HasField("before") else LAST_S + 1

    def check(message: Any) -> None:
        if not (since <= message.seconds < before and 0 <= message.nanos < 1_000_000_000):
            raise Broken(lambda path: check_time(message, path, since, before))

    return check


def _duration(rules: rules_pb2.FieldRules) -> Check:
    longest = rules.longest.ToTimedelta() if rules.HasField("longest") else LONGEST
    shortest = rules.shortest.ToTimedelta() if rules.HasField("shortest") else None
    refuse = partial(check_duration, positive=rules.positive, longest=longest, shortest=shortest)

    def check(message: Any) -> None:
        try:
            refuse(message, "")
        except TowlineError:
            raise Broken(partial(refuse, message)) from None

    return check


def _mask(rules: rules_pb2.FieldRules) -> Check:
    allowed, name = tuple(rules.mask_paths), rules.mask_message
    if name:
        from google.protobuf.descriptor_pool import Default

        described = Default().FindMessageTypeByName(name)

    def check(mask: Any) -> None:
        if name:
            if not mask.IsValidForDescriptor(described):
                raise Broken(refusals.unmasked(", ".join(mask.paths), allowed, name))
            return
        for path in mask.paths:
            if path not in allowed:
                raise Broken(refusals.unmasked(path, allowed, name))

    return check
