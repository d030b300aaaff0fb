"""Texts of the coverage planner's pages: complete in both languages, and all of them used."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from engine.coverage.never_first import WHY
from engine.model import Service
from engine.scenario.model import SWEPT as SWEEPABLE
from engine.texts import Language
from engine.texts.page_words import ENGLISH, TEXTS, PageWords
from engine.texts.pages import DAYS, NOUNS, PAGES, SWEPT, WEATHER
from engine.texts.shift_pages import SHIFT_PAGES
from graphs.metrics import Weather
from graphs.metrics.hours import DAYS as WEEK

ENGINE = Path(__file__).parents[3] / "engine"
ZH = PageWords(Language.ZH)
#: Nothing but variables and signs.
SIGNS = {"figure", "made_from", "made_between", "between", "stage_share", "with_crews", "noun"}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_is_there_in_both_languages(key: str) -> None:
    """With the same variables; the Chinese without a Latin word."""
    english, chinese = TEXTS[key]
    names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, chinese)]
    assert {name.lower() for name in names[0]} == {name.lower() for name in names[1]}
    plain = re.sub(r"\{\w+\}", "", chinese)
    assert not re.search("[A-Za-z]", plain)
    assert key in SIGNS or re.search("[一-鿿]", plain)
    assert not re.search("[一-鿿]", english)


def test_no_key_is_twice_and_none_is_missing_or_left_over() -> None:
    """Every text in quotes after ``words`` is a key, and every key stands somewhere in the code."""
    assert not set(PAGES) & set(SHIFT_PAGES)
    sources = [path.read_text("utf-8") for path in ENGINE.rglob("*.py") if "texts" not in path.parts[-2:-1]]
    sources.append((ENGINE / "texts" / "page_words.py").read_text("utf-8"))
    asked = {key for text in sources for key in re.findall(r'\bwords(?:\.counted)?\(\s*"([\w.]+)"', text)}
    assert len(asked) > 60
    assert asked <= set(TEXTS) | {key.removesuffix(".one") for key in TEXTS}
    quoted = {word for text in sources for word in re.findall(r'"([\w.]+)"', text)}
    made = {f"{stem}_{span}" for stem in ("calls_a", "crew_hours", "cost_a") for span in ("day", "week")}
    made |= {key for key in TEXTS if key.startswith("made.") or key.endswith(".one")}
    made |= {"before", "after", "difference"} | {kind.value for kind in WHY}
    assert not set(TEXTS) - quoted - made


def test_names_have_words() -> None:
    """Services, days, weather, what a sweep changes; why somebody is first nowhere reads as on the terminal."""
    assert set(DAYS) == set(WEEK)
    assert set(WEATHER) == set(Weather)
    assert set(SWEPT) == {key.rpartition(".")[2].removesuffix("_minutes") for key in SWEEPABLE} - {"weather"}
    for service in Service:
        assert re.fullmatch("[一-鿿]+", ZH.service(service))
    for kind, text in WHY.items():
        assert ENGLISH(kind.value) == text
    assert (ZH.moment("tue-08"), ENGLISH.moment("tue-08")) == ("周二 08:00", "Tue 08:00")
    assert ZH.moment("2026-03-03T18:30-03:00") == "2026-03-03 18:30"
    assert ZH.swept("remove", "P7") == "P7 退出"
    assert (ENGLISH.swept("urban_minutes", 25.0), ENGLISH.swept("weather", "snow")) == ("urban 25", "snow")
    assert (ZH.waiting_place("base of P7"), ZH.waiting_place("spots.csv row 1")) == ("P7 的基地", "spots.csv row 1")
    assert ZH("within", noun="people") == f"承诺内的{NOUNS['people']}"
    assert (ENGLISH("within", noun="people"), ENGLISH.counted("free_count", 1)) == (
        "People within promise",
        "1 free unit",
    )
