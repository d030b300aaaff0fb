"""The typed errors of broken rules: the reason the contract gives, the field, and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NoReturn

from google.protobuf.descriptor import FieldDescriptor

from engine.errors import (
    BookingError,
    DemandError,
    FieldMaskError,
    PageSizeError,
    RequiredFieldError,
    TooLargeError,
    UnknownCapabilityError,
    UnknownPriorityError,
    UnknownServiceError,
    UnknownStatusError,
    UnknownWeatherError,
    ValueRangeError,
)
from engine.server.plain_numbers import plain
from engine.server.validation.broken import Refusal
from engine.server.validation.declared import allowed_values, form_of, is_list, rules_of, unknown_reason
from graphs.errors import (
    AccuracyError,
    CoordinateError,
    DatumError,
    HeadingError,
    InputError,
    PostTextError,
    TowlineError,
)

#: The error of each reason that a rule may name; forms of texts, times and durations have refusals of their own.
ERRORS: dict[str, type[TowlineError]] = {
    kind.reason: kind
    for kind in (
        AccuracyError,
        BookingError,
        CoordinateError,
        DatumError,
        DemandError,
        HeadingError,
        InputError,
        PageSizeError,
        PostTextError,
        TooLargeError,
        UnknownCapabilityError,
        UnknownPriorityError,
        UnknownServiceError,
        UnknownStatusError,
        UnknownWeatherError,
        ValueRangeError,
    )
}
#: What else to do, by reason.
HINTS = {
    HeadingError.reason: ", in degrees; leave it unset when unknown",
    AccuracyError.reason: " metres; leave it unset when unknown",
}


def missing(field: FieldDescriptor | None = None, names: Collection[str] = ()) -> Refusal:
    """RequiredFieldError of a field, or of all ``names`` of a oneof."""
    kind: type[TowlineError] = RequiredFieldError
    if field is not None and (reason := rules_of(field).missing_reason):
        kind = ERRORS[reason]

    def refuse(path: str) -> NoReturn:
        if field is not None and field.enum_type is not None:
            known = ", ".join(allowed_values(field).values())
            raise kind(f"{path} is not set; use one of: {known}", field=path, value=0, known=known)
        if field is not None and (example := form_of(rules_of(field).form).example):
            raise kind(f"{path} is missing; write it like {example}", field=path, example=example)
        what = f"set one of {', '.join(names)}" if names else "set it"
        if field is not None and is_list(field):
            what = "give at least one"
        raise kind(f"{path} is missing; {what}", field=path)

    return refuse


def unknown(field: FieldDescriptor, number: int) -> Refusal:
    """The error of an enum's value that is not known, or not allowed here."""
    names = allowed_values(field)
    known = ", ".join(names.values())
    there = field.enum_type.values_by_number.get(number)
    kind = ERRORS[unknown_reason(field)] if there is None else ValueRangeError

    def refuse(path: str) -> NoReturn:
        what = f"has the unknown value {number}" if there is None else f"cannot be {there.name} here"
        raise kind(f"{path} {what}; use one of: {known}", field=path, value=number, known=known)

    return refuse


def outside(field: FieldDescriptor, bounds: str) -> Callable[[Any], Refusal]:
    """The error of a number outside its bounds."""
    reason = rules_of(field).reason or ValueRangeError.reason
    kind, hint = ERRORS[reason], HINTS.get(reason, "")
    if kind is CoordinateError:
        return _off_the_earth

    def refusal(value: Any) -> Refusal:
        def refuse(path: str) -> NoReturn:
            raise kind(f"{path} {plain(value)} must be {bounds}{hint}", field=path, value=value)

        return refuse

    return refusal


def _off_the_earth(value: float) -> Refusal:
    def refuse(path: str) -> NoReturn:
        swapped = path.endswith("lat") and abs(value) <= 180.0
        hint = "latitude and longitude look swapped" if swapped else "use degrees"
        raise CoordinateError(f"{path} {plain(value)} is not a place on Earth; {hint}", field=path, value=value)

    return refuse


def otherwise(refuse: Callable[[str, str], object], reason: str) -> Callable[[str, str], object]:
    """The refusal of a text, with the reason of its field."""
    kind = ERRORS[reason]

    def refuse_so(text: str, path: str) -> None:
        try:
            refuse(text, path)
        except TowlineError as error:
            raise kind(error.message, **error.metadata) from None

    return refuse_so


def few(count: int, most: int, reason: str) -> Refusal:
    """The error of a list that is longer than anybody means."""
    kind = ERRORS[reason or ValueRangeError.reason]

    def refuse(path: str) -> NoReturn:
        text = f"{path} has {count:,} entries; at most {most:,}"
        if kind is TooLargeError:
            raise kind(text, field=path, count=count, max_count=most)
        raise kind(text, field=path, value=count)

    return refuse


def scanty(count: int, least: int) -> Refusal:
    def refuse(path: str) -> NoReturn:
        entries = "one entry" if count == 1 else f"{count} entries"
        raise RequiredFieldError(f"{path} has {entries}; give at least {least}", field=path, count=count)

    return refuse


def unwanted(reason: str) -> Refusal:
    """The error of a field that must not be set here."""
    kind = ERRORS[reason or InputError.reason]

    def refuse(path: str) -> NoReturn:
        raise kind(f"{path} is not the caller's to say here; leave it out", field=path)

    return refuse


def beside(name: str) -> Refusal:
    """The error of a field that is set beside one that stands alone."""

    def refuse(path: str) -> NoReturn:
        raise InputError(f"{path} is set beside {name}, which says all; send one or the other", field=path)

    return refuse


def lengthy(count: int, most: int) -> Refusal:
    def refuse(path: str) -> NoReturn:
        raise InputError(f"{path} has {count:,} characters; it may have {most:,}", field=path)

    return refuse


def unmasked(wrong: str, paths: Collection[str], message: str) -> Refusal:
    """The error of a field mask with a path that may not be in it."""
    use = f"use any of {', '.join(paths)}" if paths else f"use the fields of {message}"

    def refuse(path: str) -> NoReturn:
        raise FieldMaskError(f"{path}: {wrong!r} cannot be named here; {use}", field=path, value=wrong)

    return refuse
