"""Secrets in SSM Parameter Store."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pm_assistant.aws.failures import translated
from pm_assistant.domain import causes
from pm_assistant.domain.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient

FRESH_SECONDS = 300.0


class SsmSecrets:
    """Reads secrets and keeps them for five minutes, so that a rotated one is taken up without a restart."""

    def __init__(self, prefix: str, client: SSMClient, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember where secrets are.

        Args:
            prefix: path all names are relative to, such as `/pm-assistant/local`.
            client: boto3's.
            clock: seconds that only grow.
        """
        self._prefix = prefix.rstrip("/")
        self._client = client
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, name: str) -> str:
        """Read one secret, such as `slack/signing-secret`.

        Raises:
            NotFound: the parameter is not set; the text names it.
        """
        return self.get_all(name)[name]

    def get_all(self, *names: str) -> Mapping[str, str]:
        """Read several secrets (ten at most) in one request.

        Raises:
            NotFound: a parameter is not set; the text names it.
        """
        now = self._clock()
        stale = [name for name in names if name not in self._kept or now - self._kept[name][0] >= FRESH_SECONDS]
        if stale:
            self._kept |= {name: (now, value) for name, value in self._read(stale).items()}
        return {name: self._kept[name][1] for name in names}

    def _read(self, names: list[str]) -> dict[str, str]:
        paths = {f"{self._prefix}/{name}": name for name in names}
        with translated():
            answer = self._client.get_parameters(Names=list(paths), WithDecryption=True)
        if answer["InvalidParameters"]:
            raise NotFound(causes.secrets_lack(", ".join(sorted(answer["InvalidParameters"]))))
        return {paths[parameter["Name"]]: parameter["Value"] for parameter in answer["Parameters"]}
