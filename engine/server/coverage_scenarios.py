"""Fleets as they are and under scenarios, variant by variant: EvaluateCoverage and CompareCoverage."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.changes import baseline_of
from engine.coverage.evaluation import Result
from engine.coverage.expected_result import ToldCalls, expected_moments, told_expected
from engine.coverage.planner import offered
from engine.errors import TooLargeError, ValueRangeError
from engine.model import Service
from engine.scenario.check import CheckedScenario
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import Variant, count_variants
from engine.server import coverage_incoming as incoming
from engine.server import coverage_outgoing as outgoing
from engine.server import enums
from engine.server.coverage_files import check_letters, files_of, page_file
from engine.server.coverage_job import Job
from engine.server.coverage_work import Work, World
from engine.server.status import status_of
from engine.sweep.messages import rows_of
from engine.sweep.page import page_of
from graphs.errors import TowlineError

#: Answers about the fleet as it is that a job keeps, by what they are of.
BEFORE_KEPT = 64


class EvaluateWork(Work):
    """The fleet under one scenario, or as it is."""

    asks, answers = pb.EvaluateCoverageRequest, pb.EvaluateCoverageResponse

    def __init__(self, world: World, job: Job) -> None:
        super().__init__(world, job)
        self.services = incoming.services_of(self.request.services) or offered(self.stands) or tuple(Service)
        self.scenarios = [self.check(incoming.scenario_of(sent, path), sent, path) for path, sent in self.sent()] or [
            self.check(Scenario(), None, "")
        ]
        self._count()
        check_letters(self.request.detail.files, self.request.detail.language_code)
        if self.call_services and not self.expecting:
            raise ValueRangeError(
                "call_services say what calls_per_day is of; give that, too, or leave them out", field="call_services"
            )

    def sent(self) -> list[tuple[str, pb.CoverageScenario]]:
        """(path, scenario) of the request."""
        return [("scenario", self.request.scenario)] if self.request.HasField("scenario") else []

    @property
    def count(self) -> int:
        return self._variants

    @property
    def expecting(self) -> bool:
        """Whether it is asked what to expect when crews are busy."""
        return self.request.HasField("calls_per_day")

    @property
    def call_services(self) -> tuple[Service, ...]:
        """Whose calls those are; none: of all that are offered."""
        return incoming.services_of(self.request.call_services)

    def answer(self, number: int) -> bytes:
        try:
            return self.answered(number).SerializeToString()
        except TowlineError as error:
            return self.failed(number, status_of(error).SerializeToString())

    def failed(self, number: int, error: bytes) -> bytes:
        _, variant, known = self.tasks[number]
        part = pb.CoverageVariant(
            title=known.scenario.title, values=outgoing.values(variant), error=Status.FromString(error)
        )
        return pb.EvaluateCoverageResponse(variants=[part]).SerializeToString()

    def answered(self, number: int) -> Message:
        """One variant; the typed error of one that cannot be evaluated."""
        _, variant, known = self.tasks[number]
        found = self.evaluated(number)
        told = self.told(found)
        expected = self._tell_expected(told, known, found) if self.expecting else None
        if expected is not None:
            found = replace(found, calls=expected.calls)
        part = pb.CoverageVariant(
            title=known.scenario.title,
            values=outgoing.values(variant),
            evaluations=told,
            digest=found.digest,
            calls=outgoing.calls(expected.calls if expected else {}),
        )
        detail = self.request.detail
        where = self.world.folder
        files = files_of(detail.files, self.planner, None, found, where, detail.language_code, expected)
        return pb.EvaluateCoverageResponse(variants=[part], files=files)

    @cached_property
    def tasks(self) -> list[tuple[int, Variant, CheckedScenario]]:
        """(number of the scenario, variant, the same checked)."""
        most = self.world.parts.options.variants
        return [(index, *each) for index, known in enumerate(self.scenarios) for each in known.variants(most)]

    def evaluated(self, number: int) -> Result:
        """One task's variant."""
        _, _, known = self.tasks[number]
        return self.planner.evaluate(self.stands, known, self.asked(known.scenario))

    def told(self, found: Result, before: Result | None = None) -> list[pb.CoverageEvaluation]:
        usual = before.evaluations if before else (None,) * len(found.evaluations)
        pairs = zip(found.evaluations, usual, strict=True)
        return [outgoing.evaluation(each, self.request.detail, self.region_id, old) for each, old in pairs]

    def _tell_expected(self, told: list[pb.CoverageEvaluation], known: CheckedScenario, found: Result) -> ToldCalls:
        """What to expect of the evaluations, added to them."""
        moments = expected_moments(self.planner, self.stands, known, self.request.calls_per_day, self.call_services)
        expected = told_expected(moments, found)
        by_key = {(each.moment, enums.SERVICE.write(each.service)): each for each in expected.rows}
        for message in told:
            if (each := by_key.get((message.moment, message.service))) is not None:
                message.expected.CopyFrom(outgoing.expected(each))
        return expected

    def asked(self, scenario: Scenario) -> tuple[Service, ...]:
        """The scenario's services, else the request's, else all that is offered."""
        return tuple(scenario.when.services or self.services)

    def _count(self) -> None:
        """TooLargeError before anything is expanded."""
        options, variants, evaluations = self.world.parts.options, 0, 0
        for known in self.scenarios:
            count = count_variants(known.scenario, known.provider_ids)
            variants += count
            evaluations += count * len(known.moments) * len(self.asked(known.scenario))
            if self.expecting:  # calls of all services share the crews, whichever are asked for
                evaluations += count * len(known.moments) * len(offered(self.stands))
        for count, most, what in (
            (variants, options.variants, "variants of scenarios"),
            (evaluations, options.evaluations, "evaluations (variants times moments times services)"),
        ):
            if count > most:
                raise TooLargeError(
                    f"{count:,} {what} are more than the {most:,} of one request; send several, or shorten a sweep",
                    count=count,
                    max_count=most,
                    field="scenarios" if "scenarios" in self.asks.DESCRIPTOR.fields_by_name else "scenario",
                )
        self._variants = variants
        if self.request.detail.files and variants != 1:
            raise ValueRangeError(
                f"files are of one variant, and {variants:,} are asked for; ask for one, or leave out the files",
                field="detail.files",
            )


