"""Logins that outlive a command, in a file that only its owner may read."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import AwareDatetime

from pm_assistant.domain.model import Model


class Login(Model):
    """A person's login at one address of the API.

    Attributes:
        expires_at: when the id token ends; the refresh token gets the next one.
    """

    email: str
    id_token: str
    refresh_token: str
    expires_at: AwareDatetime


class Sessions:
    """One login for each address of the API."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, url: str) -> Login | None:
        """The login at an address."""
        login = self._read().get(url)
        return Login.model_validate(login) if login else None

    def put(self, url: str, login: Login) -> None:
        """Keep a login, in place of the one before there."""
        self._write(self._read() | {url: login.model_dump(mode="json")})

    @property
    def latest(self) -> str | None:
        """The address at which somebody logged in last."""
        return next(reversed(self._read()), None)

    def prefer(self, url: str) -> None:
        """Have it be the address at which somebody logged in last."""
        logins = self._read()
        self._write({name: login for name, login in logins.items() if name != url} | {url: logins[url]})

    def drop(self, url: str) -> None:
        """Forget a login; one that is not there is fine."""
        self._write({name: login for name, login in self._read().items() if name != url})

    def _read(self) -> dict[str, object]:
        logins: dict[str, object] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return logins

    def _write(self, logins: Mapping[str, object]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(logins, indent=2) + "\n")
        draft.replace(self._file)


def sessions_file(environment: Mapping[str, str]) -> Path:
    """Where logins are kept: with the user's other configuration."""
    home = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "pm-assistant" / "sessions.json"
