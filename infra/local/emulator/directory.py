"""Cognito: signing up and confirming leave what they leave on AWS, and its mails say what the pool's function says."""

from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

type Record = dict[str, Any]
type Operation = Callable[[Record], Any]


def verified(directory: ModuleType) -> Operation:
    """ConfirmSignUp, which also notes that the address the code was sent to is the user's."""
    original: Operation = directory._confirm_sign_up

    def confirm(request: Record) -> Any:
        answer = original(request)
        if answer[0] < 400:
            pool, _ = directory._pool_for_client(request["ClientId"])
            user, _ = directory._resolve_user(pool, request["Username"])
            _set(user, "email_verified", "true")
        return answer

    return confirm


def guarded(directory: ModuleType) -> Operation:
    """SignUp, which refuses attributes that the client may not write."""
    original: Operation = directory._sign_up

    def sign_up(request: Record) -> Any:
        pool, _ = directory._pool_for_client(request["ClientId"])
        writable = (pool or {}).get("_clients", {}).get(request["ClientId"], {}).get("WriteAttributes")
        for attribute in request.get("UserAttributes", []):
            if writable and attribute["Name"] not in writable:
                refusal = "A client attempted to write unauthorized attribute"
                return directory.error_response_json("NotAuthorizedException", refusal, 400)
        return original(request)

    return sign_up


_TOLD: ContextVar[Record | None] = ContextVar("told", default=None)
"""The client's metadata of the request that is being answered."""


def telling(operation: Operation) -> Operation:
    """An operation that mails a code, whose metadata reach the function that writes the mail."""

    def told(request: Record) -> Any:
        token = _TOLD.set(request.get("ClientMetadata"))
        try:
            return operation(request)
        finally:
            _TOLD.reset(token)

    return told


def worded(directory: ModuleType) -> Callable[..., Any]:
    """What mails a code, in the words of the pool's CustomMessage function where it has one."""
    original: Callable[..., Any] = directory._send_verification_email

    def send(pool: Record, username: str, attributes: Record, code: str, attribute_name: str = "email") -> Any:
        occasion = "ForgotPassword" if attribute_name == "password" else "SignUp"
        trigger = f"CustomMessage_{occasion}"
        given = directory._apply_custom_message_trigger(pool, trigger, username, attributes, _TOLD.get())
        words = {"EmailSubject": given.get("emailSubject"), "EmailMessage": given.get("emailMessage")}
        template = {**pool.get("VerificationMessageTemplate", {}), **{k: v for k, v in words.items() if v}}
        return original({**pool, "VerificationMessageTemplate": template}, username, attributes, code, attribute_name)

    return send


def _set(user: Record, name: str, value: str) -> None:
    others = [each for each in user["Attributes"] if each["Name"] != name]
    user["Attributes"] = [*others, {"Name": name, "Value": value}]
