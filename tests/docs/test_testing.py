"""The test files of docs/testing.md are run by pytest as a merchant runs them: unedited, with the plugin loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.pages import PROGRAMS, Block

FILES = {
    program.file: program
    for program in PROGRAMS.values()
    if program.file is not None and program.page.name == "testing.md"
}


@pytest.mark.parametrize("program", FILES.values(), ids=FILES)
def test_a_documented_test_file_passes(program: Block, tmp_path: Path) -> None:
    assert program.file is not None
    (tmp_path / program.file).write_text(program.text, "utf-8")
    # The plugin is loaded by its name, installed or not; the environment is that of a developer with a live key.
    plugins = ["plexy_pay_sandbox.pytest_plugin", "anyio", "xdist.plugin"]
    named = [argument for plugin in plugins for argument in ("-p", plugin)]
    env = {
        **os.environ,
        "PLEXY_API_KEY": "pr_live",
        "PLEXY_BASE_URL": "https://api.plexypay.invalid",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    for name in [name for name in env if name.startswith("PYTEST_XDIST")]:
        del env[name]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", "-n", "2", *named, "-q"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tests = len(re.findall(r"^(?:async )?def test_", program.text, re.MULTILINE))
    assert f"{tests} passed" in done.stdout


def test_every_test_file_is_run_here() -> None:
    assert sorted(FILES) == ["test_django_shop.py", "test_fastapi_shop.py"]
