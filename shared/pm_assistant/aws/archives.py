"""Files that come from or go to people by link, on S3.

`<tenant>/uploads/<id>` and `<tenant>/exports/<name>`; the bucket itself forgets them after a week. A link is good for
one file, one method and its time, and for whoever has it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.languages import Translatable
from pm_assistant.ports.tenants import LARGEST_ARCHIVE, UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

    from pm_assistant.domain.tenants import TenantId

NO_FILE = Translatable("no such file")
LINK_SECONDS = 900
"""S3 asks whether a link has ended when a transfer begins, not while it lasts."""
NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,128}")
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
"""S3's answers for what is not there; a HEAD has no body, so its code is the bare status."""


class S3Archives:
    """Files of tenants (`Archives`) in one bucket."""

    def __init__(self, client: S3Client, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload_url(self, tenant_id: TenantId, upload_id: str, *, size: int) -> str:
        """Where a person may put a file of that size, by PUT: the link signs the length, too. No request is made."""
        with translated():
            return self._client.generate_presigned_url(
                "put_object",
                Params={"Bucket": self._bucket, "Key": _key(tenant_id, "uploads", upload_id), "ContentLength": size},
                ExpiresIn=LINK_SECONDS,
            )

    def upload_form(self, tenant_id: TenantId, upload_id: str, *, then: str) -> UploadForm:
        """How a browser puts a file: a policy that S3 holds it to (docs.aws.amazon.com/s3, POST Object)."""
        with translated():
            form = self._client.generate_presigned_post(
                self._bucket,
                _key(tenant_id, "uploads", upload_id),
                Fields={"success_action_redirect": then},
                Conditions=[{"success_action_redirect": then}, ["content-length-range", 1, LARGEST_ARCHIVE]],
                ExpiresIn=LINK_SECONDS,
            )
        return UploadForm(form["url"], form["fields"])

    def read(self, tenant_id: TenantId, upload_id: str) -> bytes:
        """Read what was uploaded; of what is too large, nothing."""
        with translated():
            try:
                stored = self._client.get_object(Bucket=self._bucket, Key=_key(tenant_id, "uploads", upload_id))
            except ClientError as error:
                raise _absent(error) from error
            if stored["ContentLength"] > LARGEST_ARCHIVE:
                words = Translatable("the file is larger than {most} bytes", most=str(LARGEST_ARCHIVE))
                raise InvalidRequest(words, field="upload_id")
            return stored["Body"].read()

    def publish(self, tenant_id: TenantId, name: str, content: bytes) -> str:
        """Keep a file, and return its name."""
        with translated():
            self._client.put_object(Bucket=self._bucket, Key=_key(tenant_id, "exports", name), Body=content)
        return name

    def download_url(self, tenant_id: TenantId, name: str) -> str:
        """A link to a file that was published; one request, to know that it is there."""
        key = _key(tenant_id, "exports", name)
        with translated():
            try:
                self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                raise _absent(error) from error
            return self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ResponseContentDisposition": f'attachment; filename="{name}"',
                },
                ExpiresIn=LINK_SECONDS,
            )

    def erase(self, tenant_id: TenantId) -> int:
        """Delete all of a tenant's files."""
        count = 0
        with translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{tenant_id}/")
            for page in pages:
                for stored in page.get("Contents", []):
                    self._client.delete_object(Bucket=self._bucket, Key=stored["Key"])
                    count += 1
        return count


def _key(tenant_id: TenantId, folder: str, name: str) -> str:
    if not NAME.fullmatch(name):
        raise NotFound(NO_FILE)
    return f"{tenant_id}/{folder}/{name}"


def _absent(error: ClientError) -> Exception:
    return NotFound(NO_FILE) if code_of(error) in _ABSENT else error
