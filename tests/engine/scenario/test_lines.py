"""Lines of keys in TOML documents."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.scenario.lines import Path, lines_of

DOCUMENT = '''\
title = "a [bracket] # and no comment"  # but this is

[when]
hours = [
  7,   # [not, here]
  8, 9,

  10,
]
[a."b c"]
x.y = { p = 1, q = [ "]", 2 ], "r.s" = {} }
text = """
[[provider]]
not = "a key"
"""
literal = \'\'\'
one\'\'\' # two
[[provider]]
remove = 'P1'

[[provider]]
add = "}\\"{"
[provider.place]
lon = 1
[[provider.crew]]
n = 1
[[provider.crew]]
n = 2
[[close]]
polygon = [
  [1, 2],
  [3,
   4], [5, 6],
]
'''


def paths_of(value: Any, here: Path = ()) -> set[Path]:
    """Every path of what tomllib has read."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: set[Path] = set()
    for key, item in items:
        found |= {(*here, key)} | paths_of(item, (*here, key))
    return found


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("when",), 3),
        (("when", "hours"), 4),
        (("when", "hours", 0), 5),
        (("when", "hours", 2), 6),
        (("when", "hours", 3), 8),
        (("a", "b c"), 10),
        (("a", "b c", "x", "y", "q", 1), 11),
        (("a", "b c", "x", "y", "r.s"), 11),
        (("a", "b c", "literal"), 16),
        (("provider",), 18),
        (("provider", 0), 18),
        (("provider", 0, "remove"), 19),
        (("provider", 1), 21),
        (("provider", 1, "add"), 22),
        (("provider", 1, "place", "lon"), 24),
        (("provider", 1, "crew", 1, "n"), 28),
        (("close", 0, "polygon"), 30),
        (("close", 0, "polygon", 1), 32),
        (("close", 0, "polygon", 1, 1), 33),
        (("close", 0, "polygon", 2), 33),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_of_a_key(path: Path, line: int, newline: str) -> None:
    """Through comments, strings with brackets, multi-line lists and strings, dotted keys and inline tables."""
    assert lines_of(DOCUMENT.replace("\n", newline))[path] == line


def test_all_that_is_read_has_a_line() -> None:
    """The scan finds exactly the keys and items that tomllib finds."""
    assert set(lines_of(DOCUMENT)) == paths_of(tomllib.loads(DOCUMENT))


BLANK = st.sampled_from(["", " ", "\n", " # no ] \"' here\n", "\n\n  \t"])
KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,3}", fullmatch=True),
    st.text("ab.\"\\#[]='é", max_size=3).map(lambda key: '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    st.text('ab."\\#[]=é', max_size=3).map(lambda key: f"'{key}'"),
)
SCALARS = st.sampled_from(
    [
        "1",
        "-2.5e3",
        "true",
        "nan",
        "2026-01-15T08:30:00",
        "07:30:00",
        '"# ]"',
        "'['",
        '"\\""',
        '"""a\n"b" ]\\""""',
        '""',
        "''",
        "'''it''s\n[x]'''",
        '""""a""""',
        "2026-01-15 08:30:00",
    ]
)


@st.composite
def values(draw: st.DrawFn, depth: int = 0) -> str:
    """A TOML value as text."""
    kind = draw(st.integers(0, 9))
    if depth > 2 or kind < 6:
        return draw(SCALARS)
    items = [draw(values(depth + 1)) for _ in range(draw(st.integers(0, 3)))]
    if kind < 8:
        return "[" + draw(BLANK) + "".join(f"{item}{draw(BLANK)},{draw(BLANK)}" for item in items) + "]"
    return "{" + ", ".join(f"k{number}.x = {item}" for number, item in enumerate(items)) + "}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Lines of a TOML document, now and then an invalid one."""
    lines = []
    for _ in range(draw(st.integers(0, 8))):
        name = ".".join(draw(st.lists(KEYS, min_size=1, max_size=3)))
        lines.append(draw(st.sampled_from(["[{}]", "[ {} ] # [x]", "[[{}]]", "# {}", "", "=", "="])))
        lines[-1] = f"{name} = {draw(values())}" if lines[-1] == "=" else lines[-1].replace("{}", name)
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(documents())
def test_random_documents(text: str) -> None:
    """Whatever tomllib reads is found key for key, and each key stands in the line that is said."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = lines_of(text)
    assert set(found) == paths_of(content), text
    lines = text.split("\n")
    for path, line in found.items():
        if isinstance(path[-1], str) and path[-1].isalnum():
            assert path[-1] in lines[line - 1], (text, path, line)
