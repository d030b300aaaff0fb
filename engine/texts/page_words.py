"""The words of one language for the coverage planner's pages and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.texts.pages import DAYS, NOUNS, PAGES, SWEPT, WEATHER
from engine.texts.reasons import WORDS
from engine.texts.say import Language
from engine.texts.shift_pages import SHIFT_PAGES

TEXTS: Mapping[str, tuple[str, str]] = PAGES | SHIFT_PAGES
#: Traffic profiles as results name them, where people read another word.
_TRAFFIC = {"free-flow": "free_flow", "default": "default_profile"}


@dataclass(frozen=True, slots=True)
class PageWords:
    """Texts by key, and what has names of its own: services, moments, what demand counts."""

    language: Language = Language.EN

    def __call__(self, key: str, /, **variables: object) -> str:
        """The text of a key with its variables filled in; ``noun`` is given as layers of demand call it."""
        if "noun" in variables:
            noun = self.noun(str(variables["noun"]))
            variables |= {"noun": noun, "Noun": noun[:1].upper() + noun[1:]}
        return self._of(TEXTS[key]).format(**variables)

    def counted(self, key: str, count: int) -> str:
        """The text of a key for so many, for one in its own form."""
        return self(f"{key}.one" if count == 1 else key, count=f"{count:,}")

    def letters(self) -> str:
        """Every character of the language's texts, once."""
        every = (*TEXTS.values(), *DAYS.values(), *WEATHER.values(), *SWEPT.values())
        own = [*map(self._of, every), *((*NOUNS.values(), *WORDS.values()) if self.language is Language.ZH else ())]
        return "".join(sorted(set("".join(own))))

    def noun(self, unit: str) -> str:
        """What demand counts."""
        return NOUNS.get(unit, unit) if self.language is Language.ZH else unit

    def service(self, value: str) -> str:
        """A service by its value, as a title."""
        if self.language is Language.ZH:
            return WORDS.get(value, value)
        return value.replace("_", " ").capitalize()

    def moment(self, name: str) -> str:
        """``Tue 12:00`` of ``tue-12``; the date and time where there is one."""
        day, dash, hour = name.partition("-")
        if day in DAYS and dash:
            return f"{self._of(DAYS[day])} {hour}:00"
        return name.replace("T", " ")[:16]

    def instant(self, at: datetime) -> str:
        """A time with its day of the week."""
        return f"{self._of(DAYS[tuple(DAYS)[at.weekday()]])} {at:%Y-%m-%d %H:%M}"

    def promised(self, least: float, most: float) -> str:
        """What is promised, one number of minutes or the least and the most."""
        if least == most:
            return self("promise_of", minutes=f"{least:g}")
        return self("promises_of", least=f"{least:g}", most=f"{most:g}")

    def day(self, name: str) -> str:
        """A day of the week."""
        return self._of(DAYS[name])

    def weather(self, name: str) -> str:
        """A kind of weather by its value."""
        return self._of(WEATHER[name]).replace("_", " ") if name in WEATHER else name

    def swept(self, key: str, value: object) -> str:
        """``snow``, ``without P7`` or ``urban 25``: one value of a sweep, by the last part of its key."""
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        if key == "remove":
            return self("without", provider=shown)
        if key == "weather":
            return self._of(WEATHER[shown]) if shown in WEATHER else shown
        short = key.removesuffix("_minutes")
        return f"{self._of(SWEPT[short]) if short in SWEPT else short.replace('_', ' ')} {shown}"

    def waiting_place(self, name: str) -> str:
        """A place to wait at: ``base of P7``, ``cell 88b2…``, or as somebody called it."""
        for key, start, variable in (("base_of", "base of ", "provider"), ("cell", "cell ", "cell")):
            if name.startswith(start):
                return self(key, **{variable: name.removeprefix(start)})
        return name

    def traffic(self, name: str) -> str:
        """Whose speeds by hour count, as a part of a subtitle."""
        return self({"free-flow": "traffic.free", "default": "traffic.default"}.get(name, "traffic"), name=name)

    def made_from(self, origin: Mapping[str, str]) -> str:
        """A line that traces a page, or a picture, to what it was made from."""
        parts = [
            self("made_from", name=self(f"made.{name}"), value=self._shown(name, value))
            for name, value in origin.items()
        ]
        line = self("made_between").join(parts)
        return line[:1].upper() + line[1:]

    def _shown(self, name: str, value: str) -> str:
        return self(_TRAFFIC[value]) if name == "traffic" and value in _TRAFFIC else value

    def _of(self, texts: tuple[str, str]) -> str:
        return texts[1] if self.language is Language.ZH else texts[0]


#: For whoever says no language.
ENGLISH = PageWords()
