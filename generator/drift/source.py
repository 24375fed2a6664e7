"""Read a source about the real API: a log of `plexy_pay.drift`, or the vendor's OpenAPI export, whole or in part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import openapi
from ..diagnostics import Diagnostic, SpecError
from ..document import Document, is_mapping, mapping, parse_pointer, references
from ..yaml_files import read_text, text_of
from . import log
from .foreign import Foreign

_FENCE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[ \t]*(?:ya?ml|json)?[ \t]*\n(?P<text>.*?)^(?P=fence)[ \t]*$",
    re.M | re.S,
)
_OPENAPI = re.compile(r"""^\s*\{?\s*["']?(?:openapi|swagger)["']?\s*:""", re.M)
_VERSION = re.compile(r"3\.[01]\.[0-9]+")


@dataclass(frozen=True)
class Export:
    """A description of the vendor's API, by the vendor.

    Attributes:
        document: The document.
        is_whole: True if it is meant to have every operation; a page of the documentation site has one.
    """

    document: Document
    is_whole: bool

    @cached_property
    def foreign(self) -> Foreign:
        """Return the API that it describes, as the model reads it."""
        return Foreign(self.document)


def read(path: Path) -> log.Log | Export:
    """Read a source; its content tells which kind it is.

    Raises:
        SpecError: if it is neither, or broken; each diagnostic with its line.
    """
    name = path.as_posix()
    text = text_of(path, name).replace("\r\n", "\n")
    if not text.strip():
        raise _stop(
            name,
            1,
            "the file is empty",
            "give a log of `plexy_pay.drift`, or an OpenAPI export",
        )
    if log.is_log(text):
        return log.read(text)
    blocks = [
        found for found in _FENCE.finditer(text) if _OPENAPI.search(found["text"])
    ]
    if len(blocks) > 1:
        line = text.count("\n", 0, blocks[1].start()) + 1
        raise _stop(
            name,
            line,
            "the page holds more than one OpenAPI document",
            "give one file for each",
        )
    if blocks:
        # Empty lines in place of the page before the block: diagnostics then name the lines of the page.
        block = blocks[0]
        text = "\n" * text.count("\n", 0, block.start("text")) + block["text"]
    return _export(text, name, is_page=bool(blocks))


def _export(text: str, name: str, *, is_page: bool) -> Export:
    file = read_text(text, name)
    what = "give a log of `plexy_pay.drift`, or an OpenAPI document (YAML, JSON, or a Markdown page with one)"
    if not is_mapping(file.value):
        raise _stop(
            name,
            1,
            "the file is neither an OpenAPI document nor a log of `plexy_pay.drift`",
            what,
        )
    document = Document(file.value, file.mark)
    if "openapi" not in file.value:
        message = "the file is not an OpenAPI document: it has no `openapi`"
        if "swagger" in file.value:
            message, what = "Swagger 2.0 is not read", "export it as OpenAPI 3.0 or 3.1"
        raise _stop(name, document.where(("swagger",)).line, message, what)
    if not _VERSION.fullmatch(str(file.value["openapi"])):
        raise SpecError(
            [
                document.diagnostic(
                    ("openapi",),
                    "this version of OpenAPI is not read",
                    "export it as OpenAPI 3.0 or 3.1",
                )
            ]
        )
    diagnostics: list[Diagnostic] = []
    for place, target in references(document.data):
        if not target.startswith("#/"):
            diagnostics.append(
                document.diagnostic(
                    place,
                    "a reference leads out of the file",
                    "export the document as one file",
                )
            )
        elif document.get(parse_pointer(target)) is None:
            diagnostics.append(
                document.diagnostic(
                    place,
                    "a reference leads nowhere",
                    "export the document anew, or whole",
                )
            )
    if diagnostics:
        raise SpecError(diagnostics)
    operations = list(openapi.operations(document))
    if not operations and not mapping(document.data.get("components")).get("schemas"):
        raise _stop(
            name,
            document.where(("paths",)).line,
            "the export has no operations and no schemas",
            what,
        )
    return Export(document, is_whole=not is_page and len(operations) > 1)


def _stop(name: str, line: int, message: str, fix: str) -> SpecError:
    return SpecError([Diagnostic(name, line, message, fix)])
