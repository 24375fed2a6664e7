"""Strings of a document that want to be more than strings: nothing of them runs, and nothing of them hides.

Every file that is generated is read the way Python reads it, byte by byte and token by token.
"""

from __future__ import annotations

import ast
import copy
import importlib
import io
import json
import tokenize
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from helpers.generation import document, generate, operation, with_keys
from helpers.specs import BASE, places, write_spec

from generator import lint, loader, pipeline
from generator.diagnostics import Diagnostic, GenerationError
from generator.document import Document
from generator.hidden_characters import spelled_out

#: What a reader does not see, or sees in another order than Python.
HIDDEN = (
    *(
        "\u202a",
        "\u202b",
        "\u202c",
        "\u202d",
        "\u202e",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
    ),
    *(
        "\u200e",
        "\u200f",
        "\u061c",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u180e",
    ),
    *(
        "\u2028",
        "\u2029",
        "\x85",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x1b[2J",
        "\x08",
        "\x7f",
        "\x9b",
        "\x00",
    ),
    *(
        "\u3164",
        "\u115f",
        "\u1160",
        "\uffa0",
        "\u034f",
        "\u17b4",
        "\U000e0041",
        "\U000e0101",
        "\ufff9",
    ),
)
#: What would run, or break the file, if it were not taken as text. `injected` is the one name that must not be there.
RUNNING = (
    *(
        '"""\nimport injected\n"""',
        "'''\nimport injected\n'''",
        '"; injected(); "',
        "'; injected(); '",
    ),
    *(
        "\nimport injected\n#",
        "\r\nimport injected\r\n",
        "\rimport injected",
        "\u2028import injected",
    ),
    *(
        "\x85import injected",
        "\x0cimport injected",
        "__import__('injected')",
        "' + injected() + '",
    ),
    *(
        '" + injected() + "',
        "{injected}",
        "{injected()!r}",
        "%(injected)s",
        "${injected}",
        "`injected`",
    ),
    *(
        "{{ injected }}",
        "{{ injected() }}",
        "{% injected %}",
        "{% raw %}",
        "{# injected #}",
        "{{ spec.injected }}",
    ),
    *(
        "ends with a backslash \\",
        '\\"""',
        '\\\\"""',
        "\\N{BULLET} \\x \\u12 \\U0011",
        '"',
        '""',
        '"""',
        "\\",
    ),
    *("-*- coding: utf-7 -*-", "# coding=utf-16", "vim: set fileencoding=utf-7 :"),
)
HOSTILE = " ".join([*HIDDEN, *RUNNING])
#: Constants of a required property are written as its default, others as an enumeration of one value.
REQUIRED = range(0, 60, 2)
TEXTS = frozenset({"description", "summary", "title", "example", "x-source"})


def files_of(package: Path) -> Iterator[Path]:
    yield from sorted(
        path
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def assert_harmless(package: Path) -> None:
    """Each file is code that compiles without a warning, with nothing hidden and no name of the document's making."""
    for path in files_of(package):
        raw = path.read_bytes()
        text = raw.decode("utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            for char in line:
                assert not is_hidden(char), f"{path.name}:{number}: U+{ord(char):04X}"
        if path.suffix != ".py":
            continue
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        assert encoding == "utf-8", path.name
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = compile(raw, str(path), "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        for node in ast.walk(tree):
            names = [value for value in vars(node).values() if isinstance(value, str)]
            if isinstance(node, ast.Constant):
                names = [] if isinstance(node.value, str) else names
            assert not any(name in ("injected", "__import__") for name in names), (
                f"{path.name}:{ast.dump(node)}"
            )
        for token in tokenize.tokenize(io.BytesIO(raw).readline):
            assert not (token.type == tokenize.NAME and token.string == "injected"), (
                f"{path.name}:{token}"
            )


def is_hidden(char: str) -> bool:
    """By the tables of Unicode, in another way than the generator's."""
    if char in "\n\t" or char.isascii():
        return not char.isprintable() and char not in "\n\t"
    fillers = "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5"
    return (
        unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")
        or char in fillers
        or "\U000e0000" <= char < "\U000e1000"
    )


def test_the_check_finds_what_hides_and_what_runs(tmp_path: Path) -> None:
    for bad in (
        "# \u202e\n",
        "x = '\u200b'\n",
        "import injected\n",
        "# coding: utf-7\n",
        "'''\\d'''\n",
    ):
        (tmp_path / "bad.py").write_text(bad, "utf-8")
        with pytest.raises((AssertionError, SyntaxError)):
            assert_harmless(tmp_path)


def with_hostile_texts(value: Any, *, names: bool = False) -> Any:
    """A document of ours with something added to every text that is for people."""
    if isinstance(value, list):
        return [with_hostile_texts(item) for item in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, item in value.items():
        if not names and key in TEXTS and isinstance(item, str):
            made[key] = f"{item} {HOSTILE}"
        elif key == "x-enum-meanings":
            made[key] = {code: f"{text} {HOSTILE}" for code, text in item.items()}
        else:
            made[key] = with_hostile_texts(
                item, names=key in ("properties", "schemas", "x-enum-meanings")
            )
    return made


@pytest.fixture(scope="module")
def ours() -> Document:
    return pipeline.load()


def test_no_text_of_our_own_document_runs_or_hides(
    ours: Document, tmp_path: Path
) -> None:
    hostile = ours.with_data(with_hostile_texts(ours.data))
    assert json.dumps(hostile.data).count("injected") > 10_000
    pipeline.build_from(hostile, tmp_path / "package", "0.0.0")
    assert_harmless(tmp_path / "package")
    described = (tmp_path / "package" / "models" / "payment_link.py").read_text("utf-8")
    assert "\\\\u202e" in described, "what hid is spelled out for the reader"


PAYLOAD = 'x"""\'); import injected; ("\u202e'


def test_each_string_of_a_document_like_ours_is_refused_or_stays_a_string(
    tmp_path: Path,
) -> None:
    spec = write_spec(tmp_path / "spec", BASE)
    base = loader.load(spec)
    taken: list[tuple[str | int, ...]] = []
    for place in places(base.data):
        if isinstance(base.get(place), str) and place[-1] != "$ref":
            document = base.with_data(replaced(base.data, [place]))
            if not lint.lint(spec, document, redocly=False, overlaid=True):
                taken.append(place)
    assert ("webhooks", "link.paid", "post", "operationId") not in taken
    assert ("paths", "/v1/links", "post", "x-reconcile", "check") in taken
    pipeline.build_from(
        base.with_data(replaced(base.data, taken)), tmp_path / "package", "0.0.0"
    )
    assert_harmless(tmp_path / "package")


def replaced(data: dict[str, Any], at: list[tuple[str | int, ...]]) -> dict[str, Any]:
    """A copy of a document with the payload in some places."""
    copied: dict[str, Any] = copy.deepcopy(data)
    for *outer, last in at:
        holder: Any = copied
        for token in outer:
            holder = holder[token]
        holder[last] = PAYLOAD
    return copied


def hostile_document() -> dict[str, Any]:
    """A document with our marks and every payload in every place where it has a text, a value or a name of the wire.

    It is not linted: what the rules refuse today must do no harm either.
    """
    properties = {
        f"p{number} {text}": {"type": "string", "description": text}
        for number, text in enumerate(PAYLOADS)
    }
    values = [f"v{number} {text}" for number, text in enumerate(PAYLOADS)]
    schemas: dict[str, Any] = {
        "Thing": {
            "title": HOSTILE,
            "description": HOSTILE,
            "type": "object",
            "properties": {
                **properties,
                "kind": {
                    "type": "string",
                    "enum": values,
                    "description": HOSTILE,
                    "default": values[3],
                },
                "inline": {
                    "type": "object",
                    "title": HOSTILE,
                    "properties": properties,
                },
                "old": {
                    "type": "string",
                    "deprecated": True,
                    "x-deprecated": {"since": HOSTILE, "use": HOSTILE},
                },
                "pet": {"$ref": "#/components/schemas/Animal"},
                **{
                    f"c{number}": {"type": "string", "const": value}
                    for number, value in enumerate(values)
                },
            },
            "required": [
                *properties,
                *(
                    f"c{number}"
                    for number, _ in enumerate(PAYLOADS)
                    if number in REQUIRED
                ),
            ],
            "example": {"kind": HOSTILE},
            "x-source": HOSTILE,
        },
        "Cat": {
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "required": ["kind"],
        },
        "Dog": {
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "required": ["kind"],
        },
        "Animal": {
            "oneOf": [
                {"$ref": "#/components/schemas/Cat"},
                {"$ref": "#/components/schemas/Dog"},
            ],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {
                    values[0]: "#/components/schemas/Cat",
                    values[1]: "#/components/schemas/Dog",
                },
            },
        },
    }
    paths: dict[str, Any] = {}
    for number, text in enumerate(PAYLOADS):
        # These have a meaning in a path.
        plain = text.translate(str.maketrans("{}?#", "()!%"))
        query = {
            "name": f"q {text}",
            "in": "query",
            "schema": {"type": "string", "enum": values[:3]},
        }
        made = operation(
            f"t{number % 3}",
            f"make_{number}",
            body="Thing",
            response="Thing",
            **described(text),
        )
        made["parameters"] = [query]
        made["deprecated"] = number % 5 == 0
        made["responses"]["400"] = {"description": text}
        paths[f"/p{number}/{plain}"] = {"post": made}
    tags = [
        {"name": f"t{number % 3} {text}", "description": text}
        for number, text in enumerate(PAYLOADS)
    ]
    data = document(schemas, paths, tags=tags)
    data["info"] = {"title": f"Acme {HOSTILE}", "description": HOSTILE, "version": "1"}
    server = {
        "url": "https://api.acme.test",
        "x-environment": "live",
        "description": HOSTILE,
    }
    data["servers"] = [server]
    return data


def described(text: str) -> dict[str, Any]:
    """The marks of an operation that are texts for people."""
    return {"summary": text, "description": text, "x-source": [text]}


PAYLOADS = [*HIDDEN[::3], *RUNNING]


@pytest.fixture(scope="module", name="package")
def _package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generate(tmp_path_factory.mktemp("hostile"), hostile_document())


def test_no_string_that_the_rules_let_through_runs_or_hides(
    package: ModuleType,
) -> None:
    assert package.__file__ is not None
    assert_harmless(Path(package.__file__).parent)


def test_values_and_names_of_the_wire_stay_what_the_document_says(
    package: ModuleType,
) -> None:
    data = hostile_document()
    thing = package.models.Thing
    wanted = data["components"]["schemas"]["Thing"]["properties"]
    core = importlib.import_module(f"{package.__name__}._core.schema")
    types = core.schema_of(thing).types
    assert types.keys() == wanted.keys()
    kinds = {str(member.value) for member in package.models.ThingKind}
    assert kinds == set(wanted["kind"]["enum"])
    for number, value in enumerate(wanted["kind"]["enum"]):
        (expected,) = types[f"c{number}"].parts
        if hasattr(expected, "value"):
            assert expected.value == value
            assert attrs.fields_dict(thing)[f"c{number}"].default in (
                value,
                package.UNSET,
            )
        else:
            (member,) = expected
            assert member.value == value
    carried = loader.bundle_bytes(Document(with_keys(data))).decode()
    assert not [char for char in carried if char != "\n" and is_hidden(char)]
    assert json.loads(carried) == with_keys(data)


def test_a_diagnostic_with_the_document_s_own_words_is_one_line_of_plain_text() -> None:
    text = str(Diagnostic("a.yaml", 1, f"the name {HOSTILE} is odd", "rename it"))
    assert text.isprintable()
    assert not any(map(is_hidden, text))


@pytest.mark.parametrize("char", HIDDEN)
def test_what_hides_is_spelled_out(char: str) -> None:
    assert spelled_out(f"a{char}b").isascii()
    assert spelled_out(f"a{char}b") == f"a{spelled_out(char)}b"


@pytest.mark.parametrize(
    "text", ["line\nline", "a\tb", "Тенге ₸ 中文 é ﬁ", "⚠️ 🎉", "non\u00a0breaking"]
)
def test_what_shows_stays(text: str) -> None:
    assert spelled_out(text) == text


def test_what_would_slip_through_stops_the_generation(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "code.py").write_text("ok = 1\nname = '\u202e'\n", "utf-8")
    with pytest.raises(GenerationError, match=r"code\.py:2: .*U\+202E"):
        pipeline.prove_nothing_hides(package)
