"""Words that lead back to us and that nobody else can have written: signed with a team's key (HMAC, RFC 2104)."""

import base64
import hmac

from pm_assistant.domain.errors import NotFound


def signed(said: str, *, purpose: str, key: bytes) -> str:
    """The words in a form that stands in addresses, with what proves them; for one purpose, and for no other."""
    about = _encoded(said.encode())
    return f"{about}.{_signature(about, purpose, key)}"


def said_in(code: str) -> str:
    """What stands in such a code, whoever has written it: it tells whose key is to be asked.

    Raises:
        NotFound: it has not the form of one.
    """
    about = code.partition(".")[0]
    try:
        return base64.urlsafe_b64decode(about + "=" * (-len(about) % 4)).decode()
    except ValueError as error:
        raise NotFound("no link of ours") from error


def is_signed(code: str, *, purpose: str, key: bytes) -> bool:
    """Whether we have written it, for this purpose."""
    about, _, signature = code.partition(".")
    return hmac.compare_digest(_signature(about, purpose, key).encode(), signature.encode())


def _signature(about: str, purpose: str, key: bytes) -> str:
    # Signed with the words, so that what the key may sign for another purpose counts for that alone.
    return _encoded(hmac.digest(key, f"{purpose}|{about}".encode(), "sha256"))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
