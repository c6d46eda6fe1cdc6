"""Tells genuine id tokens from others, by the public keys of the user pool.

Without boto3: this stands before every request (docs.aws.amazon.com/cognito,
amazon-cognito-user-pools-using-tokens-verifying-a-jwt).
"""

from datetime import datetime
from typing import Any

import jwt

from pm_assistant.aws.claims import identity_of
from pm_assistant.domain.accounts import Identity
from pm_assistant.domain.errors import Unauthenticated, UpstreamUnavailable

ALGORITHM = "RS256"
KEYS_KEPT_SECONDS = 3_600.0
KEYS_TIMEOUT_SECONDS = 3.0

_REASONS: dict[type[jwt.PyJWTError], str] = {
    jwt.InvalidAlgorithmError: "algorithm",
    jwt.InvalidSignatureError: "signature",
    jwt.InvalidAudienceError: "audience",
    jwt.InvalidIssuerError: "issuer",
}
_CLAIMS = ["sub", "iss", "aud", "exp", "iat", "auth_time", "token_use"]


class JwtVerifier:
    """Checks id tokens (`Verifier`); its refusals are one fixed word each and never repeat what was in the token."""

    def __init__(self, *, issuer: str, jwks_url: str, audience: str, refetch_seconds: float = 60) -> None:
        """Remember whose tokens count.

        Args:
            issuer: the user pool, as `iss` names it.
            jwks_url: where the pool publishes its public keys.
            audience: our client's id.
            refetch_seconds: how soon an unknown key may make us look for new ones again.
        """
        self._issuer = issuer
        self._audience = audience
        self._keys = jwt.PyJWKClient(
            jwks_url,
            lifespan=KEYS_KEPT_SECONDS,
            timeout=KEYS_TIMEOUT_SECONDS,
            cooldown_duration=refetch_seconds,
        )

    def verify(self, id_token: str, now: datetime) -> Identity:
        """Check signature, issuer, audience, use and time.

        Raises:
            Unauthenticated: in one word, what is wrong.
            UpstreamUnavailable: the pool's keys could not be read.
        """
        try:
            claims = self._claims(id_token)
        except jwt.PyJWTError as error:
            raise Unauthenticated(_REASONS.get(type(error), "form")) from error
        use, ends = claims["token_use"], claims["exp"]
        if use != "id":
            raise Unauthenticated("use")
        if ends <= now.timestamp():
            raise Unauthenticated("expired")
        identity = identity_of(claims)
        if identity is None:
            raise Unauthenticated("tenant")
        return identity

    def _claims(self, id_token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(id_token)
        if header.get("alg") != ALGORITHM:
            raise jwt.InvalidAlgorithmError
        return jwt.decode(
            id_token,
            self._key(header.get("kid", "")),
            algorithms=[ALGORITHM],
            audience=self._audience,
            issuer=self._issuer,
            options={
                "require": _CLAIMS,
                "strict_aud": True,
                # Times are compared with the caller's clock, not with PyJWT's.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )

    def _key(self, kid: str) -> jwt.PyJWK:
        try:
            self._keys.get_signing_keys()
        except (jwt.PyJWTError, OSError, ValueError) as error:  # ValueError: what came is no JSON
            raise UpstreamUnavailable("the user pool's keys cannot be read") from error
        try:
            return self._keys.get_signing_key(kid)
        except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, OSError, ValueError) as error:
            raise UpstreamUnavailable("the user pool's keys cannot be read") from error
        except jwt.PyJWKClientError as error:
            raise jwt.InvalidSignatureError from error
