"""Rules about evidence: every fact of the document says how well it is known, and where it was read."""

from __future__ import annotations

from collections.abc import Iterator

from ...document import Document, Located, Pointer, is_mapping, is_sequence, mapping, objects
from ...problems import Problem, meant
from .. import reading

_WORDS = ", ".join(reading.EVIDENCE)


def operation_has_evidence(document: Document) -> Iterator[Problem]:
    """Every operation says how well its method and its path are known."""
    for operation in reading.operations(document):
        evidence = operation.data.get("x-evidence")
        if not is_mapping(evidence) or not {"method", "path"} <= evidence.keys():
            yield document.problem(
                (*operation.pointer, "x-evidence"),
                f"{operation.title} does not say how well its method and path are known",
                f"write `x-evidence: {{method: ..., path: ...}}` with words of {_WORDS}",
            )


def schema_has_evidence(document: Document) -> Iterator[Problem]:
    """Every named schema and every webhook says how well it is known; properties inherit."""
    for schema in reading.named_schemas(document):
        if "x-evidence" not in schema.value:
            message = f"the schema {str(schema.pointer[-1])!r} does not say how well it is known"
            yield document.problem(schema.pointer, message, f"write `x-evidence:` with one of {_WORDS}")
    for webhook in reading.webhooks(document):
        if "x-evidence" not in webhook.data:
            message = f"{webhook.title} does not say how well it is known"
            yield document.problem(webhook.pointer, message, f"write `x-evidence:` with one of {_WORDS}")


def parameter_has_evidence(document: Document) -> Iterator[Problem]:
    """Every parameter says how well it is known; one of the path may inherit the path's evidence."""
    for operation in reading.operations(document):
        for parameter in operation.parameters():
            if parameter.value.get("in") != "path" and "x-evidence" not in parameter.value:
                message = f"the parameter {parameter.value.get('name')!r} does not say how well it is known"
                yield document.problem(
                    parameter.pointer, message, f"write `x-evidence:` with one of {_WORDS}"
                )


def evidence_has_a_source(document: Document) -> Iterator[Problem]:
    """Evidence is one of our words, and names its source unless it is inferred or its parent's."""
    for place, found in objects(document.data):
        if "x-evidence" not in found:
            continue
        words = _words(Located((*place, "x-evidence"), found["x-evidence"]))
        for word in words:
            if word.value not in reading.EVIDENCE:
                message = f"{word.value!r} is not a word for evidence"
                fix = meant(word.value, reading.EVIDENCE, f"use one of {_WORDS}")
                yield document.problem(word.pointer, message, fix)
        if all(word.value == "inferred" or word.value not in reading.EVIDENCE for word in words):
            continue
        sources = found.get("x-source")
        if sources is None and words[0].value == _inherited(document, place):
            continue
        if not is_sequence(sources) or not sources or not all(isinstance(s, str) and s for s in sources):
            yield document.problem(
                (*place, "x-source") if "x-source" in found else (*place, "x-evidence"),
                "evidence without a source",
                "write `x-source:` as a list of the pages it was read on, or `x-evidence: inferred`",
            )


def _words(evidence: Located) -> list[Located]:
    """The words of an evidence: one, or (for an operation) one for each of its parts."""
    if is_mapping(evidence.value):
        return [Located((*evidence.pointer, key), word) for key, word in evidence.value.items()]
    return [evidence]


def _inherited(document: Document, place: Pointer) -> str | None:
    """The evidence of the nearest object around this one that has any."""
    for length in range(len(place) - 1, 0, -1):
        outer = mapping(document.get(place[:length]))
        if isinstance(outer.get("x-evidence"), str) and "x-source" in outer:
            return str(outer["x-evidence"])
    return None
