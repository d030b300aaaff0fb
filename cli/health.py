"""`towline health`: whether a running server serves; for service managers and containers."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import console
from cli.calling import CONNECT_S, DEFAULT, ServerChoice, failing_as_ours
from cli.connecting import open_channel

NOT_SERVING = 3


def health(
    server: ServerChoice = DEFAULT,
    http: Annotated[
        str | None,
        typer.Option("--http", metavar="HOST:PORT", help="Ask the port of --metrics instead, without TLS or token."),
    ] = None,
    service: Annotated[
        str, typer.Option("--service", help="One of its services, such as towline.v1.FleetService.")
    ] = "",
    json: console.Json = False,
) -> None:
    """Say whether a running server serves: exit code 0 if it does, 3 otherwise."""
    asked = http or server
    serves = _over_http(http) if http is not None else _over_grpc(server, service)
    if json:
        console.print_json({"server": asked, "serving": serves})
    else:
        print(f"{asked} {'serves' if serves else 'does not serve'}", flush=True)
    raise typer.Exit(0 if serves else NOT_SERVING)


def _over_http(address: str) -> bool:
    import http.client

    from engine.errors import OptionError

    try:
        connection = http.client.HTTPConnection(address, timeout=CONNECT_S)
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except http.client.InvalidURL:
        raise OptionError(f"{address!r} is no address; give HOST:PORT", address=address) from None
    except (OSError, http.client.HTTPException):
        return False


def _over_grpc(server: str, service: str) -> bool:
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with failing_as_ours(server), open_channel(server) as channel:
        request = health_pb2.HealthCheckRequest(service=service)
        found = health_pb2_grpc.HealthStub(channel).Check(request, timeout=CONNECT_S)
    return found.status == health_pb2.HealthCheckResponse.SERVING
