"""Fonts of pictures: every character must have a shape, or the picture is refused, never drawn with boxes."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from functools import lru_cache

from engine.render.errors import MapError

#: Comes with matplotlib, and has Latin, Greek and Cyrillic letters.
USUAL = "DejaVu Sans"
#: Tried before all others; wide families with Chinese characters.
_FIRST = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "PingFang SC",
)
#: Fonts with a box or nothing for every character there is, and the usual one.
_NOT_TO_READ = ("Last Resort", "LastResort", "Adobe Blank", "Adobe NotDef", USUAL)


def font_families(*texts: str) -> list[str]:
    """Families, tried in this order, that together have a shape for every character; MapError names those missing."""
    wanted = frozenset(ord(letter) for text in texts for letter in text if letter.isprintable())
    missing = set(wanted - _charmap(_usual_file()))
    families = [USUAL]
    for renewed in (False, True):
        for family, file in _others(renewed=renewed) if missing else ():
            found = missing & _charmap(file)
            if found:
                missing -= found
                families.append(family)
            if not missing:
                break
    if missing:
        shown = " ".join(chr(code) for code in sorted(missing)[:10])
        raise MapError(
            f"no font on this machine can write {len(missing)} characters of the picture ({shown}); install one that "
            "can, for Chinese such as Noto Sans CJK, or ask for a page (HTML) instead",
            characters=len(missing),
        )
    return families


@contextmanager
def any_weight() -> Generator[None]:
    """Without a word from matplotlib about families that have no bold letters: the usual ones do as well."""

    def other(record: logging.LogRecord) -> bool:
        return "font weight" not in record.getMessage()

    log = logging.getLogger("matplotlib.font_manager")
    log.addFilter(other)
    try:
        yield
    finally:
        log.removeFilter(other)


def _usual_file() -> str:
    from matplotlib import font_manager

    return font_manager.findfont(USUAL, fallback_to_default=True)


def _others(*, renewed: bool) -> Iterable[tuple[str, str]]:
    """(family, file) of upright fonts, the likely ones first.

    ``renewed``: those also that were installed since matplotlib made its list of fonts, which it keeps on disk.
    """
    from matplotlib import font_manager

    if renewed:
        known = {font.fname for font in font_manager.fontManager.ttflist}
        for file in sorted(set(font_manager.findSystemFonts()) - known):
            with suppress(Exception):  # whatever is wrong with a font, it is not one to write with
                font_manager.fontManager.addfont(file)
    fonts = font_manager.fontManager.ttflist
    entries = [font for font in fonts if font.style == "normal" and not font.name.startswith(_NOT_TO_READ)]
    rank = {name: number for number, name in enumerate(_FIRST)}
    entries.sort(
        key=lambda font: (rank.get(font.name, len(rank)), str(font.weight) not in ("400", "normal"), font.name)
    )
    families = dict[str, str]()
    for font in entries:
        families.setdefault(font.name, font.fname)
    return families.items()


@lru_cache(maxsize=64)
def _charmap(file: str) -> frozenset[int]:
    """Characters that a font has."""
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(file).get_charmap())
