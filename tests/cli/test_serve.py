"""`towline serve`."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from towline.v1 import (
    fleet_service_pb2,
    fleet_service_pb2_grpc,
    region_service_pb2,
    region_service_pb2_grpc,
)
from typer.testing import Result

from cli.serve import _unheard
from engine.server.config import LedgerSection
from engine.server.config_file import load_config
from tests.engine.server.security.makes import AUDIENCE, ISSUER, P256, Authority, public_pem, token


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_it_serves_a_fleet_until_told_to_stop(scarce: Path) -> None:
    """A real process: says where it listens, answers health and its fleet, outlives SIGHUP, ends with 0 on SIGTERM."""
    command = [sys.executable, "-m", "cli", "serve", "--address", "127.0.0.1:0", "--json"]
    command += ["--fleet", str(scarce / "scarce-units.csv")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        ready = json.loads(run.stdout.readline())
        assert ready["regions"] == ["coquimbo"]
        with grpc.insecure_channel(ready["address"]) as channel:
            health = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20)
            assert health.status == health_pb2.HealthCheckResponse.SERVING
            request = fleet_service_pb2.ListUnitsRequest(parent="regions/coquimbo/providers/-", page_size=1000)
            found = fleet_service_pb2_grpc.FleetServiceStub(channel).ListUnits(request, timeout=20)
            assert len(found.units) == 60
            run.send_signal(signal.SIGHUP)  # a reload with nothing to read again
            assert len(fleet_service_pb2_grpc.FleetServiceStub(channel).ListUnits(request, timeout=20).units) == 60
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=30) == 0
    finally:
        run.kill()
        run.communicate()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_it_serves_traffic_and_reads_it_again(tmp_path: Path) -> None:
    """Profile, weather and feed file are in force from the start; SIGHUP reads the file again, SIGTERM still ends."""
    feed = tmp_path / "feed.csv"
    feed.write_text("id,arc,closed\na,1,yes\n")
    command = [sys.executable, "-m", "cli", "serve", "--address", "127.0.0.1:0", "--json", "--feed", str(feed)]
    command += ["--profile", "default", "--weather", "rain"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        address = json.loads(run.stdout.readline())["address"]
        with grpc.insecure_channel(address) as channel:
            regions = region_service_pb2_grpc.RegionServiceStub(channel)
            asked = region_service_pb2.GetTrafficRequest(name="regions/coquimbo/traffic")
            traffic = regions.GetTraffic(asked, timeout=20).traffic
            assert (traffic.profile, traffic.entry_count) == ("default", 1)
            assert traffic.metric_version.endswith("/rain")
            assert traffic.epoch > 1_700_000_000_000  # epochs go on where an earlier server may have been
            feed.write_text("id,arc,closed\na,1,yes\nb,2,yes\n")
            run.send_signal(signal.SIGHUP)
            until = time.monotonic() + 20
            while regions.GetTraffic(asked, timeout=20).traffic.entry_count != 2:
                assert time.monotonic() < until
                time.sleep(0.05)
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=30) == 0
    finally:
        run.kill()
        run.communicate()


HUNG_UP = """
import os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "cli.main": os.kill(os.getpid(), signal.SIGHUP)
sys.argv = ["towline", "serve", "--help"]
sys.meta_path.insert(0, Finder())
from cli.start import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_reload_while_it_is_imported_does_not_end_it() -> None:
    """SIGHUP that comes before anything of the command is there."""
    done = subprocess.run([sys.executable, "-c", HUNG_UP], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "--config" in done.stdout) == (0, True), done.stderr


def test_open_ports_and_impossible_addresses_are_refused(towline: Callable[..., Result]) -> None:
    """Listening beyond this machine needs --insecure; nonsense is no address."""
    for address in ("0.0.0.0:50051", "nonsense", "127.0.0.1:99999"):
        result = towline("serve", "--address", address)
        assert result.exit_code == 2, result.output
        assert address in result.stderr


