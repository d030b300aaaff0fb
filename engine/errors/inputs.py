"""Errors about what is to be planned: words, times, tables, files, policies and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.errors import InputError, TowlineError

if TYPE_CHECKING:
    from engine.scenario.problems import ScenarioProblem
    from engine.tables.problems import RowProblem


class UnknownServiceError(InputError):
    """A service Towline does not know."""

    reason = "UNKNOWN_SERVICE"


class UnknownCapabilityError(InputError):
    """A capability Towline does not know."""

    reason = "UNKNOWN_CAPABILITY"


class UnknownStatusError(InputError):
    """A unit status Towline does not know."""

    reason = "UNKNOWN_STATUS"


class UnknownPriorityError(InputError):
    """A priority Towline does not know."""

    reason = "UNKNOWN_PRIORITY"


class UnknownWeatherError(InputError):
    """A kind of weather Towline does not know."""

    reason = "UNKNOWN_WEATHER"


class TimeError(InputError):
    """A time that cannot be used: no zone, not a time, absurdly far from now, negative duration."""

    reason = "INVALID_TIME"


class UnknownReferenceError(InputError):
    """A row names a unit, provider or incident that is not there."""

    reason = "UNKNOWN_REFERENCE"


class TableError(InputError):
    """Rows of one or more tables that cannot be used; ``problems`` holds every one of them."""

    reason = "INVALID_ROWS"

    def __init__(self, message: str, problems: tuple[RowProblem, ...] = ()) -> None:
        """Problems may come later, as they do when it is sent from one process to another."""
        super().__init__(message, problems=len(problems), files=", ".join(dict.fromkeys(p.file for p in problems)))
        self.problems = problems


class FileFormatError(InputError):
    """A file whose ending or content is none of the formats Towline reads or writes."""

    reason = "UNKNOWN_FILE_FORMAT"


class OutputConflictError(InputError):
    """An output that is the same file as an input or as another output."""

    reason = "OUTPUT_OVERWRITES"


class OutputFileError(InputError):
    """A result cannot be written where the user wants it."""

    reason = "OUTPUT_NOT_WRITABLE"


class OptionError(InputError):
    """Options that contradict each other or hold an impossible value."""

    reason = "INVALID_OPTION"


class PolicyError(InputError):
    """A policy file with a wrong key or value."""

    reason = "INVALID_POLICY"


class DemandError(InputError):
    """Demand that is no set of places with weights."""

    reason = "INVALID_DEMAND"


class DemandRowsError(DemandError):
    """Rows of a request's demand that are not on the region's roads; ``problems`` holds every one of them."""

    def __init__(self, message: str, problems: tuple[ScenarioProblem, ...] = (), **metadata: object) -> None:
        """Problems may come later, as they do when it is sent from one process to another."""
        super().__init__(message, **{**metadata, "rows": len(problems)})
        self.problems = problems


class SitingError(InputError):
    """A question about sites that cannot be asked so: sizes, times, weights, costs or limits."""

    reason = "INVALID_SITING"


class SitingImpossibleError(InputError):
    """Sites that nobody can choose: the budget buys nothing, or too few may be opened to reach all."""

    reason = "SITING_IMPOSSIBLE"


class StandbyError(InputError):
    """A question about where free units should wait that cannot be asked so: nobody free, no places, limits."""

    reason = "INVALID_STANDBY"


class StaffingError(InputError):
    """A question about shifts that cannot be asked so: calls, allowed shifts, providers, targets, limits."""

    reason = "INVALID_STAFFING"


class StaffingImpossibleError(InputError):
    """Shifts that nobody can plan: in some hours no number of crews that is allowed reaches the target."""

    reason = "STAFFING_IMPOSSIBLE"


class CostOverflowError(TowlineError):
    """Weights, prices or times so large that the integer cost would overflow."""

    reason = "COST_OVERFLOW"
    status = "OUT_OF_RANGE"


class BookingError(InputError):
    """A wanted booking that says what its slots will say, or that no slot can be offered for."""

    reason = "INVALID_BOOKING"


class PinConflictError(InputError):
    """Pins that exclude each other."""

    reason = "PIN_CONFLICT"


class QueueInstanceError(InputError):
    """Numbers of a queue instance that contradict each other or cannot be."""

    reason = "INVALID_QUEUES"


class ScenarioError(InputError):
    """A scenario that cannot be or that does not fit its world; ``problems`` holds every reason."""

    reason = "INVALID_SCENARIO"

    def __init__(self, message: str, problems: tuple[ScenarioProblem, ...] = (), **metadata: object) -> None:
        files = ", ".join(dict.fromkeys(each.file for each in problems if each.file))
        super().__init__(message, **{**metadata, "problems": len(problems), "files": files})
        self.problems = problems

    def about(self, whose: str, **metadata: object) -> ScenarioError:
        rest = {key: value for key, value in self.metadata.items() if key != "problems"}
        return ScenarioError(f"{whose}: {self.message}", self.problems, **{**rest, **metadata})
