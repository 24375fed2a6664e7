"""What usual tools leave in a clone is no change: a publication does not stop for it."""

from __future__ import annotations

import pytest
from helpers.clones import clone
from helpers.specs import BASE

from generator.release.project import Project

LEFTOVERS = (
    # Package managers: what they lock, where they install, and which Python they take.
    *(
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pixi.lock",
        "Pipfile.lock",
        ".pdm-python",
        ".python-version",
    ),
    *(
        ".venv/bin/python",
        "venv/bin/python",
        ".pixi/envs/x",
        "__pypackages__/3.13/x",
        ".tool-versions",
        "mise.local.toml",
    ),
    *(
        "dist/plexy_pay-1.tar.gz",
        "sandbox/dist/plexy_pay_sandbox-1.tar.gz",
        "build/lib/x.py",
        "plexy_pay.egg-info/PKG-INFO",
        "node_modules/x/index.js",
    ),
    # Tests, checkers, notebooks.
    *(
        ".coverage",
        ".coverage.host.1",
        "coverage.xml",
        "htmlcov/index.html",
        ".tox/x",
        ".benchmarks/x",
    ),
    *(
        ".pytest_cache/x",
        ".mypy_cache/x",
        ".ruff_cache/x",
        ".hypothesis/x",
        "tests/.ipynb_checkpoints/x",
    ),
    # Editors, merges, file managers, shells.
    *(
        ".idea/x.xml",
        ".vscode/settings.json",
        ".zed/settings.json",
        ".fleet/x",
        "spec/.openapi.yaml.swp",
    ),
    *(
        "spec/openapi.yaml~",
        "spec/openapi.yaml.orig",
        "generator/x.py.rej",
        ".DS_Store",
        "Thumbs.db",
    ),
    *(".env", ".env.local", ".envrc", ".direnv/x"),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return clone(tmp_path_factory.mktemp("clone"), BASE)


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_a_tool_leaves_is_no_change(project: Project, name: str) -> None:
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", "utf-8")
    changed = project.uncommitted()
    path.unlink()
    assert changed == []


def test_what_a_person_adds_is_one(project: Project) -> None:
    added = project.root / "generator" / "mine.py"
    added.write_text("", "utf-8")
    changed = project.uncommitted()
    added.unlink()
    assert changed == ["?? generator/mine.py"]
