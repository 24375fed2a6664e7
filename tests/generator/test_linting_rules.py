"""Our own rules: each finds the document that breaks it, and says where and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from helpers.specs import BASE, broken, edited, write_spec
from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics import Diagnostic
from generator.document import Document
from generator.lint import rules
from generator.lint.rules import (
    DocumentRule,
    Rule,
    amounts,
    claims,
    examples,
    families,
    known_words,
    logs,
    names,
    next_actions,
    operations,
    reconciliation,
    required,
    schemas,
    webhooks,
)
from generator.loader import load
from generator.model.build import build, read

Edit = tuple[str, str, str]
Breaks = Callable[..., "Found"]

ROOT, PATHS, LINKS, ERRORS = (
    "openapi.yaml",
    "paths/links.yaml",
    "schemas/links.yaml",
    "schemas/errors.yaml",
)


class Found:
    """A diagnostic, with the text of the line it points at."""

    def __init__(self, diagnostic: Diagnostic, directory: Path) -> None:
        path = Path(diagnostic.file)
        self.at = (path.relative_to(directory).as_posix(), diagnostic.line)
        self.text = (
            path.read_text(encoding="utf-8").splitlines()[diagnostic.line - 1].strip()
        )
        self.file = self.at[0]
        self.message = diagnostic.message
        self.fix = diagnostic.fix


def the_reader(document: Document) -> list[Diagnostic]:
    """Return what the reader of the model finds to be wrong: the form of what is written."""
    model = read(document)
    return [*model.diagnostics, *model.flaws]


def diagnostics_of(document: Document) -> list[Diagnostic]:
    """Return what the reader and all rules find, each once."""
    return sorted({*the_reader(document), *rules.check(document, read(document).api)})


@pytest.fixture(name="breaks")
def _breaks(tmp_path: Path) -> Breaks:
    """Edits the base document so that it breaks one rule, once, and no other."""

    def check(
        rule: Rule | DocumentRule, *edits: Edit, files: dict[str, str] = BASE
    ) -> Found:
        for edit in edits:
            files = edited(files, *edit)
        document = load(write_spec(tmp_path, files))
        diagnostics = diagnostics_of(document)
        subject: Any = read(document).api if rule in rules.RULES else document
        assert diagnostics == sorted(set(rule(subject)))
        assert len(diagnostics) == 1, [str(diagnostic) for diagnostic in diagnostics]
        return Found(diagnostics[0], tmp_path)

    return check


def passes(tmp_path: Path, *edits: Edit) -> bool:
    """Whether the base document with these changes breaks no rule."""
    files = BASE
    for edit in edits:
        files = edited(files, *edit)
    return not diagnostics_of(load(write_spec(tmp_path, files)))


def test_the_base_document_breaks_no_rule(tmp_path: Path) -> None:
    assert diagnostics_of(load(write_spec(tmp_path, BASE))) == []


def test_every_rule_is_registered_and_explained() -> None:
    modules = (
        *(amounts, claims, examples, families, known_words, logs, names, next_actions),
        *(operations, reconciliation, required, schemas, webhooks),
    )
    defined = {
        value
        for module in modules
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", "") == module.__name__
        and not name.startswith("_")
    }

    assert defined == {*rules.RULES, *rules.DOCUMENT_RULES}
    assert all(rule.__doc__ for rule in defined)


# -- operations --------------------------------------------------------------------------------------------


def test_an_operation_without_an_id_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (PATHS, "    operationId: createLink\n", ""))

    assert (found.file, found.text) == (PATHS, "post:")
    assert found.message == "POST /v1/links has no operationId in camelCase"
    assert "operationId: createPaymentLink" in found.fix


@pytest.mark.parametrize(
    "name", ["create_link", "CreateLink", "create-link", "1create", '""', "7", "[a]"]
)
def test_an_operation_id_that_is_not_camel_case_is_found(
    breaks: Breaks, name: str
) -> None:
    found = breaks(
        the_reader, (PATHS, "operationId: createLink", f"operationId: {name}")
    )

    assert found.text == f"operationId: {name}"


@pytest.mark.parametrize("name", ["listLinks", "listLINKS"])
def test_an_operation_id_that_is_there_twice_in_python_is_found(
    breaks: Breaks, name: str
) -> None:
    found = breaks(
        operations.operation_id_is_unique,
        (PATHS, "operationId: createLink", f"operationId: {name}"),
    )

    assert found.text == f"operationId: {name}"
    assert "of GET /v1/links" in found.message


def test_a_webhook_without_an_id_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (ROOT, "      operationId: onLinkPaid\n", ""))

    assert (found.file, found.text) == (ROOT, "post:")
    assert "webhook link.paid" in found.message


@pytest.mark.parametrize(
    "name",
    [
        *("Links", "my-links", "import", "_x", "2x", "a__b", "true", ""),
        *("shop.Links", "shop.", ".links", "shop..links", "shop.import", "shop links"),
    ],
)
def test_a_resource_that_is_no_name_in_python_is_found(
    breaks: Breaks, name: str
) -> None:
    edit = (
        PATHS,
        "x-resource: links\n    x-method: create",
        f"x-resource: {name}\n    x-method: create",
    )

    found = breaks(the_reader, edit)

    assert found.text == f"x-resource: {name}".strip()
    assert found.fix == (
        "write `x-resource:` with a name in snake_case, such as payment_links or gate.orders"
    )


def test_a_resource_may_stand_below_another(tmp_path: Path) -> None:
    links = "x-resource: links\n    x-method: "

    assert passes(
        tmp_path,
        (PATHS, links + "list", "x-resource: shop.links\n    x-method: list"),
        (PATHS, links + "create", "x-resource: shop.links\n    x-method: create"),
        (PATHS, links + "retrieve", "x-resource: shop\n    x-method: retrieve"),
    )


def test_an_operation_without_a_method_name_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (PATHS, "    x-method: create\n", ""))

    assert found.text == "post:"
    assert "no x-method" in found.message
    assert found.fix.endswith("such as create")


def test_two_operations_that_are_called_alike_are_found(breaks: Breaks) -> None:
    found = breaks(
        operations.call_is_unique, (PATHS, "x-method: create", "x-method: list")
    )

    assert found.text == "x-method: list"
    assert found.message == "POST /v1/links is called links.list, as is GET /v1/links"


def test_an_operation_that_is_called_like_a_resource_is_found(breaks: Breaks) -> None:
    links = "x-resource: links\n    x-method: "

    found = breaks(
        operations.call_is_unique,
        (PATHS, links + "list", "x-resource: shop.links\n    x-method: list"),
        (PATHS, links + "create", "x-resource: shop\n    x-method: links"),
    )

    assert found.text == "x-method: links"
    assert found.message == "POST /v1/links is called shop.links, as is a resource"


@pytest.mark.parametrize(
    "value", ["", "    x-moves-money: maybe\n", "    x-moves-money: 1\n"]
)
def test_an_operation_that_does_not_say_whether_it_moves_money_is_found(
    breaks: Breaks, value: str
) -> None:
    edit = (PATHS, "    x-moves-money: true\n", value)

    found = breaks(the_reader, edit)

    assert found.text == (value.strip() or "post:")
    assert found.fix == "write `x-moves-money: true` or `x-moves-money: false`"


def test_an_operation_of_an_unknown_family_is_found(breaks: Breaks) -> None:
    edit = (
        PATHS,
        "x-family: pay\n    x-moves-money: true",
        "x-family: pya\n    x-moves-money: true",
    )

    found = breaks(the_reader, edit)

    assert found.text == "x-family: pya"
    assert "write `x-family: pay`" in found.fix


CREATE_TAGS = "    summary: Create a link\n    tags:\n      - Links\n"


def test_an_operation_without_a_tag_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (PATHS, CREATE_TAGS, "    summary: Create a link\n"))

    assert found.text == "post:"
    assert found.message == "POST /v1/links has 0 tags"


def test_an_operation_with_two_tags_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (PATHS, CREATE_TAGS, CREATE_TAGS + "      - Links\n"))

    assert found.text == "tags:"
    assert "exactly one" in found.fix


def test_a_tag_that_is_not_declared_is_found(breaks: Breaks) -> None:
    found = breaks(
        the_reader, (PATHS, CREATE_TAGS, CREATE_TAGS.replace("- Links", "- Lniks"))
    )

    assert "'Lniks', which is not declared" in found.message
    assert "`tags` in the root document" in found.fix


RETRIEVE_401 = '            example:\n              id: L1\n      "401":'


def test_an_operation_without_a_401_is_found(breaks: Breaks) -> None:
    edit = (PATHS, RETRIEVE_401, RETRIEVE_401.replace("401", "403"))

    found = breaks(operations.operation_lists_its_errors, edit)

    assert found.text == "responses:"
    assert found.message == "GET /v1/links/{id} has no 401 response"
    assert "components.responses" in found.fix


def test_an_operation_without_any_errors_is_found(breaks: Breaks) -> None:
    kept, errors = dedent(BASE[PATHS]).rsplit('      "401":', 1)
    assert '"500":' in errors

    found = breaks(operations.operation_lists_its_errors, files={**BASE, PATHS: kept})

    assert (
        found.message == "GET /v1/links/{id} has no 401 and no 4xx and no 5xx response"
    )


def test_an_operation_without_a_key_is_found(breaks: Breaks) -> None:
    """Every call of the client carries a key: to leave it out in silence would call something else."""
    edit = (
        PATHS,
        "    x-method: retrieve\n",
        "    x-method: retrieve\n    security: []\n",
    )

    found = breaks(the_reader, edit)

    assert found.text == "security: []"


def test_a_parameter_of_the_path_that_is_not_declared_is_found(breaks: Breaks) -> None:
    edits = [
        (
            ROOT,
            "/v1/links/{id}:\n    $ref: paths/links.yaml#/~1v1~1links~1{id}",
            "/v1/links/{id}/{part}:\n    $ref: x",
        ),
        (ROOT, "$ref: x", "$ref: paths/links.yaml#/~1v1~1links~1{id}~1{part}"),
        (PATHS, "/v1/links/{id}:", "/v1/links/{id}/{part}:"),
    ]

    found = breaks(operations.path_and_parameters_agree, *edits)

    assert (found.file, found.text) == (PATHS, "get:")
    assert "'part'" in found.message
    assert found.fix == "add a parameter with `name: part` and `in: path`"


def test_a_path_parameter_that_is_not_in_the_path_is_found(breaks: Breaks) -> None:
    more = "    - name: part\n      in: path\n      required: true\n      schema: {type: string}\n      example: a\n"

    found = breaks(
        operations.path_and_parameters_agree,
        (
            PATHS,
            "  parameters:\n    - name: id\n",
            "  parameters:\n" + more + "    - name: id\n",
        ),
    )

    assert found.text == "- name: part"
    assert "`{part}` in the path" in found.fix


def test_a_path_parameter_that_is_not_required_is_found(breaks: Breaks) -> None:
    found = breaks(
        operations.path_and_parameters_agree,
        (PATHS, "      required: true\n      schema", "      schema"),
    )

    assert found.text == "- name: id"
    assert found.fix == "write `required: true`"


@pytest.mark.parametrize(
    ("old", "new", "text", "fix"),
    [
        ("page: page", "page: pgae", "page: pgae", "`page`"),
        ("size: size", "size: sise", "size: sise", "`size`"),
        ("total: total", "total: totla", "total: totla", "`total`"),
        ("total: total", "total: total\n      identity: uid", "identity: uid", "`id`"),
        (
            "total: total",
            "totals: total",
            "totals: total",
            "use items, page, size, total, identity, whole",
        ),
        ("      size: size\n", "", "x-pagination:", "add `size:`, or `whole: true`"),
        (
            "total: total\n      x-evidence: inferred",
            "total: total",
            "x-pagination:",
            "add `x-evidence:`",
        ),
        (
            "total: total",
            "total: total\n      whole: false",
            "whole: false",
            "write `whole: true`, or remove it",
        ),
    ],
)
def test_a_pagination_that_names_what_does_not_exist_is_found(
    breaks: Breaks, old: str, new: str, text: str, fix: str
) -> None:
    found = breaks(the_reader, (PATHS, old, new))

    assert (found.file, found.text) == (PATHS, text)
    assert fix in found.fix


@pytest.mark.parametrize(
    ("new", "text", "fix"),
    [
        ("      items: dtaa\n", "items: dtaa", "`data`"),
        ("      items: total\n", "items: total", "holds the list"),
        ("", "x-pagination:", "add `items:`"),
    ],
)
def test_a_pagination_without_rows_is_found(
    breaks: Breaks, new: str, text: str, fix: str
) -> None:
    found = breaks(the_reader, (PATHS, "      items: data\n", new))

    assert (found.file, found.text) == (PATHS, text)
    assert fix in found.fix


def test_a_pagination_may_name_what_tells_items_apart(tmp_path: Path) -> None:
    assert passes(tmp_path, (PATHS, "total: total", "total: total\n      identity: id"))


ARRAY = (
    (
        LINKS,
        "response.Links:\n  type: object\n  x-evidence: inferred\n  properties:\n    data:\n      type: array\n"
        '      items:\n        $ref: "#/response.Link"\n    total:\n      type: integer\n',
        'response.Links:\n  type: array\n  x-evidence: inferred\n  items:\n    $ref: "#/response.Link"\n',
    ),
    (
        PATHS,
        "              data:\n                - id: L1\n              total: 1\n",
        "              - id: L1\n",
    ),
)
WHOLE = (
    PATHS,
    "      items: data\n      page: page\n      size: size\n      total: total\n",
    "      whole: true\n",
)


def test_a_get_that_lists_without_pagination_is_found(breaks: Breaks) -> None:
    mark = "    x-pagination:\n      items: data\n      page: page\n      size: size\n      total: total\n"
    edit = (PATHS, mark + "      x-evidence: inferred\n", "")

    for edits in ([edit], [edit, *ARRAY, (PATHS, "x-method: list", "x-method: links")]):
        found = breaks(the_reader, *edits)

        assert (found.file, found.text) == (PATHS, "get:")
        assert "add x-pagination; an array without pages has `whole: true`" in found.fix


def test_an_array_is_its_own_items_whole_or_in_pages(
    breaks: Breaks, tmp_path: Path
) -> None:
    paged = (PATHS, "      items: data\n", "")
    no_total = (PATHS, "      total: total\n", "")
    for number, edits in enumerate(([WHOLE], [paged, no_total])):
        directory = tmp_path / str(number)
        directory.mkdir()
        assert passes(directory, *ARRAY, *edits)

    found = breaks(the_reader, *ARRAY, paged)
    assert found.text == "total: total"
    assert "an array is its own items" in found.fix


def test_a_list_cannot_be_asked_for_whole_and_in_pages(breaks: Breaks) -> None:
    both = (PATHS, "      total: total\n", "      whole: true\n")
    found = breaks(the_reader, *ARRAY, (PATHS, "      items: data\n", ""), both)

    assert found.text == "whole: true"
    assert found.fix == "remove `whole:`, or `page:` and `size:`"


def test_a_list_whose_items_nothing_tells_apart_is_found(breaks: Breaks) -> None:
    edit = (
        LINKS,
        '        $ref: "#/response.Link"\n',
        "        $ref: errors.yaml#/response.Error\n",
    )

    found = breaks(the_reader, edit)

    assert found.text == "x-pagination:"
    assert "add `identity:`" in found.fix


def setting(place: str, name: str, *, required: bool = False) -> Edit:
    """A parameter of the list of links that the client fills from its settings."""
    parameter = f"      - name: Version\n        in: {place}\n        schema: {{type: string}}\n        example: a\n"
    mark = (
        f"        x-evidence: inferred\n        x-client-setting: {name}\n"
        + "        required: true\n" * required
    )
    return (
        PATHS,
        "    parameters:\n      - name: page\n",
        f"    parameters:\n{parameter}{mark}      - name: page\n",
    )


def test_a_header_may_be_filled_by_the_version_of_the_client(tmp_path: Path) -> None:
    assert passes(tmp_path, setting("header", "checkout_version"))


@pytest.mark.parametrize(
    ("place", "name", "said"),
    [
        ("query", "checkout_version", "fill path parameters and headers"),
        ("header", "checkoutVersion", "no name for an argument"),
        ("header", "base_url", "'base_url' is taken"),
        ("header", "api_key", "'api_key' is taken"),
    ],
)
def test_a_setting_that_the_client_does_not_have_there_is_found(
    breaks: Breaks, place: str, name: str, said: str
) -> None:
    found = breaks(the_reader, setting(place, name))

    assert found.text == f"x-client-setting: {name}"
    assert said in found.message


def test_a_required_header_that_a_setting_fills_is_found(breaks: Breaks) -> None:
    edit = setting("header", "checkout_version", required=True)

    found = breaks(families.header_of_a_setting_may_be_left_out, edit)

    assert found.text == "required: true"


def test_an_idempotency_key_that_does_not_exist_is_found(breaks: Breaks) -> None:
    edit = (PATHS, "x-idempotency-key: requestId", "x-idempotency-key: requestID")

    found = breaks(the_reader, edit)

    assert found.text == "x-idempotency-key: requestID"
    assert "`requestId`" in found.fix


# -- names -------------------------------------------------------------------------------------------------


def test_a_request_property_that_clashes_with_the_call_options_is_found(
    breaks: Breaks,
) -> None:
    edit = (
        LINKS,
        "    requestId:\n",
        "    options:\n      type: string\n    requestId:\n",
    )

    found = breaks(names.keywords_are_unique, edit)

    assert (found.file, found.text) == (LINKS, "options:")
    assert "keyword `options`" in found.message


KNOWN_AMOUNT = "    amount: {type: number, x-amount-unit: major, x-amount-unit-evidence: inferred}\n"
PARAMETER = "      - {name: NAME, in: header, schema: {type: string}, example: a, x-evidence: inferred}\n"


def test_a_parameter_and_a_property_that_are_one_keyword_are_found(
    breaks: Breaks,
) -> None:
    parameters = "    parameters:\n" + PARAMETER.replace("NAME", "request_id")
    edit = (
        PATHS,
        "    operationId: createLink\n",
        "    operationId: createLink\n" + parameters,
    )

    found = breaks(names.keywords_are_unique, edit)

    assert (found.file, found.text) == (LINKS, "requestId:")
    assert found.message == (
        "'requestId' and 'request_id' would both be the keyword `request_id` of POST /v1/links in Python"
    )
    assert found.fix == "remove or rename one of them"


@pytest.mark.parametrize("name", ["Page", "page"])
def test_two_parameters_that_are_one_keyword_are_found(
    breaks: Breaks, name: str
) -> None:
    parameter = PARAMETER.replace("NAME", name)

    found = breaks(
        names.keywords_are_unique,
        (PATHS, "      - name: size\n", parameter + "      - name: size\n"),
    )

    assert found.text == parameter.strip()


def test_two_properties_that_are_one_name_in_python_are_found(breaks: Breaks) -> None:
    found = breaks(
        names.properties_are_unique,
        (LINKS, "    balance:\n", "    ID:\n      type: string\n    balance:\n"),
    )

    assert (found.file, found.text) == (LINKS, "ID:")
    assert "'ID' and 'id'" in found.message


@pytest.mark.parametrize("name", ["money", "moneyIn", "amount_money", "amountMoneyIn"])
def test_a_property_that_clashes_with_the_money_of_an_amount_is_found(
    breaks: Breaks, name: str
) -> None:
    found = breaks(
        names.money_properties_are_free,
        (ERRORS, "    note:\n", f"{KNOWN_AMOUNT}    {name}:\n"),
    )

    assert (found.file, found.text) == (ERRORS, f"{name}:")
    assert "gives an amount of the same object as Money" in found.message


def test_where_no_unit_is_known_a_property_may_be_called_money(tmp_path: Path) -> None:
    unknown = KNOWN_AMOUNT.replace("major", "unknown")

    assert passes(tmp_path, (ERRORS, "    note:\n", f"{unknown}    money:\n"))


def test_two_schemas_that_are_one_class_are_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (ERRORS, "Forgotten:", "link_status:"))

    assert found.text in ("link_status:", "LinkStatus:")
    assert (
        "LinkStatus and link_status would both become the class LinkStatus"
        in found.message
    )
    assert (
        found.fix == "rename one of the schemas, or give one a name with `x-class-name`"
    )


def test_a_name_of_a_class_that_is_no_text_is_found(breaks: Breaks) -> None:
    found = breaks(
        the_reader, (LINKS, "response.Link:\n", "response.Link:\n  x-class-name:\n")
    )
    assert found.message == "x-class-name of 'response.Link' is no text"


# -- evidence ----------------------------------------------------------------------------------------------

CREATE_EVIDENCE = "    x-evidence:\n      method: documented\n      path: documented\n"


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("", "post:"),
        ("    x-evidence: documented\n", "x-evidence: documented"),
        ("    x-evidence:\n      path: documented\n", "x-evidence:"),
    ],
)
def test_an_operation_without_evidence_is_found(
    breaks: Breaks, new: str, text: str
) -> None:
    found = breaks(the_reader, (PATHS, CREATE_EVIDENCE, new))

    assert found.text == text
    assert "x-evidence: {method: ..., path: ...}" in found.fix


def test_a_schema_without_evidence_is_found(breaks: Breaks) -> None:
    edit = (
        LINKS,
        "LinkStatus:\n  type: string\n  x-evidence: inferred\n",
        "LinkStatus:\n  type: string\n",
    )

    found = breaks(the_reader, edit)

    assert (found.file, found.text) == (LINKS, "LinkStatus:")
    assert "documented, documented-2023, observed, inferred" in found.fix


def test_a_webhook_without_evidence_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (ROOT, "      x-evidence: inferred\n", ""))

    assert (found.file, found.text) == (ROOT, "post:")


def test_a_query_parameter_without_evidence_is_found(breaks: Breaks) -> None:
    edit = (
        PATHS,
        "        example: 50\n        x-evidence: inferred\n",
        "        example: 50\n",
    )

    found = breaks(the_reader, edit)

    assert found.text == "- name: size"
    assert "'size'" in found.message


@pytest.mark.parametrize(
    ("file", "old", "new", "text"),
    [
        (
            PATHS,
            "path: inferred\n    x-source",
            "path: guessed\n    x-source",
            "path: guessed",
        ),
        (
            PATHS,
            "example: 50\n        x-evidence: inferred",
            "example: 50\n        x-evidence: seen",
            "x-evidence: seen",
        ),
        (LINKS, "enum:", "x-evidence: docs\n  enum:", "x-evidence: docs"),
        (LINKS, "    id:\n", "    id:\n      x-evidence: sure\n", "x-evidence: sure"),
    ],
)
def test_a_word_that_is_not_evidence_is_found(
    breaks: Breaks, file: str, old: str, new: str, text: str
) -> None:
    edits = [(file, old, new)]
    if "enum" in old:
        edits.insert(
            0,
            (
                file,
                "LinkStatus:\n  type: string\n  x-evidence: inferred\n",
                "LinkStatus:\n  type: string\n",
            ),
        )

    found = breaks(the_reader, *edits)

    assert (found.file, found.text) == (file, text)
    assert found.fix == "use one of documented, documented-2023, observed, inferred"


@pytest.mark.parametrize(
    ("file", "old", "new", "text"),
    [
        (
            PATHS,
            "    x-source:\n      - https://docs.links.kz/create\n",
            "",
            "x-evidence:",
        ),
        (
            PATHS,
            "    x-source:\n      - https://docs.links.kz/create\n",
            "    x-source: []\n",
            "x-source: []",
        ),
        (
            PATHS,
            "    x-source:\n      - https://docs.links.kz/create\n",
            "    x-source: a\n",
            "x-source: a",
        ),
        (
            LINKS,
            "  x-source:\n    - https://docs.links.kz/create\n",
            "",
            "x-evidence: documented",
        ),
        (
            LINKS,
            "    id:\n",
            "    id:\n      x-evidence: observed\n",
            "x-evidence: observed",
        ),
        (
            LINKS,
            "    requestId:\n",
            "    requestId:\n      x-evidence: observed\n",
            "x-evidence: observed",
        ),
        (
            PATHS,
            "example: 50\n        x-evidence: inferred",
            "example: 50\n        x-evidence: observed",
            "x-evidence: observed",
        ),
        (
            ROOT,
            "      x-evidence: inferred\n",
            "      x-evidence: documented\n",
            "x-evidence: documented",
        ),
    ],
)
def test_evidence_without_a_source_is_found(
    breaks: Breaks, file: str, old: str, new: str, text: str
) -> None:
    found = breaks(the_reader, (file, old, new))

    assert (found.file, found.text) == (file, text)
    assert "list of the pages" in found.fix


def test_a_property_inherits_the_source_of_its_schema_for_the_same_evidence(
    tmp_path: Path,
) -> None:
    assert passes(
        tmp_path,
        (LINKS, "    requestId:\n", "    requestId:\n      x-evidence: documented\n"),
    )


@pytest.mark.parametrize(
    "claim",
    [
        "`amount` and `currency` are all that is needed.",
        "`active` is the only value.",
        "No idempotency key is known here.",
        "The values are not known.",
        "The limit is not documented.",
        "Nothing says that it has pages.",
        "The docs show no other field.",
        "The unit is not known.",
    ],
)
def test_a_claim_about_all_sources_names_where_it_was_looked_for(
    breaks: Breaks, claim: str
) -> None:
    found = breaks(
        claims.claim_has_a_source,
        (LINKS, "    id:\n", f"    id:\n      description: {claim!r}\n"),
    )

    assert (found.file, found.text) == (LINKS, f"description: {claim!r}")
    assert "say what the sources show" in found.fix


@pytest.mark.parametrize(
    "text",
    [
        "`active` in the docs' sample.",
        "Never send a card number in the clear.",
        "Use it only once.",
        "Whether the card is a company's; `unknown` in the docs.",
    ],
)
def test_a_sentence_that_a_further_source_leaves_true_is_no_claim(
    tmp_path: Path, text: str
) -> None:
    assert passes(
        tmp_path, (LINKS, "    id:\n", f"    id:\n      description: {text!r}\n")
    )


def test_a_claim_beside_its_source_is_fine(tmp_path: Path) -> None:
    claim = "      description: The values are not known.\n      x-source:\n        - https://docs.links.kz/create\n"
    assert passes(tmp_path, (LINKS, "    id:\n", f"    id:\n{claim}"))


def test_the_mark_of_an_unknown_unit_vouches_for_the_sentence_beside_it(
    tmp_path: Path,
) -> None:
    known = "      x-amount-unit: major\n      x-amount-unit-evidence: inferred\n"
    unknown = "      description: The unit is\n        not known.\n" + known.replace(
        "major", "unknown"
    )
    assert passes(tmp_path, (LINKS, known, unknown))


# -- required ----------------------------------------------------------------------------------------------


#: What a schema of `schemas/links.yaml` is when a request and a response have it.
PAYER = "  x-evidence: observed\n  x-source: [our own account]\n  required: [name]\n"


def both_ways(*more: str, payer: str = PAYER) -> tuple[Edit, ...]:
    """Edits that make a schema be sent and received."""
    field = "    payer:\n      $ref: '#/Payer'\n"
    schema = f"Payer:\n  type: object\n{payer}{''.join(more)}  properties:\n    name:\n      type: string\n\n"
    return (
        (LINKS, "    requestId:\n", f"{field}    requestId:\n"),
        (LINKS, "    balance:\n", f"{field}    balance:\n"),
        (LINKS, "LinkStatus:\n", f"{schema}LinkStatus:\n"),
    )


def test_a_schema_that_is_sent_and_received_and_requires_something_is_found(
    breaks: Breaks,
) -> None:
    found = breaks(required.required_is_known_both_ways, *both_ways())

    assert (found.file, found.text) == (LINKS, "required: [name]")
    assert "one schema of what is sent and one of what is received" in found.fix


def test_what_both_ways_require_may_be_known(tmp_path: Path) -> None:
    mark = "  x-required-evidence: {request: documented, response: observed}\n"
    assert passes(tmp_path, *both_ways(mark))


@pytest.mark.parametrize(
    "mark",
    [
        "documented",
        "{request: documented}",
        "{request: documented, response: inferred}",
        "{request: x, response: y}",
    ],
)
def test_a_mark_that_does_not_say_it_for_both_ways_is_found(
    breaks: Breaks, mark: str
) -> None:
    found = breaks(
        required.required_is_known_both_ways,
        *both_ways(f"  x-required-evidence: {mark}\n"),
    )

    assert found.text == f"x-required-evidence: {mark}"


def test_a_mark_where_nothing_is_required_both_ways_is_found(breaks: Breaks) -> None:
    mark = "  x-required-evidence: {request: documented, response: observed}\n"

    found = breaks(
        required.required_is_known_both_ways,
        (
            LINKS,
            "response.Link:\n  type: object\n",
            f"response.Link:\n  type: object\n{mark}",
        ),
    )

    assert "one way only" in found.message


def test_a_mark_on_what_requires_nothing_is_found(breaks: Breaks) -> None:
    mark = "  x-required-evidence: {request: documented, response: observed}\n"

    found = breaks(the_reader, (LINKS, "LinkStatus:\n", f"LinkStatus:\n{mark}"))

    assert found.text == mark.strip()
    assert "one way only" in found.message


def test_a_field_that_is_only_read_binds_the_response_alone(tmp_path: Path) -> None:
    edits = both_ways()
    only_read = (
        LINKS,
        "    name:\n      type: string\n",
        "    name:\n      readOnly: true\n      type: string\n",
    )
    assert passes(tmp_path, *edits, only_read)


# -- amounts -----------------------------------------------------------------------------------------------

CREATE_AMOUNT = "      x-amount-unit: minor\n      x-amount-unit-evidence: observed\n"


def test_an_amount_without_a_unit_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (LINKS, "      x-amount-unit: minor\n", ""))

    assert (found.file, found.text) == (LINKS, "amount:")
    assert found.message == "the amount 'amount' has no unit"
    assert (
        found.fix
        == "write `x-amount-unit:` with one of minor, major, decimal-string, unknown"
    )


@pytest.mark.parametrize(
    "name",
    [
        "amount",
        "balance",
        "remainingBalance",
        "processedAmount",
        "total_amount",
        "open_balance",
    ],
)
@pytest.mark.parametrize("kind", ["integer", "number", "string", "[number, 'null']"])
def test_amounts_are_known_by_their_names(breaks: Breaks, name: str, kind: str) -> None:
    edits = [
        (
            ERRORS,
            "    note:\n      type: string\n",
            f"    {name}:\n      type: {kind}\n      x-amount-unit-evidence: inferred\n",
        )
    ]

    found = breaks(the_reader, *edits)

    assert found.text == f"{name}:"


@pytest.mark.parametrize("name", ["paramount", "amounts", "balanced", "note"])
def test_other_names_are_no_amounts(tmp_path: Path, name: str) -> None:
    assert passes(tmp_path, (ERRORS, "    note:\n", f"    {name}:\n"))


def test_an_amount_behind_a_reference_needs_a_unit_too(breaks: Breaks) -> None:
    edits = [
        (
            ERRORS,
            "    note:\n      type: string\n",
            "    amount:\n      oneOf: [{$ref: '#/Decimal'}, {type: 'null'}]\n      x-amount-unit-evidence: inferred\n",
        ),
        (
            ERRORS,
            "Forgotten:\n",
            "Decimal: {type: string, x-evidence: inferred, x-unused: true}\nForgotten:\n",
        ),
    ]

    found = breaks(the_reader, *edits)

    assert found.text == "amount:"


def test_the_unit_may_stand_in_the_schema_that_the_amount_refers_to(
    tmp_path: Path,
) -> None:
    decimal = "Decimal:\n  type: string\n  x-evidence: inferred\n  x-unused: true\n"
    unit = "  x-amount-unit: decimal-string\n  x-amount-unit-evidence: inferred\n"

    assert passes(
        tmp_path,
        (
            ERRORS,
            "    note:\n      type: string\n",
            "    amount:\n      $ref: '#/Decimal'\n",
        ),
        (ERRORS, "Forgotten:\n", decimal + unit + "Forgotten:\n"),
    )


def test_a_parameter_that_is_an_amount_needs_a_unit(breaks: Breaks) -> None:
    edits = [
        (PATHS, "name: size", "name: amount"),
        (PATHS, "size: size", "size: amount"),
        (
            PATHS,
            "example: 50\n",
            "example: 50\n        x-amount-unit-evidence: inferred\n",
        ),
    ]

    found = breaks(the_reader, *edits)

    assert (found.file, found.text) == (PATHS, "schema:")


def test_a_parameter_may_have_the_marks_of_its_amount_itself(tmp_path: Path) -> None:
    marks = "        x-amount-unit: major\n        x-amount-unit-evidence: inferred\n"
    files = edited(BASE, PATHS, "name: size", "name: amount")
    files = edited(files, PATHS, "size: size", "size: amount")
    document = load(
        write_spec(
            tmp_path, edited(files, PATHS, "example: 50\n", f"example: 50\n{marks}")
        )
    )

    assert diagnostics_of(document) == []
    parameters = [
        one
        for operation in read(document).api.operations
        for one in operation.parameters
    ]
    assert [one.amount.unit for one in parameters if one.amount] == ["major"]


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (
            "x-amount-unit: unknown\n      x-amount-unit-evidence: inferred\n",
            "no amount of known unit",
        ),
        ("", "no amount of known unit"),
    ],
)
def test_a_main_amount_without_a_known_unit_is_found(
    breaks: Breaks, mark: str, message: str
) -> None:
    note = f"    note:\n      {mark}      x-main-amount: true\n      type: number\n".replace(
        "      " * 2, "      "
    )

    found = breaks(
        amounts.main_amount_is_one_of_known_unit,
        (ERRORS, "    note:\n      type: string\n", note),
    )

    assert found.text == "x-main-amount: true"
    assert message in found.message


def test_two_main_amounts_of_one_object_are_found(breaks: Breaks) -> None:
    marked = KNOWN_AMOUNT.replace("}", ", x-main-amount: true}")
    second = marked.replace("amount:", "fee:", 1)

    found = breaks(
        amounts.main_amount_is_one_of_known_unit,
        (ERRORS, "    note:\n", marked + second + "    note:\n"),
    )

    assert "'fee' and 'amount' are both marked" in found.message


# -- 3-D Secure --------------------------------------------------------------------------------------------


ACTIONS = """\
Forgotten:
  type: object
  x-evidence: inferred
  x-unused: true
  x-next-action:
    id: id
    success: success
    action: action
    challenge: threeDS
    shows: [ask]
    finished: [skipped, done]
  properties:
    id:
      type: string
    success:
      type: boolean
    action:
      $ref: "#/Action"
    threeDS:
      $ref: "#/Challenge"

