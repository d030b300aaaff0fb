"""What every rival's process does: read requests, time the engine, answer. Runs in another Python environment.

A request is a line of JSON: an operation of the engine and its arguments; paths of .npy files stand for arrays. The
answer is a line of JSON with the milliseconds that the engine took.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def serve(engine: Any) -> None:
    """Answer until the input ends. What engines print goes to standard error, not between the answers."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        arguments = {k: np.load(v) if str(v).endswith(".npy") else v for k, v in request["arguments"].items()}
        begin = time.perf_counter()
        try:
            value = getattr(engine, request["operation"])(**arguments)
            answer: dict[str, Any] = {"ms": 1e3 * (time.perf_counter() - begin)}
            if isinstance(value, np.ndarray):
                np.save(request["out"], value)
            elif isinstance(value, dict):
                answer.update(value)
        except Exception as error:  # an engine's refusal is an answer
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        answer["rss_mb"] = _rss_mb()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def children_peak_mb() -> float:
    """Largest memory of any process run so far by this one."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
