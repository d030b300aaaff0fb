"""What it takes to know a caller: token, roles and limits of one call: ``python -m benchmarks.authentication``.

The first time a token comes its signature is checked; after that it is remembered until it expires.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.server.security import CallerLimits, SecuritySettings, TokenSettings
from engine.server.security.guard import Guard

METHOD = "/towline.v1.DispatchService/Recommend"
KINDS: dict[str, Callable[[], Any]] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


class Call:
    """As much of a call's context as the guard looks at."""

    def __init__(self, token: str) -> None:
        self._metadata = (("user-agent", "benchmark"), ("authorization", f"Bearer {token}"))

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return self._metadata


def measured(kind: str, folder: Path, calls: int) -> tuple[float, float]:
    """Median microseconds of a token's first call, and of later ones."""
    key = KINDS[kind]()
    path = folder / f"{kind}.pem"
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    wanted = TokenSettings("towline", "benchmark", keys=path)
    guard = Guard(SecuritySettings(token=wanted, limits=CallerLimits(calls_per_s=1e9)))
    until = int(time.time()) + 3600
    claims = {"iss": "benchmark", "aud": "towline", "exp": until, "roles": ["dispatcher"]}
    sent = [Call(jwt.encode(claims | {"sub": f"desk-{k}"}, key, kind)) for k in range(calls)]

    def all_of() -> float:
        times = []
        for call in sent:
            began = time.perf_counter()
            verified = guard.identify(call)
            with guard.entering(call, verified, METHOD, stream=False):
                pass
            times.append(1e6 * (time.perf_counter() - began))
        return statistics.median(times)

    return all_of(), min(all_of() for _ in range(5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {kind: measured(kind, Path(folder), options.calls) for kind in KINDS}
    table = ResultTable.of(
        "Knowing a caller by its token, µs",
        ["algorithm", "first call", "later calls"],
        [[kind, f"{first:.0f}", f"{later:.1f}"] for kind, (first, later) in found.items()],
    )
    Console(width=100).print(table.rich())
    if not options.no_keep:
        versions = f"PyJWT {jwt.__version__}, {options.calls:,} tokens."
        print(f"kept in {keep('authentication', {'tables': [table.to_dict()], 'notes': [versions], 'us': found})}")


if __name__ == "__main__":
    main()
