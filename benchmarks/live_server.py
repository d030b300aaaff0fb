"""A server of incidents in a process of its own, and a bare one that only echoes, for `benchmarks.live_load`.

``python -m benchmarks.live_server`` serves until its input ends; each line of its input is answered by one line of
figures. Its clock runs from the standard case's Tuesday morning.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import grpc

from benchmarks.live_shim import Flushes, environment
from benchmarks.standard import NOW

REGION = "coquimbo"
READY = "serving "
#: Of the echo server: what the other one is called with, by the size of its answers.
ECHO = "/towline.benchmark.Echo/"


class Serving:
    """A server process."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self._process, self.address = process, address

    @property
    def pid(self) -> int:
        return self._process.pid

    def figures(self) -> dict[str, Any]:
        """What it has used and done so far."""
        given, taken = self._process.stdin, self._process.stdout
        assert given is not None
        assert taken is not None
        given.write("\n")
        given.flush()
        return json.loads(taken.readline())


@contextmanager
def serving(*arguments: str, flushes: Flushes | None = None, log: Path | None = None) -> Generator[Serving]:
    """A server process with these arguments of the command below, stopped afterwards; ``log``: of its own."""
    errors: IO[str] | int = log.open("w") if log is not None else subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.live_server", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=environment(flushes),
    )
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith(READY)), "")
        if not line:
            raise SystemExit(f"the server did not start; see {log}")
        yield Serving(process, line.removeprefix(READY).strip())
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)
        if not isinstance(errors, int):
            errors.close()


def thread_seconds() -> dict[str, float]:
    """CPU seconds so far by the beginning of a thread's name; those that Python knows nothing of: "native"."""
    known = {thread.native_id: thread.name for thread in threading.enumerate()}
    found: dict[str, float] = {}
    for task in Path("/proc/self/task").iterdir():
        try:
            spent = int((task / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue  # it has just ended
        name = known.get(int(task.name), "native")
        name = "calls" if name.startswith(("towline_", "ThreadPool")) else name
        found[name] = found.get(name, 0.0) + spent
    return found


def process_seconds(pid: int) -> float:
    """CPU seconds so far of a process; 0 when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _towline(asked: argparse.Namespace) -> tuple[str, Any, Any]:
    """Address, figures and the end of a server of the standard fleet."""
    from sqlalchemy import event

    from engine.assign.worker import FlowWorkers
    from engine.dispatch import Dispatcher
    from engine.generate import generate_fleet
    from engine.policy import Policy
    from engine.server import Server, ServerOptions
    from engine.server.logs import log_to_stderr
    from engine.server.serve import share_fairly
    from engine.tours.solver import TourWorkers
    from graphs.bundled import load_coquimbo, load_coquimbo_population

    log_to_stderr()
    region, population = load_coquimbo(), load_coquimbo_population()
    policy = Policy.default()
    policy = replace(policy, offers=replace(policy.offers, to="nobody"))  # own units: nobody is asked before
    fleet = generate_fleet(region, population, seed=1, now=NOW, providers=3 * asked.units // 8, units=asked.units)
    behind_s = time.time() - NOW.timestamp()
    options = ServerOptions(clock=lambda: NOW + timedelta(seconds=time.time() - behind_s - NOW.timestamp()))
    flow, tours = FlowWorkers(options.flow_processes), TourWorkers()  # as `towline serve` has them
    dispatcher = Dispatcher(region, policy, flow=flow, tours=tours)
    server = Server({REGION: dispatcher}, options=options, fleets={REGION: fleet}, ledger=asked.ledger)
    if asked.slower_commits:
        writer = server._kept.ledger._database.writer
        event.listen(writer, "commit", lambda _connection: time.sleep(asked.slower_commits))
    server.start()
    tours.begin()
    share_fairly()
    live = server._regions.get(REGION, "region").live  # nobody else wants to know

    def figures() -> dict[str, Any]:
        return {
            "at_s": time.monotonic(),
            "cpu_s": time.process_time(),
            "threads": thread_seconds(),
            "solvers_s": sum(map(process_seconds, (*flow.pids, *tours.pids))),
            "open": len(live.open()),
            "batches": live.writer.batches,
            "number": live.writer.state.number,
        }

    def stop() -> None:
        server.stop()
        flow.close()
        tours.close()

    return server.address, figures, stop


def _echo(_asked: argparse.Namespace) -> tuple[str, Any, Any]:
    """The same of a bare gRPC server with a thread pool, whose answers have the size that its method says."""

    from engine.server.admission import Admission
    from engine.server.options import ServerOptions

    class Echo(grpc.GenericRpcHandler):
        def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler | None:
            answer = bytes(int(handler_call_details.method.removeprefix(ECHO)))
            return grpc.unary_unary_rpc_method_handler(lambda _request, _context: answer)

    threads = Admission(ServerOptions(), [REGION]).threads
    server = grpc.server(ThreadPoolExecutor(threads), handlers=(Echo(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def figures() -> dict[str, Any]:
        return {"at_s": time.monotonic(), "cpu_s": time.process_time(), "threads": thread_seconds()}

    return f"127.0.0.1:{port}", figures, lambda: server.stop(0).wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=8000)
    parser.add_argument("--ledger", help="URL; a temporary one otherwise")
    parser.add_argument("--echo", action="store_true", help="only echo")
    parser.add_argument(
        "--slower-commits", type=float, default=0.0, help="seconds slept before each, for want of a shim"
    )
    parser.add_argument("--profile", type=float, help="seconds between looks at all threads; told at the end")
    asked = parser.parse_args()
    address, figures, stop = (_echo if asked.echo else _towline)(asked)
    profiler = None
    if asked.profile:
        from benchmarks.live_profile import Profiler

        profiler = Profiler(asked.profile)
    print(READY + address, flush=True)
    for _ in sys.stdin:
        print(json.dumps(figures()), flush=True)
    if profiler is not None:
        profiler.tell(sys.stderr)
    stop()


if __name__ == "__main__":
    main()
