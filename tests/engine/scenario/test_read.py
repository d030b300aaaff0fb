"""Scenarios from files: every problem with its file, its line and its key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ScenarioError
from engine.policy import Policy
from engine.scenario import Scenario, check, combine, parse_scenario, read_scenario
from engine.scenario.problems import MOST_FOUND
from engine.scenario.read import MOST_BYTES, MOST_FILES
from graphs.bundled import load_coquimbo
from graphs.errors import FileMissingError
from tests.engine.scenario.strategies import scenarios

EXAMPLES = Path(__file__).parents[3] / "examples" / "scenarios"


def problems_of(text: str | bytes, folder: Path | str = ".") -> list[tuple[int, str, str]]:
    """(line, key, message) of each problem, [] where there is none."""
    try:
        parse_scenario(text, "x.toml", folder)
    except ScenarioError as error:
        return [(problem.line, problem.key, problem.message) for problem in error.problems]
    return []


ONE = [
    ('tilte = "x"', 1, "tilte", "did you mean 'title'?"),
    ("title = 3", 1, "title", "as text"),
    ('title = "a\\u202eb"', 1, "title", "nobody sees"),
    ("when = 3", 1, "when", "must be a table"),
    ("[when]\nhour = 24", 2, "when.hour", "must be 0 to 23"),
    ("[when]\nhours = [1,\n 24]", 3, "when.hours[1]", "must be 0 to 23"),
    ("[when]\nhours = []", 2, "when.hours", "empty list"),
    ("[when]\nhour = 8.0", 2, "when.hour", "whole number"),
    ("[when]\nhour = true", 2, "when.hour", "whole number"),
    ("[when]\nat = 2026-01-15T08:30:00Z", 2, "when.at", "offset"),
    ("[when]\nat = 2026-01-15", 2, "when.at", "date with a time"),
    ("[when]\nat = 0026-01-15T08:30:00", 2, "when.at", "2000 to 2099"),
    ("[when]\nhour = 3\nat = 2026-01-15T08:30:00", 2, "when.hour", "x.toml, line 3"),
    ("[when]\nhour = 3\nhours = [3]", 3, "when.hours", "one of at, hour and hours"),
    ('[when]\nat = 2026-01-15T08:30:00\nweekday = "mon"', 3, "when.weekday", "day of its own"),
    ('[when]\nweather = "snwo"', 2, "when.weather", "did you mean 'snow'?"),
    ('[when]\nweekday = "monday"', 2, "when.weekday", "mon, tue"),
    ('[when]\nservices = ["towing",\n\n"flying"]', 4, "when.services[1]", "is no service"),
    ("[promise]\nurban_minutes = 0", 2, "promise.urban_minutes", "above 0"),
    ("[promise]\nurban_minutes = nan", 2, "promise.urban_minutes", "above 0"),
    ("[promise]\nrural_minutes = 30", 2, "promise.rural_minutes", "known are"),
    ("promise.urban_minutes = 1e9", 1, "promise.urban_minutes", "at most 1440"),
    ("provider = 3", 1, "provider", "[[provider]]"),
    ("provider = [3]", 1, "provider[0]", "must be a table"),
    ("[[provider]]\ncrews = 2", 1, "provider[0]", "exactly one of"),
    ('[[provider]]\nremove = "a"\nmove = "b"\nlon = 1\nlat = 1', 1, "provider[0]", "says remove and move"),
    ('[[provider]]\nremove = "a"\ncrews = 2', 3, "provider[0].crews", "known are: remove"),
    ('[[provider]]\nremove = ""', 2, "provider[0].remove", "empty text"),
    ('[[provider]]\nmove = "a"\nlon = 200\nlat = 1', 3, "provider[0].lon", "at most 180"),
    ('[[provider]]\nmove = "a"\nlon = 20', 1, "provider[0]", "lacks lat"),
    ('[[provider]]\nresize = "a"\ncrews = -1', 3, "provider[0].crews", "0 to 10,000"),
    ('[[provider]]\nadd = "a"\nlon = 1\nlat = 1\ncrews = 0', 5, "provider[0].crews", "1 to 10,000"),
    ('[[provider]]\nadd = "a"\nlon = 1\nlat = 1\ncontract_cost = -1', 5, "provider[0].contract_cost", "at least 0"),
    (
        '[[provider]]\nremove = "a"\n[[provider]]\nmove = "a"\nlon = 1\nlat = 1',
        4,
        "provider[1].move",
        "'a' contradicts provider[0].remove (x.toml, line 2)",
    ),
    ('[[provider]]\nremove = "a"\n[[provider]]\nremove = "a"', 4, "provider[1].remove", "twice"),
    (
        '[[provider]]\nremove = "a"\n[[shift]]\nprovider = "a"\ncrews = 1\nfrom = 1\nto = 2',
        4,
        "shift[0].provider",
        "line 2",
    ),
    ('[[shift]]\nprovider = "a"\ncrews = 1\nfrom = 8\nto = 8', 5, "shift[0].to", "all day"),
    ('[[shift]]\nprovider = "a"\ncrews = 1\nfrom = 24\nto = 8', 4, "shift[0].from", "0 to 23"),
    ('[[shift]]\nprovider = "a"\ncrews = 1\nfrom = 2\nto = 8\ndays = "fry"', 6, "shift[0].days", "did you mean 'fri'?"),
    ("[[close]]", 1, "close[0]", "says no roads"),
    ("[[close]]\nway = 1\npolygon = [[0, 0], [1, 0], [1, 1]]", 1, "close[0]", "both way and polygon"),
    ("[[close]]\nway = [1,\n-2]", 3, "close[0].way[1]", "must be 1 to"),
    ('[[close]]\nway = 1\nclass = "primary"', 3, "close[0].class", "goes with a polygon"),
    ("[[close]]\npolygon = []", 2, "close[0].polygon", "at least 3"),
    ("[[close]]\npolygon = [[0, 0], [1, 1], [0, 0]]", 2, "close[0].polygon", "2 different corners"),
    ("[[close]]\npolygon = [[0, 0], [1, 1], [2, 2]]", 2, "close[0].polygon", "holds nothing"),
    ("[[close]]\npolygon = [[0, 0],\n [1, 91], [0, 1]]", 3, "close[0].polygon[1][1]", "at most 90"),
    ("[[close]]\npolygon = [[0, 0],\n 7, [0, 1]]", 3, "close[0].polygon[1]", "corner"),
    ("[[close]]\npolygon = [[0, 0], [1, 1], [0, 1], [1, 0]]", 2, "close[0].polygon", "crosses itself"),
    ("[[close]]\npolygon = [[-179, 0], [179, 1], [0, 1]]", 2, "close[0].polygon", "half the Earth"),
    ("[[close]]\npolygon = [[[0, 0], [3, 0], [0, 3]],\n [[1, 1]]]", 3, "close[0].polygon[1]", "1 different corners"),
    ("[[speed]]\nfactor = 0", 2, "speed[0].factor", "above 0"),
    ("[[speed]]\nfactor = 3.1", 2, "speed[0].factor", "at most 3"),
    ('[[speed]]\nclass = "motorwy"\nfactor = 1', 2, "speed[0].class", "did you mean 'motorway'?"),
    ("[[speed]]\nclass = []\nfactor = 1", 2, "speed[0].class", "empty list"),
    ('[[speed]]\nclass = "road"', 1, "speed[0]", "lacks factor"),
    ("[demand]\nfactor = 0", 2, "demand.factor", "above 0"),
    ("[demand]\nlayer = 3", 2, "demand.layer", "text in quotes"),
    (
        (
            "[[demand.area]]\nfactor = 2\npolygon = [[0, 0], [2, 0], [2, 2]]\n"
            "[[demand.area]]\nfactor = 3\npolygon = [[1, 0], [3, 0], [3, 2]]"
        ),
        6,
        "demand.area[1].polygon",
        "overlaps demand.area[0] (x.toml, line 1) with factor 3 here and 2 there",
    ),
    ("[sweep]", 1, "sweep", "sweeps nothing"),
    ("[sweep]\nwhen.hours = [1]", 2, "sweep.when.hours", "did you mean 'when.hour'?"),
    ("[sweep]\nwhen.hour = 3", 2, "sweep.when.hour", "list of values"),
    ('[sweep]\nwhen.hour = "0..24"', 2, "sweep.when.hour[24]", "0 to 23"),
    ("[sweep]\nwhen.hour = [1,\n1]", 3, "sweep.when.hour[1]", "twice"),
    ("[sweep]\nremove_each = 3", 2, "sweep.remove_each", '"providers"'),
    ("[when]\nhours = [1]\n[sweep]\nwhen.hour = [3]", 4, "sweep.when.hour", "when.hours (x.toml, line 2)"),
    ('include = "no.toml"', 1, "include", "cannot be read"),
    ("include = [\n3]", 2, "include[0]", "in quotes"),
    ('include = "a\\u0000b"', 1, "include", "in quotes"),
    ("a = 1\nb = [1\n\n", 2, "", "not valid TOML"),
    ("a = 1\na = 2\n", 2, "", "Cannot overwrite"),
    ("\n\nb = 08", 3, "", "not valid TOML"),
    (f"\nb = {'9' * 5000}", 2, "", "too many digits"),
    (f"b = {'[' * 3000}{']' * 3000}", 1, "", "without end"),
    (b"title = 'x'\n\nwhat = '\xff'", 3, "", "UTF-8"),
]


@pytest.mark.parametrize(("text", "line", "key", "words"), ONE, ids=[str(number) for number in range(len(ONE))])
def test_each_mistake_is_told_with_its_line_and_key(
    text: str | bytes, line: int, key: str, words: str, tmp_path: Path
) -> None:
    """One mistake, one problem: where it is and what to do."""
    found = problems_of(text, tmp_path)
    assert [(where, name) for where, name, _ in found] == [(line, key)], found
    assert words in found[0][2]


def test_every_problem_is_reported_in_one_error() -> None:
    """All mistakes of a file together, in the order of their lines."""
    text = "\n".join(text for text, *_ in ONE if isinstance(text, str) and text.startswith("[[close]]"))
    found = problems_of(text)
    with pytest.raises(ScenarioError) as error:
        parse_scenario(text, "x.toml")
    assert (error.value.reason, error.value.metadata["problems"]) == ("INVALID_SCENARIO", str(len(found)))
    assert error.value.metadata["files"] == "x.toml"
    again = error.value.about("job 3", job=3)
    assert (again.problems, again.metadata["job"]) == (error.value.problems, "3")
    assert len(found) == sum(isinstance(text, str) and text.startswith("[[close]]") for text, *_ in ONE)
    assert [line for line, _, _ in found] == sorted(line for line, _, _ in found)


def test_a_file_that_is_too_large_is_not_read() -> None:
    """Beyond the limit nothing is parsed."""
    assert "larger than" in problems_of(b"#" * (MOST_BYTES + 1))[0][2]


def test_a_missing_file(tmp_path: Path) -> None:
    """The scenario itself that is not there is a missing file, as is a folder."""
    for path in (tmp_path / "no.toml", tmp_path, Path("a\0b")):
        with pytest.raises(FileMissingError):
            read_scenario(path)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder / "top.toml"


def test_included_files_come_first_and_are_overruled(tmp_path: Path) -> None:
    """Tables of lists are joined in order; of other keys the including file's counts; an hour overrules hours."""
    (tmp_path / "sub").mkdir()
    write(
        tmp_path / "sub",
        one='title = "one"\n[when]\nhours = [1, 2]\nweather = "snow"\n[[close]]\nway = 1\n'
        '[demand]\nlayer = "people.csv"\n',
    )
    path = write(
        tmp_path,
        two="[[close]]\nway = 2\n[promise]\nurban_minutes = 20\n",
        top='title = "top"\ninclude = ["sub/one.toml", "two.toml"]\n[when]\nhour = 3\n[[close]]\nway = 3\n',
    )
    found = read_scenario(path)
    alone = parse_scenario(
        'title = "top"\n[when]\nhour = 3\nweather = "snow"\n[promise]\nurban_minutes = 20\n'
        '[demand]\nlayer = "sub/people.csv"\n[[close]]\nway = 1\n[[close]]\nway = 2\n[[close]]\nway = 3\n'
    )
    assert found == alone
    assert found.folder == tmp_path
    assert [str(found.places["close", at, "way"]) for at in range(3)] == [
        f"{tmp_path / 'sub' / 'one.toml'}, line 6",
        f"{tmp_path / 'two.toml'}, line 2",
        f"{path}, line 6",
    ]


