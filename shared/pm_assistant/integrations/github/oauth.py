"""Our GitHub App: a person proves who they are, then lets the app see an installation that is theirs.

Forms: docs.github.com, pages "Generating a user access token for a GitHub App", "Generating a JSON Web Token (JWT) for
a GitHub App", "Generating an installation access token for a GitHub App" and "About the setup URL", which warns that an
`installation_id` in an address proves nothing. The code endpoint answers 200 also when it refuses. The length of a
token means nothing: since 27 April 2026 GitHub mints them in another format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, Field, SecretStr

from pm_assistant.domain import causes
from pm_assistant.domain.connections import Callback, Grant, InstallRedirect
from pm_assistant.domain.errors import (
    AccessRevoked,
    Forbidden,
    InvalidRequest,
    Misconfigured,
    UpstreamRejected,
)
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.integrations.github.api import GitHubEndpoints, Missing, Unexplained
from pm_assistant.integrations.github.app import GitHubApp
from pm_assistant.integrations.github.permissions import scopes_of
from pm_assistant.integrations.github.vendor import VENDOR
from pm_assistant.integrations.oauth import TokenAnswer, code_in, page, word
from pm_assistant.integrations.pages import all_rows

if TYPE_CHECKING:
    import httpx

PER_PAGE = 100
MOST_PAGES = 20
"""What the browser that waits for an answer leaves time for."""


class Account(BaseModel):
    """A person or an organisation."""

    login: str = Field(min_length=1)


class Owner(BaseModel):
    """Whose an installation is: a person or an organisation, or an enterprise, which has a slug and no login."""

    login: str | None = None
    slug: str | None = None


class Installation(BaseModel):
    """The app on one account, which may be gone."""

    id: int
    account: Owner | None = None
    suspended_at: AwareDatetime | None = None

    @property
    def login(self) -> str | None:
        """The person or the organisation."""
        return self.account.login if self.account else None


class Installations(BaseModel):
    """A page of them."""

    installations: tuple[Installation, ...]


class Membership(BaseModel):
    """What a person is in an organisation."""

    state: str
    role: str


class Minted(BaseModel):
    """An installation's token."""

    token: SecretStr = Field(min_length=1)
    expires_at: AwareDatetime
    permissions: dict[str, str] = Field(default_factory=dict)

    @property
    def credentials(self) -> Credentials:
        """The same in the product's words; the next one is minted with our key, so none is needed to refresh it."""
        return Credentials(access_token=self.token, expires_at=self.expires_at, scopes=self.scopes)

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it lets us do."""
        return scopes_of(self.permissions)


class GitHubOAuthApp:
    """GitHub as an `OAuthApp`.

    Args:
        app: how GitHub knows us.
        url: where people meet GitHub, without slash at the end.
        api_url: of the REST API, without slash at the end.
        transport: replaces the network in tests.
        clock: tells the time of our proofs.
    """

    scopes: Sequence[str] = tuple(VENDOR.scopes)

    def __init__(
        self,
        app: GitHubApp,
        *,
        url: str,
        api_url: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._registered = app
        self._url = url
        self._endpoints = GitHubEndpoints(api_url, transport=transport, clock=clock)
        self._clock = clock

    def authorize_url(self, *, state: str, redirect_uri: str, challenge: str, install: bool = False) -> str:
        """The page that asks who the person is, or with `install` the one that installs the app.

        The latter takes no redirect address and no challenge: GitHub returns to the app's first callback address.
        """
        if install:
            return page(f"{self._url}/apps/{self._registered.slug}/installations/new", state=state)
        return page(
            f"{self._url}/login/oauth/authorize",
            client_id=self._registered.client_id,
            redirect_uri=redirect_uri,
            state=state,
            code_challenge=challenge,
            code_challenge_method="S256",
        )

    def exchange(self, callback: Callback, *, redirect_uri: str, verifier: str) -> Grant | InstallRedirect:
        """Turn a code into the installation that is the person's, and mint its first token.

        With several to choose from and none named by the callback, the person has to choose on GitHub's own page.
        The person's token is used for this alone and kept nowhere.
        """
        person = self._person(callback, redirect_uri=redirect_uri, verifier=verifier)
        named = callback.installation_id
        if named is not None and not (named.isascii() and named.isdigit() and len(named) <= 20):
            raise InvalidRequest("the installation is not a number", field="installation_id")
        installation = self._installation(person, int(named) if named else None)
        if installation is None:
            return InstallRedirect()
        if installation.login is None:
            raise Forbidden("this installation is of no person and of no organisation")
        minted = self._mint(str(installation.id))
        return Grant(
            external_id=str(installation.id),
            name=installation.login,
            app_user_id=f"{self._registered.slug}[bot]",
            base_url=f"{self._url}/{installation.login}/",
            credentials=minted.credentials,
            scopes=minted.scopes,
        )

    def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
        """Mint the next token of the installation."""
        return self._mint(external_id).credentials

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """Uninstall the app from the account, or with `whole` False end this one token."""
        try:
            if whole:
                self._call("DELETE", f"/app/installations/{external_id}")
            else:
                self._call("DELETE", "/installation/token", token=credentials.access_token.get_secret_value())
        except (AccessRevoked, Missing):
            return

    def _person(self, callback: Callback, *, redirect_uri: str, verifier: str) -> str:
        """The token of whoever came back with the code."""
        form = {
            "client_id": self._registered.client_id,
            "client_secret": self._registered.client_secret,
            "code": code_in(callback),
            "redirect_uri": redirect_uri,
            **({"code_verifier": verifier} if verifier else {}),
        }
        url = f"{self._url}/login/oauth/access_token"
        response = self._endpoints.send("POST", url, headers={"Accept": "application/json"}, data=form)
        answer = self._endpoints.read(response)
        if response.status_code >= 400 or "error" in answer:
            code = word(answer.get("error"))
            if code == "incorrect_client_credentials":
                raise Misconfigured(causes.refuses_our_app("GitHub", "github/client-id", "github/client-secret", code))
            if code == "redirect_uri_mismatch":
                raise Misconfigured(Translatable("GitHub does not accept our public address: {code}", code=code))
            raise UpstreamRejected(causes.refused("GitHub", code))
        return self._endpoints.parse(TokenAnswer, answer).access_token.get_secret_value()

    def _installation(self, person: str, named: int | None) -> Installation | None:
        """The installation that is meant: the one named, the person's own, or the only one they can reach.

        To reach one takes no more than to be a collaborator; to decide about it, to be an owner.
        """
        account = self._endpoints.parse(Account, self._call("GET", "/user", token=person))
        own = self._own(account.login)
        if own is not None and named in {None, own.id}:
            return own
        reachable = list(self._reachable(person))
        if named is None and len(reachable) != 1:
            return None
        chosen = next((installation for installation in reachable if named in {None, installation.id}), None)
        if chosen is None or not (chosen.login and self._owns(person, chosen.login)):
            raise Forbidden("this installation is of no organisation that the person owns who came back from GitHub")
        return chosen

    def _own(self, login: str) -> Installation | None:
        try:
            return self._endpoints.parse(Installation, self._call("GET", f"/users/{quote(login)}/installation"))
        except Missing:
            return None

    def _owns(self, person: str, login: str) -> bool:
        """Whether the person is an owner of an organisation; of another person's account nobody is.

        Whoever is no member gets a 404 or 403, and so does everybody where the app may not read members
        (docs.github.com, "Get an organization membership for the authenticated user").
        """
        try:
            answer = self._call("GET", f"/user/memberships/orgs/{quote(login)}", token=person)
        except (AccessRevoked, Unexplained):
            return False
        membership = self._endpoints.parse(Membership, answer)
        return (membership.state, membership.role) == ("active", "admin")

    def _reachable(self, person: str) -> Iterator[Installation]:
        def page_at(cursor: str | None) -> tuple[Iterable[Installation], str | None]:
            number = int(cursor or 1)
            query = {"per_page": PER_PAGE, "page": number}
            answer = self._call("GET", "/user/installations", token=person, params=query)
            installations = self._endpoints.parse(Installations, answer).installations
            return installations, str(number + 1) if len(installations) >= PER_PAGE else None

        return all_rows(page_at, vendor="GitHub", most=MOST_PAGES)

    def _mint(self, external_id: str) -> Minted:
        try:
            answer = self._call("POST", f"/app/installations/{external_id}/access_tokens")
        except Unexplained as doubt:
            self._check_lost(external_id)
            raise doubt from None
        return self._endpoints.parse(Minted, answer)

    def _check_lost(self, external_id: str) -> None:
        """Ask after an installation whose token we were refused: it takes two answers that agree to call it lost.

        Raises:
            AccessRevoked: it is suspended, or gone.
        """
        try:
            installation = self._endpoints.parse(Installation, self._call("GET", f"/app/installations/{external_id}"))
        except Missing:
            raise AccessRevoked(
                Translatable("GitHub no longer has the installation"), provider=Provider.GITHUB
            ) from None
        if installation.suspended_at is not None:
            raise AccessRevoked(Translatable("the installation is suspended"), provider=Provider.GITHUB)

    def _call(self, method: str, path: str, *, token: str | None = None, **arguments: Any) -> Mapping[str, Any]:
        """Ask with a token, or without one as the app itself."""
        bearer = token or self._registered.proof(self._clock())
        return self._endpoints.read(self._endpoints.call(method, path, bearer, of_ours=token is None, **arguments))
