"""The grammar of kilometres: what is understood, and that nothing else passes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.errors import PostTextError
from graphs.posts import Kilometre, direction_of, parse_kilometre
from graphs.snapping.names import tokens

ROADS = st.sampled_from(["G2", "S32", "G1511", "Ruta 5", "Ruta 5 Norte", "京沪高速", "A 7", "Autopista del Sol"])
WAYS = {
    "northbound": "north", "sentido norte": "north", "北行": "north", "往北方向": "north", "SUR": "south",
    "dirección oeste": "west", "Eastbound": "east", "上行": "up", "下行方向": "down", "往北京方向": "北京",
    "hacia Ovalle": "ovalle", "": "",
}  # fmt: skip


@given(
    road=ROADS,
    km=st.integers(0, 9999),
    metres=st.integers(0, 999),
    way=st.sampled_from(sorted(WAYS)),
    form=st.sampled_from(["K{k}+{m:03d}", "k {k} + {m:03d}", "PK{k}+{m:03d}", "km {k}.{m:03d}", "Km. {k},{m:03d}",
                          "桩号K{k}+{m:03d}", "{k}.{m:03d} km", "{k}公里{m}米", "Ｋ{k}＋{m:03d}"]),
    gap=st.sampled_from([" ", "  ", ", "]),
)  # fmt: skip
def test_every_form_of_one_kilometre_is_read_alike(
    road: str, km: int, metres: int, way: str, form: str, gap: str
) -> None:
    """Road, kilometre and direction come back from each way of writing them."""
    said = parse_kilometre(f"{road}{gap}{form.format(k=km, m=metres)}{gap}{way}")
    assert tokens(said.road) == tokens(road)
    assert said.km == pytest.approx(km + metres / 1000.0)
    assert said.direction == WAYS[way]


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text causes anything but the one error, and what is read has a road and a kilometre."""
    with suppress(PostTextError):
        said = parse_kilometre(text)
        assert tokens(said.road)
        assert said.km >= 0.0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("G2 northbound", "no kilometre"),
        ("5 km", "no road"),
        ("", "no kilometre"),
        ("G2 K12+1400", "less than 1,000"),
        ("G2 K1.5+300", "whole kilometres"),
        ("G2 K-5", "no kilometre"),
        ("G2 K123+400+5", "no kilometre"),
        ("G2 K999999999", "no road is"),
    ],
)
def test_malformed_texts_say_why(text: str, why: str) -> None:
    """And show how it is written."""
    with pytest.raises(PostTextError, match=why) as caught:
        parse_kilometre(text)
    assert "G2 K123+400 northbound" in caught.value.message


def test_the_last_kilometre_counts() -> None:
    """A road's own name may hold a K and a number."""
    assert parse_kilometre("Route K 5 km 3 norte") == Kilometre("Route K 5", 3.0, "north")


def test_directions_in_three_languages() -> None:
    """One word for each, whatever the operator writes."""
    assert {direction_of(word) for word in ("N", "NB", "Norte", "北向", "to north")} == {"north"}
    assert direction_of("") == ""
