"""The pages of the reference: all of the API is on them, and nothing that contradicts the docstrings."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import plexy_pay
import pytest
from helpers.method_examples import example_of, methods
from plexy_pay import OutcomeUnknownError, PlexyError, PlexyPay, webhooks
from plexy_pay_sandbox import pytest_plugin

from generator.formatting import ruff
from generator.model.api import Api
from generator.reference import events, pages, settings
from generator.site import navigation, staging, twins
from generator.site.python_text import PythonText

OPERATION = "reference/operations/{}.md"
METHODS = methods("sync")
#: The names of these modules have pages of their own, or stand in those of the models.
MODULES = (
    "plexy_pay",
    "plexy_pay.cards",
    "plexy_pay.errors",
    "plexy_pay.models",
    "plexy_pay.params",
    "plexy_pay.webhooks",
    "plexy_pay.webhooks.aiohttp",
    "plexy_pay.webhooks.aws",
    "plexy_pay.webhooks.django",
    "plexy_pay.webhooks.fastapi",
    "plexy_pay.webhooks.flask",
    "plexy_pay_sandbox",
)


def section_of(reference: dict[str, str], call: str) -> str:
    """Return what the reference says of an operation, on one line."""
    page = reference[OPERATION.format(call.rpartition(".")[0].replace(".", "_"))]
    section = page.partition(f"{{ #{call} }}")[2].partition("\n## ")[0]
    return " ".join(section.split())


def test_the_same_model_makes_the_same_pages(
    api: Api, reference: dict[str, str]
) -> None:
    assert pages(api) == reference


@pytest.mark.parametrize("call", METHODS)
def test_an_operation_says_of_money_what_its_docstring_says(
    reference: dict[str, str], call: str
) -> None:
    section = section_of(reference, call)
    doc = " ".join((inspect.getdoc(METHODS[call]) or "").split())
    assert ("| Moves money | Yes. |" in section) == ("This call moves money." in doc)
    retried = re.search(r"Retried: (.+?) Evidence: ", doc)
    assert retried is not None
    told = re.search(r"\| Repeated by the client \| (.+?) \|", section)
    assert told is not None
    assert told[1].lower() == retried[1].lower()
    refuses = "InferredOperationError: unless the client was made" in doc
    assert ("| Only inferred |" in section) == refuses


@pytest.mark.parametrize("call", METHODS)
def test_an_operation_names_each_parameter_and_the_function_below(
    reference: dict[str, str], call: str
) -> None:
    section = section_of(reference, call)
    for name in inspect.signature(METHODS[call]).parameters:
        assert f"| `{name}`" in section
    assert "The function below the method is `plexy_pay.api." in section
    for heading in ("money", "example", "parameters", "result", "errors", "evidence"):
        assert f"{{ #{call}-{heading} }}" in section


@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
@pytest.mark.parametrize("call", METHODS)
def test_an_operation_raises_for_a_status_what_its_page_says(
    reference: dict[str, str], call: str
) -> None:
    rows = re.findall(r"\| `(\d+)` \| [^|]+ \| `(.+?)` \|", section_of(reference, call))
    told = {int(status): raised for status, raised in rows}
    # One that is described is a promise; a 500 is described for every operation.
    assert 500 in told or call == "gate.health"
    for status, raised in told.items():
        error = raised_by(call, status)
        named = type(error).__name__
        if isinstance(error, OutcomeUnknownError):
            named += f"`, because of `{type(error.cause).__name__}"
        assert named == raised


def raised_by(call: str, status: int) -> PlexyError:
    """Return the error of a call that the API answers with a status."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json={"message": "no"})

    transport = httpx.MockTransport(answer)
    with httpx.Client(transport=transport) as http:
        client = PlexyPay(
            "pr_1",
            checkout_api_key="ck_1",
            gate_api_key="gk_1",
            agent_id="a",
            base_url="http://127.0.0.1:1",
            max_retries=0,
            http_client=http,
        )
        program = compile(example_of(METHODS[call]), "<example>", "exec")
        with pytest.raises(PlexyError) as raised:
            exec(program, {"client": client})
    return raised.value


def test_every_function_below_a_method_exists(reference: dict[str, str]) -> None:
    named = re.findall(r"`(plexy_pay\.api\.[\w.]+)`", "\n".join(reference.values()))
    functions = [name for name in named if name.count(".") == 3]
    assert len(functions) == 63
    for name in functions:
        importlib.import_module(name)


