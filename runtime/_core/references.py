# plexy-pay runtime, written by hand in runtime/_core/references.py; the generator copies it unchanged.
"""Decide whether a reference in a list may be one that was sent, although APIs escape, cut, prefix and normalise text.

Two similar references never count as the same. A similar reference only makes it uncertain that the sent one is absent.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import unescape
from itertools import product
from urllib.parse import unquote_plus

LEAST = 5
"""The number of characters that two references must share, so that the match is not a coincidence."""
_ESCAPED = 3  # The number of times that a text may have been escaped.
_CUT_ESCAPE = re.compile(r"(?:&[#\w;]*|%[0-9A-Fa-f]?|\\u?[0-9A-Fa-f]{0,3})$")
_PLAIN = re.compile(r"[a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """Represent a reference in the forms that are compared.

    Args:
        whole: The text without escapes and white space, with letter case and Unicode forms normalised.
        forms: The whole text, and the rest of it if only plain ASCII characters are kept.
        cuts: The forms, also without an escape at the end that was cut off halfway.
    """

    whole: str
    forms: frozenset[str]
    cuts: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Reference:
        """Return the forms of a text."""
        if _PLAIN.fullmatch(text):
            forms = frozenset((text,))
            return cls(text, forms, forms)
        forms = _forms(text)
        return cls(_folded(text), forms, forms | _forms(_CUT_ESCAPE.sub("", text)))

    def may_be(self, shown: Reference) -> bool:
        """Return whether an API may show this reference as the other one."""
        if self.whole in shown.whole:
            return True
        pairs = product(self.forms, shown.cuts)
        return any(_share(mine, other) for mine, other in pairs)


def _forms(text: str) -> frozenset[str]:
    whole = _folded(text)
    # An API may drop a character outside ASCII, or only its diacritical marks.
    decomposed = unicodedata.normalize("NFKD", whole)
    return frozenset(
        (whole, "".join(_PLAIN.findall(whole)), "".join(_PLAIN.findall(decomposed)))
    )


def _folded(text: str) -> str:
    for _ in range(_ESCAPED):
        # Decomposed, a letter with a mark could complete an escape that the composed letter does not.
        text = unescape(unquote_plus(unicodedata.normalize("NFKC", text)))
    text = unicodedata.normalize("NFKC", text).casefold()
    # Case folding may produce characters that need normalising again.
    return "".join(map(_kept, unicodedata.normalize("NFKC", text)))


def _kept(char: str) -> str:
    if unicodedata.category(char) == "Pd":
        return "-"
    # Invisible characters, and the character that replaces a lost one, carry no information.
    return char if char.isprintable() and char not in " \ufffd" else ""


def _share(mine: str, other: str) -> bool:
    """Return whether one text contains the other, or the end of one is the beginning of the other."""
    shorter = min(len(mine), len(other))
    if shorter < LEAST:
        return False
    if mine in other or other in mine:
        return True
    lengths = range(LEAST, shorter)
    return any(
        other.endswith(mine[:length]) or other.startswith(mine[-length:])
        for length in lengths
    )
