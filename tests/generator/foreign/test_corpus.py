"""Documents as people write them, and some that nobody would: each becomes a package that imports and type-checks.

`stops.yaml` has what no client of this make could have, each marked by a line of the list that is printed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.foreign import build_what_can_be
from helpers.foreign_documents import documents
from hypothesis import HealthCheck, Phase, given, settings

from generator import foreign, pipeline
from generator.__main__ import main
from generator.document import Document, mapping
from generator.normalising import METHODS

CORPUS = Path(__file__).parent / "corpus"
#: The root of each document, by the name of its package.
ROOTS = {
    **{file.stem: file for file in sorted(CORPUS.glob("*.*")) if file.stem != "stops"},
    "library": CORPUS / "library" / "openapi.yaml",
}
#: What differs between two packages; the rest is the runtime, which is checked once.
PARTS = (
    "api",
    "models",
    "params",
    "resources",
    "_client.py",
    "_operations.py",
    "_loggable.py",
    "__init__.py",
)
RANDOM = 1


def operations_of(document: Document) -> set[tuple[str, str]]:
    """The method and the path of every operation, references of path items followed."""
    items = {
        path: mapping(document.follow(("paths", path)).value) for path in mapping(document.data["paths"])
    }
    return {(method.upper(), path) for path, item in items.items() for method in METHODS if method in item}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of the corpus, and those of a few random documents that could have one."""
    folder = tmp_path_factory.mktemp("packages")
    config = folder / "empty.toml"
    config.touch()
    for name, file in ROOTS.items():
        pipeline.build(file, folder / name, config=config)
    made: list[str] = []

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
            HealthCheck.filter_too_much,
        ],
    )
    @given(data=documents())
    def random(data: dict[str, Any]) -> None:
        if len(made) < RANDOM and len(json.dumps(data)) > 6000:
            counts = build_what_can_be(data, folder, f"random_{len(made)}")
            if counts is not None and counts.operations:
                made.append("one more")

    random()
    assert len(made) == RANDOM
    return folder


def test_every_operation_of_the_corpus_has_its_functions(packages: Path) -> None:
    for name, file in ROOTS.items():
        wanted = operations_of(foreign.load(file))
        text = (packages / name / "_operations.py").read_text("utf-8")
        made = re.findall(r"^    id=", text, re.MULTILINE)
        functions = [
            module
            for module in (packages / name / "api").rglob("*.py")
            if re.search(r"^async def asyncio\(", module.read_text("utf-8"), re.MULTILINE)
        ]
        assert wanted
        assert len(wanted) == len(made) == len(functions), name


def test_the_corpus_can_be_imported_without_a_warning(packages: Path) -> None:
    names = sorted(path.name for path in packages.iterdir() if path.is_dir())
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name).preload()"
    run = [sys.executable, "-W", "error", "-c", program, *names]
    done = subprocess.run(run, cwd=packages, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_corpus_passes_pyright_strict(packages: Path) -> None:
    first, *others = sorted(path.name for path in packages.iterdir() if path.is_dir())
    include = [first, *(f"{name}/{part}" for name in others for part in PARTS)]
    config = packages / "pyrightconfig.json"
    config.write_text(json.dumps({"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": include}))
    run = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--project", str(config)]
    done = subprocess.run([*run, "--outputjson"], capture_output=True, text=True, check=False)
    config.unlink()
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] > 200
    assert [f"{found['file']}: {found['message']}" for found in report["generalDiagnostics"]] == []


def test_the_corpus_passes_mypy_strict(packages: Path, tmp_path: Path) -> None:
    names = sorted(
        path.name for path in packages.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
    options = [
        "--strict",
        "--config-file=",
        f"--cache-dir={tmp_path}",
        f"--python-executable={sys.executable}",
    ]
    run = [sys.executable, "-m", "mypy", *options, *(argument for name in names for argument in ("-p", name))]
    done = subprocess.run(run, cwd=packages, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Success"), done.stdout[-3000:] + done.stderr


def test_what_no_client_could_have_is_listed_whole_with_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "empty.toml"
    config.touch()
    out = tmp_path / "package"
    file = CORPUS / "stops.yaml"
    assert main(["generate", "--spec", str(file), "--config", str(config), "--out", str(out)]) == 1
    *listed, last = capsys.readouterr().err.splitlines()
    assert last == "Nothing was changed."
    assert not out.exists()
    pattern = re.compile(rf"{re.escape(str(file))}:(\d+): #/\S+: .+\. Fix: .+")
    found = [match[1] for line in listed if (match := pattern.fullmatch(line))]
    assert len(found) == len(listed)
    marked = [
        str(number)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if "# stops" in line
    ]
    assert found == marked
