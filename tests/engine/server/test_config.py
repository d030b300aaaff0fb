"""Configuration: file, environment and command line."""

from __future__ import annotations

import json
import threading
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.errors import ConfigError
from engine.server.config import LIMITS, schema
from engine.server.config_file import load_config, variable
from engine.server.config_ranges import range_of
from engine.server.config_shown import shown_toml, shown_values
from engine.server.operations_options import RegionDemand
from engine.server.options import ServerOptions
from engine.server.security import Role
from engine.server.server import _channel_options
from graphs.errors import FileMissingError, TowlineError

FULL = """
[server]
address = "0.0.0.0:443"
regions = ["coquimbo", "jinan.towline"]
policy = "policy.toml"

[fleet]
units = "units.csv"

[traffic]
profile = "default"
feed = "/var/lib/feed.csv"

[ledger]
url = "postgresql://towline@db.example/towline"
password_file = "password"

[security]
tls_cert = "server.pem"
tls_key = "server.key"
tls_client_ca = "clients.pem"

[security.token]
audience = "towline"
issuer = "https://issuer.example"
jwks_url = "https://issuer.example/keys"
algorithms = ["ES256"]
leeway_s = 5

[security.limits]
calls_per_s = 0

[[security.client]]
name = "desk.example"
roles = ["dispatcher"]

[[security.client]]
name = "p1.example"
subject = "tow-1"
roles = ["provider"]
provider = "p1"
regions = ["regions/coquimbo"]

[metrics]
address = "127.0.0.1:9464"

[tracing]
endpoint = "http://127.0.0.1:4318/v1/traces"
ratio = 0.1

[limits]
max_calls = 500
solve_s = 12.5
heavy_queue = 0
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "towline.toml"
    path.write_text(text)
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    """Every table; names of files are taken from the file's folder."""
    (tmp_path / "jinan.towline").touch()
    (tmp_path / "password").write_text("s3cret/@\n")
    config = load_config(write(tmp_path, FULL))
    assert config.server.regions == ("coquimbo", str(tmp_path / "jinan.towline"))
    assert config.fleet.units == tmp_path / "units.csv"
    assert config.traffic.feed == Path("/var/lib/feed.csv")
    assert config.ledger_url() == "postgresql://towline:s3cret%2F%40@db.example/towline"
    options = config.options()
    assert (options.max_calls, options.solve_s, options.heavy_queue) == (500, 12.5, 0)
    assert options.max_units == ServerOptions().max_units
    security = options.security
    assert security.tls is not None
    assert security.token is not None
    assert (security.tls.key, security.mutual) == (tmp_path / "server.key", True)
    assert (security.token.algorithms, security.token.leeway_s, security.limits.calls_per_s) == (("ES256",), 5.0, 0.0)
    provider = security.clients["p1.example"]
    assert (provider.subject, provider.provider, provider.regions) == ("tow-1", "p1", {"coquimbo"})
    assert security.clients["desk.example"].roles == {Role.DISPATCHER}


def test_nothing_is_the_default(tmp_path: Path) -> None:
    """An empty file and none are a server on loopback, as without configuration."""
    assert load_config(write(tmp_path, "")).values() == load_config().values()
    assert load_config().options() == ServerOptions()
    assert not load_config().security.authenticates


