"""Credentials at rest: envelope encryption with KMS.

Sealed form: one version byte (1), two bytes with the length of the encrypted data key, that key, a nonce of 12 bytes,
and the AES-256-GCM ciphertext with its tag. Tenant and provider are KMS's encryption context and, with all that comes
before the nonce, GCM's associated data: neither key nor text opens for anyone else, and no byte can be changed.

Changing keys: KMS renews the material of a key by itself, and what was sealed before still opens. For another key, name
the one before as `former`: both open, only the new one seals. Once every connection is resealed the former can go.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.errors import Forbidden
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Credentials, Grantor, TenantId

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient

VERSION = b"\x01"
NONCE_BYTES = 12
_SHUT = frozenset({"AccessDeniedException", "IncorrectKeyException", "InvalidCiphertextException"})
"""How KMS refuses: by policy (which may name the tenant), wrong key, wrong context or tampering."""


class KmsVault:
    """Seals credentials under a KMS key (`Vault`); every seal has a data key of its own, kept for the call only."""

    def __init__(self, key_id: str, client: KMSClient, *, former: str | None = None) -> None:
        self._key_id = key_id
        self._former = former
        self._client = client

    def seal(self, tenant_id: TenantId, provider: Grantor, credentials: Credentials) -> bytes:
        """Encrypt."""
        context = _context(tenant_id, provider)
        with translated():
            key = self._client.generate_data_key(KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=context)
        head = VERSION + len(key["CiphertextBlob"]).to_bytes(2) + key["CiphertextBlob"]
        nonce = os.urandom(NONCE_BYTES)
        plain = json.dumps(_plain(credentials)).encode()
        return head + nonce + AESGCM(key["Plaintext"]).encrypt(nonce, plain, _associated(head, context))

    def open(self, tenant_id: TenantId, provider: Grantor, sealed: bytes) -> Credentials:
        """Decrypt."""
        context = _context(tenant_id, provider)
        start = 3 + int.from_bytes(sealed[1:3])
        head, nonce, text = sealed[:start], sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        if head[:1] != VERSION or not head[3:] or not text:
            raise Forbidden(Translatable("sealed credentials have an unknown form"))
        try:
            plain = AESGCM(self._data_key(head[3:], context)).decrypt(nonce, text, _associated(head, context))
        except (InvalidTag, ValueError) as error:  # ValueError: what came back is no key of this length
            raise Forbidden(Translatable("sealed credentials do not open for this tenant and provider")) from error
        return Credentials.model_validate_json(plain)

    def reseal(self, tenant_id: TenantId, provider: Grantor, sealed: bytes) -> bytes:
        """Open, and seal with a new data key under today's key."""
        return self.seal(tenant_id, provider, self.open(tenant_id, provider, sealed))

    def _data_key(self, encrypted: bytes, context: dict[str, str]) -> bytes:
        try:
            return self._decrypt(self._key_id, encrypted, context)
        except Forbidden:
            if self._former is None:
                raise
            return self._decrypt(self._former, encrypted, context)

    def _decrypt(self, key_id: str, encrypted: bytes, context: dict[str, str]) -> bytes:
        with translated():
            try:
                answer = self._client.decrypt(CiphertextBlob=encrypted, EncryptionContext=context, KeyId=key_id)
            except ClientError as error:
                if code_of(error) in _SHUT:
                    raise Forbidden(
                        Translatable("sealed credentials do not open: {code}", code=code_of(error))
                    ) from error
                raise
        return answer["Plaintext"]


def _plain(credentials: Credentials) -> dict[str, str]:
    fields = {"access_token": credentials.access_token.get_secret_value()}
    if credentials.refresh_token is not None:
        fields["refresh_token"] = credentials.refresh_token.get_secret_value()
    if credentials.expires_at is not None:
        fields["expires_at"] = credentials.expires_at.isoformat()
    return fields


def _context(tenant_id: TenantId, provider: Grantor) -> dict[str, str]:
    return {"tenant": tenant_id, "provider": provider.value}


def _associated(head: bytes, context: dict[str, str]) -> bytes:
    return head + json.dumps(context, sort_keys=True).encode()
