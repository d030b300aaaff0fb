"""What a sweep answers: plain rows, the same wherever they were computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from engine.coverage.coverage import CoverageFigures
from engine.coverage.digest import digest_of
from engine.coverage.evaluation import Evaluation, Versions, result_digest
from engine.model import Service
from graphs.errors import TowlineError

#: The reason of a problem that is a mistake of Towline's, not of the scenario.
INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class SweepProblem:
    """Why a variant has no figures: an error's reason, message and variables."""

    reason: str
    message: str
    metadata: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(error: Exception) -> SweepProblem:
        """Of an error as the user sees it, and of a mistake with its name."""
        if isinstance(error, TowlineError):
            return SweepProblem(error.reason, error.message, error.metadata)
        return SweepProblem(INTERNAL, f"{type(error).__name__}: {error}")


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One service at one moment under one variant; of a variant with a problem there is one row, with no figures."""

    number: int  # of the variant, from 0
    title: str  # of its scenario
    values: tuple[tuple[str, Any], ...]  # of the sweep: (("when.hour", 3), ("remove", "P7"))
    moment: str = ""
    service: Service | None = None
    figures: CoverageFigures | None = None
    versions: Versions | None = None
    problem: SweepProblem | None = None
    result: str = ""  # the digest of all of the variant's evaluations

    @property
    def variant(self) -> str:
        """``when.hour 3, remove P7``; the scenario's title, or its number, where no sweep makes it."""
        told = ", ".join(
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in self.values
        )
        return told or self.title or f"scenario {self.number + 1:,}"


@dataclass(frozen=True, slots=True)
class SweepResult:
    """All rows of a sweep, in the order of its variants."""

    rows: tuple[SweepRow, ...]

    @property
    def problems(self) -> tuple[SweepRow, ...]:
        """Rows of the variants without figures."""
        return tuple(row for row in self.rows if row.problem is not None)


def rows_of(number: int, title: str, values: tuple[tuple[str, Any], ...], found: list[Evaluation]) -> list[SweepRow]:
    """Of one variant's evaluations; here all figures are reckoned."""
    return [
        SweepRow(number, title, values, str(each.moment), each.service, each.coverage.figures, each.versions)
        for each in found
    ]


def with_result(rows: list[SweepRow]) -> list[SweepRow]:
    """All rows of one variant, with the digest that its answer has wherever it is told."""
    result = result_digest((row.moment, row.service, row.versions) for row in rows if row.service and row.versions)
    return [replace(row, result=result) for row in rows]


def comparison_digest(rows: Iterable[SweepRow], before: Iterable[SweepRow]) -> str:
    """Sixteen hex digits of all results of a comparison, in their order, and of those beside which they are told."""
    every = [*rows, *before]
    return digest_of(*(each.result or (each.problem.reason if each.problem else "") for each in every))
