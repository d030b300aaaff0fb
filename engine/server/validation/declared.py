"""What the contract declares: the rules of a field, the form of a text, the names of an enum."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from towline.v1 import rules_pb2

TIMESTAMP, DURATION, MASK = (f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask"))
NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
    FieldDescriptor.CPPTYPE_FLOAT,
    FieldDescriptor.CPPTYPE_DOUBLE,
}
FLOATS = {FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE}


@cache
def rules_of(field: FieldDescriptor) -> rules_pb2.FieldRules:
    """Empty where none are declared."""
    return field.GetOptions().Extensions[rules_pb2.rules]


def form_of(form: int) -> rules_pb2.Form:
    value = rules_pb2.TextForm.DESCRIPTOR.values_by_number[form]
    return value.GetOptions().Extensions[rules_pb2.form_details]


def required_oneofs(message: Descriptor) -> dict[str, list[str]]:
    """Names of the oneofs of which one field must be set, with their fields'."""
    return {
        oneof.name: [field.name for field in oneof.fields]
        for oneof in message.oneofs
        if oneof.GetOptions().Extensions[rules_pb2.oneof_rules].required
    }


def unknown_reason(field: FieldDescriptor) -> str:
    return field.enum_type.GetOptions().Extensions[rules_pb2.unknown_reason] or "INVALID_INPUT"


def allowed_values(field: FieldDescriptor) -> dict[int, str]:
    """Names by number of what an enum may be here, the unspecified value left out."""
    only = set(rules_of(field).only)
    return {v.number: v.name for v in field.enum_type.values if v.number and (not only or v.name in only)}


def is_list(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated)


def read_fields(message: Descriptor) -> Iterator[FieldDescriptor]:
    """Those that a request is read for, by number."""
    for field in sorted(message.fields, key=lambda each: each.number):
        if not rules_of(field).output_only:
            yield field


def full_name(field: FieldDescriptor) -> Any:
    """Of the message that a field holds; None where it holds none."""
    return field.message_type.full_name if field.message_type is not None else None
