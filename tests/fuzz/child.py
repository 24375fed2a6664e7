"""The process in which atheris runs: `python -m fuzz` starts it with the flags of libFuzzer."""

from __future__ import annotations

import hmac
import importlib
import sys
from typing import Any

# Only the fuzzer's own environment has it.
atheris: Any = importlib.import_module("atheris")

with atheris.instrument_imports(include=["plexy_pay"]):
    from helpers.webhooks import TOKEN
    from plexy_pay.webhooks import TokenSecret

    from . import target

    for seed in target.seeds():
        target.one_input(seed)  # It loads what is loaded on demand.


def plant() -> None:
    """Compare a token as text, as verifiers of other houses do: one that is not ASCII is a TypeError."""

    def proves(self: Any, delivery: Any) -> bool:
        return hmac.compare_digest(delivery.header.removeprefix("Bearer "), TOKEN)

    TokenSecret.proves = proves  # type: ignore[method-assign]


if __name__ == "__main__":
    if "--plant" in sys.argv:
        plant()
    atheris.Setup([flag for flag in sys.argv if flag != "--plant"], target.one_input)
    atheris.Fuzz()
