"""Columns of numbers, words and times: what is accepted, and what each mistake is called."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import Capability, Priority, Service
from engine.tables.numbers import coordinates, numbers
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.tables.times import times
from engine.tables.words import choice_sets, choices, flags, identifiers
from graphs.errors import MissingColumnError
from tests.engine.tables.conftest import NOW


def column(*cells: str, name: str = "x") -> Table:
    return Table("t.csv", {name: list(cells)}, list(range(2, len(cells) + 2)))


def pair(*cells: tuple[str, str]) -> Table:
    return Table("t.csv", {"lon": [a for a, _ in cells], "lat": [b for _, b in cells]}, list(range(2, len(cells) + 2)))


def test_numbers_know_empty_from_wrong() -> None:
    """Empty cells are NaN without a problem; words, NaN and infinity are problems of their rows."""
    problems = Problems()
    values = numbers(column("1.5", "", "abc", "nan", "inf", "-2"), "x", problems)
    np.testing.assert_array_equal(values, [1.5, np.nan, np.nan, np.nan, np.nan, -2])
    assert [problem.row for problem in problems.rows] == [4, 5, 6]


def test_numbers_outside_their_range_are_problems() -> None:
    """Bounds are inclusive unless said otherwise, and the message gives them."""
    problems = Problems()
    numbers(column("0", "10", "11", "-1"), "x", problems, low=0, high=10, above_low=True, unit="minutes")
    assert [problem.row for problem in problems.rows] == [2, 4, 5]
    assert "above 0 and at most 10 minutes" in problems.rows[0].message


def test_swapped_coordinates_are_recognised_where_the_numbers_show_it() -> None:
    """A latitude beyond 90 with a longitude below it is called swapped; both beyond is not."""
    problems = Problems()
    _, _, good = coordinates(
        pair(("-29.9", "-171.2"), ("200", "10"), ("nan", "1"), ("", "1"), ("1", "2")), "lon", "lat", problems
    )
    assert good.tolist() == [False, False, False, False, True]
    assert ["swapped" in problem.message for problem in problems.rows] == [False, False, True, False]
    assert {problem.row for problem in problems.rows} == {2, 3, 4, 5}


def test_optional_coordinates_may_be_absent_but_not_by_half() -> None:
    """Neither is fine, one of two is a problem."""
    problems = Problems()
    _, _, good = coordinates(pair(("", ""), ("1", ""), ("1", "2")), "lon", "lat", problems, optional=True)
    assert good.tolist() == [False, False, True]
    assert [(problem.row, problem.column) for problem in problems.rows] == [(3, "lat")]


def test_ids_are_unique_and_present() -> None:
    """An empty id and a second one are problems; the second names the first's row."""
    problems = Problems()
    identifiers(column("a", "", "a", "b"), "x", problems)
    assert [problem.row for problem in problems.rows] == [3, 4]
    assert "row 2" in problems.rows[1].message


def test_words_are_case_blind_and_guessed_at() -> None:
    """Capital letters are fine, a near miss is suggested, anything else gets the list."""
    problems = Problems()
    found = choices(column("Towing", "towin", "xyz", ""), "x", Service, problems, default=None, reason="R")
    assert found == [Service.TOWING, None, None, None]
    messages = [problem.message for problem in problems.rows]
    assert "did you mean towing?" in messages[0]
    assert "airport_transfer" in messages[1]
    assert "empty" in messages[2]


def test_empty_words_take_the_default() -> None:
    """No priority is the normal one."""
    problems = Problems()
    assert choices(column(""), "x", Priority, problems, default=Priority.NORMAL, reason="R") == [Priority.NORMAL]
    assert not problems.rows


def test_sets_of_words_take_any_usual_separator() -> None:
    """Semicolons, commas and bars; every wrong word is named."""
    problems = Problems()
    found = choice_sets(column("tyre; fuel", "tyre|winch", "", "tyre;winsh"), "x", Capability, problems, reason="R")
    assert found[:3] == [{Capability.TYRE, Capability.FUEL}, {Capability.TYRE, Capability.WINCH}, frozenset()]
    assert "winsh" in problems.rows[0].message


def test_flags_are_read_in_many_hands() -> None:
    """true, yes, 1 and their opposites; empty is no; anything else a problem."""
    problems = Problems()
    assert flags(column("TRUE", "yes", "0", "", "maybe"), "x", problems) == [True, True, False, False, None]
    assert len(problems.rows) == 1


def test_times_need_a_zone_and_a_plausible_year() -> None:
    """No zone, no time, another century and an absent required one are four different messages."""
    problems = Problems()
    cells = [
        "2026-03-03T18:25:00-03:00",
        "2026-03-03T21:25:00Z",
        "2026-03-03T18:25:00",
        "noon",
        "1926-03-03T18:25Z",
        "",
    ]
    found = times(column(*cells), "x", problems, now=NOW, required=True)
    assert found[0] == found[1] == NOW - timedelta(minutes=5)
    assert found[2:] == [None] * 4
    for problem, says in zip(problems.rows, ["no time zone", "not a time", "more than a year", "empty"], strict=True):
        assert says in problem.message


def test_required_columns_are_all_named_and_typing_errors_noted() -> None:
    """The error lists every missing column and what is there; a near miss of an optional one becomes a note."""
    with pytest.raises(MissingColumnError, match=r"lacks the columns lon, lat; it has: x"):
        column("1").require(("lon", "lat"), (), Problems())
    problems = Problems()
    column("1", name="promise_minute").require((), ("promise_minutes", "priority"), problems)
    assert "did you mean promise_minutes?" in problems.notes[0]


@settings(deadline=None)  # no timing in tests
@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_any_text_is_read_or_reported(cells: list[str]) -> None:
    """No text makes a parser raise, and a wrong cell is never taken without a problem."""
    table, problems = column(*(cell.strip() for cell in cells)), Problems()
    read = numbers(table, "x", problems)
    wrong = {problem.row for problem in problems.rows}
    for row, cell, value in zip(table.rows, table.cells("x"), read, strict=True):
        assert np.isnan(value) == (cell == "" or row in wrong)
    times(table, "x", problems, now=NOW)
    choice_sets(table, "x", Capability, problems, reason="R")
    choices(table, "x", Service, problems, default=None, reason="R")
    flags(table, "x", problems)
    identifiers(table, "x", problems)
    str(problems.rows)