def test_a_problem_of_an_included_file_names_that_file(tmp_path: Path) -> None:
    """A key, a syntax error and a contradiction across files, each with the file it is in."""
    path = write(
        tmp_path,
        one='\n[[provider]]\nremove = "a"\ncolour = 3\n',
        two="x = \n",
        top='include = ["one.toml", "two.toml"]\n[[provider]]\nresize = "a"\ncrews = 1\n',
    )
    with pytest.raises(ScenarioError) as error:
        read_scenario(path)
    found = {(Path(problem.file).name, problem.line, problem.key) for problem in error.value.problems}
    assert found == {
        ("two.toml", 1, ""),
        ("one.toml", 4, "provider[0].colour"),
        ("top.toml", 3, "provider[1].resize"),
    }


def test_included_files_that_disagree_are_refused_unless_the_top_decides(tmp_path: Path) -> None:
    """Both places are named; saying the key in the including file ends it."""
    files = {"one": '[when]\nweather = "snow"\n', "two": '\n[when]\nweather = "ice"\n'}
    path = write(tmp_path, **files, top='include = ["one.toml", "two.toml"]\n')
    with pytest.raises(ScenarioError) as error:
        read_scenario(path)
    (problem,) = error.value.problems
    assert (Path(problem.file).name, problem.line, problem.key) == ("two.toml", 3, "when.weather")
    assert "one.toml, line 2" in problem.message
    write(tmp_path, top='include = ["one.toml", "two.toml"]\n[when]\nweather = "fog"\n')
    assert read_scenario(path).when.weather == "fog"