class CompareWork(EvaluateWork):
    """Scenarios, each beside the fleet as it is at the same moments and for the same services."""

    asks, answers = pb.CompareCoverageRequest, pb.CompareCoverageResponse

    def __init__(self, world: World, job: Job) -> None:
        super().__init__(world, job)
        self._before: OrderedDict[str, tuple[list[pb.CoverageEvaluation], str]] = OrderedDict()

    #: What to expect with busy crews is asked of one scenario at a time.
    expecting = False
    call_services = ()

    def sent(self) -> list[tuple[str, pb.CoverageScenario]]:
        return [(f"scenarios[{index}]", each) for index, each in enumerate(self.request.scenarios)]

    def failed(self, number: int, error: bytes) -> bytes:
        index, variant, known = self.tasks[number]
        both = pb.CoverageComparison(
            scenario_index=index,
            title=known.scenario.title,
            values=outgoing.values(variant),
            error=Status.FromString(error),
        )
        with suppress(TowlineError):
            told, both.before_digest = self._told_as_it_is(known.scenario, None)
            both.before.extend(told)
        return pb.CompareCoverageResponse(comparisons=[both]).SerializeToString()

    def answered(self, number: int) -> Message:
        index, variant, known = self.tasks[number]
        after, wanted = self.evaluated(number), self.request.detail.files
        before = self._as_it_is(known.scenario) if wanted or len(self.tasks) == 1 else None
        told, before_digest = self._told_as_it_is(known.scenario, before)
        both = pb.CoverageComparison(
            scenario_index=index,
            title=known.scenario.title,
            values=outgoing.values(variant),
            before=told,
            after=self.told(after, before),
            before_digest=before_digest,
            after_digest=after.digest,
        )
        language = self.request.detail.language_code
        files = files_of(wanted, self.planner, before, after, self.world.folder, language)
        return pb.CompareCoverageResponse(comparisons=[both], files=files)

    @property
    def closes(self) -> bool:
        return bool(self.request.comparison_files)

    def closing(self, whole: bytes) -> bytes:
        """The page of all variants."""
        told = pb.CompareCoverageResponse.FromString(whole)
        page = page_of(self.planner, self.stands, *rows_of(told.comparisons), self.request.detail.language_code)
        return pb.CompareCoverageResponse(comparison_files=[page_file(page)]).SerializeToString()

    def _as_it_is(self, scenario: Scenario) -> Result:
        return self.planner.evaluate(self.stands, baseline_of(scenario), self.asked(scenario))

    def _told_as_it_is(self, scenario: Scenario, known: Result | None) -> tuple[list[pb.CoverageEvaluation], str]:
        """(evaluations, digest)."""
        key = f"{baseline_of(scenario).version} {self.asked(scenario)}"
        if key not in self._before:
            while len(self._before) >= BEFORE_KEPT:
                self._before.popitem(last=False)
            found = known or self._as_it_is(scenario)
            told = [outgoing.before(each, self.request.detail) for each in found.evaluations]
            self._before[key] = told, found.digest
        return self._before[key]
