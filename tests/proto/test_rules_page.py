"""docs/rules.md and what docs/api.md says of rules."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from towline.v1 import rules_pb2

from engine.server.validation.forms import FORMS
from graphs.errors import TowlineError

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_of_this_contract(monkeypatch: pytest.MonkeyPatch):
    """Writing it again gives what is committed: after a change run `make proto`."""
    monkeypatch.syspath_prepend(str(ROOT / "proto"))
    sys.modules.pop("rules_page", None)
    from rules_page import page

    assert page() == (ROOT / "docs" / "rules.md").read_text("utf-8")


def test_the_example_of_reading_rules_runs(capsys: pytest.CaptureFixture[str]):
    """It prints what its comment says."""
    (code,) = re.findall(r"```python\n(from towline\.v1 import incident_pb2.*?)```", _api(), re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.strip() == code.rpartition("# ")[2].strip()


def test_the_quoted_rules_are_declared():
    """The lines of the contract that the page quotes are in it."""
    (quoted,) = re.findall(r"```proto\n(.*?)```", _api(), re.DOTALL)
    contract = "\n".join(path.read_text("utf-8") for path in (ROOT / "proto").rglob("*.proto"))
    for line in quoted.strip().splitlines():
        assert re.sub(r"\s+", " ", line) in re.sub(r"\s+", " ", contract), line


FORM_VALUES = [value for value in rules_pb2.TextForm.DESCRIPTOR.values if value.number]


@pytest.mark.parametrize("value", FORM_VALUES, ids=lambda value: value.name)
def test_each_form_is_as_it_is_described(value: Any):
    """The example has the form and matches the expression; what is none is refused with the form's reason."""
    form = value.GetOptions().Extensions[rules_pb2.form_details]
    known = FORMS[value.number]
    known.refuse(form.example, "field")
    if form.pattern:
        assert re.fullmatch(form.pattern, form.example)
    if form.max_character_count:
        known.refuse("x" * form.max_character_count, "field")
    with pytest.raises(TowlineError) as caught:
        known.refuse("?\x07" if not form.max_character_count else "x" * (form.max_character_count + 1), "field")
    assert (caught.value.reason, caught.value.metadata["field"]) == (form.reason, "field")


@pytest.mark.parametrize("value", FORM_VALUES, ids=lambda value: value.name)
@pytest.mark.parametrize("text", ["", "-", "a/b", "regions/r", "regions/r/traffic", "regions/r/providers/-", "é" * 200])
def test_what_fits_is_not_refused(value: Any, text: str):
    """The quick look lets nothing pass that the long one would refuse."""
    known = FORMS[value.number]
    if known.fits(text):
        known.refuse(text, "field")


def test_every_form_is_known():
    """A new one cannot be forgotten in the server."""
    assert set(FORMS) == {value.number for value in FORM_VALUES}


def _api() -> str:
    return (ROOT / "docs" / "api.md").read_text("utf-8")
