"""The client follows the document: its keys, headers and origins are what security schemes and servers say."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import plexy_pay
import pytest
from helpers.specs import BASE, edited, write_spec
from helpers.wire import WireServer, http
from plexy_pay_sandbox import RunningSandbox, create_app

from generator import pipeline
from generator.document import Document
from generator.emit.clients import arguments
from generator.loader import load
from generator.model.api import ARGUMENTS
from generator.model.build import build, read

ROOT = "openapi.yaml"
SCHEME = "      name: Authorization\n      x-family: pay\n"
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import client_of_links as package
client = package.PlexyPay(base_url=sys.argv[2])
client.links.retrieve("L1")
print(package._families.FAMILIES["pay"].origins)
for header in ("Authorization", "X-Api-Key", "X-Links-Key"):
    try:
        client.links.retrieve("L1", options={"extra_headers": {header: "key_2"}})
    except package.InvalidParameterError:
        print("refused", header)
try:
    package.PlexyPay(environment="test").links.retrieve("L1")
except package.ConfigurationError as error:
    print(error)
"""


def spec(tmp_path: Path, *edits: tuple[str, str, str]) -> Path:
    files = BASE
    for edit in edits:
        files = edited(files, *edit)
    return write_spec(tmp_path / "spec", files)


def document(tmp_path: Path, *edits: tuple[str, str, str]) -> Document:
    return load(spec(tmp_path, *edits))


def test_another_origin_header_argument_and_variable_are_those_of_the_client(
    tmp_path: Path,
) -> None:
    root = spec(
        tmp_path,
        (ROOT, "url: https://api.links.kz", "url: https://pay.links.example"),
        (ROOT, SCHEME, "      name: X-Links-Key\n      x-family: pay\n"),
        (ROOT, "PLEXY_API_KEY", "LINKS_KEY"),
        (ROOT, "x-client-setting: api_key", "x-client-setting: merchant_key"),
    )
    pipeline.generate(root, tmp_path / "client_of_links")

    with WireServer(http(200, body=b'{"id": "L1"}')) as server:
        environment = {**os.environ, "LINKS_KEY": "key_1", "PLEXY_API_KEY": "another"}
        command = [sys.executable, "-c", PROGRAM, str(tmp_path), server.origin]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )

    assert done.returncode == 0, done.stderr
    [request] = server.requests
    assert ("x-links-key", "key_1") in request.headers
    assert "authorization" not in dict(request.headers)
    assert "{'live': 'https://pay.links.example'}" in done.stdout
    assert "No origin of the pay API" in done.stdout
    assert done.stdout.count("refused") == 3


def test_a_client_without_a_key_names_the_argument_and_the_variable_of_the_document(
    tmp_path: Path,
) -> None:
    root = spec(
        tmp_path,
        (ROOT, "PLEXY_API_KEY", "LINKS_KEY"),
        (ROOT, "x-client-setting: api_key", "x-client-setting: merchant_key"),
    )
    pipeline.generate(root, tmp_path / "client_of_links")

    program = "import sys\nsys.path.insert(0, sys.argv[1])\nimport client_of_links\nclient_of_links.PlexyPay()\n"
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (
        "Without merchant_key it is read from the environment variable LINKS_KEY"
        in done.stderr
    )


