"""What is imported when, and that the package works under any name, twice in one process."""

from __future__ import annotations

import ast
import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import plexy_pay
import pytest
from plexy_pay._core import deprecation
from plexy_pay_sandbox.serving import RunningSandbox

PACKAGE = Path(plexy_pay.__file__).parent
# What the modules for web frameworks import, which are loaded by name only.
ADAPTERS = {
    Path("webhooks/aiohttp.py"): {"aiohttp"},
    Path("webhooks/django.py"): {"asgiref", "django"},
    Path("webhooks/fastapi.py"): {"fastapi", "starlette"},
    Path("webhooks/flask.py"): {"flask", "werkzeug"},
}
FRAMEWORKS = {"aiohttp", "django", "fastapi", "starlette", "flask", "werkzeug"}


def modules_after(program: str, **environment: str) -> set[str]:
    """The modules that a fresh interpreter has loaded at the end of the program."""
    program += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), **environment},
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_and_making_a_client_loads_neither_httpx_nor_attrs() -> None:
    loaded = modules_after(
        "from plexy_pay import PlexyPay, AsyncPlexyPay\nPlexyPay('pr_test'); AsyncPlexyPay('pr_test')"
    )
    heavy = {
        "httpx",
        "httpcore",
        "attr",
        "attrs",
        "asyncio",
        "ssl",
        "inspect",
        "dataclasses",
        "logging",
    }
    assert not loaded & heavy


def test_a_call_that_succeeds_loads_nothing_of_reconciling() -> None:
    with RunningSandbox() as sandbox:
        loaded = modules_after(
            "from plexy_pay import OutcomeUnknownError, PlexyPay\n"
            f"PlexyPay('pr_sandbox', base_url={sandbox.base_url!r}).payment_links.create(amount=1, currency='KZT')"
        )
    assert "plexy_pay._core.flow" in loaded
    unneeded = (
        "_recipes",
        "readings",
        "recipes",
        "reconciling",
        "references",
        "saving",
    )
    assert not loaded & {f"plexy_pay.{name}" for name in unneeded}


def test_one_model_does_not_load_the_others() -> None:
    loaded = modules_after("from plexy_pay.models import PaymentLink")
    assert "plexy_pay.models.payment_link" in loaded
    assert "plexy_pay.models.transaction_list" not in loaded


@pytest.mark.parametrize(
    ("program", "environment"),
    [
        ("import plexy_pay; plexy_pay.preload()", {}),
        ("import plexy_pay", {"PLEXY_EAGER_IMPORT": "1"}),
    ],
)
def test_everything_can_be_loaded_at_start_up(
    program: str, environment: dict[str, str]
) -> None:
    loaded = modules_after(program, **environment)
    files = {
        path.relative_to(PACKAGE.parent).with_suffix("")
        for path in PACKAGE.rglob("*.py")
    }
    wanted = {".".join(path.parts).removesuffix(".__init__") for path in files}
    left_out = {name for name in wanted if name.endswith(plexy_pay._NOT_PRELOADED)}
    assert len(wanted - left_out) > 250
    assert wanted - left_out <= loaded
    assert not left_out & loaded
    assert "httpx" in loaded


def test_a_first_call_after_preload_imports_nothing_more() -> None:
    program = """
import sys, plexy_pay
from plexy_pay_sandbox.serving import RunningSandbox
with RunningSandbox() as sandbox:
    plexy_pay.preload()
    before = set(sys.modules)
    client = plexy_pay.PlexyPay("pr_sandbox", base_url=sandbox.base_url)
    client.payment_links.create(amount=plexy_pay.Money(1, "KZT"), order_reference="A")
    watched = ("plexy_pay.", "httpx", "httpcore", "attr")
    print([name for name in set(sys.modules) - before if name.startswith(watched)])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_every_public_name_can_be_imported() -> None:
    for name in plexy_pay.__all__:
        assert getattr(plexy_pay, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_it"):
        getattr(plexy_pay, "nothing_like_it")  # noqa: B009 - type checkers refuse the plain form
    for name in plexy_pay.models.__all__:
        assert isinstance(getattr(plexy_pay.models, name), type)


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """The modules that a file imports, with the number of leading dots."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level


