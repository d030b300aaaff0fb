"""Generate the Python stubs of the contract: ``python proto/generate.py [FOLDER]``.

Without FOLDER the stubs land beside their ``*.proto`` files. Needs grpcio-tools (in the ``dev`` extra).
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

PROTO = Path(__file__).resolve().parent
PATTERNS = ("*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py")


def generate(out: Path) -> list[Path]:
    """Write every stub under `out`, in the folders of their package; returns the paths written.

    Raises RuntimeError when a ``*.proto`` file does not compile (protoc prints why).
    """
    from grpc_tools import protoc

    sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    services = [name for name in sources if name.endswith("_service.proto")]
    include = [f"-I{PROTO}", f"-I{files('grpc_tools') / '_proto'}"]
    out.mkdir(parents=True, exist_ok=True)
    runs = (
        ["protoc", *include, f"--python_out={out}", f"--pyi_out={out}", *sources],
        ["protoc", *include, f"--grpc_python_out={out}", *services],  # empty stubs for the other files help nobody
    )
    for run in runs:
        if protoc.main(run) != 0:
            raise RuntimeError("protoc failed; its message is above")
    return sorted(path for pattern in PATTERNS for path in out.rglob(pattern))


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PROTO
    print(f"{len(generate(target))} stubs in {target}")
