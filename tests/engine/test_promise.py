"""Promises: their reasons in English, word for word, and in Chinese from the same key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Service
from engine.texts import Language, promise_in
from graphs.region import Region
from tests.engine.fleets import NOW, place

MINUTE = timedelta(minutes=1)


def test_reasons_in_both_languages(coquimbo: Region) -> None:
    """By what was promised, by what is asked for, by the road; each also from a wanted time."""
    dispatcher = Dispatcher(coquimbo)
    call = Incident("i", place(coquimbo, Random(1)), Service.TOWING, NOW)
    calls = [
        replace(call, id="made", due_at=NOW + 40 * MINUTE),
        replace(call, id="asked", promise=45 * MINUTE),
        replace(call, id="wanted", promise=7.5 * MINUTE, earliest=NOW + 60 * MINUTE),
        replace(call, id="soon", promise=MINUTE),
        call,
        replace(call, id="booked", earliest=NOW + 60 * MINUTE),
    ]
    promises = dispatcher.situation(calls, dispatcher.prepare(Fleet(units=())), NOW).intake.promises
    english = [promise.reason for promise in promises]
    assert english[:4] == [
        "promised earlier",
        "45 minutes asked for",
        "7.5 minutes asked for from the wanted time",
        "1 minute asked for",
    ]
    where = english[4].partition(": ")[2]
    assert where.startswith("on ")
    assert english[4].endswith((", a highway", ", in a built-up area", ", outside built-up areas"))
    assert english[5] == f"{english[4].partition(':')[0]} from the wanted time: {where}"
    for promise in promises:
        assert promise_in(promise, Language.EN) == promise
        chinese = promise_in(promise, Language.ZH).reason
        assert any("一" <= letter <= "鿿" for letter in chinese)
        assert chinese != promise.reason
