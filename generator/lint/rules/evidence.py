"""Rules about evidence: every fact of the document says how well it is known, and where it was read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import reading
from ...document import Document, Located, Pointer, is_mapping, is_sequence, mapping, objects
from ...problems import Problem, meant

_WORDS = ", ".join(reading.EVIDENCE)

#: Words of sentences that one further source can make untrue.
_CLAIM = re.compile(
    r"""\bunit\s+is\s+not\s+known\b
    | \bnot\s+(?:known|documented)\b
    | \bundocumented\b
    | \bno\b[^.]{1,60}?\b(?:is|are)\s+(?:known|documented|needed|required)\b
    | \bno(?:thing|body|\s+source|\s+page)\s+(?:is|knows|says|shows|names|tells|states)\b
    | \b(?:docs|sources?|pages?|samples?)\s+(?:name|show|list|say|state|give|tell)s?\s+(?:no|nothing|neither)\b
    | \bthe\s+only\b
    | \bonly\s+(?:value|field|way|one)s?\b
    | \ball\s+that\s+(?:is|are)\s+(?:needed|required|known)\b
    | \b(?:is|are)\s+enough\b
    | \bsuffices?\b""",
    re.VERBOSE | re.IGNORECASE,
)


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


def claim_has_a_source(document: Document) -> Iterator[Problem]:
    """A sentence about all sources (the only value, nothing is known) names where that was looked for."""
    for place, found in objects(document.data):
        text = found.get("description")
        claim = _CLAIM.search(text) if isinstance(text, str) else None
        if claim is None or "x-source" in found or _is_said_by_its_unit(found, claim[0]):
            continue
        yield document.problem(
            (*place, "description"),
            f"{' '.join(claim[0].split())!r} is a claim about all sources, and names none",
            "say what the sources show, or write `x-source:` beside it, with the pages that were read",
        )


def _is_said_by_its_unit(found: dict[str, object], claim: str) -> bool:
    """Whether the mark of the amount makes the same claim, so that both are corrected together."""
    return found.get("x-amount-unit") == "unknown" and claim.split() == ["unit", "is", "not", "known"]


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
