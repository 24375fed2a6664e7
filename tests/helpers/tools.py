"""Tools that do something else than they do, in each process that is started from now on."""

from __future__ import annotations

from pathlib import Path

import pytest

_PROGRAM = """\
import datamodel_code_generator, os, warnings

write = datamodel_code_generator.generate


def generate(document, **options):
    {first}
    return write(document, **options)


datamodel_code_generator.generate = generate
"""


def before_parameters(
    first: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let datamodel-code-generator run a statement before it writes the parameters of a `document`.

    Args:
        first: The statement.
        directory: An empty directory.
        monkeypatch: What undoes it.
    """
    # Python imports it at the start of every process.
    (directory / "sitecustomize.py").write_text(_PROGRAM.format(first=first), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(directory))
