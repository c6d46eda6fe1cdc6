"""Files come and go by link, and stay within their tenant."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast
from urllib.parse import quote

import boto3
import httpx
import pytest
import requests
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pm_assistant.aws import archives as s3
from pm_assistant.domain.errors import Forbidden, InvalidRequest, NotFound
from pm_assistant.ports.tenants import Archives, UploadForm
from pm_assistant.runtime import wiring
from tests.aws.emulated import REGION, aws, session
from tests.builders import ACME, GLOBEX
from tests.fakes.aws import FakeArchives

LARGEST = 1_000


class Subject(NamedTuple):
    """Archives, and what a person does with a link."""

    archives: Archives
    put: Callable[[str, bytes], None]
    post: Callable[[UploadForm, bytes], str]


@pytest.fixture(params=["fake", "s3"])
def subject(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    """The fake, and the real one on an emulated S3; neither takes more than a thousand bytes here."""
    if request.param == "fake":
        fake = FakeArchives(largest=LARGEST)
        yield Subject(fake, fake.put, fake.post)
        return
    monkeypatch.setattr(s3, "LARGEST_ARCHIVE", LARGEST)
    with aws():
        client = wiring.client.__wrapped__("s3")
        client.create_bucket(Bucket="archives", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield Subject(s3.S3Archives(client, bucket="archives"), upload, send)


def upload(url: str, content: bytes) -> None:
    """Follow a link as a program would; whether the signature covers what comes, S3 asks and its emulation does not."""
    link = httpx.URL(url)
    unsigned = str(link.copy_remove_param("X-Amz-Signature"))
    request = AWSRequest("PUT", unsigned, headers={"content-length": str(len(content))})
    request.context["timestamp"] = link.params["X-Amz-Date"]
    if "content-length" not in link.params["X-Amz-SignedHeaders"].split(";"):
        del request.headers["content-length"]
    signer = S3SigV4QueryAuth(cast("Credentials", session().get_credentials()), "s3", REGION)
    signed = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if signed != link.params["X-Amz-Signature"]:
        raise Forbidden("SignatureDoesNotMatch")
    boto3.client("s3").put_object(Bucket="archives", Key=link.path.removeprefix("/"), Body=content)


def send(form: UploadForm, content: bytes) -> str:
    """Send a form as a browser would; that its fields and the file are as the policy says, S3 asks.

    Its emulation takes what is sent apart and leads on as S3 does, and asks nothing of the policy.
    """
    conditions = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    allowed: dict[str, str] = {}
    for condition in conditions:
        match condition:
            case ["content-length-range", least, most]:
                if not least <= len(content) <= most:
                    raise Forbidden("EntityTooLarge")
            case _:
                allowed |= condition
    # S3 asks for no condition of what proves the policy itself.
    unproven = {name: value for name, value in form.fields.items() if name not in {"policy", "x-amz-signature"}}
    assert {"bucket": "archives", **unproven} == allowed
    answer = requests.post(
        form.url, data=dict(form.fields), files={"file": ("export.zip", content)}, allow_redirects=False, timeout=9
    )
    assert 303 == answer.status_code, answer.text
    place, _, said = answer.headers["location"].partition("?")
    # It is told where the file is, which the page that it leads to knows.
    assert f"key={quote(form.fields['key'], safe='')}" in said
    return place


def test_what_a_browser_sends_by_a_form_is_read_and_leads_on(subject: Subject) -> None:
    """By its tenant only; the form takes no file that we would not."""
    form = subject.archives.upload_form(ACME, "upload-1", then="https://pm.test/data/imports/upload-1")
    for content in (b"", b"x" * (LARGEST + 1)):
        with pytest.raises(Forbidden):
            subject.post(form, content)
    content = (b"PK\x03\x04\r\n--\xff\x00" * LARGEST)[:LARGEST]
    assert "https://pm.test/data/imports/upload-1" == subject.post(form, content)
    assert content == subject.archives.read(ACME, "upload-1")
    with pytest.raises(NotFound):
        subject.archives.read(GLOBEX, "upload-1")


def test_what_was_uploaded_by_link_is_read(subject: Subject) -> None:
    """By its tenant only, and as it was put last."""
    for content in (b"first", b"second"):
        subject.put(subject.archives.upload_url(ACME, "upload-1", size=len(content)), content)
    assert b"second" == subject.archives.read(ACME, "upload-1")
    for tenant_id, upload_id in ((GLOBEX, "upload-1"), (ACME, "upload-2"), (ACME, "")):
        with pytest.raises(NotFound):
            subject.archives.read(tenant_id, upload_id)


def test_a_link_takes_as_much_as_it_was_made_for(subject: Subject) -> None:
    """Neither more nor less, so whoever has it cannot fill the bucket."""
    link = subject.archives.upload_url(ACME, "upload-1", size=5)
    for content in (b"larger", b"less", b""):
        with pytest.raises(Forbidden):
            subject.put(link, content)
    with pytest.raises(NotFound):
        subject.archives.read(ACME, "upload-1")
    subject.put(link, b"exact")
    assert b"exact" == subject.archives.read(ACME, "upload-1")


def test_what_is_too_large_is_not_read(subject: Subject) -> None:
    """However it came there."""
    for size in (LARGEST, LARGEST + 1):
        subject.put(subject.archives.upload_url(ACME, f"upload-{size}", size=size), b"x" * size)
    assert LARGEST == len(subject.archives.read(ACME, f"upload-{LARGEST}"))
    with pytest.raises(InvalidRequest):
        subject.archives.read(ACME, f"upload-{LARGEST + 1}")


def test_what_was_published_can_be_linked_to_by_its_tenant(subject: Subject) -> None:
    """An upload is not an export, nor the other way round."""
    assert "run-1.zip" == subject.archives.publish(ACME, "run-1.zip", b"archive")
    assert "/acme/exports/run-1.zip" in subject.archives.download_url(ACME, "run-1.zip")
    for tenant_id, name in ((GLOBEX, "run-1.zip"), (ACME, "run-2.zip")):
        with pytest.raises(NotFound):
            subject.archives.download_url(tenant_id, name)
    with pytest.raises(NotFound):
        subject.archives.read(ACME, "run-1.zip")


@pytest.mark.parametrize("name", ["../../globex/exports/run-1.zip", "..", "a/b", "a b", "a\nb", "ü", "x" * 129])
def test_a_name_from_outside_leads_nowhere_else(subject: Subject, name: str) -> None:
    """It is not there, however it is spelt."""
    subject.archives.publish(GLOBEX, "run-1.zip", b"archive")
    for look in (subject.archives.read, subject.archives.download_url):
        with pytest.raises(NotFound):
            look(ACME, name)


def test_erasing_takes_all_files_of_a_tenant_and_no_other(subject: Subject) -> None:
    """Also where one tenant's id begins with the other's."""
    longer = ACME.__class__("acme2")
    for tenant_id in (ACME, longer):
        subject.put(subject.archives.upload_url(tenant_id, "upload-1", size=6), b"upload")
        subject.archives.publish(tenant_id, "run-1.zip", b"archive")
    assert [2, 0] == [subject.archives.erase(ACME) for _ in range(2)]
    with pytest.raises(NotFound):
        subject.archives.read(ACME, "upload-1")
    assert b"upload" == subject.archives.read(longer, "upload-1")
