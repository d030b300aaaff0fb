"""Write docs/benchmarks.md from the kept results: ``python -m benchmarks.page``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS
from benchmarks.tables import ResultTable

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
ORDER = (
    "search",
    "peers",
    "traffic",
    "live_traffic",
    "departures",
    "snapping",
    "carriageways",
    "recommend",
    "authentication",
    "assign",
    "fleet_index",
    "regions",
    "interop",
    "growth",
    "simulate",
    "expected",
    "coverage_page",
    "coverage_beside",
    "queues",
    "siting",
    "what_if",
    "what_if_peers",
    "sweep_dask",
    "live_load",
    "watch",
    "positions",
    "failover",
    "restart",
    "served_day",
    "soak",
)
HEAD = """# Benchmarks

Every figure comes from one run in which the rivals took turns on the same machine and the same data, and every answer
was compared. Machines differ and are noisy: read ratios, not milliseconds. `make bench` measures again and writes this
page.
"""


def section(name: str, result: dict[str, Any]) -> str:
    """One benchmark: what it does (its module's docstring), its tables, its notes, its machine."""
    module = __import__(f"benchmarks.{name}", fromlist=["__doc__"])
    summary, _, rest = (module.__doc__ or "").strip().partition("\n")
    machine = result["machine"]
    packages = ", ".join(f"{key} {value}" for key, value in machine["packages"].items())
    where = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}"
    parts = [
        f"## {name.replace('_', ' ').capitalize()}",
        summary,
        rest.strip(),
        *(ResultTable.from_dict(table).markdown() for table in result["tables"]),
        *result.get("notes", []),
        f"*{where}, {packages}; {machine['measured_at'][:10]}.*",
    ]
    return "\n\n".join(part for part in parts if part)


def main() -> None:
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    names = [name for name in ORDER if name in found]
    PAGE.write_text(HEAD + "\n" + "\n\n".join(section(name, found[name]) for name in names) + "\n", "utf-8")
    print(f"wrote docs/benchmarks.md from {len(names)} results")


if __name__ == "__main__":
    main()