def test_files_that_include_each_other_are_refused(tmp_path: Path) -> None:
    """A cycle is told with its way around; a file reached twice is taken once."""
    path = write(tmp_path, top='\ninclude = "one.toml"\n', one='include = "two.toml"\n', two='include = "one.toml"\n')
    with pytest.raises(ScenarioError, match=r"one.toml → two.toml → one.toml"):
        read_scenario(path)
    write(tmp_path, top='include = "top.toml"\n')
    with pytest.raises(ScenarioError, match="includes itself"):
        read_scenario(path)
    write(
        tmp_path,
        top='include = ["one.toml", "two.toml"]\n',
        one='include = "base.toml"\n',
        two='include = "base.toml"\n',
        base='[[provider]]\nremove = "a"\n',
    )
    assert len(read_scenario(path).providers) == 1


def test_files_without_end_are_bounded(tmp_path: Path) -> None:
    """A chain of includes longer than the limit is refused."""
    for number in range(MOST_FILES + 3):
        (tmp_path / f"{number}.toml").write_text(f'include = "{number + 1}.toml"\n')
    with pytest.raises(ScenarioError, match="one more than 100 files"):
        read_scenario(tmp_path / "0.toml")


def test_scenarios_are_combined_in_python() -> None:
    """As files are, the last word counting; the title is the new one."""
    one = parse_scenario('[when]\nweather = "snow"\nhour = 3\n[[close]]\nway = 1\n')
    two = parse_scenario("[when]\nat = 2026-01-15T08:30:00\n[[close]]\nway = 2\n")
    both = combine(one, two, title="both")
    assert both == parse_scenario(
        'title = "both"\n[when]\nat = 2026-01-15T08:30:00\nweather = "snow"\n[[close]]\nway = 1\n[[close]]\nway = 2\n'
    )
    assert combine() == Scenario()