def test_two_regions_of_one_name_are_refused(towline: Callable[..., Result]) -> None:
    """The name is the region's id in every request."""
    result = towline("serve", "--region", "coquimbo", "--region", "coquimbo")
    assert result.exit_code == 2
    assert "another --name" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_it_serves_what_its_configuration_says(tmp_path: Path) -> None:
    """TLS, tokens, metrics and the service manager, from a file, the environment and options together."""
    authority = Authority()
    pair = authority.issue("server")
    (tmp_path / "server.pem").write_bytes(pair.cert)
    (tmp_path / "server.key").write_bytes(pair.key)
    (tmp_path / "keys.pem").write_bytes(public_pem(P256))
    (tmp_path / "towline.toml").write_text(
        '[server]\naddress = "127.0.0.1:1"\n[security]\ntls_cert = "server.pem"\ntls_key = "server.key"\n'
        f'[security.token]\nkeys = "keys.pem"\naudience = "{AUDIENCE}"\nissuer = "{ISSUER}"\n'
    )
    environment = os.environ | {
        "TOWLINE_METRICS_ADDRESS": "127.0.0.1:0",
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "200000",
    }
    command = [sys.executable, "-m", "cli", "serve", "--config", str(tmp_path / "towline.toml")]
    command += ["--address", "127.0.0.1:0", "--json", "--ledger", str(tmp_path / "ledger.db")]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(environment["NOTIFY_SOCKET"])
        manager.settimeout(60)
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        try:
            assert run.stdout is not None
            assert run.stderr is not None
            address = json.loads(run.stdout.readline())["address"]
            assert manager.recv(999).startswith(b"READY=1")
            assert manager.recv(999) == b"WATCHDOG=1"
            where = next(found[0] for line in run.stderr if (found := re.search(r"http://\S+/metrics", line)))
            with grpc.secure_channel(address, grpc.ssl_channel_credentials(authority.cert)) as channel:
                regions = region_service_pb2_grpc.RegionServiceStub(channel)
                asked = region_service_pb2.ListRegionsRequest()
                with pytest.raises(grpc.RpcError, match="authorization"):
                    regions.ListRegions(asked, timeout=20)
                allowed = [("authorization", f"Bearer {token('auditor')}")]
                assert len(regions.ListRegions(asked, timeout=20, metadata=allowed).regions) == 1
            with urllib.request.urlopen(where, timeout=10) as answer:
                assert 'reason="TOKEN_MISSING"} 1.0' in answer.read().decode()
            assert (tmp_path / "ledger.db").exists()
            run.send_signal(signal.SIGTERM)
            while b"STOPPING=1" not in manager.recv(999):
                pass
            assert run.wait(timeout=30) == 0
        finally:
            run.kill()
            run.communicate()


def test_the_configuration_is_shown(towline: Callable[..., Result], tmp_path: Path) -> None:
    """With where each value comes from; options go over the file; nothing is started."""
    path = tmp_path / "towline.toml"
    path.write_text('[server]\naddress = "127.0.0.1:7"\n[limits]\nmax_calls = 7\n')
    result = towline("serve", "--config", str(path), "--address", "127.0.0.1:8", "--print-config")
    assert result.exit_code == 0, result.output
    assert 'address = "127.0.0.1:8"  # command line' in result.stdout
    assert f"max_calls = 7  # {path}" in result.stdout
    result = towline("serve", "--config", str(path), "--print-config", "--json")
    assert json.loads(result.stdout)["limits.max_calls"] == 7


