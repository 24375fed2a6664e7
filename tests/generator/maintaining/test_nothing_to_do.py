"""`generate` makes nothing where nothing changed, and finds that out without a tool; `check` always makes it anew."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from helpers.maintainers import Maintainer

from generator import manifest, stamp

LINKS = "spec/schemas/links.yaml"
#: What only making a package needs.
TOOLS = {
    "openapi_python_client",
    "datamodel_code_generator",
    "jsonschema",
    "jsonschema_rs",
    "jinja2",
    "yaml",
    "httpx",
}
OVERLAY = "overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions:\n- target: $.info\n  update: {title: TITLE}\n"

MADE = "operations, "
NOTHING_TO_DO = "--force"


@pytest.fixture
def somebody(here: Maintainer) -> Iterator[Maintainer]:
    """The maintainer of this file, whose package is current before and after."""
    status, said = here.run("generate")
    assert status == 0, said
    yield here
    status, said = here.run("generate", "--discard-edits")
    assert status == 0, said


def nothing_to_do(somebody: Maintainer, *arguments: str) -> bool:
    """Whether `generate` made nothing, and said so."""
    status, said = somebody.run("generate", *arguments)
    assert status == 0, said
    assert (MADE in said) != (NOTHING_TO_DO in said), said
    return NOTHING_TO_DO in said


def test_a_package_that_is_current_is_not_made_again(somebody: Maintainer) -> None:
    before = somebody.tree()
    assert nothing_to_do(somebody)
    assert nothing_to_do(somebody, "--discard-edits")
    assert somebody.tree() == before
    assert not nothing_to_do(somebody, "--force")
    assert somebody.tree() == before
    assert nothing_to_do(somebody)


#: A file of each kind that decides the package: a text that is in it once, and what replaces it.
MADE_FROM = [
    (LINKS, "total:\n", "total:\n      # Counted by the API.\n"),
    ("runtime/_core/retries.py", '"""\n\nfrom', '"""\n\n# Mine.\nfrom'),
    (
        "generator/emit/templates/ours/version.py.jinja",
        "__version__ =",
        "__version__  =",
    ),
    ("generator/identifiers.py", '"""\n\nfrom', '"""\n\n# Mine.\nfrom'),
    ("pyproject.toml", "[project]\n", "# Mine.\n[project]\n"),
]


def made_from(somebody: Maintainer, *overlays: Path) -> str:
    """Return the hash over what decides the package, as the clone's own code computes it."""
    program = """
import pathlib, sys
from generator import stamp
print(stamp.inputs([pathlib.Path(name) for name in sys.argv[1:]]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, overlays)],
        cwd=somebody.root,
        env={**os.environ, "PYTHONPATH": str(somebody.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_whatever_it_is_made_from_decides_whether_it_is_current(
    somebody: Maintainer, tmp_path: Path
) -> None:
    before = made_from(somebody)
    seen = {before}
    with ExitStack() as edits:
        for file, old, new in MADE_FROM:
            edits.enter_context(somebody.edited(file, old, new))
            seen.add(made_from(somebody))
        # A new file of the spec, whatever its name.
        path = somebody.root / "spec" / "schemas" / ".more.yaml"
        edits.callback(path.unlink)
        path.write_text("{}\n", "utf-8")
        seen.add(made_from(somebody))
    assert len(seen) == len(MADE_FROM) + 2
    assert made_from(somebody) == before


def test_the_overlays_and_their_order_are_a_part_of_it(
    somebody: Maintainer, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(OVERLAY, "utf-8")
    two.write_text(OVERLAY.replace("TITLE", "two"), "utf-8")
    orders = [(), (one,), (two,), (one, two), (two, one)]
    seen = {made_from(somebody, *order) for order in orders}
    two.write_text(OVERLAY.replace("TITLE", "three"), "utf-8")
    seen.add(made_from(somebody, two, one))
    assert len(seen) == len(orders) + 1


def test_a_change_of_the_spec_or_of_the_overlays_makes_it_anew(
    somebody: Maintainer, tmp_path: Path
) -> None:
    overlay = tmp_path / "one.yaml"
    overlay.write_text(OVERLAY, "utf-8")
    with somebody.edited(LINKS, "total:\n", "total:\n      # Counted by the API.\n"):
        assert not nothing_to_do(somebody)
        assert nothing_to_do(somebody)
    assert not nothing_to_do(somebody, "--overlay", str(overlay))
    assert nothing_to_do(somebody, "--overlay", str(overlay))
    overlay.unlink()
    status, said = somebody.run("generate", "--overlay", str(overlay))
    assert status == 1
    assert "one.yaml" in said
    assert not nothing_to_do(somebody)


def test_an_edit_by_hand_is_refused_though_nothing_else_changed(
    somebody: Maintainer,
) -> None:
    path = somebody.package / "models" / "link.py"
    wanted = path.read_bytes()
    path.write_bytes(wanted + b"\nMINE = 1\n")
    status, said = somebody.run("generate")
    assert status == 1, said
    assert "changed: models/link.py" in said
    assert path.read_bytes() != wanted
    assert not nothing_to_do(somebody, "--discard-edits")
    assert path.read_bytes() == wanted


def test_without_its_stamp_it_is_made(somebody: Maintainer) -> None:
    wanted = somebody.tree()
    (somebody.root / ".nox" / "generated.json").unlink()
    assert not nothing_to_do(somebody)
    assert nothing_to_do(somebody)
    assert somebody.tree() == wanted


def test_a_description_that_is_missing_is_told_by_check_and_made(
    somebody: Maintainer,
) -> None:
    wanted = somebody.description.read_bytes()
    somebody.description.unlink()
    status, said = somebody.run("check")
    assert status == 1, said
    assert "openapi.json: it is missing" in said
    assert not nothing_to_do(somebody)
    assert somebody.description.read_bytes() == wanted


def test_a_description_that_grew_old_is_told_by_check(somebody: Maintainer) -> None:
    with somebody.edited(LINKS, "total:\n", "total:\n      description: All.\n"):
        status, said = somebody.run("check")
        assert status == 1, said
        assert "openapi.json: spec/ changed since it was generated" in said
        assert not nothing_to_do(somebody)
        assert b"All." in somebody.description.read_bytes()


def described_in(package: Path) -> Path:
    """Return where the description of a package is."""
    return package.parent / "openapi.json"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of two files, which is current for the inputs "x"."""
    made = tmp_path / "plexy_pay"
    made.mkdir()
    (made / "flow.py").write_text("FLOW = 1\n", "utf-8")
    (made / "models.py").write_text("MODELS = 1\n", "utf-8")
    manifest.write(made, b"{}", "0")
    described_in(made).write_bytes(b"{}")
    monkeypatch.setattr(stamp, "FILE", tmp_path / ".nox" / "generated.json")
    stamp.write(made, "x")
    assert stamp.is_current(made, described_in(made), "x")
    return made


