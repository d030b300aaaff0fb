"""engine.coverage.looks: colours that everybody tells apart, and limits that follow the promise."""

from __future__ import annotations

import numpy as np
import pytest

from engine.coverage.looks import arrival_scale, change_scale
from engine.render import ColourScale

#: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(colour: str, matrix: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of ``#rrggbb`` as seen through a matrix."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(matrix @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = to_xyz @ seen / np.array([0.9505, 1.0, 1.089])
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", [*BLINDNESS, "none"])
@pytest.mark.parametrize("scale", [arrival_scale(30), change_scale()], ids=["arrival", "change"])
def test_classes_are_told_apart(scale: ColourScale, kind: str) -> None:
    """Any two classes differ by 10 (CIE 1976) for every common colour blindness, or one of them is hatched."""
    matrix = np.array(BLINDNESS.get(kind, np.eye(3)))
    looks = [(index in scale.hatched, lab(colour, matrix), text) for index, colour, text in scale.looks()]
    for i, (hatched, one, text) in enumerate(looks):
        for other_hatched, other, other_text in looks[:i]:
            if hatched == other_hatched:
                assert np.linalg.norm(one - other) >= 10, (text, other_text)


def test_the_promise_is_the_hinge() -> None:
    """Exactly the promise is at the edge, any more is beyond, never is a class of its own."""
    scale = arrival_scale(25)
    assert scale.classes(np.array([12.5, 12.6, 20.0, 25.0, 25.01, np.inf])).tolist() == [0, 1, 1, 2, 3, 4]
    assert scale.labels()[2] == "At the edge: 20–25 min"
    mixed = arrival_scale([30, 60])
    assert mixed.classes(np.array([29, 31]) / np.array([30, 60])).tolist() == [2, 1]


def test_no_change_is_pale() -> None:
    """A minute either way has the palest class; sooner is not hatched, later is."""
    scale = change_scale()
    assert scale.classes(np.array([-0.9, 0.0, 1.0])).tolist() == [3, 3, 3]
    assert scale.classes(np.array([-1.0, 1.1, 10.0, 10.1, np.inf, -np.inf])).tolist() == [2, 4, 5, 6, 7, 8]
    assert min(scale.hatched) == 4
