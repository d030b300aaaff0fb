"""What all pictures for slides share: their size, letters that fit, and a file that is replaced whole or not at all."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.render.errors import MapError

if TYPE_CHECKING:  # slow to import; whoever draws nothing does not wait for it
    from matplotlib.figure import Figure
    from matplotlib.text import Text

#: Inches by inches at dots an inch: 1600 x 900.
SIZE, DPI = (16.0, 9.0), 100
#: Colour of what is said beside.
MUTED = "#4a5460"
#: What stays on one line: words with the space behind them, Chinese characters with what may not begin a line.
_PARTS = re.compile(r"(?:[\u2e80-\uffff]|[^\s\u2e80-\uffff]+)[\u3001-\u3015\uff01-\uff1f]*\s*|\s+")
#: How much smaller letters may become, step by step.
_SMALLER = (0.92, 0.84, 0.76, 0.68)


def fitting(text: str, points: float, characters: int) -> float:
    """A font size at which a text of more than so many characters still fits the width; Chinese ones are wide."""
    wide = sum(1.0 if ord(letter) < 0x2E80 else 1.8 for letter in text)
    return points * min(1.0, characters / max(1.0, wide))


def within(text: Text, width: float, lines: int = 2) -> None:
    """Break a text into so many lines that none is wider than a share of the picture, in smaller letters if need be."""
    canvas, told, points = text.get_figure(), text.get_text(), float(text.get_fontsize())
    assert canvas is not None
    most = width * canvas.bbox.width

    def fits(line: str) -> bool:
        text.set_text(line.strip())
        return text.get_window_extent().width <= most

    for size in (points, *(points * part for part in _SMALLER)):
        text.set_fontsize(size)
        found = [""]
        for part in _PARTS.findall(told):
            if found[-1] and not fits(found[-1] + part):
                found.append("")
            found[-1] += part
        if len(found) <= lines and all(map(fits, found)):
            break
    text.set_text("\n".join(map(str.strip, found)))


def save_picture(canvas: Figure, path: str | os.PathLike[str], description: str) -> Path:
    """A PNG; MapError if it cannot be written."""
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        canvas.savefig(temporary, format="png", dpi=DPI, metadata={"Software": None, "Description": description})
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise MapError(f"cannot write the picture to {target}: {error.strerror or error}", path=target) from error
    return target
