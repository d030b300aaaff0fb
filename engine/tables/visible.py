"""Characters that command a terminal, or hide what stands around them, instead of being read."""

from __future__ import annotations

import re

#: C0 and C1 controls, line and paragraph separators, marks that turn the direction of text, halves of characters.
_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def has_commands(text: str) -> bool:
    return _COMMANDS.search(text) is not None


def visible(text: str, keep: str = "") -> str:
    """The text with each such character but those in ``keep`` written as an escape, e.g. ``\\x1b``."""
    return _COMMANDS.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
