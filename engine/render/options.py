"""What is shown only while something is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One answer among alternatives, shown only while it is chosen: ``Option("Answer", "Towline")``.

    Everything with the same ``choice`` shares one switch; the first ``name`` met is chosen at first, unless the page's
    ``start`` says otherwise.
    """

    choice: str
    name: str


#: What something is bound to: nothing (always shown), one option, or several. Of several, those of one choice are
#: alternatives, and every choice named must agree: ``(Option("Hour", "03"), Option("Fleet", "Before"))``.
Options = Option | Sequence[Option] | None


def each_option(options: Options) -> tuple[Option, ...]:
    """The options one by one."""
    if options is None:
        return ()
    return (options,) if isinstance(options, Option) else tuple(options)


def collect_choices(bound: Iterable[Options]) -> dict[str, list[str]]:
    """Choices and the names of their options, both in the order in which they are met."""
    found: dict[str, dict[str, None]] = {}
    for options in bound:
        for option in each_option(options):
            found.setdefault(option.choice, {})[option.name] = None
    return {choice: list(names) for choice, names in found.items()}


def is_chosen(options: Options, chosen: Mapping[str, str]) -> bool:
    """Whether something bound to ``options`` is shown when of each choice one name is chosen."""
    wanted = collect_choices([options])
    return all(chosen.get(choice) in names for choice, names in wanted.items())
