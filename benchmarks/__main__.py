"""`python -m benchmarks`: measure every budget, beside the stock client, pydantic and bare httpx."""

from __future__ import annotations

import sys

from benchmarks import calls, concurrency, decoding, dependencies, generating, startup
from benchmarks.report import Measurement, run

#: By the name that `--only` knows. What measures in this process comes first, while its memory is small.
MEASUREMENTS: dict[str, Measurement] = {
    "call": calls.rows,
    "concurrency": concurrency.rows,
    "decode": decoding.rows,
    "start": startup.rows,
    "generate": generating.rows,
    "dependencies": dependencies.rows,
}

if __name__ == "__main__":
    sys.exit(run(MEASUREMENTS))