def test_text_from_strangers_names_no_files(tmp_path: Path) -> None:
    """Without a folder nothing is included, and the layer is not read."""
    with pytest.raises(ScenarioError, match="cannot be followed here"):
        parse_scenario("include = '/etc/hosts'", folder=None)
    scenario = parse_scenario("[demand]\nlayer = '/etc/hosts'", folder=None)
    with pytest.raises(ScenarioError, match="no files of this machine"):
        check(scenario, load_coquimbo(), [], Policy.default())
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ScenarioError, match="it is no file"):
        parse_scenario("include = 'pipe.toml'", folder=tmp_path)
    with pytest.raises(FileMissingError, match="it is no file"):
        read_scenario(tmp_path / "pipe.toml")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_examples_are_read(path: Path) -> None:
    """Every example is a scenario, and comes back from its canonical form."""
    scenario = read_scenario(path)
    assert scenario.title
    assert parse_scenario(scenario.to_toml()) == scenario


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused_with_a_line_or_read(data: bytes) -> None:
    """Whatever bytes come, the answer is a scenario or a ScenarioError."""
    problems_of(data)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES.glob("*.toml"))), st.data())
def test_damaged_examples_are_refused_or_read(path: Path, data: st.DataObject) -> None:
    """Bytes of a good file taken out, doubled or replaced: every problem is in a line of the file."""
    content = path.read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(content)))
        end = min(begin + data.draw(st.integers(0, 12)), len(content))
        put = data.draw(
            st.sampled_from(
                [b"", content[begin:end] * 2, b"[", b"]", b'"', b"=", b"nan", b"\n[when]\n", b"-1", b"{", b"9" * 30]
            )
        )
        content = content[:begin] + put + content[end:]
    for line, key, message in problems_of(content, path.parent):
        assert 1 <= line <= content.count(b"\n") + 1, (content, line, key, message)


