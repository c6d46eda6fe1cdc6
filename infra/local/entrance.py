"""Logs the demo's owner in and hands that login to a browser, by an address that `make up` prints."""

import json
import secrets
import time
from urllib.parse import urlsplit

import httpx

from infra.local.emulator.entrance import FILE, LASTS_SECONDS, PATH, digest
from infra.local.stack import Stack
from infra.local.tools import LocalError, write_private


def entrance(local: Stack) -> str:
    """The address that logs one browser in as the demo's owner, once and soon; an earlier one opens no longer.

    Raises:
        LocalError: the owner cannot log in.
    """
    described = json.loads(local.file.read_text())
    public_url, demo = described["public_url"], described["demo"]
    place = urlsplit(public_url)
    answer = httpx.post(
        f"{public_url}/login",
        data={"email": demo["email"], "password": demo["password"]},
        headers={"Origin": f"{place.scheme}://{place.netloc}"},
        timeout=60,
        trust_env=False,
    )
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise LocalError(f"the demo's owner cannot log in to the dashboard ({answer.status_code}): see .local/logs")
    secret = secrets.token_urlsafe(32)
    kept = {
        "digest": digest(secret),
        "ends_at": time.time() + LASTS_SECONDS,
        "cookie": answer.headers["Set-Cookie"],
        "url": f"{public_url}/today",
    }
    write_private(local.directory / FILE, kept)
    return f"{local.aws.url}{PATH}{secret}"
