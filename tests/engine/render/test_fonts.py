"""Fonts of pictures: a character without a shape is an error, never a box."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from engine.render import MapError, fonts
from engine.render.fonts import USUAL, font_families


def font_with(letters: str, path: Path, family: str) -> Path:
    """A font in which every one of the letters is a square."""
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in letters)]
    pen = TTGlyphPen(None)
    for place, move in zip(((100, 0), (100, 700), (800, 700), (800, 0)), (pen.moveTo, *[pen.lineTo] * 3), strict=True):
        move(place)
    pen.closePath()
    square = pen.glyph()
    made = FontBuilder(1000)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    made.setupGlyf(dict.fromkeys(names, square))
    made.setupHorizontalMetrics(dict.fromkeys(names, (900, 100)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": family, "styleName": "Regular"})
    made.setupOS2()
    made.setupPost()
    made.save(path)
    return path


def test_the_usual_letters_need_no_other_font() -> None:
    """Latin letters, signs of the page and new lines."""
    assert font_families("La Serena–Coquimbo · −4.5 ±0", "Ñandú\n") == [USUAL]


def test_a_font_that_has_the_rest_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the usual one; those that help nothing are left out."""
    for family, letters in (("Useless", "ABC"), ("Squares", "承诺")):
        font_manager.fontManager.addfont(font_with(letters, tmp_path / f"{family}.ttf", family))
    known = [(font.name, font.fname) for font in font_manager.fontManager.ttflist if str(tmp_path) in font.fname]
    monkeypatch.setattr(fonts, "_others", lambda **_: known)
    try:
        assert font_families("P1 承诺") == [USUAL, "Squares"]
        with pytest.raises(MapError, match=r"no font on this machine can write 1 characters .*\(车\)"):
            font_families("承诺 车")
    finally:
        listed = font_manager.fontManager.ttflist
        listed[:] = [font for font in listed if str(tmp_path) not in font.fname]


def test_fonts_of_boxes_do_not_count(tmp_path: Path) -> None:
    """Whose every character is a box: some versions of matplotlib bring one."""
    made = font_with("承诺", tmp_path / "boxes.ttf", "Last Resort Boxes")
    font_manager.fontManager.addfont(made)
    try:
        assert str(made) in {font.fname for font in font_manager.fontManager.ttflist}
        assert not [name for name, _ in fonts._others(renewed=False) if name.startswith(("Last", USUAL))]
    finally:
        listed = font_manager.fontManager.ttflist
        listed[:] = [font for font in listed if str(tmp_path) not in font.fname]
