"""The hand-written part of the package stays small enough to be read, and knows the HTTP library in three places."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
import tokenize
from pathlib import Path

TESTS = Path(__file__).parents[1]
RUNTIME = Path(__file__).parents[2] / "generator" / "runtime"
MODULES = sorted(RUNTIME.glob("*.py"))
WEBHOOKS = sorted((RUNTIME / "webhooks").glob("*.py"))
MOST_LINES = 2_500
# A package that no call loads: the one who receives webhooks imports it.
MOST_LINES_OF_WEBHOOKS = 1_000
# Loaded only where they are asked for: debug logs, an answer that differs from the spec, an unknown outcome, card data.
ON_DEMAND = {
    "cards": 250,
    "drift": 200,
    "masking": 200,
    "next_action": 80,
    "reconciling": 400,
}
QUIET = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}


def lines_of_code(text: str) -> int:
    """The lines that hold code: neither blank, nor a comment, nor part of a docstring."""
    docs = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in QUIET and token.type != tokenize.ENDMARKER:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - docs)


def test_the_count_takes_code_and_leaves_words() -> None:
    head = '"""Words\n\nof a module."""\n\n# A comment.\n'
    text = head + 'def one() -> int:\n    """Words."""\n    return (\n        1\n    )\n'
    assert lines_of_code(text) == 4


def test_the_runtime_stays_within_its_budget() -> None:
    sizes = {path.stem: lines_of_code(path.read_text()) for path in MODULES}
    for name, most in ON_DEMAND.items():
        assert sizes.pop(name) <= most
    assert sum(sizes.values()) <= MOST_LINES
    assert sum(lines_of_code(path.read_text()) for path in WEBHOOKS) <= MOST_LINES_OF_WEBHOOKS


def test_a_call_that_succeeds_loads_nothing_of_what_is_loaded_on_demand() -> None:
    program = f"""
import sys
from helpers.wire import WireServer, json_answer
from plexy_pay import PlexyPay
with WireServer(json_answer({{"id": "pl_1"}})) as server, PlexyPay("pr_1", base_url=server.origin) as client:
    client.payment_links.create(amount=100, currency="KZT")
loaded = {{name.rpartition(".")[2] for name in sys.modules if name.startswith("plexy_pay.")}}
assert not loaded & { {"webhooks", *ON_DEMAND} }, loaded
"""
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": str(TESTS)})


def test_three_modules_know_the_http_library() -> None:
    users = [path.stem for path in (*MODULES, *WEBHOOKS) if "import httpx" in path.read_text()]
    assert users == ["auth", "guard", "transport"]
