"""What the tests of each type checker share: correct programs pass, mistakes are named.

Each runs once, over the repository, the programs of the docs, the examples of docstrings and the programs of merchants:
most of its time goes to the package that all of them import.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers.checkers import Report
from helpers.method_examples import all_examples
from helpers.pages import PROGRAMS, ROOT, Block

MERCHANTS = ROOT / "tests" / "package" / "programs"
CORRECT = ("events.py", "http_clients.py", "merchant.py", "money.py", "unset.py")
MISTAKES = {
    "events_mistakes.py": 2,
    "http_clients_mistakes.py": 6,
    "mistakes.py": 5,
    "money_mistakes.py": 9,
    "unset_mistakes.py": 3,
}
#: In place of two of the empty lines that stand for the page before a program that uses a library without types. The
#: fields of a model of Django have one by a plugin only.
UNTYPED = """\
# pyright: basic
# mypy: allow-untyped-calls, allow-subclassing-any, disable-error-code="import-untyped,var-annotated"
"""
#: A mistake that a type checker finds in each file that it reads.
PLANTED = 'number: int = "a text"\n'


@dataclass(frozen=True)
class Checked:
    """The programs, and what one type checker finds in them and in the repository.

    Attributes:
        merchants: The directory with the programs of merchants.
        docs: The programs of the docs, by their files.
        examples: The program with the examples of docstrings.
        report: What was found.
    """

    merchants: Path
    docs: dict[Path, Block]
    examples: Path
    report: Report

    def lines(self, program: str) -> list[int]:
        """Return the lines of a merchant's program in which something was found."""
        found = self.report.below(self.merchants / program)
        return sorted({one.line for one in found})


def write_docs(directory: Path) -> dict[Path, Block]:
    """Write the programs of the docs as files, and return them by their files."""
    directory.mkdir()
    files: dict[Path, Block] = {}
    for number, program in enumerate(PROGRAMS.values()):
        text = program.text
        if "untyped" in program.words:
            text = text.replace("\n\n", UNTYPED, 1)
        path = directory / f"program_{number}.py"
        path.write_text(text, "utf-8")
        files[path] = program
    return files


def check_everything(directory: Path, check: Callable[[Path], Report]) -> Checked:
    """Write all programs below a directory, and return all that a type checker finds."""
    directory.mkdir()
    docs = write_docs(directory / "docs")
    merchants = directory / "merchants"
    merchants.mkdir()
    for name in (*CORRECT, *MISTAKES):
        shutil.copy(MERCHANTS / name, merchants)
    # Proof that the directory of the docs is read, and so are the examples.
    (directory / "docs" / "planted.py").write_text(PLANTED, "utf-8")
    examples = directory / "examples.py"
    examples.write_text(all_examples() + PLANTED, "utf-8")
    return Checked(merchants, docs, examples, check(directory))


class Types:
    """The tests of one type checker, whose file has the fixture `checked`."""

    def test_the_repository_has_no_error(self, checked: Checked) -> None:
        assert checked.report.below(ROOT) == []
        # At least the package was read, beside the programs.
        package = list((ROOT / "generated" / "plexy_pay").rglob("*.py"))
        programs = len(checked.docs) + len(CORRECT) + len(MISTAKES)
        assert checked.report.files > len(package) + programs + 1

    def test_the_programs_of_the_docs_have_no_error(self, checked: Checked) -> None:
        directory = next(iter(checked.docs)).parent
        found = [
            f"{checked.docs[one.file].at(one.line)}: {one.text}"
            for one in checked.report.below(directory)
            if one.file.name != "planted.py"
        ]
        assert found == []
        [planted] = checked.report.below(directory / "planted.py")
        assert planted.line == 1

    def test_the_examples_of_docstrings_have_no_error(self, checked: Checked) -> None:
        lines = checked.examples.read_text("utf-8").splitlines()
        found = checked.report.below(checked.examples)
        assert [lines[one.line - 1] for one in found] == [PLANTED.strip()], found

    @pytest.mark.parametrize("program", CORRECT)
    def test_a_merchant_s_program_has_no_error(
        self, checked: Checked, program: str
    ) -> None:
        assert checked.report.below(checked.merchants / program) == []

    @pytest.mark.parametrize(("program", "count"), MISTAKES.items())
    def test_typical_mistakes_are_named_on_their_lines(
        self, checked: Checked, program: str, count: int
    ) -> None:
        lines = (MERCHANTS / program).read_text("utf-8").splitlines()
        marked = [
            number for number, line in enumerate(lines, 1) if "# mistake:" in line
        ]
        assert len(marked) == count
        assert checked.lines(program) == marked
