"""The policy file: defaults, versions and every kind of mistake."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.policy import SECTIONS, Policy
from graphs.errors import FileMissingError


def test_shipped_file_holds_the_defaults() -> None:
    """The file in the package and the defaults in code say the same."""
    shipped, code = Policy.default(), Policy()
    for name in SECTIONS:
        assert getattr(shipped, name) == getattr(code, name)


def test_version_follows_every_value() -> None:
    """A changed weight changes the version, a changed comment does not."""
    plain = Policy.parse('version = "a"\n[cost]\nwaiting = 1.5')
    assert plain.version == Policy.parse('# other words\nversion = "a"\n[cost]\nwaiting = 1.5').version
    assert plain.version != Policy.parse('version = "a"\n[cost]\nwaiting = 1.6').version


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[cost]\nwaitng = 1", "cost.waitng"),
        ("[weights]\nwaiting = 1", "weights"),
        ("[cost]\nwaiting = -1", "cost.waiting"),
        ("[cost]\nwaiting = nan", "cost.waiting"),
        ("[cost]\nwaiting = inf", "cost.waiting"),
        ("[cost]\nwaiting = true", "cost.waiting"),
        ('[cost]\nwaiting = "much"', "cost.waiting"),
        ("[promise]\nurban_minutes = 0", "promise.urban_minutes"),
        ("[promise]\nbuilt_up_rings = 1.5", "promise.built_up_rings"),
        ('[promise]\nhighway_classes = ["autobahn"]', "autobahn"),
        ('[promise]\nhighway_classes = "motorway"', "list of names"),
        ("[cost]\nunserved = 10", "raise cost.unserved above"),
        ('[cost]\nlateness_of = "median"', 'cost.lateness_of must be one of "point", "expected"'),
        ("[cost]\nquality = -1", "cost.quality"),
        ("[service_time]\ntyre = 30", "service_time.tyre must be [mean, spread]"),
        ("[service_time]\ntyre = [0, 3]", "service_time.tyre must have a mean above zero"),
        ("[service_time]\ntyre = [10, nan]", "service_time.tyre"),
        ("[service_time]\ntire = [10, 2]", "service_time.tire"),
        ("[arrival]\ntravel_spread = 0", "arrival.travel_spread must be a finite number of at least 0.01"),
        ("[arrival]\nbusy_spread = inf", "arrival.busy_spread"),
        ("[triage]\nhighway = 0.5", "triage.highway must be a finite number of at least 1"),
        ("[deferment]\nbound_minutes = 0", "deferment.bound_minutes must be a finite number above zero"),
        ("[stability]\nfreeze_minutes = 5000", "stability.freeze_minutes must be at most 1,440"),
        ("[limits]\nmax_overtime_minutes = 9000", "raise cost.unserved above"),
        ("cost = 3", "must be a table"),
        ("version = 3", "must be text"),
        ("[cost\n", "line 1"),
    ],
)
def test_mistakes_name_their_key(text: str, words: str) -> None:
    """Each wrong key or value is refused by name."""
    with pytest.raises(PolicyError, match="(?s)" + words.replace("[", r"\[")):
        Policy.parse(text)


def test_missing_file(tmp_path: Path) -> None:
    """A missing policy file is a missing file, not a default policy."""
    with pytest.raises(FileMissingError):
        Policy.load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('version = "x"\n\n[cost]\n# waiting = 3\nwaiting = -1', "line 5"),
        ("[cost]\ndriving = 1\n\n[priority]\nlow = 0", "line 5"),
        ("cost.waiting = -1", "line 1"),
        ("[limits]\nmax_wait_minutes = 1e7", "line 2"),
        ("[service_time]\nwinch = [40, 20]\ntyre = [-1, 3]", "line 3"),
        ("[triage]\n\nhighway = 0", "line 3"),
        ("[limits]\nmax_wait_minutes = " + "9" * 400, "line 2"),
        ("\n[weights]\na = 1", "line 2"),
        ("[promise]\nbuilt_up_rings = 100000", "line 2"),
        ("[coverage]\nweight = -1", "line 2"),
        ("[coverage]\nbusy_fraction = 1.0", "line 2"),
        ('[coverage]\non_highways = "no"', "line 2"),
        ("[coverage]\n\nweight = 50000", "line 3"),
        ("[cost]\nrotation = 4\n[coverage]\nweight = 50000", "line 4"),
        ("[priority]\nlow = 0.001", "line 2"),
        ("[coverage]\nweight = 50000\n[cost]\nunserved = 3000", "line 4"),
    ],
)
def test_mistakes_in_a_file_name_it_and_the_line(tmp_path: Path, text: str, line: str) -> None:
    """Whatever is wrong, the message begins with the file and the line of the key."""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(PolicyError) as caught:
        Policy.load(path)
    assert caught.value.message.startswith(f"policy file {path}, {line}: ")
    assert caught.value.metadata["where"].endswith("mine.toml")


def test_leaving_too_cheap_names_what_the_person_wrote() -> None:
    """Of the keys that are weighed against each other the one in the file that weighs most."""
    with pytest.raises(PolicyError) as caught:
        Policy.parse("[coverage]\nweight = 50000", where="mine")
    assert caught.value.message.startswith("mine, line 2: with this coverage.weight, (cost.unserved")
    assert (caught.value.metadata["key"], caught.value.metadata["line"]) == ("coverage.weight", "2")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf[cost]\r\nwaiting = 2\r\n")
    assert Policy.load(path).cost.waiting == 2


def test_what_is_no_policy_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    """A folder, bytes that are no text, an integer of thousands of digits, brackets without end: typed errors."""
    with pytest.raises(FileMissingError, match="is a folder"):
        Policy.load(tmp_path)
    path = tmp_path / "x.toml"
    for content in (b"\xff\xfe", b"version = " + b"9" * 5000, b"a = " + b"[" * 5000):
        path.write_bytes(content)
        with pytest.raises(PolicyError, match="policy file"):
            Policy.load(path)


PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8")


def rows_of(section: str) -> dict[str, str]:
    """Key and default of each row of the table under a paragraph that begins with the section's name."""
    named: list[str] = []
    for block in PAGE.split("\n\n"):
        if block.startswith("`["):
            named = re.findall(r"`\[(\w+)\]`", block)
        elif block.startswith("| key") and section in named:
            return dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", block, re.MULTILINE))
    raise AssertionError(f"there is no table of [{section}]")


def test_the_page_names_every_key_and_its_default() -> None:
    """docs/policy.md has a row for each key, with the default of the code."""
    policy = Policy()
    for section in SECTIONS:
        values, rows = getattr(policy, section), rows_of(section)
        for item in fields(values):
            value = getattr(values, item.name)
            shown = rows[item.name].strip("`")
            if isinstance(value, bool):
                assert shown == str(value).lower(), item.name
            elif isinstance(value, str):
                assert shown == f'"{value}"'
            elif isinstance(value, tuple):
                found = re.findall(r'"(\w+)"|(\d+)', shown)
                assert tuple(word or float(number) for word, number in found) == value
            else:
                assert float(shown) == value, item.name
    example = PAGE.split("```toml\n")[1].split("```")[0]
    assert Policy.parse(example).promise.urban_minutes == 25
