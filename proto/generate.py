"""Generate the Python stubs of the contract: ``python proto/generate.py [FOLDER]``.

Without FOLDER the stubs land beside their ``*.proto`` files. Needs grpcio-tools (in the ``dev`` extra).
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROTO = Path(__file__).resolve().parent
PATTERNS = ("*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py")


def generate(out: Path) -> list[Path]:
    """Write every stub under `out`, in the folders of their package; returns the paths written.

    Raises CalledProcessError when a ``*.proto`` file does not compile (protoc prints why).
    """
    sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    services = [name for name in sources if name.endswith("_service.proto")]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        include = _googleapis(Path(folder))
        _protoc(*include, f"--python_out={out}", f"--pyi_out={out}", *sources)
        _protoc(*include, f"--grpc_python_out={out}", *services)  # empty stubs for the other files would help nobody
    return sorted(path for pattern in PATTERNS for path in out.rglob(pattern))


def _googleapis(folder: Path) -> list[str]:
    """Where operations.proto of google.longrunning is found; Python's package has it by another name."""
    spec = importlib.util.find_spec("google.longrunning")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("googleapis-common-protos is not installed")
    package = Path(next(iter(spec.submodule_search_locations)))
    target = folder / "google" / "longrunning" / "operations.proto"
    target.parent.mkdir(parents=True)
    shutil.copyfile(package / "operations_proto.proto", target)
    return [f"-I{folder}", f"-I{package.parents[1]}"]


def _protoc(*arguments: str) -> None:
    # A process of its own: grpc_tools and ortools both carry protobuf, and together in one process they abort.
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", *arguments], check=True)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PROTO
    print(f"{len(generate(target))} stubs in {target}")
