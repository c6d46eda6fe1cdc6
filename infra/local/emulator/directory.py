"""Cognito: signing up and confirming leave what they leave on AWS."""

from collections.abc import Callable
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


def _set(user: Record, name: str, value: str) -> None:
    others = [each for each in user["Attributes"] if each["Name"] != name]
    user["Attributes"] = [*others, {"Name": name, "Value": value}]