def test_the_environment_goes_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    """Each value says where it comes from."""
    path = write(tmp_path, '[server]\naddress = "127.0.0.1:1"\ninsecure = false\n[limits]\nmax_calls = 1\n')
    environment = {
        "TOWLINE_SERVER_ADDRESS": "127.0.0.1:2",
        "TOWLINE_LIMITS_MAX_CALLS": "2",
        "TOWLINE_SERVER_INSECURE": "yes",
        "TOWLINE_SERVER_REGIONS": "coquimbo, b.towline",
        "TOWLINE_LEDGER_URL": "postgresql://u:hush@db/t",
        "TOWLINE_CACHE_DIR": "/elsewhere",
        "TOWLINE_SERVER_SERVICE_HOST": "10.0.0.1",
        "TOWLINE_SERVER_PORT_50051_TCP_ADDR": "10.0.0.1",
        "HOME": "/root",
    }
    config = load_config(path, environment, {"server.address": "127.0.0.1:3", "server.policy": None})
    assert config.server.address == "127.0.0.1:3"
    assert config.options().max_calls == 2
    assert config.server.insecure
    assert config.server.regions == ("coquimbo", "b.towline")
    assert config.ledger_url() == "postgresql://u:hush@db/t"
    assert config.origins["server.address"] == "command line"
    assert config.origins["limits.max_calls"] == "TOWLINE_LIMITS_MAX_CALLS"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[limits]\nmax_cals = 1", ["line 2", "max_cals", "max_calls"]),
        ("[limit]\nmax_calls = 1", ["limit", "known are"]),
        ("address = 1", ["line 1", "address"]),
        ("[server]\naddress = 1", ["line 2", "server.address", "text"]),
        ('server = "x"', ["line 1", "server"]),
        ("[limits]\nmax_calls = 0", ["line 2", "above 0"]),
        ("[limits]\nmax_calls = 1.5", ["whole"]),
        ("[limits]\nstalled_s = 1e15", ["line 2", "from 0.1 and at most 86400"]),
        ("[limits]\nkeepalive_s = 1e-7", ["line 2", "from 1 and at most 86400"]),
        ("[limits]\nmax_receive_bytes = 9007199254740992", ["line 2", "at most 2147483647"]),
        ("[limits]\nheavy_calls = 1000000", ["line 2", "at most 1024"]),
        ("[limits]\nqueue_s = 1e15", ["line 2", "at most 100000000"]),
        ("[ledger]\nlease_s = 0.5", ["line 2", "from 1 and at most 60"]),
        ('[tracing]\nendpoint = "ftp://x"', ["line 2", "http://127.0.0.1:4318"]),
        ('[tracing]\nendpoint = "http://"', ["line 2", "http://127.0.0.1:4318"]),
        ("[security.token]\nleeway_s = 1e9", ["line 2", "from 0 and at most 600"]),
        ("[limits]\nmax_calls = true", ["whole"]),
        ("[limits]\nsolve_s = nan", ["finite"]),
        ("[limits]\nsolve_s = -1", ["solve_s"]),
        ("[limits]\ncaller_share = 1.1", ["line 2", "at most 1"]),
        ('[server]\nregions = "coquimbo"', ["list"]),
        ('[server]\ninsecure = "yes"', ["true or false"]),
        ('[server]\naddress = "a\\nb"', ["one line"]),
        ("[tracing]\nratio = 2", ["at most 1"]),
        ('[security]\ntls_cert = "x"', ["tls_key"]),
        ('[security]\ntls_client_ca = "x"', ["tls_cert"]),
        ('[security.token]\naudience = "a"', ["issuer"]),
        ('[security.token]\nissuer = "a"', ["audience"]),
        ('[[security.client]]\nname = "a"\nroles = ["admin"]', ["tls_client_ca"]),
        ('[[security.client]]\nname = "a"\nroles = ["boss"]', ["client 1", "auditor"]),
        ('[[security.client]]\nname = "a"\nrole = "admin"', ["client 1", "role"]),
        ('[security]\nclient = "a"', ["tables"]),
        ('[[security.client]]\nname = "towline"\nroles = ["admin"]', ["client 1", "subject"]),
        ('[ledger]\nurl = "postgresql://u:hush@db/t"', ["line 2", "password_file", "TOWLINE_LEDGER_URL"]),
        ('[ledger]\nurl = "postgresql://u@db/t?password=hush"', ["password_file"]),
        ('[ledger]\nurl = "mysql://db/t"', ["line 2", "mysql"]),
        ("[server", ["TOML"]),
        ("x = " + "[" * 5000, ["TOML"]),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, told: list[str]) -> None:
    """The message names the file, the line where there is one, the key and what to write instead; no secret."""
    path = write(tmp_path, text)
    with pytest.raises(TowlineError) as failed:
        load_config(path)
    for word in told:
        assert word in failed.value.message
    assert "hush" not in failed.value.message + str(failed.value.metadata)
    assert failed.value.exit_code == 2


