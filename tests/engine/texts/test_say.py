"""One table of texts: complete, consistent between languages, and said in both."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest

from engine.decision import Promise, PromiseClass, Reason, ReasonCode, Recommendation
from engine.errors import ValueRangeError
from engine.model import Capability, Service
from engine.tables.plan_json import plan_json
from engine.texts import Language, reason, recommendation_in, said, translated
from engine.texts.promises import PROMISES, ROADS
from engine.texts.reasons import REASONS, WORDS
from engine.texts.whys import WHYS
from graphs.classes import ROAD_CLASSES
from tests.engine.tables.test_write import FLEET, INCIDENTS, PLAN, ZONE


def test_every_code_has_its_texts() -> None:
    """Every reason code is a key, every key's code exists, and every service and capability has a word."""
    assert {key.partition(".")[0] for key in REASONS} == {code.value for code in ReasonCode}
    assert {code.value for code in ReasonCode} <= set(REASONS)
    assert {*Service, *Capability} == set(WORDS)
    assert set(ROADS) == set(ROAD_CLASSES)
    assert {kind.value for kind in PromiseClass} - {"override"} < {key.partition(".")[0] for key in PROMISES}


@pytest.mark.parametrize("table", [REASONS, WHYS, PROMISES], ids=["reasons", "whys", "promises"])
def test_both_languages_use_the_same_variables(table: dict[str, tuple[str, str]]) -> None:
    """And the Chinese has no Latin sentence left in it."""
    for key, (english, chinese) in table.items():
        assert _variables(english) >= _variables(chinese), key
        if key != "of_unit":
            assert any("一" <= letter <= "鿿" for letter in chinese), key
            assert not any("一" <= letter <= "鿿" for letter in english), key


def _variables(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_by_hand() -> None:
    """Numbers are grouped, lists are words, ids of digits stay as they are, and the list shown may be shorter."""
    found = reason("no_unit_on_duty", needs="towing, winch", off_duty=1200, busy=3)
    assert found.message == (
        "of the units that can do towing, winch here, 1,200 are off duty and 3 busy with no known end"
    )
    assert found.details == {"needs": "towing, winch", "off_duty": "1200", "busy": "3"}
    assert said(found, Language.ZH) == "能在此承担拖车、绞盘救援的车辆中,1,200辆已下班,3辆正忙且不知何时结束"
    assert said(reason(ReasonCode.SERVES_OTHER, incident="0012"), Language.ZH) == "已派往救援0012"
    short = reason("unreachable.closures", {"closures": "a, b …"}, closures="a, b, c, d")
    assert short.message.endswith("(a, b …)")
    assert said(short, Language.ZH).endswith("(a, b …)")
    assert short.details == {"closures": "a, b, c, d"}
    assert said(Reason(ReasonCode.TIE, "by hand"), Language.ZH) == "by hand"


def test_a_plan_in_chinese() -> None:
    """Messages change, codes and numbers do not."""
    left = replace(PLAN.unserved[0], reason=reason(ReasonCode.NO_CAPABLE_UNIT, needs="towing"))
    plan = replace(PLAN, unserved=(left,))
    assert translated(plan, Language.ZH).unserved[0].reason.message == "没有能承担拖车的救援车辆"
    rows = plan_json(plan, INCIDENTS, FLEET, ZONE, language=Language.ZH)["incidents"]
    row = next(row for row in rows if row["incident_id"] == left.incident_id)
    assert row["why"] == row["unserved_reason"]["message"] == "没有能承担拖车的救援车辆"
    assert row["unserved_reason"]["code"] == "no_capable_unit"


def test_promises_in_chinese() -> None:
    """The reason of a promise is said in the language of the plan, of the recommendation and of who is left over."""
    variables = {"minutes": "60", "road": "motorway G1501 East"}
    made = Promise(
        PLAN.now, PromiseClass.HIGHWAY, "60 minutes: on motorway G1501 East, a highway", "highway", variables
    )
    plan = translated(
        replace(
            PLAN,
            assignments=tuple(replace(item, promise=made) for item in PLAN.assignments),
            unserved=tuple(replace(item, promise=made) for item in PLAN.unserved),
        ),
        Language.ZH,
    )
    in_chinese = "60分钟:位于高速公路G1501 East,属高速道路"
    assert {item.promise.reason for item in (*plan.assignments, *plan.unserved)} == {in_chinese}
    answer = Recommendation("i", made, None, (), None, "p", "r", "m")
    assert recommendation_in(answer, Language.ZH).promise.reason == in_chinese
    assert recommendation_in(answer, Language.EN).promise.reason == made.reason
    by_hand = Promise(PLAN.now, PromiseClass.OVERRIDE, "as agreed")
    assert recommendation_in(replace(answer, promise=by_hand), Language.ZH).promise.reason == "as agreed"


def test_tags_of_languages() -> None:
    """With and without a region; what is not spoken is refused by name."""
    assert Language.of("") is Language.of("en-GB") is Language.EN
    assert Language.of("zh") is Language.of("zh_CN") is Language.of("ZH-Hans") is Language.ZH
    with pytest.raises(ValueRangeError, match="'fr' is not spoken here; use one of: en, zh"):
        Language.of("fr")
