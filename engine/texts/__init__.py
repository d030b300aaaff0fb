"""What Towline says to people, in their language: texts by code, with variables."""

from engine.texts.say import (
    Language,
    in_words,
    promise_in,
    promise_text,
    reason,
    reason_in,
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
    "reason",
    "reason_in",
    "recommendation_in",
    "said",
    "translated",
    "violation_text",
    "why",
]