def test_the_client_and_the_sandbox_follow_the_spec_of_this_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec_copy = tmp_path / "spec"
    shutil.copytree(pipeline.SPEC.parent, spec_copy)
    root = spec_copy / ROOT
    text = root.read_text("utf-8")
    for old, new in (
        ("  - url: https://api.plexypay.com\n", "  - url: https://pay.plexy.example\n"),
        (
            "  - url: https://test-api.plexypay.com\n",
            "  - url: https://test.plexy.example\n",
        ),
        (
            "      name: Authorization\n      x-family: pay\n",
            "      name: X-Plexy-Key\n      x-family: pay\n",
        ),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    root.write_text(text, "utf-8")
    described_in = tmp_path / "openapi.json"
    pipeline.generate(root, tmp_path / "followed_pay", described_in=described_in)
    monkeypatch.syspath_prepend(str(tmp_path))
    package = importlib.import_module("followed_pay")

    described = json.loads(described_in.read_text("utf-8"))
    with (
        RunningSandbox(create_app(described)) as sandbox,
        package.PlexyPay(sandbox.key, base_url=sandbox.base_url) as client,
    ):
        link = client.payment_links.create(amount=100, currency="KZT")
        refused = httpx.get(
            f"{sandbox.base_url}/v1/transactions",
            headers={"Authorization": sandbox.key},
        )

    assert link.status == "active"
    assert (refused.status_code, "X-Plexy-Key" in refused.text) == (401, True)
    assert package._families.FAMILIES["pay"].origins == {
        "live": "https://pay.plexy.example",
        "test": "https://test.plexy.example",
    }


@pytest.mark.parametrize("client", [plexy_pay.PlexyPay, plexy_pay.AsyncPlexyPay])
def test_a_client_has_the_arguments_that_the_model_knows_and_no_other(
    client: type,
) -> None:
    """An argument that the model does not know would be taken and lost, or clash with one of the document."""
    api = build(load(pipeline.SPEC))
    named = [argument.name for argument in arguments(api)]
    assert set(inspect.signature(client).parameters) == {
        api.main.argument,
        *ARGUMENTS,
        *named,
    }


def test_the_model_has_each_family_with_its_place_and_evidence(tmp_path: Path) -> None:
    api = build(document(tmp_path))

    assert [family.name for family in api.families] == ["pay"]
    assert api.main.header == "Authorization"
    assert api.main.origins == {"live": "https://api.links.kz"}
    assert api.main.base_url is None
    assert api.main.origin.pointer == ("components", "securitySchemes", "apiKey")
    assert api.settings == ()


def test_the_families_of_the_spec_are_those_of_the_vendor() -> None:
    api = build(load(pipeline.SPEC))

    assert [
        (family.name, family.argument, family.header) for family in api.families
    ] == [
        ("pay", "api_key", "Authorization"),
        ("checkout", "checkout_api_key", "x-api-key"),
        ("gate", "gate_api_key", "Authorization"),
    ]
    assert [setting.argument for setting in api.settings] == [
        "checkout_version",
        "agent_id",
    ]
    assert all(family.sources for family in api.families)


@pytest.mark.parametrize(
    ("edit", "line", "says"),
    [
        (
            (ROOT, "      x-family: pay\n", "      x-family: Pay!\n"),
            "x-family: Pay!",
            "has no x-family",
        ),
        (
            (ROOT, "      x-client-setting: api_key\n", ""),
            "apiKey:",
            "no x-client-setting",
        ),
        (
            (ROOT, "      x-environment-variable: PLEXY_API_KEY\n", ""),
            "apiKey:",
            "no x-environment-variable",
        ),
        (
            (ROOT, SCHEME, SCHEME.replace("Authorization", "Content-Length")),
            "name: Content-Length",
            "no header",
        ),
        (
            (ROOT, SCHEME, SCHEME.replace("Authorization", "'X Key'")),
            "name: 'X Key'",
            "no header",
        ),
        (
            (ROOT, "x-client-setting: api_key", "x-client-setting: class"),
            "x-client-setting: class",
            "no x-client",
        ),
        (
            (
                ROOT,
                "  in: header\n      name: Authorization",
                "  in: query\n      name: key",
            ),
            "apiKey:",
            "in a header of its own",
        ),
        (
            (ROOT, "security:\n  - apiKey: []\n", ""),
            "openapi: 3.1.0",
            "scheme of its main family",
        ),
        (
            (ROOT, "url: https://api.links.kz", "url: http://api.links.kz"),
            "- url: http://api.links.kz",
            "no origin",
        ),
        (
            (ROOT, "url: https://api.links.kz", "url: https://api.links.kz/v1"),
            "- url: https://api.links.kz/v1",
            "no origin",
        ),
        (
            (ROOT, "x-environment: live", "x-environment: prod"),
            "x-environment: prod",
            "no environment of its own",
        ),
        (
            (
                "paths/links.yaml",
                "x-family: pay\n    x-moves-money: true",
                "x-family: gate\n    x-moves-money: true",
            ),
            "x-family: gate",
            "sends the key of the family 'pay'",
        ),
    ],
)
def test_what_no_client_can_follow_is_named_with_its_line(
    tmp_path: Path, edit: tuple[str, str, str], line: str, says: str
) -> None:
    diagnostics = read(document(tmp_path, edit))[1]

    told = [diagnostic for diagnostic in diagnostics if says in diagnostic.message]
    assert told, diagnostics
    text = Path(told[0].file).read_text("utf-8").splitlines()[told[0].line - 1]
    assert text.strip() == line


def test_operations_of_one_family_have_one_origin(tmp_path: Path) -> None:
    names = "    x-resource: links\n    x-method: create"
    servers = "    servers:\n      - url: https://other.links.kz\n        x-environment: live\n"
    diagnostics = read(
        document(tmp_path, ("paths/links.yaml", names, servers + names))
    )[1]

    assert [
        "a family has one origin" in diagnostic.fix for diagnostic in diagnostics
    ] == [True]
