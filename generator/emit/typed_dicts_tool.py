"""A program that runs datamodel-code-generator. It knows nothing of the generator, and nothing else knows the tool.

`typed_dicts.py` runs it with an order on its standard input, a JSON object: the `document` that the tool reads, and the
`header` of the module that it writes. It prints another one: the `text` of the module; or the `error`, and the schemas
that the tool fails for alone (`guilty`).
"""

from __future__ import annotations

import gc
import json
import sys
import warnings
from contextlib import redirect_stdout
from typing import Any

import datamodel_code_generator
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import Formatter, PythonVersion

Json = dict[str, Any]

#: Categories that a program which is run does not show by itself.
_QUIET = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


class _FailedError(Exception):
    """The tool fails, or warns."""


def main() -> None:
    """Carry the order out, and print what came of it."""
    # Nothing is thrown away here before the end.
    gc.disable()
    order: Json = json.load(sys.stdin)
    # What the tool prints must not get between.
    with redirect_stdout(sys.stderr):
        result = _result(order["document"], order["header"])
    print(json.dumps(result))


def _result(document: Json, header: str) -> Json:
    try:
        return {"text": _written(document, header)}
    except _FailedError as error:
        schemas: Json = document["components"]["schemas"]
        guilty = [
            name
            for name, schema in schemas.items()
            if _fails_alone(document, name, schema)
        ]
        return {"error": str(error), "guilty": guilty}


def _fails_alone(document: Json, name: str, schema: Json) -> bool:
    """Return whether the tool fails for one schema: they refer to no others."""
    try:
        _written({**document, "components": {"schemas": {name: schema}}}, "")
    except _FailedError:
        return True
    return False


def _written(document: Json, header: str) -> str:
    """Return what the tool writes."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for category in _QUIET:
            warnings.simplefilter("ignore", category)
        try:
            written = datamodel_code_generator.generate(
                json.dumps(document, indent=1),
                input_file_type=InputFileType.OpenAPI,
                output_model_type=DataModelType.TypingTypedDict,
                target_python_version=PythonVersion.PY_311,
                custom_file_header=header,
                disable_timestamp=True,
                disable_future_imports=True,
                use_schema_description=True,
                use_field_description=True,
                use_union_operator=True,
                use_standard_collections=True,
                keep_model_order=True,
                use_closed_typed_dict=False,
                formatters=[Formatter.BUILTIN],
            )
        except Exception as error:
            raise _FailedError(f"{type(error).__name__}: {error}") from error
    if warned:
        texts = dict.fromkeys(str(warning.message) for warning in warned)
        raise _FailedError("; ".join(texts))
    if not isinstance(written, str):
        raise _FailedError("it made several modules of the parameters")
    return written


if __name__ == "__main__":
    main()