def test_a_package_of_other_inputs_is_not_current(package: Path) -> None:
    assert not stamp.is_current(package, described_in(package), "y")


@pytest.mark.parametrize("name", ["manifest.json", "models.py"])
def test_a_package_that_lacks_a_file_is_not_current(package: Path, name: str) -> None:
    (package / name).unlink()
    assert not stamp.is_current(package, described_in(package), "x")


def test_another_package_with_a_record_of_its_own_is_not_current(package: Path) -> None:
    """Such as that of another branch, or an older one."""
    (package / "models.py").write_text("MODELS = 2\n", "utf-8")
    manifest.write(package, b"{}", "0")
    assert not stamp.is_current(package, described_in(package), "x")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"inputs": 1}', "\udcff"])
def test_a_stamp_that_cannot_be_read_makes_nothing_current(
    package: Path, text: str
) -> None:
    stamp.FILE.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert not stamp.is_current(package, described_in(package), "x")


def test_a_failure_is_told_again(somebody: Maintainer) -> None:
    with somebody.edited(
        LINKS, "total:\n      type: integer", "total:\n      type: intger"
    ):
        for _ in range(2):
            status, said = somebody.run("generate")
            assert status == 1, said
            assert "intger" in said
    assert nothing_to_do(somebody)


def test_check_is_not_fooled(somebody: Maintainer) -> None:
    """Somebody else's package, with a record that is right and a stamp that says it is current."""
    rewritten(somebody)
    file = somebody.root / ".nox" / "generated.json"
    stamp = json.loads(file.read_text("utf-8"))
    record = (somebody.package / "manifest.json").read_bytes()
    file.write_text(json.dumps({**stamp, "manifest": digest(record)}), "utf-8")
    assert nothing_to_do(somebody)
    status, said = somebody.run("check")
    assert status == 1
    assert "models/link.py" in said
    assert not nothing_to_do(somebody, "--force")


def rewritten(somebody: Maintainer) -> None:
    """Change a file of the package, and its hash in the record."""
    path = somebody.package / "models" / "link.py"
    path.write_bytes(path.read_bytes() + b"\n# Another version.\n")
    record = json.loads((somebody.package / "manifest.json").read_text("utf-8"))
    record["files"]["models/link.py"] = digest(path.read_bytes())
    (somebody.package / "manifest.json").write_text(
        json.dumps(record, indent=2) + "\n", "utf-8"
    )


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def loaded(somebody: Maintainer, program: str) -> set[str]:
    """The packages that a fresh interpreter has loaded after a command."""
    program = f"import json, sys\nfrom generator.__main__ import main\n{program}\nprint(json.dumps([*sys.modules]))"
    env = {**os.environ, "PYTHONPATH": str(somebody.root)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=somebody.root,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


HELP = "try: main(['--help'])\nexcept SystemExit: pass"


def test_no_tool_is_loaded_for_nothing_until_another_package_is_installed(
    somebody: Maintainer, tmp_path: Path
) -> None:
    # The stamp knows the interpreter and its packages; those of a test may be others.
    assert "jinja2" in loaded(somebody, "main(['generate', '--force'])")
    for program in ("main(['generate'])", HELP):
        assert not loaded(somebody, program) & TOOLS
    (tmp_path / "a_tool-2.0.dist-info").mkdir()
    assert "jinja2" in loaded(
        somebody, f"sys.path.append({str(tmp_path)!r}); main(['generate'])"
    )
