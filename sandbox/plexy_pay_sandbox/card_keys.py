"""The public key for card data.

It is a real RSA key, so that a program can encrypt with it. The sandbox keeps no private part: it never reads
card data, and decides by the amount what becomes of a payment.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_BITS: Final = 2048


@cache
def public_key() -> str:
    """The key in PEM, made when it is first asked for; one for all sandboxes of a process."""
    key = generate_private_key(public_exponent=65537, key_size=_BITS).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
