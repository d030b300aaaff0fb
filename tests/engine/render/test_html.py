"""engine.render.html: one file, no network, harmless text, equal bytes for equal input."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from engine.render import MapError, MapPage, PointLayer, RoadLayer, render_html, write_html
from tests.engine.render.samples import NASTY, grid, page


class Tags(HTMLParser):
    """Collects the elements of a page and the text of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and data.strip():
            self.scripts.append(data)


def test_hostile_names_stay_text() -> None:
    """With ``</script>`` and quotes in every name there are still two scripts, no image and no handler."""
    parsed = Tags(render_html(page()))
    names = [tag for tag, _ in parsed.tags]
    assert names.count("script") == 2
    assert "img" not in names
    assert not [attribute for _, attributes in parsed.tags for attribute in attributes if attribute.startswith("on")]
    data = json.loads(parsed.scripts[0])
    assert data["tables"][0]["rows"][1] == [NASTY, None, ["broken", "✗", NASTY]]
    assert data["choices"] == [{"name": "Answer", "options": ["Towline", NASTY]}]


def test_nothing_refers_to_the_network() -> None:
    """No element has a source or a link but the empty icon, and the policy forbids everything else."""
    html = render_html(page())
    links = [(tag, v) for tag, attrs in Tags(html).tags for k, v in attrs.items() if k in ("src", "href", "action")]
    assert links == [("link", "data:,")]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].startswith("default-src &#x27;none&#x27;") or policy[1].startswith("default-src 'none'")
    assert "unsafe" not in policy[1]
    assert "url(" not in html
    assert "@import" not in html


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    """Two renderings of the same page are the same file."""
    first, second = write_html(page(), tmp_path / "a.html"), write_html(page(), tmp_path / "b.html")
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


@pytest.mark.parametrize(
    "layers",
    [
        [],
        [PointLayer("Units", [], [])],
        [PointLayer("Units", [117.0], [36.0])],
        [PointLayer("Units", [117.0] * 3, [36.0] * 3)],
        [PointLayer("Units", [-180, 180], [-90, 90])],
        [RoadLayer(grid(step=1e-7))],
    ],
    ids=["no layer", "no place", "one place", "one place thrice", "the whole Earth", "no road"],
)
def test_little_to_show_is_no_error(layers: list[PointLayer]) -> None:
    """Empty and degenerate layers give a page."""
    assert 'id="map-data"' in render_html(MapPage("Little", layers=layers))


def test_halves_of_characters_can_be_written(tmp_path: Path) -> None:
    """A name read with surrogateescape does not stop the file from being written."""
    layer = PointLayer("Units", [117.0], [36.0], names=["caf\udce9"])
    assert "caf?" in write_html(MapPage("x", layers=[layer]), tmp_path / "x.html").read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Writing into a folder that is not there says so and leaves nothing behind."""
    with pytest.raises(MapError, match="cannot write the map to"):
        write_html(MapPage("x"), tmp_path / "missing" / "x.html")
    assert list(tmp_path.iterdir()) == []


def test_a_city_stays_small() -> None:
    """24,640 links of a synthetic city with 3,000 units and their texts stay below 2.5 MB."""
    network = grid(side=112, step=0.002)
    random = np.random.default_rng(1)
    lon, lat = 117 + random.uniform(0, 0.22, 3000), 36 + random.uniform(0, 0.22, 3000)
    names = [f"Unit {i}" for i in range(3000)]
    units = PointLayer("Units", lon, lat, names=names, roles="unit", fields={"Provider": names, "Status": names})
    html = render_html(MapPage("City", layers=[RoadLayer(network), units]))
    assert len(html.encode()) < 2_500_000
