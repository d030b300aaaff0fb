"""Road names and numbers as people say them: ``G2``, ``ruta 5``, ``RUTA 5 NORTE``, ``京沪高速``.

A name is cut into tokens: words without case and accents, numbers, single Chinese characters. Two names are equal when
their tokens are; one matches the other in part when its tokens stand in it, in order and side by side: ``Ruta 5`` in
``Ruta 5 Norte``, ``京沪高速`` in ``京沪高速公路``, but not ``G2`` in ``G20``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from graphs.snapping.weighing import MATCH_EXACT, MATCH_PARTIAL

Tokens = tuple[str, ...]

#: CJK ideographs one by one; otherwise runs of digits or of letters.
TOKEN = re.compile(r"[㐀-鿿豈-﫿]|\d+|[^\W\d_㐀-鿿豈-﫿]+")
ABBREVIATIONS = {
    "av": "avenida", "avda": "avenida", "ave": "avenue", "blvd": "boulevard", "c": "calle", "hwy": "highway",
    "rd": "road", "st": "street", "str": "strasse",
}  # fmt: skip


def tokens(name: str) -> Tokens:
    """What is compared of a name."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    found = TOKEN.findall(plain)
    return tuple(ABBREVIATIONS.get(word, word.lstrip("0") or "0" if word.isdigit() else word) for word in found)


def contains(whole: Tokens, part: Tokens) -> bool:
    """Whether ``part`` stands in ``whole``, side by side and in order."""
    size = len(part)
    return any(whole[i : i + size] == part for i in range(len(whole) - size + 1))


class RoadNames:
    """The strings of a network by their tokens. A string may hold several names: ``G2;G3``."""

    def __init__(self, strings: Sequence[str]) -> None:
        self._names: list[tuple[Tokens, int]] = []
        self._exact: dict[Tokens, set[int]] = defaultdict(set)
        self._by_token: dict[str, set[int]] = defaultdict(set)
        for index, string in enumerate(strings):
            for name in string.split(";"):
                cut = tokens(name)
                if not cut:
                    continue
                self._exact[cut].add(index)
                for word in cut:
                    self._by_token[word].add(len(self._names))
                self._names.append((cut, index))

    def matches(self, name: str) -> dict[int, int]:
        """Strings that are ``name``, or match it in part: index to `MATCH_EXACT` or `MATCH_PARTIAL`."""
        asked = tokens(name)
        if not asked:
            return {}
        found: dict[int, int] = {}
        holders = [self._by_token.get(word, set()) for word in asked]
        for at in set.intersection(*holders):
            cut, index = self._names[at]
            if contains(cut, asked):
                found[index] = MATCH_PARTIAL
        for begin in range(len(asked)):  # names that stand in what was asked for: "Ruta 5 Norte, La Serena"
            for end in range(begin + 2, min(len(asked), begin + 12) + 1):
                found |= dict.fromkeys(self._exact.get(asked[begin:end], ()), MATCH_PARTIAL)
        return found | dict.fromkeys(self._exact.get(asked, ()), MATCH_EXACT)