# What an extra, httpx or pydantic brings, by the one module that imports it.
EXTRAS = {
    "cards.py": {"cryptography"},
    "network.py": {"httpcore"},
    "typed_dicts.py": {"typing_extensions"},
}


def test_inside_itself_the_package_imports_by_relative_names_only() -> None:
    for path in PACKAGE.rglob("*.py"):
        known = (
            sys.stdlib_module_names
            | {"httpx", "attrs"}
            | ADAPTERS.get(path.relative_to(PACKAGE), set())
        )
        if path == PACKAGE / "_core" / "deprecation.py":
            # For type checkers, which bring it along; see the next test.
            known |= {"typing_extensions"}
        known |= EXTRAS.get(path.name, set())
        for module, dots in imports_of(path):
            assert dots or module.split(".")[0] in known, f"{path}: {module}"


def test_deprecations_need_nothing_that_only_type_checkers_have() -> None:
    hidden = "import sys; sys.modules['typing_extensions'] = None; from plexy_pay._core.deprecation import deprecated"
    assert "plexy_pay._core.deprecation" in modules_after(hidden)


def test_only_the_adapters_load_a_web_framework() -> None:
    loaded = modules_after("import plexy_pay.webhooks")
    assert "plexy_pay.webhooks._receiver" in loaded
    assert not loaded & {"httpx", "attr", "attrs", "asgiref", *FRAMEWORKS}
    for adapter, imported in ADAPTERS.items():
        assert f".webhooks.{adapter.stem}" in plexy_pay._NOT_PRELOADED
        loaded = modules_after(f"import plexy_pay.webhooks.{adapter.stem}")
        assert loaded & FRAMEWORKS == imported & FRAMEWORKS


def test_card_data_load_cryptography_only_when_they_are_encrypted() -> None:
    loaded = modules_after(
        "from plexy_pay import cards\n"
        "cards.Card(number='4111111111111111', expiry_month=1, expiry_year=99, cvv='123', holder='A')"
    )
    assert not loaded & {"cryptography", "httpx", "attrs", "ssl"}


def test_httpx_is_imported_by_the_hook_and_by_what_knows_the_libraries() -> None:
    users = {
        path.name for path in PACKAGE.rglob("*.py") if ("httpx", 0) in imports_of(path)
    }
    assert users <= {"auth.py", "http_libraries.py"}


def test_two_copies_under_other_names_live_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = tmp_path / "acme" / "_vendor"
    vendor.mkdir(parents=True)
    for directory in (tmp_path / "acme", vendor):
        (directory / "__init__.py").touch()
    shutil.copytree(
        PACKAGE, vendor / "plexy_pay", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(
        PACKAGE, tmp_path / "second_pay", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    copies = [
        importlib.import_module(name)
        for name in ("acme._vendor.plexy_pay", "second_pay")
    ]
    with RunningSandbox() as sandbox:
        for number, copy in enumerate(copies):
            client = copy.PlexyPay("pr_sandbox", base_url=sandbox.base_url)
            link = client.payment_links.create(
                amount=copy.Money("22000", "KZT"), order_reference=f"ORD-{number}"
            )
            assert type(link).__module__.startswith(copy.__name__)
            with pytest.raises(copy.NotFoundError):
                client.payment_links.retrieve("pl_unknown")
            client.close()
    assert copies[0].NotFoundError is not copies[1].NotFoundError
    for adapter in ADAPTERS:
        first, second = (
            importlib.import_module(f"{copy.__name__}.webhooks.{adapter.stem}")
            for copy in copies
        )
        assert first.Receiver is not second.Receiver


@pytest.mark.filterwarnings("ignore::plexy_pay.PlexyDeprecationWarning")
def test_a_filter_of_pytest_finds_the_class_of_warnings_at_the_top_of_the_package() -> (
    None
):
    deprecation.warn("Any other filter makes an error of this.")
    assert "plexy_pay._core.deprecation" not in modules_after("import plexy_pay")
