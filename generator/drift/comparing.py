"""Findings from an OpenAPI export: where the vendor's description and `spec/` differ."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..document import Document, mapping, sequence
from ..reading import call_of
from .building import Builder
from .comparing_bodies import BodyComparison
from .comparing_parameters import ParameterComparison
from .comparing_places import PlaceComparison, title_of
from .comparing_responses import ResponseComparison
from .comparing_schemas import SchemaComparison
from .finding import Finding
from .given import Given
from .matching import Matches, match
from .notes import Notes
from .source import Export


def compare(
    spec: Document, export: Export, word: str, source: str, refused: Container[str] = ()
) -> list[Finding]:
    """Compare an export with `spec/`.

    Args:
        spec: The bundled document of `spec/`.
        export: The vendor's description.
        word: The evidence of what it says.
        source: What to write as the source.
        refused: The ids of findings that no overlay can correct, which a person has to decide.
    """
    given = Given(spec, export.document, word, source)
    notes = Notes(refused)
    matches = match(spec, export.document)
    _operations(matches, given, notes)
    _unmatched(matches, notes, is_whole=export.is_whole)
    _webhooks(given, notes)
    _origins(given, notes)
    return notes.findings()


def _operations(matches: Matches, given: Given, notes: Notes) -> None:
    builder = Builder(given)
    schemas = SchemaComparison(given, notes, builder)
    comparisons = (
        PlaceComparison(given, notes),
        ParameterComparison(given, notes, builder, schemas),
        BodyComparison(notes, builder, schemas),
        ResponseComparison(given, notes, schemas),
    )
    for ours, theirs in matches.pairs:
        for comparison in comparisons:
            comparison.compare(ours, theirs)
    schemas.finish()


def _unmatched(matches: Matches, notes: Notes, *, is_whole: bool) -> None:
    for theirs, several in matches.ambiguous:
        names = ", ".join(map(call_of, several))
        text = f"the export has {title_of(theirs)}, which may be {names}"
        notes.hand("operation", several[0].pointer, title_of(theirs), text)
    for theirs in matches.only_there:
        text = (
            "an operation that `spec/` does not have. Decide its names in Python, its family, whether it moves "
            "money and how that is reconciled, then add it as spec/README.md says"
        )
        notes.hand("operation", ("paths",), title_of(theirs), text)
    for ours in matches.only_here if is_whole else ():
        notes.only_here("operation", ours.pointer, call_of(ours), "the export has no such operation")


def _webhooks(given: Given, notes: Notes) -> None:
    if mapping(given.theirs.data.get("webhooks")):
        text = "the export describes webhooks, which are not compared. Compare them with `webhooks` by hand"
        notes.hand("webhook", ("webhooks",), "webhooks", text)


def _origins(given: Given, notes: Notes) -> None:
    hosts = {_host(one) for one in sequence(given.theirs.data.get("servers"))} - {""}
    own = [str(server.get("url")) for server in _servers(given.spec)]
    unknown = [host for host in hosts if not any(f"//{host}" in url for url in own)]
    if unknown:
        text = f"the export names {len(unknown)} origins that `spec/` does not have; a key goes to known ones only"
        notes.hand("server", ("servers",), "servers", text)


def _servers(spec: Document) -> Iterator[dict[str, Any]]:
    items = [mapping(item) for item in mapping(spec.data.get("paths")).values()]
    operations = [mapping(one) for item in items for one in item.values()]
    for holder in (spec.data, *items, *operations):
        yield from map(mapping, sequence(holder.get("servers")))


def _host(server: object) -> str:
    """Return the host of a server, or no text if it has none, or one with variables."""
    url = mapping(server).get("url")
    if not isinstance(url, str) or "://" not in url or "{" in url:
        return ""
    return url.split("/")[2]