def test_what_is_shown_can_be_used(
    towline: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger's password is left out, not starred: a file with stars for one would be refused."""
    monkeypatch.setenv("TOWLINE_LEDGER_URL", "postgresql://tow:secret@db.example:5433/line")
    shown = towline("serve", "--print-config")
    assert shown.exit_code == 0, shown.output
    assert 'url = "postgresql://tow@db.example:5433/line"' in shown.stdout
    assert "secret" not in shown.output
    monkeypatch.delenv("TOWLINE_LEDGER_URL")
    path = tmp_path / "shown.toml"
    path.write_text(shown.stdout)
    again = towline("serve", "--config", str(path), "--print-config")
    assert again.exit_code == 0, again.output
    assert 'url = "postgresql://tow@db.example:5433/line"' in again.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_check_opens_everything_and_ends(tmp_path: Path) -> None:
    """Exit code 0 for what would start; listening nowhere, it can be run beside the server that is to be restarted."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        path = tmp_path / "towline.toml"
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        path.write_text(f'[server]\naddress = "{address}"\n[metrics]\naddress = "{address}"\n')
        command = [sys.executable, "-m", "cli", "serve", "--check", "--config", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "nothing was served" in done.stderr


def test_a_check_looks_at_the_ledger(towline: Callable[..., Result], tmp_path: Path) -> None:
    """What a start could not use is said before anything is opened; nothing is made."""
    (tmp_path / "junk").write_bytes(b"no database" * 1000)
    for where, code in (("gone/ledger.db", 3), ("junk", 2), (".", 2)):
        result = towline("serve", "--check", "--ledger", f"sqlite:///{tmp_path / where}")
        assert result.exit_code == code, result.stderr
    (tmp_path / "link").hardlink_to(tmp_path / "junk")
    result = towline("serve", "--check", "--ledger", f"sqlite:///{tmp_path / 'link'}")
    assert (result.exit_code, "2 names" in result.stderr) == (3, True), result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["junk", "link"]


def test_a_check_refuses_what_a_start_refuses(
    towline: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers that no server works with and files for keys that cannot be used: an error of the operator, not a bug."""
    for name, value in (
        ("LEDGER_LEASE_S", "0.5"),
        ("LIMITS_STALLED_S", "1e15"),
        ("LIMITS_MAX_RECEIVE_BYTES", str(2**53)),
        ("TRACING_ENDPOINT", "ftp://x"),
    ):
        with monkeypatch.context() as here:
            here.setenv(f"TOWLINE_{name}", value)
            for options in ((), ("--check",)):
                result = towline("serve", *options)
                assert result.exit_code == 2, (name, result.output)
                assert f"TOWLINE_{name}" in result.stderr
    for key, value in (("ISSUER", "i"), ("AUDIENCE", "a"), ("JWKS_URL", "https://127.0.0.1:1/")):
        monkeypatch.setenv(f"TOWLINE_SECURITY_TOKEN_{key}", value)
    (tmp_path / "empty.pem").write_text("no certificate")
    for name in ("empty.pem", "gone.pem", "."):
        monkeypatch.setenv("TOWLINE_SECURITY_TOKEN_JWKS_CA", str(tmp_path / name))
        result = towline("serve", "--check")
        assert result.exit_code == 2, result.output
        assert "security.token.jwks_ca" in result.stderr


def test_a_check_keeps_how_long_a_lease_lasts() -> None:
    """What it opens is refused as a start would refuse it: only where it is reached and kept is left out."""
    config = replace(load_config(), ledger=LedgerSection(lease_s=7.0))
    assert _unheard(config).ledger == LedgerSection(lease_s=7.0)


def test_open_addresses_need_encryption_and_callers_who_say_who_they_are(
    towline: Callable[..., Result], tmp_path: Path
) -> None:
    """With TLS alone it is refused all the same, before anything is opened; so are files that cannot be used."""
    pair = Authority().issue("server")
    (tmp_path / "cert").write_bytes(pair.cert)
    (tmp_path / "key").write_bytes(pair.key)
    files = ("--tls-cert", str(tmp_path / "cert"), "--tls-key", str(tmp_path / "key"))
    result = towline("serve", "--address", "0.0.0.0:50051", *files)
    assert result.exit_code == 2
    assert "who they are" in result.stderr
    result = towline("serve", "--metrics", "0.0.0.0:9464")
    assert "0.0.0.0:9464" in result.stderr
    (tmp_path / "key").write_bytes(b"")
    assert "no private key" in towline("serve", *files).stderr
