"""Why a vendor did not do what we asked, in words that people read: each said here once, for all vendors.

What our own deployment lacks stands beside it: while that lasts nothing is done, either, and people read why.

What is stored of them is English, and found again by its wording where it is shown (`presentation/reasons.py`).
"""

from pm_assistant.domain.languages import Translatable


def is_broken(vendor: str) -> Translatable:
    """It no longer lets us in, as has been noted before."""
    return Translatable("the connection to {vendor} is broken", vendor=vendor)


def is_not_connected(vendor: str) -> Translatable:
    """The team has never let us in, or not any more."""
    return Translatable("{vendor} is not connected", vendor=vendor)


def refuses_token(vendor: str, code: str = "") -> Translatable:
    """It has taken away what we come in with, by a code of its own where it gives one."""
    if not code:
        return Translatable("{vendor} no longer accepts our token", vendor=vendor)
    return Translatable("{vendor} no longer accepts our token: {code}", vendor=vendor, code=code)


def refuses_grant(vendor: str, code: str) -> Translatable:
    """It gives no other token for what it gave us."""
    return Translatable("{vendor} no longer accepts what it gave us: {code}", vendor=vendor, code=code)


def refused(vendor: str, what: str) -> Translatable:
    """It never will, in words or a code of its own."""
    return Translatable("{vendor} refused: {what}", vendor=vendor, what=what)


def refused_with(vendor: str, status: int, code: str = "") -> Translatable:
    """It never will, by the status of its answer."""
    if not code:
        return Translatable("{vendor} refused with status {status}", vendor=vendor, status=str(status))
    return Translatable("{vendor} refused with status {status}: {code}", vendor=vendor, status=str(status), code=code)


def failed(vendor: str, what: str) -> Translatable:
    """It has trouble of its own, in a code of its own."""
    return Translatable("{vendor} failed: {what}", vendor=vendor, what=what)


def failed_with(vendor: str, status: int) -> Translatable:
    """It has trouble of its own, by the status of its answer."""
    return Translatable("{vendor} failed with status {status}", vendor=vendor, status=str(status))


def did_not_answer(vendor: str, error: Exception) -> Translatable:
    """Nothing came back, or not in time."""
    return Translatable("{vendor} did not answer: {what}", vendor=vendor, what=type(error).__name__)


def is_of_another_form(vendor: str, where: str) -> Translatable:
    """What came back is not what it documents."""
    return Translatable("{vendor}'s answer is not of the documented form: {where}", vendor=vendor, where=where)


def asks_to_slow_down(vendor: str) -> Translatable:
    """We have asked as often as it allows."""
    return Translatable("{vendor} asks us to slow down", vendor=vendor)


def refuses_our_app(vendor: str, app: str, secret: str, code: str = "") -> Translatable:
    """It does not take what it has to know our app by, or what proves that we are it: one of two secrets of ours."""
    if not code:
        return Translatable("{vendor} does not accept {app} or {secret}", vendor=vendor, app=app, secret=secret)
    return Translatable(
        "{vendor} does not accept {app} or {secret}: {code}", vendor=vendor, app=app, secret=secret, code=code
    )


def refuses_our_key(vendor: str, key: str, what: str) -> Translatable:
    """It does not take a key of ours."""
    return Translatable("{vendor} does not accept {key}: {what}", vendor=vendor, key=key, what=what)


def secrets_lack(names: str) -> Translatable:
    """Nobody has set these secrets."""
    return Translatable("not set in SSM Parameter Store: {names}", names=names)


def environment_lacks(name: str) -> Translatable:
    """Nobody has told the function what stands in this variable."""
    return Translatable("environment variable {name} is not set", name=name)
