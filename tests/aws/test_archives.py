"""Links as S3 wants them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pm_assistant.aws.archives import S3Archives
from pm_assistant.domain.errors import Misconfigured
from pm_assistant.runtime import wiring
from tests.aws.emulated import aws
from tests.builders import ACME


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """S3 in the one region where links would be signed the old way."""
    with aws():
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3 = wiring.client.__wrapped__("s3")
        s3.create_bucket(Bucket="archives")
        yield s3


def asked(url: str) -> httpx.QueryParams:
    """What a link says beside where it leads."""
    return httpx.URL(url).params


def test_links_are_signed_as_a_bucket_under_a_kms_key_wants_it(client: Any) -> None:
    """And end after a quarter of an hour."""
    archives = S3Archives(client, bucket="archives")
    archives.publish(ACME, "run-1.zip", b"archive")
    up, down = asked(archives.upload_url(ACME, "upload-1", size=7)), asked(archives.download_url(ACME, "run-1.zip"))
    assert ["AWS4-HMAC-SHA256"] * 2 == [params["X-Amz-Algorithm"] for params in (up, down)]
    assert ["900"] * 2 == [params["X-Amz-Expires"] for params in (up, down)]
    assert 'attachment; filename="run-1.zip"' == down["response-content-disposition"]


def test_links_lead_to_the_buckets_own_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere S3 redirects, and the signature, which covers the host, no longer holds; a local AWS has paths only."""
    with aws():
        ours = S3Archives(wiring.client.__wrapped__("s3"), bucket="archives").upload_url(ACME, "upload-1", size=7)
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
        local = S3Archives(wiring.client.__wrapped__("s3"), bucket="archives").upload_url(ACME, "upload-1", size=7)
    assert ours.startswith("https://archives.s3.eu-central-1.amazonaws.com/acme/uploads/upload-1?")
    assert local.startswith("http://localhost:4566/archives/acme/uploads/upload-1?")


def test_a_bucket_that_is_not_there_is_no_missing_file(client: Any) -> None:
    """Something is wrong with the stack, not with what was asked for."""
    with pytest.raises(Misconfigured, match="NoSuchBucket"):
        S3Archives(client, bucket="elsewhere").read(ACME, "upload-1")


def test_more_files_than_a_page_are_erased(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 lists a thousand at a time, fewer if it is set to."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")
    archives = S3Archives(client, bucket="archives")
    for number in range(25):
        archives.publish(ACME, f"run-{number}.zip", b"archive")
    assert 25 == archives.erase(ACME)
    assert "Contents" not in client.list_objects_v2(Bucket="archives")
