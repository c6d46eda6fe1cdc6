"""What Cognito's mails say, as Cognito asks for it (docs.aws.amazon.com/cognito, Custom message Lambda trigger)."""

import unicodedata
from typing import Any

import pytest

from functions.compose.app import handler
from pm_assistant.domain.languages import Language
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.mails import code_mail
from tests.presentation.mail_reader import Reader

LONGEST = 20_000
"""Characters; Cognito refuses to mail more (docs.aws.amazon.com/cognito, VerificationMessageTemplateType)."""


LONGEST_SUBJECT = 140
TAKEN = frozenset("LMSNP")
"""Kinds of characters, beside plain spaces, that Cognito documents to take in both (the same page)."""


def asked(trigger: str, **metadata: str) -> dict[str, Any]:
    """What Cognito sends, and what comes back."""
    event = {
        "version": "1",
        "triggerSource": f"CustomMessage_{trigger}",
        "region": "eu-central-1",
        "userPoolId": "eu-central-1_people",
        "userName": "b5a0c1de-0000-4000-8000-000000000000",
        "callerContext": {"awsSdkVersion": "aws-sdk-python", "clientId": "ourclient"},
        "request": {
            "userAttributes": {"sub": "b5a0c1de", "email": "ada@acme.test"},
            "codeParameter": "{####}",
            "linkParameter": "{##Click Here##}",
            "usernameParameter": None,
            **({"clientMetadata": metadata} if metadata else {}),
        },
        "response": {"smsMessage": None, "emailMessage": None, "emailSubject": None},
    }
    answer: dict[str, Any] = handler(event, None)["response"]
    return answer


@pytest.mark.parametrize(
    ("trigger", "part"), [("SignUp", "verify"), ("ResendCode", "verify"), ("ForgotPassword", "reset")]
)
def test_a_code_comes_in_a_mail_like_all_others(trigger: str, part: str) -> None:
    """It has the place of the code that Cognito fills, and leads to where the code is entered."""
    answer = asked(trigger, public_url="https://pm.test")

    texts = texts_in(None)
    mail = code_mail(f"CustomMessage_{trigger}", "{####}", public_url="https://pm.test", texts=texts)
    assert mail is not None
    assert (mail.subject, mail.html) == (answer["emailSubject"], answer["emailMessage"])
    assert 1 == answer["emailMessage"].count("{####}")
    assert [f"https://pm.test/{part}"] == Reader(mail).links
    assert len(answer["emailMessage"]) <= LONGEST


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("trigger", ["SignUp", "ResendCode", "ForgotPassword"])
def test_a_code_comes_in_the_language_that_it_was_asked_for_in(trigger: str, language: Language) -> None:
    """With what was told by whoever asked for the code; Cognito takes what it says in each language."""
    answer = asked(trigger, public_url="https://pm.test", language=language)

    mail = code_mail(f"CustomMessage_{trigger}", "{####}", public_url="https://pm.test", texts=texts_in(language))
    assert mail is not None
    assert (mail.subject, mail.html) == (answer["emailSubject"], answer["emailMessage"])
    assert language == Reader(mail).language
    assert 1 == answer["emailMessage"].count("{####}")
    for words, longest in ((answer["emailSubject"], LONGEST_SUBJECT), (answer["emailMessage"], LONGEST)):
        assert len(words) <= longest
        assert set() == {each for each in words if unicodedata.category(each)[0] not in TAKEN and each not in " \n"}


@pytest.mark.parametrize("language", ["", "tlh", "en; DROP", "de-AT"])
def test_a_language_that_is_none_of_ours_is_no_reason_to_send_no_code(language: str) -> None:
    """English does; whoever registers would be refused otherwise."""
    answer = asked("SignUp", language=language)

    expected = Language.GERMAN if language == "de-AT" else Language.ENGLISH
    assert f'lang="{expected}"' in answer["emailMessage"]


def test_without_an_address_of_ours_there_is_a_code_and_no_button() -> None:
    """Somebody asked for the code at Cognito's own console."""
    answer = asked("ForgotPassword")
    assert "{####}" in answer["emailMessage"]
    assert "href" not in answer["emailMessage"]


def test_where_we_have_no_words_cognito_has_its_own() -> None:
    """What it may come to mail some day is mailed all the same."""
    answer = asked("SomethingNew", public_url="https://pm.test")
    assert {None} == set(answer.values())
