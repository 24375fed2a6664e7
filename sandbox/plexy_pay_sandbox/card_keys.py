"""The key pair for card data: a real RSA key, so that a program can encrypt with it and the sandbox can read.

Which padding the API wants is not documented. The sandbox takes all three that are usual, or only the one that it is
told, to see what a program does whose padding is another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.padding import (
    MGF1,
    OAEP,
    AsymmetricPadding,
    PKCS1v15,
)
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_BITS: Final = 2048

# The strictest first: with PKCS #1 v1.5 a text of another padding may come out as noise instead of an error.
PADDINGS: Final[Mapping[str, AsymmetricPadding]] = {
    "oaep-sha256": OAEP(MGF1(SHA256()), SHA256(), None),
    "oaep-sha1": OAEP(MGF1(SHA1()), SHA1(), None),
    "pkcs1-v1_5": PKCS1v15(),
}
"""The paddings by name."""


@cache
def _private_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=_BITS)


@cache
def public_key() -> str:
    """Return the key in PEM, made when it is first asked for; one for all sandboxes of a process."""
    return (
        _private_key()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def decrypt(ciphertext: bytes, padding: str) -> str | None:
    """Return what was encrypted with the public key in a padding; None if it was not, as far as can be told."""
    try:
        return _private_key().decrypt(ciphertext, PADDINGS[padding]).decode()
    except ValueError:
        return None
