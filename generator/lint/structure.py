"""Check the document against OpenAPI itself, with openapi-spec-validator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

import jsonschema_rs
from jsonschema.exceptions import ValidationError
from jsonschema.validators import validator_for
from jsonschema_path import SchemaPath
from openapi_schema_validator import OAS30Validator, OAS31Validator, OAS32Validator
from openapi_schema_validator._specifications import REGISTRY
from openapi_spec_validator import (
    OpenAPIV30SpecValidator,
    OpenAPIV31SpecValidator,
    OpenAPIV32SpecValidator,
)
from openapi_spec_validator.validation import SpecValidator
from openapi_spec_validator.validation.keywords import KeywordValidator

from ..diagnostics import Diagnostic, meant
from ..document import Document, Pointer, is_mapping
from .json_schema import errors_of, short


class _Version(NamedTuple):
    """Validators of a document of a version, and of a schema in it."""

    document: type[SpecValidator]
    schema: Any


_VERSIONS = {
    "3.0": _Version(OpenAPIV30SpecValidator, OAS30Validator),
    "3.1": _Version(OpenAPIV31SpecValidator, OAS31Validator),
    "3.2": _Version(OpenAPIV32SpecValidator, OAS32Validator),
}
#: Stands before the path of an error that is already seen from the document's root.
_ROOT = "#"


def check(document: Document) -> Iterator[Diagnostic]:
    """Yield what breaks OpenAPI, each with its place in the files."""
    version = str(document.data.get("openapi"))
    of_version = _VERSIONS.get(".".join(version.split(".")[:2]))
    if of_version is None:
        known = " or ".join(_VERSIONS)
        yield document.diagnostic(
            ("openapi",),
            f"OpenAPI {version} is not supported",
            f"write the document in {known}",
        )
        return
    validator = _adapted(of_version, document.data)(document.data)
    errors = _collect(partial(_shape_errors, validator), document.data)
    for error in errors:
        yield _diagnostic(document, tuple(error.absolute_path), error, version)
    if not errors:
        # The further checks expect a document of the right shape.
        for error in _collect(validator.root_validator, validator.schema_path):
            pointer = tuple(error.absolute_path)
            place = (
                document.follow(pointer[1:]).pointer if pointer[:1] == (_ROOT,) else ()
            )
            yield _diagnostic(document, place, error, version)


def _shape_errors(validator: SpecValidator, data: object) -> list[ValidationError]:
    """Return what breaks OpenAPI's own JSON Schema.

    openapi-spec-validator takes jsonschema-rs for this where it is installed: a hundred times as fast, but its
    errors quote the whole document and name no place in it. So it only says whether there are any.
    """
    fast = cast("Any", validator.schema_validator)
    if fast.is_valid(data):
        return []
    schema = dict(fast.schema)
    return errors_of(validator_for(schema)(schema), data)


def _collect(
    check: Callable[[Any], Iterable[ValidationError]], value: object
) -> list[ValidationError]:
    """Return the errors that a check finds, or that it broke: no document may end in a traceback."""
    errors: list[ValidationError] = []
    try:
        errors.extend(check(value))
    except Exception as error:
        errors.append(
            ValidationError(
                f"openapi-spec-validator stopped: {type(error).__name__}: {error}"
            )
        )
    return errors


def _diagnostic(
    document: Document, pointer: Pointer, error: ValidationError, version: str
) -> Diagnostic:
    choice = _choice(error)
    if choice is None:
        fix = f"change it to what OpenAPI {version} allows here"
        return document.diagnostic(pointer, short(error.message), fix)
    words = [str(word) for word in cast("list[object]", choice.validator_value)]
    message = short(
        f"{choice.instance!r} is not one of the words that OpenAPI {version} has here"
    )
    return document.diagnostic(
        pointer,
        message,
        meant(choice.instance, words, f"use one of {', '.join(words)}"),
    )


def _choice(error: ValidationError) -> ValidationError | None:
    """Return the part of an error about a word that OpenAPI does not list; None if it is about something else."""
    if error.validator == "enum":
        return error
    if is_mapping(error.instance):
        return None
    # A union of a word and something else, such as the type of a schema, which may be a list of them.
    found = list(filter(None, map(_choice, error.context or ())))
    for choice in found:
        if isinstance(choice.instance, str):
            return choice
    return found[0] if found else None


def soundness(of_version: Any) -> Callable[[object], bool]:
    """Return a function that says whether a schema is one; where it says no, a validator that can tell why decides.

    The validator takes most of its time to find that nothing is wrong with a schema. jsonschema-rs knows that in no
    time, by the same description of schemas and the same idea of a regular expression.

    Args:
        of_version: The validator with schemas of that version of OpenAPI.
    """
    named: list[tuple[str, Any]] = [(uri, REGISTRY.contents(uri)) for uri in REGISTRY]
    quick = jsonschema_rs.validator_for(
        of_version.META_SCHEMA,
        registry=jsonschema_rs.Registry(named),
        validate_formats=True,
        formats={"regex": partial(of_version.FORMAT_CHECKER.conforms, format="regex")},
    )

    def is_sound(schema: object) -> bool:
        return not (is_mapping(schema) and "$schema" in schema) and quick.is_valid(
            schema
        )

    return is_sound


def _adapted(of_version: _Version, data: dict[str, Any]) -> type[SpecValidator]:
    """Return a validator that passes sound schemas at once, and begins each error with its place."""
    validator = of_version.document
    keywords = {
        name: _with_place(name, keyword)
        for name, keyword in validator.keyword_validators.items()
    }
    # In another dialect a schema may say other things; the validator knows which.
    if "jsonSchemaDialect" not in data:
        keywords["schema"] = _with_quick_check(
            keywords["schema"], soundness(of_version.schema)
        )
    return cast(
        "type[SpecValidator]",
        type(validator.__name__, (validator,), {"keyword_validators": keywords}),
    )


def _with_quick_check(
    keyword: type[KeywordValidator], is_sound: Callable[[object], bool]
) -> type[KeywordValidator]:
    check = cast("Callable[..., object]", cast("Any", keyword)._validate_schema_meta)

    def validate(self: KeywordValidator, schema: SchemaPath, value: object) -> object:
        return None if is_sound(value) else check(self, schema, value)

    return cast(
        "type[KeywordValidator]",
        type(keyword.__name__, (keyword,), {"_validate_schema_meta": validate}),
    )


def _with_place(name: str, keyword: type[KeywordValidator]) -> type[KeywordValidator]:
    check = cast(
        "Callable[..., Iterator[ValidationError]]", cast("Any", keyword).__call__
    )

    def call(
        self: KeywordValidator, *args: Any, **kwargs: Any
    ) -> Iterator[ValidationError]:
        place = _parts_of(args)
        for error in check(self, *args, **kwargs):
            # The innermost check is the first to see an error; it knows the place best.
            if not error.path or error.path[0] != _ROOT:
                tokens = [_ROOT, *map(_token, place)]
                if name == "default":
                    tokens.append("default")
                error.path.extendleft(reversed(tokens))
            yield error

    return cast(
        "type[KeywordValidator]", type(keyword.__name__, (keyword,), {"__call__": call})
    )


def _parts_of(arguments: Iterable[object]) -> Sequence[Any]:
    """Return the place that a check is told, as its path from the root."""
    for argument in arguments:
        if isinstance(argument, SchemaPath):
            return argument.parts
    return ()


def _token(part: object) -> str | int:
    return part if isinstance(part, int) else str(part)
