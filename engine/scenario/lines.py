"""Where in a TOML file each key and each value of a list stands: tomllib gives values without their lines."""

from __future__ import annotations

import re
import tomllib
from typing import Any

#: Keys and, in lists, numbers from 0: ``("provider", 2, "lon")``.
Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_VALUE = re.compile(r"[^\[\]{},#\n]+")
#: Longest first, as TOML reads them; a multi-line string may end in two quotes of its own.
_STRINGS = (
    re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of every key, table and list item of a valid TOML document. Linear in its length.

    Only for text that tomllib has read: what it would refuse is not looked for here.
    """
    return _Scanner(text).document()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self._line, self._counted = 1, 0
        self.found: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}  # of lists of tables, how many there are so far

    def document(self) -> dict[Path, int]:
        here: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            line = self.line()
            if self.text[self.at] == "[":
                several = self.text.startswith("[[", self.at)
                self.at += 2 if several else 1
                here = self._header(self._keys(), several)
                self.at += 2 if several else 1
                self._note((), here, line)
            else:
                self._pair(here)
            self._skip(_BLANK)
        return self.found

    def line(self) -> int:
        """Of the place reached."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def _header(self, keys: list[str], several: bool) -> Path:
        """The path of ``[a.b]``: through lists of tables it goes on in their last one."""
        path: Path = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            if several and number == len(keys):
                self._note((), path, self.line())
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path = (*path, self._tables[path])
        return path

    def _pair(self, here: Path) -> None:
        line = self.line()
        keys = self._keys()
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        path = (*here, *keys)
        self._note(here, path, line)
        self._value(path)

    def _note(self, above: Path, path: Path, line: int) -> None:
        """A path and what is first spoken of on the way to it."""
        for size in range(len(above) + 1, len(path) + 1):
            self.found.setdefault(path[:size], line)

    def _keys(self) -> list[str]:
        """``a . "b"``, up to what follows it."""
        keys = []
        while True:
            self._skip(_SPACE)
            if self.text[self.at] in "\"'":
                keys.append(self._string_value())
            else:
                keys.append(self._skip(_BARE_KEY))
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _value(self, path: Path) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._list(path)
        elif first == "{":
            self.at += 1
            self._skip(_BLANK)
            while self.text[self.at] != "}":
                self._pair(path)
                self._skip(_BLANK)
                if self.text[self.at] == ",":
                    self.at += 1
                    self._skip(_BLANK)
            self.at += 1
        else:
            self._skip(_PLAIN_VALUE)

    def _list(self, path: Path) -> None:
        self.at += 1
        self._skip(_BLANK)
        number = 0
        while self.text[self.at] != "]":
            self.found[(*path, number)] = self.line()
            self._value((*path, number))
            number += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _string(self) -> str:
        for pattern in _STRINGS:
            if found := pattern.match(self.text, self.at):
                self.at = found.end()
                return found[0]
        raise AssertionError(f"no string at {self.at}")  # tomllib has read one here

    def _string_value(self) -> str:
        value: Any = tomllib.loads(f"key = {self._string()}")["key"]
        return value

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        assert found is not None  # tomllib has read it here
        self.at = found.end()
        return found[0]