@settings(max_examples=100, deadline=None)
@given(scenarios(), st.data())
def test_the_line_of_a_mistake_anywhere(scenario: Scenario, data: st.DataObject) -> None:
    """In the text of any scenario, with comments and empty lines put in, one wrong value is told in its line."""
    keys = (
        "crews = ",
        "factor = ",
        "lon = ",
        "hour = ",
        "from = ",
        "to = ",
        "urban_minutes = ",
        "layer = ",
        "class = ",
    )
    lines = []
    for line in scenario.to_toml().splitlines():
        if line.startswith("["):  # a table: here comments do not fall into a list
            lines += data.draw(st.lists(st.sampled_from(["", "# x = [", "  # [[close]]"]), max_size=3))
        lines.append(line)
    at = [number for number, line in enumerate(lines) if line.startswith(keys) and not line.endswith("[")]
    if not at:
        return
    wrong = data.draw(st.sampled_from(at))
    key = lines[wrong].split(" = ")[0]
    lines[wrong] = f"{key} = nan  # was {lines[wrong]}"
    found = problems_of("\n".join(lines))
    assert [(line, name.rpartition(".")[2]) for line, name, _ in found] == [(wrong + 1, key)], lines


def test_many_mistakes_take_no_time(tmp_path: Path) -> None:
    """Thousands of unknown keys, of names to compare, and tables in tables of included files: told, not waited for."""
    assert len(problems_of("\n".join(f"k{number} = 1" for number in range(5_000)))) == MOST_FOUND
    deep = ".".join("a" * 900)
    path = write(tmp_path, one=f"{deep} = 1", two=f"{deep}.b = 1", top='include = ["one.toml", "two.toml"]')
    with pytest.raises(ScenarioError, match="is no key that is known here"):
        read_scenario(path)
    ids = [f"P{number}" for number in range(9_000)]
    text = "".join(f"[[provider]]\nremove = 'P{number}x'\n" for number in range(2_000))
    with pytest.raises(ScenarioError) as error:
        check(parse_scenario(text), load_coquimbo(), ids, Policy.default())
    assert sum("did you mean" in problem.message for problem in error.value.problems) == 1