Action:
  type: string
  enum: [ask, skipped, done]
  x-evidence: inferred
  x-unused: true

Challenge:
  type: object
  x-evidence: inferred
  x-unused: true
  properties:
    html:
      type: string
    creq:
      type: string
    action:
      type: string
    status:
      type: string
    threeDSSessionData:
      type: string
"""
ASKING = BASE | {ERRORS: dedent(BASE[ERRORS]).partition("Forgotten:")[0] + ACTIONS}


def test_a_right_next_action_passes(tmp_path: Path) -> None:
    assert diagnostics_of(load(write_spec(tmp_path, ASKING))) == []
    undeclared = edited(ASKING, ERRORS, '    action:\n      $ref: "#/Action"\n', "")
    assert diagnostics_of(load(write_spec(tmp_path, undeclared))) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    id: id\n", "    id: uid\n", "names 'uid'"),
        ("    success: success\n", "    success: ok\n", "names 'ok'"),
        ("    challenge: threeDS\n", "    challenge: threeds\n", "names 'threeds'"),
        (
            "    challenge: threeDS\n",
            "    challenge: id\n",
            "has no action, creq, html, status, threeDSSessionData",
        ),
        ("    creq:\n      type: string\n", "", "the challenge has no creq"),
        (
            "[ask, skipped, done]",
            "[ask, skipped, done, collect]",
            "the schema has ['ask', 'skipped', 'done', 'collect']",
        ),
        (
            "shows: [ask]",
            "shows: [ask, done]",
            "has the actions ['ask', 'done', 'skipped', 'done']",
        ),
        (
            "  properties:\n    id:",
            "  properties:\n    nextAction:\n      type: string\n    id:",
            "is named as",
        ),
    ],
)
def test_a_next_action_that_does_not_fit_its_schema_is_found(
    breaks: Breaks, old: str, new: str, message: str
) -> None:
    found = breaks(
        next_actions.next_action_names_what_exists, (ERRORS, old, new), files=ASKING
    )

    assert message in found.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    id: id\n", "", "lacks, or does not know, id"),
        ("    id: id\n", "    id: id\n    kind: id\n", "lacks, or does not know, kind"),
    ],
)
def test_a_next_action_of_another_form_is_found(
    breaks: Breaks, old: str, new: str, message: str
) -> None:
    found = breaks(the_reader, (ERRORS, old, new), files=ASKING)

    assert message in found.message


def test_a_unit_that_is_not_one_of_ours_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (LINKS, "x-amount-unit: minor", "x-amount-unit: tenge"))

    assert found.text == "x-amount-unit: tenge"
    assert "'tenge' is not a unit" in found.message


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("", "amount:"),
        ("      x-amount-unit-evidence: sure\n", "x-amount-unit-evidence: sure"),
    ],
)
def test_a_unit_without_evidence_is_found(breaks: Breaks, new: str, text: str) -> None:
    found = breaks(the_reader, (LINKS, "      x-amount-unit-evidence: observed\n", new))

    assert found.text == text
    assert found.fix.startswith(
        "write `x-amount-unit-evidence:` with one of documented"
    )


@pytest.mark.parametrize(
    ("unit", "kind", "fix"),
    [
        ("minor", "number", "`type: integer`"),
        ("minor", "string", "`type: integer`"),
        ("major", "string", "`type: number`"),
        ("unknown", "string", "`type: number`"),
        ("unknown", "[number, string]", "`type: number`"),
        ("decimal-string", "number", "`type: string`"),
    ],
)
def test_a_type_that_does_not_fit_the_unit_is_found(
    breaks: Breaks, unit: str, kind: str, fix: str
) -> None:
    amount = f"    amount:\n      type: {kind}\n      x-amount-unit: {unit}\n      x-amount-unit-evidence: inferred\n"

    found = breaks(
        amounts.amount_fits_its_unit,
        (ERRORS, "    note:\n      type: string\n", amount),
    )

    assert found.text == f"x-amount-unit: {unit}"
    assert fix in found.fix


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("minor", "integer"),
        ("major", "number"),
        ("major", "integer"),
        ("unknown", "number"),
        ("decimal-string", "string"),
        ("minor", "[integer, 'null']"),
    ],
)
def test_a_type_that_fits_the_unit_is_fine(
    tmp_path: Path, unit: str, kind: str
) -> None:
    amount = f"    amount:\n      type: {kind}\n      x-amount-unit: {unit}\n      x-amount-unit-evidence: inferred\n"

    assert passes(tmp_path, (ERRORS, "    note:\n      type: string\n", amount))


# -- schemas -----------------------------------------------------------------------------------------------


def test_a_schema_that_nothing_uses_is_found(breaks: Breaks) -> None:
    found = breaks(schemas.schema_is_used_or_marked, (ERRORS, "  x-unused: true\n", ""))

    assert (found.file, found.text) == (ERRORS, "Forgotten:")
    assert "x-unused: true" in found.fix


def test_a_schema_that_only_an_unused_schema_uses_is_unused(breaks: Breaks) -> None:
    edits = [
        (
            ERRORS,
            "    note:\n      type: string\n",
            "    note:\n      $ref: '#/Inner'\n",
        ),
        (
            ERRORS,
            "Forgotten:\n",
            "Inner: {type: string, x-evidence: inferred}\nForgotten:\n",
        ),
    ]

    assert breaks(schemas.schema_is_used_or_marked, *edits).text.startswith("Inner:")


def test_a_schema_that_is_marked_as_unused_and_used_is_found(breaks: Breaks) -> None:
    found = breaks(
        schemas.schema_is_used_or_marked,
        (LINKS, "  enum:\n", "  x-unused: true\n  enum:\n"),
    )

    assert (found.file, found.text) == (LINKS, "x-unused: true")
    assert found.fix == "remove `x-unused`"


def test_a_mark_of_an_unused_schema_that_is_not_true_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (ERRORS, "x-unused: true", "x-unused: 'yes'"))

    assert found.text == "x-unused: 'yes'"


def test_a_schema_that_only_a_discriminator_names_is_used(tmp_path: Path) -> None:
    kinds = "  discriminator: {propertyName: code, mapping: {a: '#/Kind'}}\n"
    kind = "Kind: {type: object, x-evidence: inferred}\n"

    assert passes(
        tmp_path,
        (
            ERRORS,
            "response.Error:\n  type: object\n",
            kind + "response.Error:\n  type: object\n" + kinds,
        ),
    )


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        ("{type: object}", "an object"),
        ("{type: [object, 'null']}", "an object"),
        ("{properties: {a: {type: string}}}", "an object"),
        ("{additionalProperties: true}", "an object"),
        ("{type: string, enum: [a]}", "an enum"),
        (
            "{allOf: [{$ref: '#/response.Error'}, {$ref: '#/response.Error'}]}",
            "an `allOf` of several schemas",
        ),
    ],
)
def test_an_object_or_enum_that_is_written_in_place_is_found(
    breaks: Breaks, schema: str, what: str
) -> None:
    found = breaks(
        the_reader, (ERRORS, "    note:\n      type: string\n", f"    note: {schema}\n")
    )

    assert found.text == f"note: {schema}"
    assert found.message == f"{what} is written in place"
    assert found.fix == "make it a named schema in `schemas/` and refer to it"


@pytest.mark.parametrize(
    "place",
    [
        "{type: array, items: X}",
        "{oneOf: [X, {type: string}]}",
        "{type: array, items: {anyOf: [X]}}",
    ],
)
def test_an_object_that_is_nested_in_place_is_found(breaks: Breaks, place: str) -> None:
    schema = place.replace("X", "{type: object}")

    found = breaks(
        the_reader, (ERRORS, "    note:\n      type: string\n", f"    note: {schema}\n")
    )

    assert found.text == f"note: {schema}"


def test_an_enum_of_a_parameter_that_is_written_in_place_is_found(
    breaks: Breaks,
) -> None:
    edit = (
        PATHS,
        "          type: integer\n        example: 50",
        "          enum: [50]\n        example: 50",
    )

    found = breaks(the_reader, edit)

    assert (found.file, found.text) == (PATHS, "schema:")


def test_an_object_of_a_request_that_is_written_in_place_is_found(
    breaks: Breaks,
) -> None:
    written = "              type: object\n              required: [id]\n"
    written += (
        "              properties: {id: {type: string}, status: {type: string}}\n"
    )
    edit = (ROOT, "              $ref: schemas/links.yaml#/response.Link\n", written)

    assert breaks(the_reader, edit).text == "schema:"


@pytest.mark.parametrize(
    "more",
    [
        "  allOf:\n    - type: object\n",
        "  anyOf:\n    - required: [note]\n",
        "  not:\n    type: object\n    properties: {a: {enum: [1]}}\n",
        "  dependentSchemas: {note: {type: object, properties: {a: {type: string}}}}\n",
        "  propertyNames: {enum: [note]}\n",
        "  additionalProperties: {type: string}\n",
    ],
)
def test_a_part_or_a_limit_of_a_named_schema_needs_no_name(
    tmp_path: Path, more: str
) -> None:
    assert passes(tmp_path, (ERRORS, "  x-unused: true\n", "  x-unused: true\n" + more))


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        (
            "    note:\n",
            "    note:\n      x-sensative: true\n",
            "did you mean `x-sensitive`?",
        ),
        (
            "    note:\n",
            "    note:\n      x-zzz: true\n",
            "remove it, or add it to the list of extensions",
        ),
    ],
)
def test_an_extension_that_nothing_reads_is_found(
    breaks: Breaks, old: str, new: str, fix: str
) -> None:
    found = breaks(known_words.extension_is_known, (ERRORS, old, new))

    assert found.text == new.splitlines()[1].strip()
    assert found.fix == fix


def test_a_mark_of_a_secret_that_is_neither_true_nor_false_is_found(
    breaks: Breaks,
) -> None:
    found = breaks(
        the_reader, (ERRORS, "    note:\n", "    note:\n      x-sensitive: 'yes'\n")
    )

    assert found.text == "x-sensitive: 'yes'"


# -- examples ----------------------------------------------------------------------------------------------


def test_a_parameter_without_an_example_is_found(breaks: Breaks) -> None:
    found = breaks(the_reader, (PATHS, "        example: 50\n", ""))

    assert (found.file, found.text) == (PATHS, "- name: size")
    assert "`example:`" in found.fix


def test_a_request_body_without_an_example_is_found(breaks: Breaks) -> None:
    edit = (
        PATHS,
        "          example:\n            amount: 2200000\n            requestId: R1\n",
        "",
    )

    found = breaks(the_reader, edit)

    assert (found.file, found.text) == (PATHS, "application/json:")
    assert found.message == "the request body of POST /v1/links has no example"
    assert found.fix == "write `example:` beside `schema:`"


def test_a_response_without_an_example_is_found(breaks: Breaks) -> None:
    edit = (
        PATHS,
        "              data:\n                - id: L1\n              total: 1\n",
        "",
    )

    found = breaks(
        the_reader, edit, (PATHS, '            example:\n      "401"', '      "401"')
    )

    assert found.message == "the response 200 of GET /v1/links has no example"


def test_a_webhook_without_an_example_is_found(breaks: Breaks) -> None:
    edit = (
        ROOT,
        "            example:\n              id: L1\n              status: paid\n",
        "",
    )

    assert "webhook link.paid" in breaks(the_reader, edit).message


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        *[
            ("application/pdf", False),
            ("image/png", False),
            ("application/octet-stream", False),
        ],
        *[
            ("application/json", True),
            ("application/problem+json; charset=utf-8", True),
            ("text/csv", True),
        ],
    ],
)
def test_only_content_that_is_text_needs_an_example(
    tmp_path: Path, kind: str, needed: bool
) -> None:
    taken = "          description: Taken.\n"

    assert (
        passes(tmp_path, (ROOT, taken, f"{taken}          content: {{{kind}: {{}}}}\n"))
        is not needed
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "text", "message"),
    [
        (
            PATHS,
            "amount: 2200000",
            "amount: 22.5",
            "amount: 22.5",
            "22.5 is not of type 'integer'",
        ),
        (
            PATHS,
            "requestId: R1",
            "request_id: R1",
            "example:",
            "'request_id' was unexpected",
        ),
        (
            PATHS,
            "status: active",
            "status: actvie",
            "status: actvie",
            "'actvie' is not one of",
        ),
        (PATHS, "- id: L1", "- ids: L1", "- ids: L1", "'id' is a required property"),
        (
            PATHS,
            "example: 50",
            "example: fifty",
            "example: fifty",
            "'fifty' is not of type 'integer'",
        ),
        (ROOT, "status: paid", "status: lost", "status: lost", "'lost' is not one of"),
        (ROOT, 'code: "2"', "code: 2", "code: 2", "2 is not of type 'string'"),
        (LINKS, "- R1", "- 1", "- 1", "1 is not of type 'string'"),
        (
            ERRORS,
            "    note:\n",
            "    note:\n      example: 1\n",
            "example: 1",
            "1 is not of type 'string'",
        ),
        (
            ERRORS,
            "    note:\n",
            "    note:\n      format: date-time\n      example: 1 May\n",
            "example: 1 May",
            "not a 'date-time'",
        ),
        (
            ERRORS,
            "    note:\n      type: string\n",
            "    note:\n      oneOf: [{type: string}, {$ref: '#/response.Error'}]\n      example: {code: 1}\n",
            "example: {code: 1}",
            "1 is not of type 'string'",
        ),
    ],
)
def test_an_example_that_does_not_fit_its_schema_is_found(
    breaks: Breaks, file: str, old: str, new: str, text: str, message: str
) -> None:
    found = breaks(examples.example_fits_its_schema, (file, old, new))

    assert (found.file, found.text) == (file, text)
    assert message in found.message
    assert found.fix.startswith("correct the example")


def test_examples_by_name_are_checked_where_they_stand(breaks: Breaks) -> None:
    edits = [
        (
            PATHS,
            "          example:\n            amount: 2200000\n            requestId: R1\n",
            "          examples: {one: {$ref: ../openapi.yaml#/components/examples/one}}\n",
        ),
        (
            ROOT,
            "  responses:\n    Unauthorized",
            "  examples:\n    one: {value: {amount: many}}\n  responses:\n    Unauthorized",
        ),
    ]

    found = breaks(examples.example_fits_its_schema, *edits)

    assert (found.file, found.text) == (ROOT, "one: {value: {amount: many}}")


def test_an_example_of_a_broken_schema_is_told_and_breaks_nothing(
    breaks: Breaks,
) -> None:
    edit = (
        ERRORS,
        "    note:\n      type: string\n",
        "    note:\n      pattern: '('\n      example: a\n",
    )

    found = breaks(examples.example_fits_its_schema, edit)

    assert found.text == "example: a"
    assert "cannot be checked" in found.message
    assert found.fix == "correct the schema beside it"


def test_a_mark_that_is_missing_keeps_nobody_from_building_the_model(
    tmp_path: Path,
) -> None:
    files = edited(BASE, PATHS, "    x-moves-money: true\n", "")
    document = load(write_spec(tmp_path, files))

    assert len(the_reader(document)) == 1
    assert build(document).operations


# -- all of them -------------------------------------------------------------------------------------------


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return load(write_spec(tmp_path_factory.mktemp("base"), BASE))


@given(data=st.data())
def test_no_rule_breaks_on_a_document_that_is_broken_in_any_place(
    base: Document, data: st.DataObject
) -> None:
    document = base.with_data(data.draw(broken(base.data)))

    assert all(diagnostic.line >= 1 for diagnostic in diagnostics_of(document))


# -- reconciling -------------------------------------------------------------------------------------------

NO_LOOK_UP = "    x-reconcile:\n      none: The list shows no key.\n"
FACTS = "    x-call-facts:\n      id: $request.body#/requestId\n"
LOOK_UP = "    x-reconcile:\n      look-ups:\n        - {operation: retrieveLink, by: idempotency_key, fields: [id]"
IN_LIST = LOOK_UP.replace("retrieveLink", "listLinks")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (NO_LOOK_UP + "      check: Look at the list.\n", ""),
        ("      none: The list shows no key.\n", ""),
        ("      check: Look at the list.\n", ""),
        (NO_LOOK_UP, LOOK_UP + "}\n      none: There is none.\n"),
    ],
)
def test_an_operation_that_moves_money_without_a_way_to_resolve_unknown_outcomes_is_found(
    breaks: Breaks, old: str, new: str
) -> None:
    found = breaks(the_reader, (PATHS, old, new))

    assert "does not say how its unknown outcomes are resolved" in found.message


def test_look_ups_of_an_operation_that_moves_no_money_are_found(breaks: Breaks) -> None:
    edit = (
        PATHS,
        "    x-moves-money: true\n    x-idem",
        "    x-moves-money: false\n    x-idem",
    )

    found = breaks(the_reader, edit)

    assert (
        found.message
        == "POST /v1/links moves no money, so there is nothing to reconcile"
    )


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ("order: $request.body#/requestId", "the unknown fact 'order'"),
        ("id: $request.body#/orderId", "which POST /v1/links has not"),
        ("id: $request.body#/amount/id", "which POST /v1/links has not"),
        ("id: $request.path.id", "which POST /v1/links has not"),
        ("id: requestId", "which POST /v1/links has not"),
    ],
)
def test_facts_of_a_call_that_it_has_not_are_found(
    breaks: Breaks, facts: str, message: str
) -> None:
    edit = (PATHS, NO_LOOK_UP, f"    x-call-facts:\n      {facts}\n{NO_LOOK_UP}")

    found = breaks(the_reader, edit)

    assert message in found.message


@pytest.mark.parametrize(
    "look_up",
    [
        LOOK_UP + ", found: [paid], whole: true, amount: balance, original: id}\n",
        LOOK_UP + ", found: [paid], ended: [active]}\n",
        IN_LIST + ", made: id, found: [paid]}\n",
        FACTS + LOOK_UP.replace("idempotency_key", "id") + "}\n",
    ],
)
def test_look_ups_that_name_what_exists_pass(tmp_path: Path, look_up: str) -> None:
    assert passes(tmp_path, (PATHS, NO_LOOK_UP, look_up))


@pytest.mark.parametrize(
    ("look_up", "message"),
    [
        (LOOK_UP + ", why: x}\n", "the unknown key 'why'"),
        (
            LOOK_UP.replace("idempotency_key", "order_reference") + "}\n",
            "goes by 'order_reference'",
        ),
        (
            LOOK_UP.replace(", fields: [id]", "") + "}\n",
            "does not say in which property",
        ),
        (LOOK_UP.replace("[id]", "[key]") + "}\n", "names 'key', which is no property"),
        (LOOK_UP + ", amount: sum}\n", "names 'sum', which is no property"),
        (LOOK_UP + ", found: [charged]}\n", "the status 'charged', which is not known"),
        (LOOK_UP + ", absence: false}\n", "'absence' has no meaning"),
        (LOOK_UP + ", made: id}\n", "'made' has no meaning"),
        (IN_LIST + ", whole: true}\n", "'whole' has no meaning"),
        (IN_LIST + ", ended: [paid]}\n", "'ended' has no meaning"),
        (LOOK_UP + ", ended: [charged]}\n", "the status 'charged', which is not known"),
    ],
)
def test_a_look_up_that_cannot_do_what_it_says_is_found(
    breaks: Breaks, look_up: str, message: str
) -> None:
    found = breaks(the_reader, (PATHS, NO_LOOK_UP, look_up))

    assert message in found.message


@pytest.mark.parametrize(
    ("look_up", "message"),
    [
        (
            LOOK_UP + ", found: [paid], absent: [active]}\n",
            "GET /v1/links/{id} cannot prove that something is absent",
        ),
        (
            IN_LIST + ", absence: true}\n",
            "GET /v1/links cannot prove that something is absent",
        ),
    ],
)
def test_a_look_up_that_guesses_an_absence_is_found(
    breaks: Breaks, look_up: str, message: str
) -> None:
    found = breaks(reconciliation.absence_is_known, (PATHS, NO_LOOK_UP, look_up))

    assert message in found.message


@pytest.mark.parametrize("name", ["findLink", "createLink"])
def test_a_look_up_that_asks_no_get_is_found(breaks: Breaks, name: str) -> None:
    found = breaks(
        the_reader, (PATHS, NO_LOOK_UP, LOOK_UP.replace("retrieveLink", name) + "}\n")
    )

    assert f"names {name!r}, which is no GET" in found.message


def test_a_look_up_after_that_of_a_list_is_found(breaks: Breaks) -> None:
    both = IN_LIST + "}\n" + LOOK_UP.partition("look-ups:\n")[2] + "}\n"

    found = breaks(
        reconciliation.look_ups_end_with_their_list, (PATHS, NO_LOOK_UP, both)
    )

    assert found.message == "POST /v1/links has a look-up after that of a list"


@pytest.mark.parametrize(
    "word", ["documented", "documented-2023", "observed", "inferred"]
)
@pytest.mark.parametrize("weak", ["path", "pages", "schema"])
def test_a_list_proves_absence_only_if_all_that_is_read_is_known(
    tmp_path: Path, word: str, weak: str
) -> None:
    words = {
        "path": "observed",
        "pages": "observed",
        "schema": "documented",
        weak: word,
    }
    assert passes(
        tmp_path,
        (PATHS, NO_LOOK_UP, IN_LIST + ", made: id, absence: true}\n"),
        (
            PATHS,
            "method: documented\n      path: inferred",
            f"method: documented\n      path: {words['path']}",
        ),
        (
            PATHS,
            "      total: total\n      x-evidence: inferred",
            f"      total: total\n      x-evidence: {words['pages']}\n      x-source: [x]",
        ),
        (
            LINKS,
            "response.Link:\n  type: object\n  x-evidence: inferred",
            f"response.Link:\n  type: object\n  x-evidence: {words['schema']}\n  x-source: [x]",
        ),
    ) is (word in ("documented", "observed"))


def test_a_list_without_times_cannot_prove_absence(breaks: Breaks) -> None:
    found = breaks(
        reconciliation.absence_is_known,
        (PATHS, NO_LOOK_UP, IN_LIST + ", absence: true}\n"),
        (
            PATHS,
            "method: documented\n      path: inferred",
            "method: documented\n      path: observed",
        ),
        (
            PATHS,
            "total: total\n      x-evidence: inferred",
            "total: total\n      x-evidence: observed\n      x-source: [x]",
        ),
        (
            LINKS,
            "response.Link:\n  type: object\n  x-evidence: inferred",
            "response.Link:\n  type: object\n  x-evidence: observed\n  x-source: [x]",
        ),
    )

    assert "reaches back to the call" in found.message


# -- webhooks ----------------------------------------------------------------------------------------------

#: A second event, which a property of its body names; tests add it, or change something in it.
SENT = """\
  link.sent:
    post:
      operationId: onLinkSent
      summary: A link was sent
      tags:
        - Links
      x-event: link.sent
      x-dedup:
        prefix: sent
        pointers:
          - /id
          - /data/status
      x-evidence: inferred
      security:
        - webhookToken: []
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: schemas/links.yaml#/LinkEvent
            example:
              id: E1
              name: link.sent
              data:
                id: L1
      responses:
        "200":
          description: Taken.
