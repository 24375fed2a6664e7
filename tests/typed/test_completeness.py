"""Nothing that the package offers is of an unknown type."""

from __future__ import annotations

import json
import subprocess
import sys


def test_every_public_symbol_has_a_known_type() -> None:
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--verifytypes",
        "plexy_pay",
        "--ignoreexternal",
        "--outputjson",
    ]
    done = subprocess.run(
        [*command, "--pythonpath", sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    completeness = json.loads(done.stdout)["typeCompleteness"]
    unknown = [
        symbol["name"]
        for symbol in completeness["symbols"]
        if not symbol["isTypeKnown"]
    ]
    assert completeness["completenessScore"] == 1, unknown
    assert completeness["exportedSymbolCounts"]["withKnownType"] > 100
