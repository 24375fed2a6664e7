"""Find where an OpenAPI export, the vendor's description, differs from `spec/`."""

from __future__ import annotations

from collections.abc import Container

from ..document import Document
from ..model import build, query
from .body_comparison import BodyComparison
from .builder import Builder
from .finding import Finding
from .given import Given
from .notes import Notes
from .operation_matches import Matches, match
from .parameter_comparison import ParameterComparison
from .place_comparison import PlaceComparison, title_of
from .response_comparison import ResponseComparison
from .schema_comparison import SchemaComparison
from .source import Export

#: The parts of an operation, in the order in which they are compared.
_PARTS = (PlaceComparison, ParameterComparison, BodyComparison, ResponseComparison)


def compare(
    spec: Document, export: Export, word: str, source: str, refused: Container[str] = ()
) -> list[Finding]:
    """Compare an export with `spec/`.

    Args:
        spec: The bundled document of `spec/`.
        export: The vendor's description.
        word: The evidence of what it says.
        source: The text to write as the source.
        refused: The ids of findings that no overlay can correct, which a person has to decide.
    """
    given = Given(spec, build.read(spec).api, export.foreign, word, source)
    notes = Notes(refused)
    matches = match(query.in_written_order(given.api), given.theirs.operations)
    _operations(matches, given, notes)
    _unmatched(matches, notes, is_whole=export.is_whole)
    _webhooks(given, notes)
    _origins(given, notes)
    return notes.findings()


def _operations(matches: Matches, given: Given, notes: Notes) -> None:
    builder = Builder(given)
    schemas = SchemaComparison(given, notes, builder)
    comparisons = [part(given, notes, builder, schemas) for part in _PARTS]
    for ours, theirs in matches.pairs:
        for comparison in comparisons:
            comparison.compare(ours, theirs)
    schemas.finish()


def _unmatched(matches: Matches, notes: Notes, *, is_whole: bool) -> None:
    for theirs, several in matches.ambiguous:
        names = ", ".join(one.call for one in several)
        text = f"the export has {title_of(theirs)}, which may be {names}"
        notes.hand("operation", several[0].origin.pointer, title_of(theirs), text)
    for theirs in matches.only_there:
        text = (
            "an operation that `spec/` does not have. Decide its names in Python, its family, whether it moves "
            "money and how that is reconciled, then add it as spec/README.md says"
        )
        notes.hand("operation", ("paths",), title_of(theirs), text)
    for ours in matches.only_here if is_whole else ():
        notes.only_here(
            "operation",
            ours.origin.pointer,
            ours.call,
            "the export has no such operation",
        )


def _webhooks(given: Given, notes: Notes) -> None:
    if given.theirs.has_webhooks:
        text = "the export describes webhooks, which are not compared. Compare them with `webhooks` by hand"
        notes.hand("webhook", ("webhooks",), "webhooks", text)


def _origins(given: Given, notes: Notes) -> None:
    hosts = {_host(server.url) for server in given.theirs.api.servers} - {""}
    urls = " ".join(server.url for server in given.api.servers)
    unknown = [host for host in hosts if f"//{host}" not in urls]
    if unknown:
        text = f"the export names {len(unknown)} origins that `spec/` does not have; a key goes to known ones only"
        notes.hand("server", ("servers",), "servers", text)


def _host(url: str) -> str:
    """Return the host of a server, or no text if it has none, or one with variables."""
    return url.split("/")[2] if "://" in url and "{" not in url else ""
