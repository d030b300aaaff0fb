"""What Towline says to people, in their language: texts by code, with variables."""

from engine.texts.say import (
    Language,
    in_words,
    promise_in,
    promise_text,
    promise_without_place,
    reason,
    reason_in,
    reason_without_place,
    recommendation_in,
    said,
    translated,
    violation_text,
    why,
)

__all__ = [
    "Language",
    "in_words",
    "promise_in",
    "promise_text",
    "promise_without_place",
    "reason",
    "reason_in",
    "reason_without_place",
    "recommendation_in",
    "said",
    "translated",
    "violation_text",
    "why",
]
