"""Forms of texts: what each form of the contract means, and the typed error of a text that has it not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import h3
from towline.v1 import rules_pb2

from engine.errors import RequestIdError, ValueRangeError
from engine.fleet.territory import TerritoryError
from engine.live.watch.entry import FINEST
from engine.server import names
from engine.server.validation.declared import form_of
from engine.texts import Language
from graphs.cells import is_cell
from graphs.errors import InputError, UnknownDirectionError
from graphs.snapping.compass import bearing_of_words


@dataclass(frozen=True, slots=True)
class Form:
    """``fits`` is quick and true of most good texts; ``refuse``, given text and path, raises of bad ones alone."""

    fits: Callable[[str], object]
    refuse: Callable[[str, str], object]


#: Ids as nearly everybody writes them.
_ID = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}"


def _name(parse: Callable[[str, str], object], *kinds: str, end: str = "") -> Form:
    return Form(re.compile("/".join(f"{kind}/{_ID}" for kind in kinds) + end).fullmatch, parse)


def _request_id(text: str, path: str) -> None:
    most = form_of(rules_pb2.TEXT_FORM_REQUEST_ID).max_character_count
    if len(text) > most or not text.isprintable():
        raise RequestIdError(f"{path} must be at most {most} printable characters; a UUID will do", field=path)


def _reference(text: str, path: str) -> None:
    most = form_of(rules_pb2.TEXT_FORM_REFERENCE).max_character_count
    if len(text) > most or not text.isprintable():
        raise InputError(
            f"{path} must be at most {most} printable characters: a reference of your own, never a name or a number",
            field=path,
        )


def _words(text: str, path: str) -> None:
    most = form_of(rules_pb2.TEXT_FORM_WORDS).max_character_count
    if any(not (c.isprintable() or c in "\n\t") for c in text):
        raise ValueRangeError(f"{path} holds control characters; send plain text", field=path)
    if len(text) > most:
        raise ValueRangeError(f"{path} has {len(text)} characters; use at most {most}", field=path, value=len(text))


def _compass(text: str, path: str) -> None:
    words = text.strip()
    if words and bearing_of_words(words) is None:
        raise UnknownDirectionError(
            f"{path} '{words}' is no compass direction; send a word such as northbound, norte or 北向, or leave it out",
            field=path,
            direction=words,
        )


def _is_cell(text: str) -> bool:
    """Written as the contract has it, in small letters: so they are kept, and told to others."""
    return text.islower() and is_cell(text)


def _cell(text: str, path: str) -> None:
    if not _is_cell(text):
        raise TerritoryError(f"{path} {text[:40]!r} is no H3 cell; write it like 88b2c27a3dfffff", field=path)


def _coarse(text: str) -> bool:
    return _is_cell(text) and h3.get_resolution(text) <= FINEST


def _coarse_cell(text: str, path: str) -> None:
    if not _coarse(text):
        what = f"is no H3 cell of a resolution from 0 to {FINEST}; write it like 88b2c27a3dfffff"
        raise TerritoryError(f"{path} {text[:40]!r} {what}", field=path)


def _never(_text: str) -> bool:
    return False


#: By number of TextForm.
FORMS: dict[int, Form] = {
    rules_pb2.TEXT_FORM_REGION: _name(names.parse_region, "regions"),
    rules_pb2.TEXT_FORM_TRAFFIC: _name(names.parse_traffic, "regions", end="/traffic"),
    rules_pb2.TEXT_FORM_PROVIDER: _name(names.parse_provider, "regions", "providers"),
    rules_pb2.TEXT_FORM_PROVIDERS: _name(partial(names.parse_provider, wildcard=True), "regions", "providers"),
    rules_pb2.TEXT_FORM_UNIT: _name(names.parse_unit, "regions", "providers", "units"),
    rules_pb2.TEXT_FORM_INCIDENT: _name(names.parse_incident, "regions", "incidents"),
    rules_pb2.TEXT_FORM_OFFER: _name(names.parse_offer, "regions", "incidents", "offers"),
    rules_pb2.TEXT_FORM_ESCALATION: _name(names.parse_escalation, "regions", "incidents", "escalations"),
    rules_pb2.TEXT_FORM_REQUEST_ID: Form(re.compile("[0-9A-Za-z-]{1,128}").fullmatch, _request_id),
    rules_pb2.TEXT_FORM_REFERENCE: Form(_never, _reference),
    rules_pb2.TEXT_FORM_WORDS: Form(re.compile("[ -~]{0,1000}").fullmatch, _words),
    rules_pb2.TEXT_FORM_LANGUAGE: Form({"en", "zh"}.__contains__, Language.of),
    rules_pb2.TEXT_FORM_H3_CELL: Form(_is_cell, _cell),
    rules_pb2.TEXT_FORM_H3_CELL_TO_9: Form(_coarse, _coarse_cell),
    rules_pb2.TEXT_FORM_COMPASS: Form(_never, _compass),
}