@pytest.fixture(scope="module")
def texts(reference: dict[str, str]) -> str:
    """All pages of the reference, with what the docstrings say."""
    names = PythonText()
    return "\n".join(names.expanded(text) for text in reference.values())


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_on_a_page(texts: str, module: str) -> None:
    names: list[str] = list(importlib.import_module(module).__all__)
    here = "plexy_pay" if module == "plexy_pay.errors" else module
    missing = [
        name
        for name in names
        if f"`{here}.{name}`" not in texts and f"## `{name}` {{ #{name} }}" not in texts
    ]
    assert missing == []


def test_every_fixture_is_on_a_page(texts: str) -> None:
    fixtures = [name for name in vars(pytest_plugin) if name.startswith("plexy_")]
    assert len(fixtures) > 4
    for name in fixtures:
        assert f"`plexy_pay_sandbox.pytest_plugin.{name}`" in texts


def test_every_environment_variable_is_on_the_page_of_the_configuration(
    reference: dict[str, str],
) -> None:
    package = Path(plexy_pay.__path__[0])
    read: set[str] = set()
    for source in package.rglob("*.py"):
        text = source.read_text("utf-8")
        read |= set(re.findall(r"""['"](PLEXY_[A-Z_]+)['"]""", text))
    page = reference["reference/configuration.md"]
    named = set(re.findall(r"^\| `(PLEXY_[A-Z_]+)`", page, re.MULTILINE))
    assert named == read
    assert {name for name, _, _ in settings.OWN_VARIABLES} <= read


def test_the_handler_of_each_event_takes_the_payload_beside_it(
    api: Api, reference: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = reference[events.PATH]
    assert len(api.events) == len(webhooks.EVENTS) == 14
    for event in api.events:
        body, program = events.payload(event), events.handler(event)
        for line in (*body.splitlines(), *program.splitlines()):
            assert line in page
        names: dict[str, Any] = {}
        exec(compile(program, event.key, "exec", dont_inherit=True), names)
        secret = getattr(webhooks, event.secret)("secret")
        headers = webhooks.sign(body.encode(), secret=secret)
        taken = webhooks.unwrap(body.encode(), headers, secret=secret)
        names["handle"](taken)
        assert type(taken).__name__ == event.class_name
        assert capsys.readouterr().out.startswith(taken.dedup_id)
        assert taken.payload == json.loads(body, parse_float=Decimal)


def test_the_programs_are_formed_as_ruff_forms_them(
    reference: dict[str, str], tmp_path: Path
) -> None:
    shown = [
        "".join(line[4:] or "\n" for line in code.splitlines(keepends=True))
        for text in reference.values()
        for code in re.findall(r"^    ```python\n(.*?)^    ```$", text, re.M | re.S)
    ]
    assert len(shown) == 2 * 63 + 14
    for number, code in enumerate(shown):
        (tmp_path / f"program_{number}.py").write_text(code, "utf-8")
    done = ruff("format", "--isolated", "--diff", str(tmp_path))
    assert done.stdout == ""
    done = ruff("check", "--isolated", "--select", "F,I", str(tmp_path))
    assert done.returncode == 0, done.stdout


# -- the site -------------------------------------------------------------------------------------------------


def test_every_page_is_in_the_navigation_once(reference: dict[str, str]) -> None:
    found = {path for path, _ in staging.written_pages()} | reference.keys()
    assert navigation.problems(found) == []


def test_the_navigation_says_what_is_missing(tmp_path: Path) -> None:
    config = tmp_path / "mkdocs.yml"
    config.write_text("nav:\n  - A:\n      - One: a.md\n      - B: [c.md, a.md]\n")
    assert navigation.problems({"a.md", "b.md"}, config) == [
        "mkdocs.yml names c.md, which is no page. Take the line out, or write the page.",
        "b.md is a page that the navigation lacks. Add it to `nav` in mkdocs.yml.",
        "mkdocs.yml names a.md twice. Take one of the lines out.",
    ]
    assert [one.section for one in navigation.entries(config)] == ["A", "A", "A"]


def test_a_twin_needs_no_extension(reference: dict[str, str]) -> None:
    twin = twins.plain(reference[OPERATION.format("payments")])
    assert "**Async**\n\n```python\nimport asyncio\n" in twin
    for left in ("===", "{ #", "{ .", ":::"):
        assert left not in twin
    assert twins.title_of(twin) == "Payments"
    assert twins.summary_of(twin).startswith("The resource `client.payments` has")
