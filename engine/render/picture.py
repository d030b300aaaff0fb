"""What all pictures for slides share: their size, letters that fit, and a file that is replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.render.errors import MapError

if TYPE_CHECKING:  # slow to import; whoever draws nothing does not wait for it
    from matplotlib.figure import Figure

#: Inches by inches at dots an inch: 1600 x 900.
SIZE, DPI = (16.0, 9.0), 100
#: Colour of what is said beside.
MUTED = "#4a5460"


def fitting(text: str, points: float, characters: int) -> float:
    """A font size at which a text of more than so many characters still fits the width; Chinese ones are wide."""
    wide = sum(1.0 if ord(letter) < 0x2E80 else 1.8 for letter in text)
    return points * min(1.0, characters / max(1.0, wide))


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