"""
EVENT = """\
LinkEvent:
  type: object
  x-evidence: inferred
  required:
    - id
  properties:
    id:
      type: string
    name:
      $ref: "#/LinkEventName"
    made:
      type: integer
      x-format: unix-seconds
    card:
      x-wrapped: Value
      oneOf:
        - type: string
        - $ref: "#/Wrapper"
    data:
      $ref: "#/response.Link"

LinkEventName:
  type: string
  x-evidence: inferred
  enum:
    - link.sent

Wrapper:
  type: object
  x-evidence: inferred
  properties:
    Value:
      type: string

"""
WITH_EVENT = edited(
    edited(BASE, ROOT, "components:\n", SENT + "components:\n"),
    *(LINKS, "LinkStatus:\n", EVENT + "LinkStatus:\n"),
)


def test_an_event_with_a_name_breaks_no_rule(tmp_path: Path) -> None:
    assert diagnostics_of(load(write_spec(tmp_path, WITH_EVENT))) == []


def test_a_webhook_that_is_no_post_is_found(breaks: Breaks) -> None:
    found = breaks(
        the_reader,
        (
            ROOT,
            "    post:\n      operationId: onLinkPaid",
            "    put:\n      operationId: onLinkPaid",
        ),
    )
    assert (found.text, found.message) == ("put:", "webhook link.paid is a PUT")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("linkPaid", "does not begin with `on`"),
        ("only", "does not begin with `on`"),
        ("onLinks", "have the class Links, as has the schema 'response.Links'"),
        ("onUnknownEvent", "have the class UnknownEvent, as has a part of the runtime"),
    ],
)
def test_a_webhook_without_a_class_of_its_own_is_found(
    breaks: Breaks, name: str, message: str
) -> None:
    found = breaks(
        the_reader, (ROOT, "operationId: onLinkPaid", f"operationId: {name}")
    )
    assert (found.file, found.text) == (ROOT, f"operationId: {name}")
    assert message in found.message


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (
            (
                ROOT,
                "              $ref: schemas/links.yaml#/LinkEvent\n",
                "              type: string\n",
            ),
            "schema:",
        ),
        (
            (
                LINKS,
                '    data:\n      $ref: "#/response.Link"\n',
                "    data:\n      type: string\n",
            ),
            "data:",
        ),
    ],
)
def test_a_webhook_whose_body_or_data_is_no_object_is_found(
    tmp_path: Path, edit: Edit, text: str
) -> None:
    document = load(write_spec(tmp_path, edited(WITH_EVENT, *edit)))

    (diagnostic,) = the_reader(document)

    found = Found(diagnostic, tmp_path)
    assert found.text == text
    assert "webhook link.sent is not described as" in found.message


def test_a_new_event_without_a_schema_is_refused_with_its_place(tmp_path: Path) -> None:
    body = "          application/json:\n            schema:\n              $ref: schemas/links.yaml#/LinkEvent\n"
    files = edited(WITH_EVENT, ROOT, body, "          application/json:\n")
    document = load(write_spec(tmp_path, files))

    (diagnostic,) = the_reader(document)

    assert Found(diagnostic, tmp_path).text == "application/json:"
    assert "describe it in `schemas/`" in diagnostic.fix


@pytest.mark.parametrize(
    ("edit", "text", "message"),
    [
        (
            (ROOT, "      x-event: link.sent\n", ""),
            "post:",
            "nothing tells webhook link.sent from webhook link.paid",
        ),
        (
            (ROOT, "x-event: link.sent", "x-event: 7"),
            "x-event: 7",
            "7 is no name of an event",
        ),
        (
            (ROOT, "x-event: link.sent", "x-event: link.gone"),
            *(
                "x-event: link.gone",
                "0 properties of the body of webhook link.sent list 'link.gone'",
            ),
        ),
        (
            (
                LINKS,
                "    made:\n",
                '    kind:\n      $ref: "#/LinkEventName"\n    made:\n',
            ),
            *(
                "x-event: link.sent",
                "2 properties of the body of webhook link.sent list 'link.sent'",
            ),
        ),
    ],
)
def test_a_webhook_that_its_body_does_not_name_is_found(
    breaks: Breaks, edit: Edit, text: str, message: str
) -> None:
    found = breaks(the_reader, edit, files=WITH_EVENT)
    assert found.text == text
    assert message in found.message


@pytest.mark.parametrize(
    ("old", "new", "text", "message"),
    [
        (
            "      security:\n        - webhookToken: []\n",
            "",
            "post:",
            "webhook link.paid names 0 security schemes",
        ),
        (
            "- webhookToken: []",
            "- webhookToken: []\n        - apiKey: []",
            "security:",
            "names 2",
        ),
        (
            "- webhookToken: []",
            "- webhookToken: []\n          apiKey: []",
            "security:",
            "names 2",
        ),
        (
            "- webhookToken: []",
            "- apiKey: []",
            "apiKey:",
            "'apiKey' of webhook link.paid does not name",
        ),
        (
            "x-webhook-secret: TokenSecret",
            "x-webhook-secret: Password",
            None,
            "'webhookToken' of",
        ),
    ],
)
def test_a_webhook_without_one_proof_is_found(
    breaks: Breaks, old: str, new: str, text: str | None, message: str
) -> None:
    found = breaks(the_reader, (ROOT, old, new))
    assert found.text == (text or new)
    assert message in found.message


@pytest.mark.parametrize(
    "new", ["", "        prefix: a:b\n", "        prefix: sent\n        more: 1\n"]
)
def test_an_identity_of_another_form_is_found(breaks: Breaks, new: str) -> None:
    found = breaks(the_reader, (ROOT, "        prefix: sent\n", new), files=WITH_EVENT)

    assert found.text == "x-dedup:"
    assert "does not say what tells one event of it from another" in found.message


@pytest.mark.parametrize(
    ("old", "new", "text", "message"),
    [
        ("prefix: sent\n", "prefix: link\n", "prefix: link", "'link' of another list"),
        (
            "- /data/status",
            "- /data/state",
            "- /data/state",
            "'/data/state', which is nothing in the body",
        ),
        (
            "- /data/status",
            "- status",
            "- status",
            "'status', which is nothing in the body",
        ),
        (
            "- /data/status",
            "- /data",
            "- /data",
            "'/data', which is nothing in the body",
        ),
        (
            "- /id\n          - /data/status",
            "- /name",
            "- /name",
            "begins with '/name', which is not required",
        ),
        (
            "- /id\n          - /data/status",
            "- /data/id",
            "- /data/id",
            "begins with '/data/id', which is",
        ),
    ],
)
def test_a_webhook_without_an_identity_is_found(
    breaks: Breaks, old: str, new: str, text: str, message: str
) -> None:
    found = breaks(
        webhooks.webhook_can_be_told_from_its_likes, (ROOT, old, new), files=WITH_EVENT
    )
    assert found.text == text
    assert message in found.message


def test_an_identity_may_hold_a_wrapped_value(tmp_path: Path) -> None:
    files = edited(WITH_EVENT, ROOT, "- /data/status", "- /card")
    assert diagnostics_of(load(write_spec(tmp_path, files))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x-wrapped: Value", "x-wrapped: value"),
        ("        - type: string\n", "        - type: integer\n"),
        ("        - type: string\n", ""),
        ("    Value:\n", "    Other:\n      type: string\n    Value:\n"),
    ],
)
def test_a_wrapped_value_that_cannot_come_plain_is_found(
    breaks: Breaks, old: str, new: str
) -> None:
    found = breaks(the_reader, (LINKS, old, new), files=WITH_EVENT)
    assert found.text.startswith("x-wrapped: ")
    assert "'card' is not `oneOf`" in found.message


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("x-format: unix-seconds", "x-format: unix", "x-format: unix"),
        (
            "type: integer\n      x-format",
            "type: string\n      x-format",
            "x-format: unix-seconds",
        ),
    ],
)
def test_a_format_that_nothing_reads_is_found(
    breaks: Breaks, old: str, new: str, text: str
) -> None:
    found = breaks(the_reader, (LINKS, old, new), files=WITH_EVENT)
    assert found.text == text


# -- logs --------------------------------------------------------------------------------------------------

SHOWN = (
    "id",
    "amount",
    "request_id",
    "code",
    "balance",
    "total",
    "page",
    "size",
    "note",
)


def listing_shown(*names: str) -> dict[str, str]:
    """The base document with a list of the fields that logs show."""
    lines = "".join(f"  - {name}\n" for name in names)
    return {**BASE, ROOT: f"{dedent(BASE[ROOT])}x-shown-in-logs:\n{lines}"}


def test_a_document_whose_fields_are_all_classed_breaks_no_rule(tmp_path: Path) -> None:
    assert diagnostics_of(load(write_spec(tmp_path, listing_shown(*SHOWN)))) == []


@pytest.mark.parametrize("left_out", SHOWN)
def test_a_field_or_a_parameter_that_nobody_classed_is_found(
    tmp_path: Path, left_out: str
) -> None:
    files = listing_shown(*(name for name in SHOWN if name != left_out))

    diagnostics = diagnostics_of(load(write_spec(tmp_path, files)))

    assert diagnostics
    for diagnostic in diagnostics:
        assert "whether a log may show" in diagnostic.message
        assert left_out.replace("_", "") in diagnostic.message.lower()
        assert "x-free-text" in diagnostic.fix


@pytest.mark.parametrize("mark", ["x-sensitive", "x-free-text"])
def test_a_mark_is_a_class_too(tmp_path: Path, mark: str) -> None:
    files = listing_shown(*(name for name in SHOWN if name != "note"))
    files = edited(files, ERRORS, "    note:\n", f"    note:\n      {mark}: true\n")

    assert diagnostics_of(load(write_spec(tmp_path, files))) == []


def test_a_mark_of_free_text_that_is_neither_true_nor_false_is_found(
    breaks: Breaks,
) -> None:
    edit = (ERRORS, "    note:\n", "    note:\n      x-free-text: 'yes'\n")

    assert breaks(the_reader, edit).text == "x-free-text: 'yes'"


@pytest.mark.parametrize(
    ("name", "diagnostic"),
    [("zzz", "is no field"), ("i_d", "has two entries"), ("status", "")],
)
def test_the_list_names_each_field_once_and_no_other(
    tmp_path: Path, name: str, diagnostic: str
) -> None:
    found = diagnostics_of(load(write_spec(tmp_path, listing_shown(*SHOWN, name))))

    assert [one.message for one in found] == (
        [f"{name!r} {diagnostic}"] if diagnostic else []
    )


def test_a_name_that_is_masked_is_not_in_the_list(breaks: Breaks) -> None:
    edit = (ERRORS, "    note:\n", "    note:\n      x-sensitive: true\n")

    found = breaks(logs.shown_names_exist, edit, files=listing_shown(*SHOWN))

    assert found.message == "'note' is masked"