def test_wrong_environment_and_command_line() -> None:
    """A variable that means nothing is no accident; values say which variable they are of, and are not quoted."""
    for name, text in (
        ("TOWLINE_LIMITS_MAX_CALS", "1"),
        ("TOWLINE_LIMITS_MAX_CALLS", "hush"),
        ("TOWLINE_SERVER_INSECURE", "hush"),
        ("TOWLINE_SECURITY_TLSKEY", "hush"),
    ):
        with pytest.raises(ConfigError, match=name) as failed:
            load_config(None, {name: text})
        assert "hush" not in failed.value.message
    with pytest.raises(ConfigError, match="password"):
        load_config(given={"ledger.url": "postgresql://u:hush@db/t"})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Or that is no text."""
    with pytest.raises(FileMissingError, match=r"towline\.toml"):
        load_config(tmp_path / "towline.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(tmp_path / "b.toml")


def test_every_limit_can_be_set(tmp_path: Path) -> None:
    """By file and by variable: whatever `ServerOptions` has that is a size, a time or a switch."""
    assert len(LIMITS) > 30
    for key, hint in LIMITS.items():
        value, text = (False, "false") if hint is bool else (7, str(hint(7)))
        if key == "caller_share":  # a part of a whole
            value, text = 0.5, "0.5"
        assert getattr(load_config(write(tmp_path, f"[limits]\n{key} = {text}")).options(), key) == value
        assert getattr(load_config(None, {variable(f"limits.{key}"): text}).options(), key) == value


def test_what_is_allowed_can_be_served() -> None:
    """Every default is in its range, and at both ends of all ranges gRPC and the clock can hold what they are given."""
    for key, value in load_config().values().items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            assert value in range_of(key, whole=isinstance(value, int)), key
    for end in ("least", "most"):
        limits = {
            key: hint(getattr(range_of(f"limits.{key}", whole=hint is int), end))
            for key, hint in LIMITS.items()
            if hint in (int, float)
        }
        options = ServerOptions(**limits)
        for name, number in _channel_options(options):
            assert -(2**31) <= number < 2**31, name
            assert number != 0 or "_ms" not in name, name
        assert timedelta(days=options.track_days) + timedelta(seconds=options.retention_s) < timedelta(days=40_000)
        assert options.queue_s < threading.TIMEOUT_MAX


def test_regions_have_tables_of_their_own(tmp_path: Path) -> None:
    """What is to be reached in each; files are beside the file, and what is shown gives the same again."""
    text = '[planning]\nworkers = 2\n[regions.jinan]\ndemand = "people.csv"\nhighway_share = 0.1\n[regions.b]\n'
    config = load_config(write(tmp_path, text), {"TOWLINE_PLANNING_KEPT": "5"})
    planning = config.options().planning
    assert (planning.workers, planning.kept) == (2, 5)
    assert planning.demand == {"jinan": RegionDemand(tmp_path / "people.csv", 0.1), "b": RegionDemand()}
    again = load_config(write(tmp_path, shown_toml(config)))
    assert again.planning == planning
    assert shown_values(config)["regions"]["jinan"]["highway_share"] == 0.1
    for wrong, told in (
        ("[regions]\nx = 1", "tables"),
        ("[regions.x]\ndemnad = 'a'", "demnad"),
        ("[regions.x]\nhighway_share = 1.0", "0.99"),
        ("[planning]\nworkers = 0", "at most 64"),
        ("[planning]\ndemand = 'x'", "unknown key"),
    ):
        with pytest.raises(ConfigError, match=told):
            load_config(write(tmp_path, wrong))


def test_variables_are_not_ambiguous() -> None:
    """Dots and underscores become the same, and still no two keys share a variable."""
    assert len({variable(key) for key in schema()}) == len(schema())


def test_what_is_shown_is_in_force_and_holds_no_secret(tmp_path: Path) -> None:
    """As a file it gives the same server again; passwords and what URLs may hold are left out."""
    (tmp_path / "password").write_text("s3cret")
    full = FULL.replace("https://issuer.example/keys", "https://u:hush@issuer.example/keys?token=hush")
    config = load_config(write(tmp_path, full), {"TOWLINE_LEDGER_URL": "postgresql://u:hush@db/t"})
    text = shown_toml(config)
    assert "hush" not in text + json.dumps(shown_values(config))
    assert "s3cret" not in text
    assert 'url = "postgresql://u@db/t"  # TOWLINE_LEDGER_URL' in text
    assert "max_units = 20000  # default" in text
    again = tomllib.loads(text)
    assert again["security"]["token"]["jwks_url"] == "https://issuer.example/keys"
    assert [client["name"] for client in again["security"]["client"]] == ["desk.example", "p1.example"]
    plain = load_config(write(tmp_path, FULL.replace("jinan.towline", "b").replace("password_file", "# ")))
    second: dict[str, Any] = load_config(write(tmp_path, shown_toml(plain).replace("+psycopg", ""))).values()
    assert second == plain.values()
