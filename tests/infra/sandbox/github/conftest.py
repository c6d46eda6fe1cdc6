"""How our app proves itself at the sandbox's GitHub."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest


@pytest.fixture
def assertion(registered: dict[str, str]) -> Callable[..., str]:
    """How our app proves itself; claims and the key can be changed."""

    def sign(key: Any = registered["github_private_key"], algorithm: str = "RS256", **changed: object) -> str:
        now = int(time.time())
        claims = {"iss": registered["github_app_id"], "iat": now - 30, "exp": now + 500} | changed
        return jwt.encode({n: value for n, value in claims.items() if value is not None}, key, algorithm=algorithm)

    return sign
