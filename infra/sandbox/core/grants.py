"""What a vendor remembers of letting the app in."""

from datetime import datetime
from typing import Literal

from infra.sandbox.core.state import Model, Vendor


class Code(Model):
    """An authorization code on its way back to the app with the browser; known to the vendor by `code`.

    Attributes:
        person: the handle of who agreed.
        challenge: PKCE's (S256); empty if the app sent none.
    """

    vendor: Vendor
    code: str
    person: str
    redirect_uri: str
    scopes: list[str]
    challenge: str = ""
    expires_at: datetime
    used: bool = False


class Token(Model):
    """What lets the app in.

    Attributes:
        refresh: gets the next one, once; empty where there is none or it was used.
        person: the handle of who agreed; whose token it is at GitHub.
        scopes: None means all there are.
        installation_id: GitHub only; whose repositories it opens.
        repository_ids: GitHub only; the ones of these that it was asked for, None means all.
        permissions: GitHub only; likewise what may be done there.
        expires_at: None means never.
    """

    vendor: Vendor
    kind: Literal["app", "user", "installation"] = "app"
    access: str
    refresh: str = ""
    person: str = ""
    scopes: list[str] | None = None
    installation_id: int | None = None
    repository_ids: list[int] | None = None
    permissions: dict[str, str] | None = None
    expires_at: datetime | None = None
    revoked: bool = False


class Tally(Model):
    """How often each of these succeeded; to refresh is at GitHub to mint an installation's token, too."""

    exchanges: int = 0
    refreshes: int = 0
    revocations: int = 0
