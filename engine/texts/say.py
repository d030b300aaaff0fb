"""A reason made from its key and variables, and said in a language."""

from __future__ import annotations

from enum import StrEnum

from engine.decision import Reason, ReasonCode
from engine.texts.reasons import REASONS, WORD_LISTS, WORDS


class Language(StrEnum):
    """The languages of the tables."""

    EN = "en"
    ZH = "zh"


def reason(key: str, shown: dict[str, str] | None = None, /, **details: object) -> Reason:
    """The reason of a key (a code, perhaps with a variant), its message in English.

    ``shown`` replaces details in the text only, where a sentence must be shorter than the list it is about.
    """
    said_of = {name: str(value) for name, value in details.items()}
    code = ReasonCode(key.partition(".")[0])
    return Reason(code, _filled(key, Language.EN, said_of | (shown or {})), said_of, key, shown or {})


def said(found: Reason, language: Language | str) -> str:
    """The message of a reason in a language; in English the very message it carries."""
    language = Language(language)
    if language is Language.EN or found.text not in REASONS:
        return found.message
    return _filled(found.text, language, found.details | found.shown)


def _filled(key: str, language: Language, variables: dict[str, str]) -> str:
    text = REASONS[key][list(Language).index(language)]
    if language is Language.ZH:
        variables = variables | {name: _in_chinese(variables[name]) for name in WORD_LISTS if name in variables}
    return text.format(**{name: int(value) if value.isdecimal() else value for name, value in variables.items()})


def _in_chinese(words: str) -> str:
    return "、".join(WORDS.get(word, word) for word in words.split(", "))
