"""What a process that evaluates coverage knows, and how it answers: see `engine.server.coverage_job`."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from engine.server.coverage_advice import ShiftsWork, SiteWork, StandbyWork
from engine.server.coverage_job import Failed, Needs, read_question
from engine.server.coverage_scenarios import CompareWork, EvaluateWork
from engine.server.coverage_work import Work, World
from graphs.errors import TowlineError

#: Jobs that are kept at least, each with its fleet; as many as run at once take turns in each process.
JOBS = 2
#: What is done, by method.
WORK: dict[str, type[Work]] = {
    "EvaluateCoverage": EvaluateWork,
    "CompareCoverage": CompareWork,
    "ChooseSites": SiteWork,
    "AdviseStandby": StandbyWork,
    "PlanShifts": ShiftsWork,
}


class Memory:
    """What the process knows."""

    def __init__(self) -> None:
        self._worlds: dict[str, World] = {}
        self._jobs: OrderedDict[bytes, Work] = OrderedDict()

    def answer(self, raw: bytes) -> Any:
        """Of one question; bytes of a task, a `Summary`, `Needs`, or `Failed`."""
        ask, job, parts = read_question(raw)
        if parts is not None and parts.id not in self._worlds:
            self._worlds[parts.id] = World(parts)
        try:
            if ask.job not in self._jobs:
                needs = Needs(job is None, ask.world not in self._worlds)
                if job is None or needs.world:
                    return needs
                while len(self._jobs) >= max(JOBS, self._worlds[ask.world].parts.options.workers):
                    self._jobs.popitem(last=False)
                self._jobs[ask.job] = WORK[job.method](self._worlds[ask.world], job)
            self._jobs.move_to_end(ask.job)
            work = self._jobs[ask.job]
            if ask.number is None:
                return work.summary() if ask.whole is None else work.closing(ask.whole)
            return work.answer(ask.number) if ask.error is None else work.failed(ask.number, ask.error)
        except TowlineError as error:
            return Failed(error)
