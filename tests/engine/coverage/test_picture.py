"""engine.coverage.picture: a PNG of the right size with every panel, and errors that say what there is."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from engine.coverage.picture import write_picture
from engine.render import MapError
from graphs.region import Region
from tests.engine.coverage.samples import sample


def test_panels_side_by_side(tmp_path: Path, coquimbo: Region) -> None:
    """1600 x 900; before and after show what is beyond in orange, the difference shows where it is later."""
    picture = matplotlib.image.imread(write_picture(sample(), tmp_path / "a.png", coquimbo.network))
    assert picture.shape[:2] == (900, 1600)
    maps = picture[240:700, :, :3]
    reddish = (maps[:, :, 0] > 0.85) & (maps[:, :, 2] < 0.4)
    for third in np.array_split(reddish, 3, axis=1):
        assert third.sum() > 500
    assert (picture[870:, :600, :3] < 0.6).any()  # the credit


def test_equal_views_give_equal_bytes(tmp_path: Path) -> None:
    """The same view twice is the same file, with nothing left beside it."""
    first, second = (write_picture(sample(), tmp_path / name, panels=["Difference"]) for name in ("a.png", "b.png"))
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_what_there_is_not_is_refused(tmp_path: Path) -> None:
    """An unknown service, hour or panel is named with those there are; a folder that is missing as well."""
    for service, hour, panels in (("Flying", "", []), ("", "25:00", []), ("", "", ["Later"])):
        with pytest.raises(MapError, match="use one of"):
            write_picture(sample(), tmp_path / "a.png", service=service, hour=hour, panels=panels)
    with pytest.raises(MapError, match="cannot write the picture"):
        write_picture(sample(), tmp_path / "missing" / "a.png", panels=["After"])
    assert list(tmp_path.iterdir()) == []
