"""Codes and tokens, as all vendors handle them: a code works once within ten minutes, so does a refresh token once."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from infra.sandbox.core.grants import Code, Tally, Token
from infra.sandbox.core.state import Clock, Vendor
from infra.sandbox.core.store import Store
from infra.sandbox.core.world import World

CODE_LIFETIME = timedelta(minutes=10)


class CodeUnknown(Exception):
    """There was no such code, or its time is over."""


class CodeUsed(Exception):
    """The code was exchanged before."""


class Tokens:
    """What the vendors have handed out."""

    def __init__(self, store: Store[World], clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def code(
        self, vendor: Vendor, *, person: str, redirect_uri: str, scopes: list[str] | None = None, challenge: str = ""
    ) -> str:
        """Make a code for the browser to carry."""
        code = secrets.token_hex(20)
        self._store.world.codes[code] = Code(
            vendor=vendor,
            code=code,
            person=person,
            redirect_uri=redirect_uri,
            scopes=scopes or [],
            challenge=challenge,
            expires_at=self._clock() + CODE_LIFETIME,
        )
        self._store.changed()
        return code

    def presented(self, vendor: Vendor, code: str) -> Code:
        """The code that somebody wants to exchange.

        Raises:
            CodeUnknown: it was never made, or has expired.
            CodeUsed: it was exchanged before.
        """
        grant = self._store.world.codes.get(code)
        if grant is None or grant.vendor != vendor or grant.expires_at <= self._clock():
            raise CodeUnknown
        if grant.used:
            raise CodeUsed
        return grant

    def exchange(self, code: Code, token: Token) -> Token:
        """Give a token for a code, which is used up."""
        code.used = True
        self.tally(code.vendor).exchanges += 1
        return self.issue(token)

    def issue(self, token: Token) -> Token:
        """Accept a token from now on."""
        self._store.world.tokens[token.access] = token
        self._store.changed()
        return token

    def of_refresh(self, vendor: Vendor, refresh: str) -> Token | None:
        """The token that a refresh token belongs to, whether it still counts or not; None if that was used."""
        vendors_tokens = (each for each in self._store.world.tokens.values() if each.vendor == vendor)
        return next((each for each in vendors_tokens if refresh and each.refresh == refresh), None)

    def refreshable(self, vendor: Vendor, refresh: str) -> Token | None:
        """The token that a refresh token can be used for; None if that was used, or access revoked."""
        token = self.of_refresh(vendor, refresh)
        return token if token is not None and not token.revoked else None

    def renew(self, old: Token, *, access: str, refresh: str, expires_at: datetime) -> Token:
        """Give the next token; the refresh token is used up, the old token lives until its own end."""
        old.refresh = ""
        self.tally(old.vendor).refreshes += 1
        return self.issue(old.model_copy(update={"access": access, "refresh": refresh, "expires_at": expires_at}))

    def find(self, vendor: Vendor, access: str) -> Token | None:
        """A token by what the app sends, whether it still counts or not."""
        token = self._store.world.tokens.get(access)
        return token if token is not None and token.vendor == vendor else None

    def expired(self, token: Token) -> bool:
        """Whether its time is over."""
        return token.expires_at is not None and token.expires_at <= self._clock()

    def live(self, vendor: Vendor, access: str) -> Token | None:
        """A token that counts."""
        token = self.find(vendor, access)
        return token if token is not None and not token.revoked and not self.expired(token) else None

    def revoke(self, *tokens: Token) -> None:
        """Let these count no more, nor what could be got for their refresh tokens."""
        for token in tokens:
            token.revoked = True
        self._store.changed()

    def all(self, vendor: Vendor) -> list[Token]:
        """A vendor's tokens that are not revoked."""
        return [each for each in self._store.world.tokens.values() if each.vendor == vendor and not each.revoked]

    def expire_all(self, vendor: Vendor) -> int:
        """End the time of a vendor's tokens that have one; returns how many."""
        ended = [each for each in self.all(vendor) if each.expires_at and not self.expired(each)]
        for token in ended:
            token.expires_at = self._clock()
        self._store.changed()
        return len(ended)

    def tally(self, vendor: Vendor) -> Tally:
        """What has been counted of a vendor."""
        return self._store.world.tallies.setdefault(vendor, Tally())


def proves(verifier: str, challenge: str) -> bool:
    """Whether PKCE's verifier fits the challenge (S256, RFC 7636); without a challenge there is nothing to prove."""
    digest = hashlib.sha256(verifier.encode()).digest()
    fitting = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return not challenge or hmac.compare_digest(fitting.encode(), challenge.encode())


def same(presented: str, secret: str) -> bool:
    """Whether the app's word for a secret is right; nothing is right where none is configured."""
    return bool(secret) and hmac.compare_digest(presented.encode(), secret.encode())
