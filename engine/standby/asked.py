"""What stand-by advice is about: for which services, who is free when, whose hour's roads and calls count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.model import Service
from engine.texts.page_words import PageWords


@dataclass(frozen=True, slots=True)
class StandbyAsked:
    """Without these advice is of use to nobody who reads it later."""

    services: tuple[Service, ...]
    at: datetime  # local; who is free is a matter of this
    told_minutes: float  # from the call until a crew is told
    promise_minutes: tuple[float, ...]  # all that are promised, rising
    hour: str = ""  # whose roads and calls count where a scenario says it: "fri-08", or a time; "": those of `at`
    weather: str = ""  # as a scenario says it
    scenario: str = ""  # its title

    def to_json(self) -> dict[str, Any]:
        """As part of a document; what a scenario does not say is null."""
        return {
            "services": [service.value for service in self.services],
            "now": self.at.isoformat(timespec="minutes"),
            "told_minutes": round(self.told_minutes, 6),
            "promise_minutes": [round(minutes, 6) for minutes in self.promise_minutes],
            "hour": self.hour or None,
            "weather": self.weather or None,
            "scenario_title": self.scenario or None,
        }

    def parts(self, words: PageWords) -> list[str]:
        """The same for people."""
        now = words.instant(self.at)
        told, minutes = self.told_minutes, self.promise_minutes
        return [
            *([words("scenario_titled", title=self.scenario)] if self.scenario else []),
            words("made_between").join(words.service(each) for each in self.services),
            words("free_at", moment=now) if self.hour or self.weather else now,
            *self._roads(words),
            words.promised(minutes[0], minutes[-1]),
            words("from_call.told" if told else "from_call", told=f"{told:g}"),
        ]

    def _roads(self, words: PageWords) -> list[str]:
        if not self.hour:
            return [words("roads_in", weather=words.weather(self.weather))] if self.weather else []
        weather = [words.weather(self.weather)] if self.weather else []
        return [words("roads_of", moment=words("made_between").join((words.moment(self.hour), *weather)))]
