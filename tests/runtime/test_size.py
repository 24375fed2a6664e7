"""The hand-written part of the package stays small enough to be read, and knows the HTTP library in three places."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

RUNTIME = Path(__file__).parents[2] / "generator" / "runtime"
MODULES = sorted(RUNTIME.glob("*.py"))
MOST_LINES = 2_500
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
    assert sum(lines_of_code(path.read_text()) for path in MODULES) <= MOST_LINES


def test_three_modules_know_the_http_library() -> None:
    users = [path.stem for path in MODULES if "import httpx" in path.read_text()]
    assert users == ["auth", "guard", "transport"]
