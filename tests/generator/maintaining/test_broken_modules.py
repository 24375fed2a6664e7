"""A package that cannot be imported is never installed: the mistake is named with file, line and what to do."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from helpers.maintainers import Maintainer

RUNTIME = "runtime"

#: A mistake in a hand-written module: the file, a text that is in it once, what replaces it, and what is said.
MISTAKES = {
    "syntax": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "def retry(:\n",
        "SyntaxError",
    ),
    "parsed but not compiled": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nreturn 1\n",
        "SyntaxError",
    ),
    "an undefined name": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nretries = somewhere\n",
        "somewhere",
    ),
    "a module that is gone": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nfrom . import nowhere\n",
        "nowhere",
    ),
    "a package that users do not have": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nimport a_package_of_mine\n",
        "a_package_of_mine",
    ),
    "an undefined name within a function": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\ndef late(): return somewhere\n",
        "somewhere",
    ),
    "an undefined name in an adapter": (
        "webhooks/fastapi.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nadapter = somewhere\n",
        "somewhere",
    ),
    "a character that no source has": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nretries = '\0'\n",
        "U+0000",
    ),
    "a character that nobody sees": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nretries = '\u202e'\n",
        "U+202E",
    ),
    "syntax that the oldest Python does not read": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\ntype Retries = int\n",
        "yntax",
    ),
    "a value that is not there": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nretries = {}['somewhere']\n",
        "KeyError: 'somewhere'",
    ),
    "an exit": (
        "_core/retries.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nraise SystemExit(0)\n",
        "SystemExit",
    ),
}


#: Likewise, in a file of its own each, which no other module imports when it is imported.
AT_ONCE = {
    "of importing": (
        (
            "webhooks/__main__.py",
            "from __future__ import annotations\n",
            "from __future__ import annotations\nfrom ._secrets import NoSuchSecret\n",
            "NoSuchSecret",
        ),
        (
            "webhooks/flask.py",
            "from __future__ import annotations\n",
            "from __future__ import annotations\nreturn 1\n",
            "SyntaxError",
        ),
    ),
    "of looking within": (
        (
            "_core/auth.py",
            "from __future__ import annotations\n",
            "from __future__ import annotations\ndef late():\n    from .errors import NoSuchError\n",
            "NoSuchError",
        ),
        (
            "_core/paths.py",
            "from __future__ import annotations\n",
            "from __future__ import annotations\ndef late(): from ..errors import NoSuchError\n",
            "NoSuchError",
        ),
        (
            "_core/keys.py",
            "from __future__ import annotations\n",
            "from __future__ import annotations\ndef late():\n    from ....errors import PlexyError\n",
            "beyond top-level package",
        ),
        (
            "webhooks/aiohttp.py",
            "from __future__ import annotations\n",
            "from __future__ import annotations\nfrom ._receiver import NoSuchReceiver\n",
            "NoSuchReceiver",
        ),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_hand_written_module_leaves_the_package_and_is_named(
    here: Maintainer, mistake: str
) -> None:
    name, old, new, text = MISTAKES[mistake]
    before = here.tree()
    with here.edited(f"{RUNTIME}/{name}", old, new) as line:
        status, said = here.run("generate")
    assert here.tree() == before
    assert status == 1, said
    where = line + new.rstrip("\n").count("\n")
    assert f"{RUNTIME}/{name}:{where}: " in said
    assert text in said
    assert "Fix: " in said
    assert "Nothing was changed." in said
    assert "Traceback" not in said


@pytest.mark.parametrize("stage", AT_ONCE)
def test_the_mistakes_of_a_stage_are_all_named_at_once(
    here: Maintainer, stage: str
) -> None:
    before = here.tree()
    places: dict[str, str] = {}
    with ExitStack() as edits:
        for name, old, new, text in AT_ONCE[stage]:
            line = edits.enter_context(here.edited(f"{RUNTIME}/{name}", old, new))
            where = line + new.rstrip("\n").count("\n")
            places[f"{RUNTIME}/{name}:{where}: "] = text
        status, said = here.run("generate")
    assert here.tree() == before
    assert status == 1, said
    for place, text in places.items():
        [told] = [line for line in said.splitlines() if place in line]
        assert text in told
        assert "Fix: " in told
    assert "Traceback" not in said


def test_a_name_that_the_package_promises_and_no_module_has_is_named(
    here: Maintainer,
) -> None:
    before = here.tree()
    keys = (here.root / RUNTIME / "_core" / "keys.py").read_text("utf-8")
    with here.edited(
        f"{RUNTIME}/_core/keys.py", keys, keys.replace("netrc_key", "key_of_netrc")
    ):
        status, said = here.run("generate")
    assert here.tree() == before
    assert status == 1, said
    assert f"{RUNTIME}/_core/keys.py:" in said
    assert "netrc_key" in said
    assert "generator/emit/package.py" in said


def test_a_module_that_is_no_text_is_named(here: Maintainer) -> None:
    path = here.root / RUNTIME / "_core" / "retries.py"
    before, wanted = here.tree(), path.read_bytes()
    path.write_bytes(wanted + b"\n# \xe9\n")
    try:
        status, said = here.run("generate")
    finally:
        path.write_bytes(wanted)
    assert here.tree() == before
    assert status == 1, said
    assert f"{RUNTIME}/_core/retries.py:{wanted.count(10) + 2}: " in said
    assert "UTF-8" in said
    assert "Traceback" not in said


def test_every_broken_module_is_named_at_once(here: Maintainer) -> None:
    first = "from __future__ import annotations\n"
    with (
        here.edited(f"{RUNTIME}/_core/retries.py", first, f"{first}one = somewhere\n"),
        here.edited(f"{RUNTIME}/_core/paths.py", first, f"{first}two = elsewhere\n"),
    ):
        status, said = here.run("generate")
    assert status == 1
    assert f"{RUNTIME}/_core/retries.py:" in said
    assert f"{RUNTIME}/_core/paths.py:" in said


def test_a_template_that_writes_a_module_which_fails_is_named_with_what_it_wrote(
    here: Maintainer,
) -> None:
    before = here.tree()
    template = "generator/emit/templates/ours/version.py.jinja"
    with here.edited(template, "__version__ =", "__version__ = nowhere or"):
        status, said = here.run("generate")
    assert here.tree() == before
    assert status == 1, said
    assert "plexy_pay/_version.py:" in said
    assert "name 'nowhere' is not defined" in said
    assert "generator/emit/templates/ours" in said


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "generator/emit/templates/ours/version.py.jinja",
            "{{ version | literal",
            "{{ nowhere.version | literal",
        ),
        (f"{RUNTIME}/_core/retries.py", *MISTAKES["a value that is not there"][1:3]),
    ],
    ids=["a template", "the trial"],
)
def test_what_is_wrong_with_the_description_is_told_before_what_fails_later(
    here: Maintainer, file: str, old: str, new: str
) -> None:
    before = here.tree()
    spec = "spec/paths/links.yaml"
    with here.edited(file, old, new):
        _, later = here.run("generate")
        with here.edited(spec, "amount: 2200000", "amount: much") as line:
            status, said = here.run("generate")
    assert file in later
    assert here.tree() == before
    assert status == 1
    assert f"{spec}:{line}: " in said
    assert file not in said
    assert "Nothing was changed." in said


def test_the_same_is_not_vendored(here: Maintainer, tmp_path: Path) -> None:
    arguments = (
        "vendor",
        str(tmp_path),
        "--name",
        "shop._vendor.acme_pay",
        "--only",
        "links",
    )
    first = "from __future__ import annotations\n"
    broken = f"{first}retries = {{}}['somewhere']\n"
    with here.edited(f"{RUNTIME}/_core/retries.py", first, broken):
        status, said = here.run(*arguments)
    assert status == 1, said
    assert f"{RUNTIME}/_core/retries.py:" in said
    assert "Nothing was changed." in said
    assert not list(tmp_path.iterdir())
    assert here.run(*arguments)[0] == 0
    copy = tmp_path / "shop" / "_vendor" / "acme_pay" / "_core" / "retries.py"
    before = copy.read_bytes()
    with here.edited(f"{RUNTIME}/_core/retries.py", first, broken):
        status, said = here.run("vendor", str(tmp_path), "--update")
    assert status == 1, said
    assert f"{RUNTIME}/_core/retries.py:" in said
    assert copy.read_bytes() == before
