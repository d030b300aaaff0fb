"""The policy file: defaults, versions and every kind of mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.policy import Policy
from graphs.errors import FileMissingError


def test_shipped_file_holds_the_defaults() -> None:
    """The file in the package and the defaults in code say the same."""
    shipped, code = Policy.default(), Policy()
    assert (shipped.promise, shipped.cost, shipped.priority, shipped.limits) == (
        code.promise,
        code.cost,
        code.priority,
        code.limits,
    )


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
