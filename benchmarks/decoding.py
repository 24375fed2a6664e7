"""CPU of decoding a page of transactions from bytes: ours, pydantic's, and the stock models."""

from __future__ import annotations

import gc
import importlib
import json
import operator
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import repeat
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)

from plexy_pay._core.encoding import loads
from plexy_pay.api.transactions import list_transactions

from benchmarks import stock
from benchmarks.document import TRANSACTIONS, example
from benchmarks.measuring import Spread, Took, interleave, ratios
from benchmarks.report import Row, alone, rounds

#: How many transactions the page holds; what merchants ask for.
ROWS = 50


def page() -> bytes:
    """A page of unlike transactions, made of the one in the document's example; every third amount has decimals."""
    body = example("GET", TRANSACTIONS, 200)
    (sample,) = body["data"]
    data = [
        {
            **sample,
            "transactionId": f"05e99c36-499d-4a6f-9e5d-{number:012x}",
            "amount": 22000 + number + (0.25 if number % 3 == 0 else 0),
            "createdAt": f"2026-12-01T09:{number:02}:00.000000Z",
            "orderReference": f"ORD-{1001 + number}",
        }
        for number in range(ROWS)
    ]
    return json.dumps(
        {**body, "data": data, "total": ROWS}, separators=(",", ":")
    ).encode()


def sides() -> dict[str, Callable[[bytes], Any]]:
    """From bytes to a model of the page, as each side offers it."""
    their_model = stock.module("models").ResponseTransactionList
    request = list_transactions.request()
    return {
        "plexy_pay": lambda content: request.decode(loads(content)),
        "pydantic": pydantic_model().model_validate_json,
        "stock": lambda content: their_model.from_dict(json.loads(content)),
    }


def pydantic_model() -> Any:
    """The class of the page as datamodel-code-generator writes it for pydantic, all else left at its defaults."""
    with tempfile.TemporaryDirectory(prefix="plexy-pay-bench-") as directory:
        module = Path(directory, "plexy_pay_pydantic")
        arguments = [
            "--input",
            str(stock.directory() / "openapi.json"),
            "--input-file-type",
            "openapi",
        ]
        arguments += [
            "--output",
            str(module),
            "--output-model-type",
            "pydantic_v2.BaseModel",
        ]
        Took.running([sys.executable, "-m", "datamodel_code_generator", *arguments])
        sys.path.append(directory)
        # A dotted schema name makes a module: `response.TransactionList`.
        return importlib.import_module("plexy_pay_pydantic.response").TransactionList


def reader(row: Any) -> Callable[[Any], object]:
    """Reads every field of a row like this one, so that no side can leave any undecoded."""
    # Models of attrs have slots.
    names: tuple[str, ...] = tuple(
        row.__dict__ if hasattr(row, "__dict__") else row.__slots__
    )
    return operator.attrgetter(*(name for name in names if not name.startswith("_")))


def measure(*, count: int = 60, calls: int = 20) -> dict[str, list[float]]:
    """CPU microseconds of decoding the page and reading all its fields, for each side, round by round."""
    content, decoders = page(), sides()
    timed: dict[str, Callable[[], float]] = {}
    for side, decode in decoders.items():
        rows_of = decode(content).data
        timed[side] = _timed(decode, content, reader(rows_of[0]), calls)
    gc.collect()
    gc.freeze()
    return interleave(timed, rounds=count, warm_up=3)


def _timed(
    decode: Callable[[bytes], Any],
    content: bytes,
    read: Callable[[Any], object],
    calls: int,
) -> Callable[[], float]:
    def once() -> float:
        started = time.process_time()
        for _ in repeat(None, calls):
            _exhaust(map(read, decode(content).data))
        return (time.process_time() - started) / calls * 1e6

    return once


def _exhaust(values: Iterable[object]) -> None:
    for _ in values:
        pass


def rows(effort: float = 1.0) -> list[Row]:
    """How many times as long as pydantic, and how many times as fast as the stock models."""
    taken = measure(count=rounds(60, effort))
    detail = ", ".join(
        f"{side} {Spread.of(values).median:.0f} us" for side, values in taken.items()
    )
    over = ratios(taken["plexy_pay"], taken["pydantic"])
    beside = {"stock": ratios(taken["stock"], taken["pydantic"]).median}
    return [
        Row(
            "decoding a page of transactions over pydantic",
            over,
            "x",
            limit=1.3,
            beside=beside,
            detail=detail,
        ),
        Row(
            "decoding it: how many times as fast as stock",
            ratios(taken["stock"], taken["plexy_pay"]),
            "x",
            limit=2,
            at_least=True,
        ),
    ]


if __name__ == "__main__":
    sys.exit(alone(rows, __doc__))
