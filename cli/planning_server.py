"""Questions for planners asked of a running server: its own fleet, roads, policy and demand; operations until done."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console
from cli.calling import ANSWER_S, calling, error_of, failing_as_ours, named_region
from cli.demand_message import demand_message, layer_message, refused_rows
from cli.scenario_faults import in_files, refused_scenario

if TYPE_CHECKING:
    from google.rpc.status_pb2 import Status

    from engine.model import Service
    from engine.scenario import Scenario
    from graphs.errors import TowlineError

PlanServerChoice = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="HOST:PORT",
        help="Ask a running `towline serve` about its fleet as it is now; https://HOST:PORT for TLS.",
    ),
]
#: For checking the question: the first one of all starts the server's processes.
BEGIN_S = 180.0
#: How often it is asked how far it is, and how long Ctrl-C waits for the server to hear of it.
LOOK_S, CANCEL_S = 1.0, 5.0

_ITS_FLEET = "the fleet is the one that the server keeps"
_ITS_OWN = "the server has its own (docs/coverage-service.md)"
#: What the server knows better, by parameter: why the option is not for it.
_NOT_THERE = {
    "providers": _ITS_FLEET,
    "units": _ITS_FLEET,
    "policy": _ITS_OWN,
    "profile": _ITS_OWN,
    "feed": _ITS_OWN,
    "highway_share": _ITS_OWN,
    "resolution": "its cells have resolution 8",
    "workers": _ITS_OWN,
    "scheduler": _ITS_OWN,
    "most": _ITS_OWN,
}


def refuse_local(context: typer.Context, *allowed: str) -> None:
    """OptionError for what was said on the command line and cannot be asked of a server."""
    from engine.errors import OptionError

    for name in context.params:
        source = context.get_parameter_source(name)
        if name in _NOT_THERE and name not in allowed and source is not None and source.name != "DEFAULT":
            option, why = f"--{name.replace('_', '-')}", _NOT_THERE[name]
            raise OptionError(f"{option} does not go with --server: {why}; leave one of them out", option=option)


@dataclass(frozen=True)
class PlanningServer:
    """A connection, and the region that is asked about."""

    address: str
    channel: Any
    parent: str  # name of the region
    title: str

    def coverage(self, method: str, request: Any, stage: str, *scenarios: Scenario | None) -> Any:
        """The response of a method of CoverageService; ``scenarios`` are those that are sent, in their order."""
        from towline.v1 import coverage_service_pb2 as pb
        from towline.v1.coverage_service_pb2_grpc import CoverageServiceStub

        response = getattr(pb, f"{method}Response")()
        return self._done(CoverageServiceStub(self.channel), method, request, response, stage, scenarios)

    def advice(self, method: str, request: Any, stage: str, *scenarios: Scenario | None) -> Any:
        """The response of a method of PlanningService; ``scenarios`` are those that are sent, in their order."""
        from towline.v1 import planning_service_pb2 as pb
        from towline.v1.planning_service_pb2_grpc import PlanningServiceStub

        response = getattr(pb, f"{method}Response")()
        return self._done(PlanningServiceStub(self.channel), method, request, response, stage, scenarios)

    def unit_names(self, ids: list[str]) -> list[str]:
        """Names of units by their ids; StandbyError for one that is not there."""
        from towline.v1 import fleet_service_pb2 as pb
        from towline.v1.fleet_service_pb2_grpc import FleetServiceStub

        from engine.errors import StandbyError

        known: dict[str, str] = {}
        stub, token = FleetServiceStub(self.channel), ""
        while ids:
            asked = pb.ListUnitsRequest(parent=f"{self.parent}/providers/-", page_size=1000, page_token=token)
            answer = stub.ListUnits(asked, timeout=ANSWER_S)
            known |= {unit.name.rpartition("/")[2]: unit.name for unit in answer.units}
            token = answer.next_page_token
            if not token:
                break
        for each in ids:
            if each not in known:
                raise StandbyError(
                    f"there is no unit {each!r} in the fleet of {self.address}", field="units", unit=each
                )
        return [known[each] for each in ids]

    def raise_of(self, answer: Any, *scenarios: Scenario | None) -> None:
        """The typed error of an operation, or of a variant, that has one; of scenarios as their files have it."""
        from engine.errors import ServerFailedError

        if answer.HasField("error"):
            status = answer.error
            known = _of_files(status, scenarios)
            if len(scenarios) == 1 and scenarios[0] is not None:
                status.message = in_files(status.message, scenarios[0])
            known = known or error_of(status)
            raise known or ServerFailedError(f"{self.address} failed: {status.message}", address=self.address)

    def _done(
        self,
        stub: Any,
        method: str,
        request: Any,
        response: Any,
        stage: str,
        scenarios: Sequence[Scenario | None],
    ) -> Any:
        """Begins the operation, waits for it and unpacks what it ends with; Ctrl-C cancels it on the server."""
        from google.longrunning.operations_pb2_grpc import OperationsStub

        from engine.errors import ServerFailedError

        operations = OperationsStub(self.channel)
        with console.progress_bar() as tell:
            tell("Asking the server", 0, 0)
            operation = _begun(getattr(stub, method), request, scenarios)
            try:
                while not operation.done:
                    _tell(tell, operation, stage)
                    operation = self._waited(operations, operation.name)
            except KeyboardInterrupt:
                _cancel(operations, operation.name)
                raise
        self.raise_of(operation, *scenarios)
        if not operation.response.Unpack(response):
            raise ServerFailedError(f"{self.address} is one of another version", address=self.address)
        return response

    def _waited(self, operations: Any, name: str) -> Any:
        """The operation after a while; ServerUnreachableError for a server that is gone, and its work with it."""
        import grpc
        from google.longrunning import operations_pb2 as pb

        from engine.errors import ServerUnreachableError

        request = pb.WaitOperationRequest(name=name, timeout=duration(LOOK_S))
        try:
            return operations.WaitOperation(request, timeout=ANSWER_S)
        except grpc.RpcError as error:
            if not isinstance(error, grpc.Call) or error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            message = (
                f"{self.address} went away while it worked on this. If it was stopped, the work is lost: ask again"
            )
            raise ServerUnreachableError(message, address=self.address, status="UNAVAILABLE") from None


@contextmanager
def planning_at(server: str, context: typer.Context, region: str) -> Generator[PlanningServer]:
    """The server, once it has answered; ``region`` counts if it was said on the command line."""
    from cli.connecting import open_channel

    source = context.get_parameter_source("region")
    choice = None if source is None or source.name == "DEFAULT" else region
    with calling(server) as stub:
        found = named_region(stub, server, choice)
    with failing_as_ours(server), open_channel(server) as channel:
        title = found.display_name or found.name.partition("/")[2]
        yield PlanningServer(server, channel, found.name, title)


def scenario_message(scenario: Scenario, path: str = "scenario") -> dict[str, Any]:
    """As the server takes it: what its file includes is in it, and the rows of its layer are beside it.

    ``path``: of the request's field.
    """
    return {"toml": scenario.as_written(), **layer_message(scenario, path)}


def terms_of(demand: Path | None, told_minutes: float, now: str | None, crews: str | None = None) -> dict[str, Any]:
    """What counts, whatever the scenario."""
    from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time

    from cli.choices import time_of
    from cli.planning import crews_of

    terms: dict[str, Any] = {}
    if crews is not None:
        terms["crews"] = f"CREW_SELECTION_{crews_of(crews).upper()}"
    if told_minutes:
        terms["told_duration"] = duration(60 * told_minutes)
    if now is not None:
        terms["at"] = at = Timestamp()
        at.FromDatetime(time_of(now))
    return terms | demand_message(demand)


def service_names(services: tuple[Service, ...]) -> list[str]:
    """As the contract calls them."""
    return [f"SERVICE_{each.name}" for each in services]


def duration(seconds: float) -> Any:
    from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time

    found = Duration()
    found.FromMilliseconds(round(1000 * seconds))
    return found


def formats_of(*paths: Path | None) -> list[str]:
    """Formats of the files that are to be written, by their endings."""
    names = {".html": "HTML", ".htm": "HTML", ".png": "PNG", ".geojson": "GEOJSON", ".gpkg": "GPKG"}
    return [
        f"COVERAGE_FILE_FORMAT_{names.get(path.suffix.lower(), 'GEOPARQUET')}" for path in paths if path is not None
    ]


def write_contents(sent: Any, paths: Mapping[str, Path | None], texts: Mapping[Path, str]) -> None:
    """Files of a response, by format, and texts: all of them or none."""
    from towline.v1 import enums_pb2

    from engine.tables.outputs import Outputs

    contents = {enums_pb2.CoverageFileFormat.Name(each.format): each.content for each in sent}
    with Outputs() as files:
        for path in filter(None, paths.values()):
            (name,) = formats_of(path)
            files.write(path, lambda part, name=name: part.write_bytes(contents[name]))
        for path, text in texts.items():
            files.write(path, lambda part, text=text: part.write_text(text, "utf-8"))


def _begun(call: Any, request: Any, scenarios: Sequence[Scenario | None]) -> Any:
    """The operation; Ctrl-C gives the call up, and the server then begins none.

    TableError where rows of the demand that was sent are refused, ScenarioError where a scenario is.
    """
    import grpc
    from grpc_status import rpc_status

    future = call.future(request, timeout=BEGIN_S)
    try:
        return future.result()
    except KeyboardInterrupt:
        future.cancel()
        raise
    except grpc.RpcError as error:
        status = rpc_status.from_call(error) if isinstance(error, grpc.Call) else None
        if status is not None and (refused := _of_files(status, scenarios)) is not None:
            raise refused from None
        raise


def _of_files(status: Status, scenarios: Sequence[Scenario | None]) -> TowlineError | None:
    """A refusal of what files said, as these say it; None of any other."""
    return refused_rows(status) or refused_scenario(status, [each for each in scenarios if each is not None])


def _cancel(operations: Any, name: str) -> None:
    import grpc
    from google.longrunning import operations_pb2 as pb

    with suppress(grpc.RpcError):
        operations.CancelOperation(pb.CancelOperationRequest(name=name), timeout=CANCEL_S)


def _tell(tell: Callable[[str, int, int], None], operation: Any, stage: str) -> None:
    from towline.v1.coverage_service_pb2 import CoverageMetadata

    from engine.search_progress import SearchProgress

    metadata = CoverageMetadata()
    operation.metadata.Unpack(metadata)
    if not metadata.HasField("started_at"):
        tell("Waiting for others", 0, 0)
    elif metadata.total_count > 1:
        tell(stage, metadata.done_count, metadata.total_count)
    elif metadata.HasField("search"):
        search = metadata.search
        gap = search.gap_share if search.HasField("gap_share") else None
        tell(f"{stage}: {SearchProgress(search.step_count, gap)}", 0, 0)
    else:
        tell(stage, 0, 0)
