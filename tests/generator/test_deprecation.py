"""What a caller notices of something that the description calls deprecated: a warning at the caller's own line."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml
from helpers.generation import generate
from helpers.specs import BASE, edited, write_spec

from generator import lint, loader

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "golden_deprecated" / "openapi.yaml").read_text("utf-8")
)
VOID = "client.orders.void is deprecated since 0.2.0. Use client.orders.cancel. It will be removed in 0.4.0."
REASON = "The parameter `reason` of client.orders.void is deprecated."
STATE = (
    "The parameter `state` of client.orders.list is deprecated since 0.2.0. Use `status`. "
    "It will be removed in 0.4.0."
)
TITLE = "The parameter `title` of OrderRequest is deprecated. Use `name`."
MOBILE = "The parameter `mobile` of Payer is deprecated."

Seen = list[warnings.WarningMessage]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generate(tmp_path_factory.mktemp("deprecated"), DOCUMENT)


@pytest.fixture
def seen() -> Iterator[Seen]:
    """The warnings so far."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def respond(request: httpx.Request) -> httpx.Response:
    """Two pages of one order each; every other response is one order."""
    order = {"id": "o1", "label": "x", "payer": {"mobile": "1"}}
    if request.method == "GET":
        page = int(request.url.params.get("page", "1"))
        rows = [{**order, "id": f"o{page}"}] if page < 3 else []
        return httpx.Response(200, json={"data": rows})
    return httpx.Response(200, json=order)


def sync_client(package: ModuleType) -> Any:
    return package.PlexyPay("pr_0123456789", http_client=httpx.MockTransport(respond))


def async_client(package: ModuleType) -> Any:
    return package.AsyncPlexyPay(
        "pr_0123456789", http_client=httpx.MockTransport(respond)
    )


def texts(seen: Seen) -> list[str]:
    """What was warned of; each warning points into this file and is of our class."""
    for warning in seen:
        assert warning.filename == __file__, warning
        assert warning.category.__name__ == "PlexyDeprecationWarning"
        assert issubclass(warning.category, DeprecationWarning)
    return [str(warning.message) for warning in seen]


def test_a_deprecated_call_warns_once_at_the_caller_s_line(
    package: ModuleType, seen: Seen
) -> None:
    client = sync_client(package)
    line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
    client.orders.void("o1")
    assert texts(seen) == [VOID]
    assert seen[0].lineno == line


def test_raw_calls_and_functions_warn_alike(package: ModuleType, seen: Seen) -> None:
    from importlib import import_module

    client = sync_client(package)
    client.with_raw_response.orders.void("o1")
    function = import_module(f"{package.__name__}.api.orders.void_order")
    function.sync("o1", client=client)
    function.sync_detailed("o1", client=client)
    assert texts(seen) == [VOID] * 3


def test_an_async_call_warns_where_it_is_awaited(
    package: ModuleType, seen: Seen
) -> None:
    async def run() -> None:
        async with async_client(package) as client:
            await client.orders.void("o1")
            await client.with_raw_response.orders.void("o1")

    asyncio.run(run())
    assert texts(seen) == [VOID] * 2


def test_a_deprecated_parameter_warns_only_when_it_is_passed(
    package: ModuleType, seen: Seen
) -> None:
    client = sync_client(package)
    client.orders.list(status="paid").to_list()
    assert texts(seen) == []
    client.orders.void("o1", reason="x")
    assert texts(seen) == [VOID, REASON]


@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_a_list_warns_when_it_is_called_and_not_for_each_page(
    package: ModuleType, seen: Seen, flavour: str
) -> None:
    async def run() -> int:
        pager = async_client(package).orders.list(state="paid")
        assert texts(seen) == [STATE]
        return len([row async for row in pager])

    if flavour == "async":
        assert asyncio.run(run()) == 2
    else:
        assert len(sync_client(package).orders.list(state="paid").to_list()) == 2
    assert texts(seen) == [STATE]


def test_a_deprecated_field_warns_when_it_is_passed_however_deep_and_however_written(
    package: ModuleType, seen: Seen
) -> None:
    client, models = sync_client(package), package.models
    client.orders.create(name="n", payer={"phone": "1"})
    assert texts(seen) == []
    client.orders.create(title="t")
    client.orders.create(payer={"mobile": "1"})
    payer = models.Payer(mobile="1")
    assert texts(seen) == [TITLE, MOBILE, MOBILE]
    client.orders.create(payer=payer)
    assert len(seen) == 3, "the model has warned when it was made"


