"""Each distribution from an index: the client alone has nothing of the sandbox, and with the extra it pays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.clones import HERE
from helpers.index_server import RunningIndex

from generator.release import archives
from generator.release.installing import LAST_LINE

#: What an environment has of the sandbox, by whatever way it would get there.
LOOK = """
import importlib.metadata, importlib.util, json, pathlib, sys
import plexy_pay
print(json.dumps({
    "packages": sorted(one.name for one in importlib.metadata.distributions() if "plexy" in one.name),
    "modules": [name for name in ("plexy_pay_sandbox",) if importlib.util.find_spec(name)],
    "commands": [path.name for path in pathlib.Path(sys.executable).parent.iterdir() if "plexy" in path.name],
    "plugins": [point.value for point in importlib.metadata.entry_points(group="pytest11") if "plexy" in point.value],
    "descriptions": [path.name for path in pathlib.Path(plexy_pay.__file__).parent.rglob("openapi*")],
}))
"""


class Environment:
    """A virtual environment that gets what is ours from an index on this machine.

    Args:
        directory: Where it goes.
        index: The address of the lists of the index.
    """

    def __init__(self, directory: Path, index: str) -> None:
        self._index = index
        self._directory = directory
        self.python = str(directory / "bin" / "python")
        self.run("uv", "venv", "--quiet", "--python", sys.executable, str(directory))

    def install(self, wanted: str) -> None:
        """Install the newest version of a requirement, and what it needs at the pinned versions."""
        pip = ["uv", "pip", "install", "--quiet", "--python", self.python]
        constraints = str(HERE.root / "constraints.txt")
        self.run(*pip, "--index", self._index, "--constraint", constraints, wanted)

    def look(self) -> dict[str, list[str]]:
        """Return what is there of the sandbox."""
        found: dict[str, list[str]] = json.loads(
            self.run(self.python, "-I", "-c", LOOK)
        )
        return found

    def run(self, *command: str) -> str:
        """Run a command, and return what it prints."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "PLEXY_"))
        }
        # From a directory in which nothing of this repository is importable.
        done = subprocess.run(
            command,
            cwd=self._directory.parent,
            env=clean | {"NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with RunningIndex(tmp_path_factory.mktemp("index")) as running:
        made = archives.build(HERE.root, tmp_path_factory.mktemp("made"))
        for path in made.files:
            shutil.copy(path, running.packages)
        yield f"{running.url}simple/"


@pytest.fixture
def environment(tmp_path: Path, index: str) -> Environment:
    return Environment(tmp_path / "environment", index)


def test_the_client_alone_has_nothing_of_the_sandbox(environment: Environment) -> None:
    environment.install("plexy-pay")
    assert environment.look() == {
        "packages": ["plexy-pay"],
        "modules": [],
        "commands": [],
        "plugins": [],
        "descriptions": [],
    }


def test_the_client_with_its_extra_pays_at_the_sandbox(
    environment: Environment,
) -> None:
    environment.install("plexy-pay[sandbox]")
    found = environment.look()
    assert found["packages"] == ["plexy-pay", "plexy-pay-sandbox"]
    assert found["modules"] == ["plexy_pay_sandbox"]
    assert found["plugins"] == ["plexy_pay_sandbox.pytest_plugin"]
    said = environment.run(
        environment.python, "-I", "-m", "plexy_pay_sandbox.quickstart"
    )
    assert said.strip().splitlines()[-1] == LAST_LINE


def test_the_sandbox_brings_the_client_of_its_own_version(
    environment: Environment,
) -> None:
    environment.install(f"plexy-pay-sandbox=={HERE.version}")
    command = Path(environment.python).with_name("plexy-sandbox")
    assert "--port" in environment.run(str(command), "start", "--help")
    assert HERE.version in environment.run(str(command), "--version")
    program = "from importlib.metadata import version; print(version('plexy-pay'))"
    assert environment.run(environment.python, "-c", program).strip() == HERE.version
