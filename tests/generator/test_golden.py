"""The exact code that a small spec becomes, so that a change of a template shows as a diff in review.

Run this file as a program to write the expected files anew, then read the diff.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from generator import loader, pipeline

HERE = Path(__file__).parent
#: The specs, and what a file must hold to be kept: of the second one only what differs from others of its kind.
SPECS = {"golden": "", "golden_deprecated": "deprecated"}


def generated(spec: str, directory: Path) -> dict[str, str]:
    """The generated files, those copied or the same for every spec left out."""
    package = directory / "golden"
    pipeline.build_from(loader.load(HERE / spec / "openapi.yaml"), package, "0.0.0")
    same_for_all = {
        source.relative_to(pipeline.RUNTIME)
        for source in pipeline.RUNTIME.rglob("*.py")
    }
    same_for_all |= {Path("_version.py"), Path("_currencies.py")}
    texts = {
        path.relative_to(package).as_posix(): path.read_text("utf-8")
        for path in sorted(package.rglob("*.py"))
        if path.relative_to(package) not in same_for_all
    }
    return {name: text for name, text in texts.items() if SPECS[spec] in text}


@pytest.mark.parametrize("spec", SPECS)
def test_the_golden_spec_becomes_exactly_the_expected_code(
    spec: str, tmp_path: Path
) -> None:
    directory = HERE / spec / "expected"
    expected = {
        path.relative_to(directory).as_posix().removesuffix(".txt"): path.read_text(
            "utf-8"
        )
        for path in sorted(directory.rglob("*.txt"))
    }
    fresh = generated(spec, tmp_path)
    assert sorted(fresh) == sorted(expected)
    for name, text in fresh.items():
        assert text == expected[name], (
            f"{name} differs; run python tests/generator/test_golden.py and read the diff"
        )


if __name__ == "__main__":
    for spec in SPECS:
        shutil.rmtree(HERE / spec / "expected", ignore_errors=True)
        with tempfile.TemporaryDirectory() as scratch:
            for name, text in generated(spec, Path(scratch)).items():
                target = HERE / spec / "expected" / f"{name}.txt"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
