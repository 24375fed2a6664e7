# plexy-pay runtime, written by hand in runtime/_core/references.py; the generator copies it unchanged.
"""Whether a reference in a list may be one that was sent: APIs escape, cut, prefix and normalise what they are given.

Two references that look alike are never taken for the same. They only make it uncertain that the one is absent.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote_plus

LEAST = 5
"""How many characters two references must share, so that it is no chance."""
_ESCAPED = 3  # How often a text may have been escaped, one time over another.
_CUT_ESCAPE = re.compile(r"(?:&[#\w;]*|%[0-9A-Fa-f]?|\\u?[0-9A-Fa-f]{0,3})$")
_PLAIN = re.compile(r"[a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in the forms in which it is compared.

    Args:
        whole: Its text without escapes, letter case, white space and the differences of Unicode's forms.
        forms: The same, and what is left of it where only plain ASCII characters are kept.
        cuts: The forms without an escape at the end that was cut off halfway.
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
        """Return whether the other one may be what an API shows of this one."""
        if self.whole in shown.whole:
            return True
        pairs = ((mine, other) for mine in self.forms for other in shown.cuts)
        return any(_share(mine, other) for mine, other in pairs)


def _forms(text: str) -> frozenset[str]:
    whole = _folded(text)
    # What is not ASCII may be left out with its marks, or lose its marks alone.
    decomposed = unicodedata.normalize("NFKD", whole)
    return frozenset(
        (whole, "".join(_PLAIN.findall(whole)), "".join(_PLAIN.findall(decomposed)))
    )


def _folded(text: str) -> str:
    for _ in range(_ESCAPED):
        text = unescape(unquote_plus(text))
    text = unicodedata.normalize("NFKC", text).casefold()
    # Folding the case may bring forth forms that the first pass would have changed.
    return "".join(map(_kept, unicodedata.normalize("NFKC", text)))


def _kept(char: str) -> str:
    if unicodedata.category(char) == "Pd":
        return "-"
    # What cannot be seen, and what stands for a character that was lost, tells nothing.
    return char if char.isprintable() and char not in " \ufffd" else ""


def _share(mine: str, other: str) -> bool:
    """Return whether one holds the other, or the end of one is the beginning of the other."""
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
