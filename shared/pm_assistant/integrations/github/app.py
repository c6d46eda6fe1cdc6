"""Our GitHub App, and how it proves that it is the app (docs.github.com, "Generating a JSON Web Token (JWT)")."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from pm_assistant.domain.errors import Misconfigured
from pm_assistant.domain.languages import Translatable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

PROOF_LIVES = timedelta(minutes=9)
"""GitHub takes ten minutes at most."""
CLOCKS_DIFFER = timedelta(minutes=1)


@cache
def _signing_key(pem: str) -> RSAPrivateKey:
    """Reading it checks its primes, which takes longer than the request that it is for."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from jwt import InvalidKeyError
    from jwt.algorithms import RSAAlgorithm

    try:
        key = RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(pem)
    except (InvalidKeyError, TypeError):  # TypeError: it is under a password
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise Misconfigured(Translatable("github/private-key is no private RSA key in PEM form"))
    return key


@dataclass(frozen=True)
class GitHubApp:
    """The app as it is registered; `private_key` is the PEM that GitHub hands out once."""

    app_id: str
    slug: str
    client_id: str
    client_secret: str = field(repr=False)
    private_key: str = field(repr=False)

    def proof(self, now: datetime) -> str:
        """A token by which GitHub knows the app itself; dated back a little, for GitHub takes none from the future."""
        import jwt

        claims = {"iat": now - CLOCKS_DIFFER, "exp": now + PROOF_LIVES, "iss": self.app_id}
        return jwt.encode(claims, _signing_key(self.private_key), algorithm="RS256")
