"""Check claims: a sentence about all sources says which were read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...model.api import Api, Description

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


def claim_has_a_source(api: Api) -> Iterator[Diagnostic]:
    """Report a sentence about all sources (the only value, nothing is known) that does not name the sources."""
    for description in api.descriptions:
        claim = _CLAIM.search(description.text)
        if (
            claim is None
            or description.sources
            or _is_said_by_its_unit(description, claim[0])
        ):
            continue
        yield api.diagnostic(
            description.origin.pointer,
            f"{' '.join(claim[0].split())!r} is a claim about all sources, and names none",
            "say what the sources show, or write `x-source:` beside it, with the pages that were read",
        )


def _is_said_by_its_unit(description: Description, claim: str) -> bool:
    """Return whether the amount's own extension makes the same claim, so that both are corrected together."""
    return description.is_of_unknown_unit and claim.split() == [
        "unit",
        "is",
        "not",
        "known",
    ]
