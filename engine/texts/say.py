"""Reasons made from keys and variables, and said in a language."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from engine.decision import Assignment, Candidate, Plan, Promise, Reason, ReasonCode, Recommendation, Unserved
from engine.errors import ValueRangeError
from engine.texts.promises import PROMISES, ROADS
from engine.texts.reasons import REASONS, WORD_LISTS, WORDS
from engine.texts.violations import VIOLATIONS
from engine.texts.whys import WHYS


class Language(StrEnum):
    """The languages of the tables."""

    EN = "en"
    ZH = "zh"

    @staticmethod
    def of(tag: str, field: str = "language") -> Language:
        """The language of a tag such as ``zh``, ``zh-CN`` or ``en_GB``; English for none; ValueRangeError."""
        if not tag:
            return Language.EN
        name = tag.replace("_", "-").partition("-")[0].lower() or "en"
        if name not in set(Language):
            known = ", ".join(Language)
            raise ValueRangeError(f"{field} {tag!r} is not spoken here; use one of: {known}", field=field, value=tag)
        return Language(name)


_LANGUAGES = {language: index for index, language in enumerate(Language)}


def reason(key: str, shown: dict[str, str] | None = None, /, **details: object) -> Reason:
    """The reason of a key (a code, perhaps with a variant), its message in English.

    ``shown`` replaces details in the text only, where a sentence must be shorter than the list it is about.
    """
    variables = {name: str(value) for name, value in details.items()}
    code = ReasonCode(key.partition(".")[0])
    text = _filled(REASONS[key], Language.EN, variables | (shown or {}))
    return Reason(code, text, variables, str(key), shown or {})


def said(found: Reason, language: Language) -> str:
    """The message of a reason in a language; that which it carries when it was written by hand."""
    if found.text not in REASONS:
        return found.message
    return _filled(REASONS[found.text], language, found.details | found.shown)


def promise_text(key: str, language: Language, variables: dict[str, str]) -> str:
    """Why a promise is what it is; ``road`` is the class of a road, then perhaps its name."""
    if language is Language.ZH and "road" in variables:
        kind, _, name = variables["road"].partition(" ")
        variables = variables | {"road": ROADS.get(kind, kind) + name}
    unit = "minute" if variables.get("minutes") == "1" else "minutes"
    return _filled(PROMISES[key], language, variables | {"unit": unit})


def promise_in(found: Promise, language: Language) -> Promise:
    """The promise with its reason in a language; that which it carries when it was written by hand."""
    if found.text not in PROMISES:
        return found
    return replace(found, reason=promise_text(found.text, language, found.details))


def promise_without_place(found: Promise) -> Promise:
    """The promise with a reason that names no road, in English; with none where it was written by hand."""
    if found.text not in PROMISES:
        return replace(found, reason="", details={})
    if "road" not in found.details:
        return found
    details = {name: value for name, value in found.details.items() if name != "road"}
    key = f"{found.text}.forgotten"
    return replace(found, reason=promise_text(key, Language.EN, details), text=key, details=details)


def reason_without_place(found: Reason) -> Reason:
    """The reason without the traffic entries that closed the way; with no words where it was written by hand."""
    if found.text not in REASONS:
        return replace(found, message="", details={})
    return reason(found.code.value) if "closures" in found.details else found


def why(key: str, language: Language, **variables: str) -> str:
    """A sentence of the `why` column."""
    return _filled(WHYS[key], language, variables)


def violation_text(key: str, language: Language, **variables: str) -> str:
    """What is wrong with a plan."""
    return _filled(VIOLATIONS[key], language, variables)


def in_words(words: list[str], language: Language) -> str:
    """Services and capabilities as a list."""
    return ", ".join(words) if language is Language.EN else _in_chinese(", ".join(words))


def translated(plan: Plan, language: Language) -> Plan:
    """The plan with every reason in a language, those of promises too."""
    if language is Language.EN:
        return plan
    return replace(
        plan,
        assignments=tuple(_assignment(answer, language) for answer in plan.assignments),
        unserved=tuple(_unserved(left, language) for left in plan.unserved),
        why=plan.why and reason_in(plan.why, language),
    )


def recommendation_in(answer: Recommendation, language: Language) -> Recommendation:
    """The same for the answer about one incident."""
    if language is Language.EN:
        return answer
    runners_up = tuple(_candidate(rival, language) for rival in answer.runners_up)
    unserved = None if answer.unserved is None else reason_in(answer.unserved, language)
    return replace(answer, promise=promise_in(answer.promise, language), runners_up=runners_up, unserved=unserved)


def _assignment(answer: Assignment, language: Language) -> Assignment:
    runners_up = tuple(_candidate(rival, language) for rival in answer.runners_up)
    return replace(answer, promise=promise_in(answer.promise, language), runners_up=runners_up)


def _unserved(left: Unserved, language: Language) -> Unserved:
    promise = promise_in(left.promise, language)
    return replace(left, promise=promise, reason=reason_in(left.reason, language))


def _candidate(rival: Candidate, language: Language) -> Candidate:
    return rival if rival.lost is None else replace(rival, lost=reason_in(rival.lost, language))


def reason_in(found: Reason, language: Language) -> Reason:
    """The reason with its message in a language."""
    return replace(found, message=said(found, language))


def _filled(texts: tuple[str, str], language: Language, variables: dict[str, str]) -> str:
    text = texts[_LANGUAGES[language]]
    if language is Language.ZH:
        variables = variables | {name: _in_chinese(variables[name]) for name in WORD_LISTS if name in variables}
    if ":," not in text:
        return text.format(**variables)
    numbers = {name: int(value) for name, value in variables.items() if f"{{{name}:," in text}
    return text.format(**(variables | numbers))


def _in_chinese(words: str) -> str:
    return "、".join(WORDS.get(word, word) for word in words.split(", "))