def test_reading_a_response_warns_of_nothing(package: ModuleType, seen: Seen) -> None:
    order = sync_client(package).orders.create(name="n")
    assert (order.label, order.payer.mobile) == ("x", "1")
    order.to_dict()
    assert seen == []


def test_the_docs_of_each_thing_say_it(package: ModuleType) -> None:
    client = sync_client(package)
    assert VOID in " ".join(str(inspect.getdoc(client.orders.void)).split())
    assert "It is deprecated since 0.2.0. Use `status`." in " ".join(
        str(client.orders.list.__doc__).split()
    )
    assert "It is deprecated." in str(package.models.Order.__doc__)
    source = inspect.getsource(sys.modules[package.models.Order.__module__])
    assert "What it is called. It is deprecated since 0.2.0." in source


def test_a_test_suite_can_turn_the_warnings_into_errors(package: ModuleType) -> None:
    warning = package.PlexyDeprecationWarning
    with warnings.catch_warnings():
        warnings.simplefilter("error", warning)
        with pytest.raises(warning, match="is deprecated since"):
            sync_client(package).orders.void("o1")


def test_a_package_without_deprecations_never_loads_the_module(tmp_path: Path) -> None:
    document = json.loads(
        json.dumps(DOCUMENT).replace('"deprecated": true', '"deprecated": false')
    )
    module = generate(tmp_path, document)
    sync_client(module).orders.void("o1")
    sync_client(module).orders.create(title="t")
    assert f"{module.__name__}._core.deprecation" not in sys.modules
    directory = Path(str(module.__file__)).parent
    directories = (
        *directory.glob("api/*/*.py"),
        *directory.glob("_resources/*.py"),
        *directory.glob("models/*.py"),
    )
    assert not [path for path in directories if "deprecat" in path.read_text("utf-8")]


PROGRAM = """\
from {name} import AsyncPlexyPay, PlexyPay
from {name}.api.orders import void_order

client = PlexyPay()
client.orders.create(name="n")
client.orders.void("o1")
void_order.sync("o1", client=client)


async def main() -> None:
    await AsyncPlexyPay().orders.void("o1")
"""


@pytest.mark.parametrize("checker", ["pyright", "mypy"])
def test_type_checkers_strike_out_the_calls_of_a_program_and_none_inside_the_package(
    package: ModuleType, checker: str, tmp_path: Path
) -> None:
    home = Path(str(package.__file__)).parent
    program = home.parent / "program.py"
    program.write_text(PROGRAM.format(name=package.__name__), "utf-8")
    if checker == "pyright":
        config = {
            "typeCheckingMode": "strict",
            "include": ["program.py", f"{home.name}/api", f"{home.name}/_resources"],
        }
        (home.parent / "pyrightconfig.json").write_text(json.dumps(config), "utf-8")
        command = [
            "-m",
            "pyright",
            "-p",
            str(home.parent),
            "--pythonpath",
            sys.executable,
        ]
    else:
        command = [
            "-m",
            "mypy",
            "--strict",
            "--config-file",
            "",
            "--enable-error-code",
            "deprecated",
        ]
        command += ["--cache-dir", str(tmp_path), "program.py"]
    run = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=home.parent,
    )
    found = [
        line
        for line in run.stdout.splitlines()
        if "error:" in line and "is deprecated" in line
    ]
    assert len(found) == 3, run.stdout
    assert all("program.py" in line for line in found), run.stdout
    assert run.stdout.count("client.orders.void is deprecated since 0.2.0.") == 3


# -- the mark in the spec


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("deprecated: true\n      x-deprecated: {use: x}", ""),
        ("x-deprecated: {use: x}", "x-deprecated stands where nothing is deprecated"),
        ("deprecated: true\n      x-deprecated: soon", "x-deprecated is no mapping"),
        ("deprecated: true\n      x-deprecated: {}", "x-deprecated is no mapping"),
        (
            "deprecated: true\n      x-deprecated: {instead: x}",
            "x-deprecated has the unknown key 'instead'",
        ),
        (
            "deprecated: true\n      x-deprecated: {since: 0.2}",
            "`since` of x-deprecated is no text",
        ),
    ],
)
def test_the_mark_says_what_to_do(tmp_path: Path, mark: str, message: str) -> None:
    old = "    requestId:\n      type: string\n"
    files = edited(BASE, "schemas/links.yaml", old, f"{old}      {mark}\n")
    root = write_spec(tmp_path, files)
    diagnostics = lint.lint(root, loader.load(root), redocly=False, overlaid=False)
    assert [diagnostic.message for diagnostic in diagnostics] == (
        [message] if message else []
    )
