"""Write docs/rules.md, the rules of requests in tables, from the contract: ``python proto/rules_page.py [FILE]``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROTO = Path(__file__).resolve().parent
PAGE = PROTO.parent / "docs" / "rules.md"
HEAD = """# Rules of requests

Written by `make proto` from the options in [`proto/towline/v1`](../proto/towline/v1);
[api.md](api.md#rules-of-requests) says what they mean and how a program reads them. A field that is not here may have
any value. What takes more than the field to know (other fields, the clock, the region, what the server keeps) is in the
comments of the contract.

| Field | Rules | Otherwise |
|---|---|---|
"""
FORMS_HEAD = """
## Forms of texts

| Form | Looks like | Characters at most | Otherwise |
|---|---|---|---|
"""
_BOUNDS = {"least": "at least", "above": "above", "below": "below", "most": "at most"}


def page() -> str:
    """The whole page."""
    sys.path.insert(0, str(PROTO))
    rules = importlib.import_module("towline.v1.rules_pb2")
    parts = [HEAD]
    for message in _messages():
        parts += _rows(message, rules)
    parts.append(FORMS_HEAD)
    for value in rules.TextForm.DESCRIPTOR.values:
        form = value.GetOptions().Extensions[rules.form_details]
        if form.reason:
            most = f"{form.max_character_count:,}" if form.max_character_count else ""
            parts.append(f"| {_form_name(value.name)} | `{form.example}` | {most} | `{form.reason}` |\n")
    return "".join(parts)


def _messages() -> Iterator[Any]:
    """Of every file, in its order."""
    for path in sorted((PROTO / "towline" / "v1").glob("*.proto")):
        file = importlib.import_module(f"towline.v1.{path.stem}_pb2").DESCRIPTOR
        if path.stem != "rules":
            yield from file.message_types_by_name.values()


def _rows(message: Any, rules_pb2: Any) -> Iterator[str]:
    for oneof in message.oneofs:
        rule = oneof.GetOptions().Extensions[rules_pb2.oneof_rules]
        if rule.required:
            names = ", ".join(f"`{field.name}`" for field in oneof.fields)
            yield f"| `{message.name}.{oneof.name}` | one of {names} | `{rule.reason or 'REQUIRED_FIELD'}` |\n"
    for field in message.fields:
        rule = field.GetOptions().Extensions[rules_pb2.rules]
        said = list(_said(field, rule, rules_pb2))
        if said:
            reasons = list(dict.fromkeys(f"`{reason}`" for _, reason in said if reason))
            yield f"| `{message.name}.{field.name}` | {'; '.join(text for text, _ in said)} | {', '.join(reasons)} |\n"


def _said(field: Any, rule: Any, rules_pb2: Any) -> Iterator[tuple[str, str]]:
    """(rule in words, reason when it is broken)."""
    missing = rule.missing_reason or "REQUIRED_FIELD"
    if rule.output_only:
        yield "not looked at: only answers have it", ""
    if rule.required:
        yield "required", missing
    if rule.required_unless:
        yield f"required, unless `{rule.required_unless}` is set", missing
    if rule.excludes_others:
        yield "nothing else may be set with it", "INVALID_INPUT"
    yield from _value(rule, rules_pb2)
    if rule.only:
        yield f"one of {', '.join(f'`{name}`' for name in rule.only)}", "VALUE_OUT_OF_RANGE"
    if field.enum_type is not None and not rule.output_only:
        unknown = field.enum_type.GetOptions().Extensions[rules_pb2.unknown_reason]
        if rule.ByteSize():
            yield "a known value", rule.reason or unknown or "INVALID_INPUT"
    yield from _masked(rule)
    yield from _list(rule)
    yield from _part(rule)


def _value(rule: Any, rules_pb2: Any) -> Iterator[tuple[str, str]]:
    if rule.form:
        value = rules_pb2.TextForm.DESCRIPTOR.values_by_number[rule.form]
        reason = value.GetOptions().Extensions[rules_pb2.form_details].reason
        yield _form_name(value.name), reason
    if rule.max_character_count:
        yield f"at most {rule.max_character_count:,} characters", rule.reason or "INVALID_INPUT"
    bounds = [f"{word} {_plain(getattr(rule, name))}" for name, word in _BOUNDS.items() if rule.HasField(name)]
    if bounds:
        or_zero = ", or 0: not set" if rule.zero_is_unset else ""
        yield " and ".join(bounds) + or_zero, rule.reason or "VALUE_OUT_OF_RANGE"
    elif rule.reason and not (rule.form or rule.max_character_count or rule.HasField("part")):
        yield "what every field of its type keeps", rule.reason
    for name, word in (("since", "not before"), ("before", "before")):
        if rule.HasField(name):
            yield f"{word} {getattr(rule, name).ToJsonString()}", rule.reason or "INVALID_TIME"
    if rule.positive:
        yield "more than 0 s", "INVALID_TIME"
    if rule.HasField("shortest"):
        yield f"at least {_plain(rule.shortest.seconds)} s", "VALUE_OUT_OF_RANGE"
    if rule.HasField("longest"):
        yield f"at most {_plain(rule.longest.seconds)} s", "INVALID_TIME"


def _masked(rule: Any) -> Iterator[tuple[str, str]]:
    if rule.mask_paths:
        yield f"names of {', '.join(f'`{path}`' for path in rule.mask_paths)}", "INVALID_FIELD_MASK"
    if rule.mask_message:
        yield f"names fields of `{rule.mask_message}`", "INVALID_FIELD_MASK"


def _list(rule: Any) -> Iterator[tuple[str, str]]:
    of = rule.list
    if of.min_count:
        yield f"at least {of.min_count} entries", "REQUIRED_FIELD"
    if of.max_count:
        yield f"at most {of.max_count:,} entries", of.reason or "VALUE_OUT_OF_RANGE"
    if of.max_count_option:
        yield f"as many entries as the server's option `{of.max_count_option}`", "REQUEST_TOO_LARGE"
    if of.apart:
        yield "each entry stands for itself", ""


def _part(rule: Any) -> Iterator[tuple[str, str]]:
    part = rule.part
    reads = ", ".join(f"`{name}`" for name in part.reads)
    if part.may_lack:
        yield f"may lack {', '.join(f'`{name}`' for name in part.may_lack)}", ""
    if part.not_read:
        yield f"{', '.join(f'`{name}`' for name in part.not_read)} not looked at", ""
    if part.refused:
        yield f"without {', '.join(f'`{name}`' for name in part.refused)}", rule.reason or "INVALID_INPUT"
    if part.reads_if:
        yield f"with `{part.reads_if}` only {reads} are looked at", ""
    if part.reads_mask:
        yield f"only {reads} and what `{part.reads_mask}` names are looked at", ""


def _form_name(name: str) -> str:
    return f"form `{name.removeprefix('TEXT_FORM_')}`"


def _plain(number: float) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:,g}"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    target.write_text(page(), "utf-8")
    print(target)
