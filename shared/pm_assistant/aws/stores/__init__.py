"""The stores of `ports` on the one DynamoDB table."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pm_assistant.aws import tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from pm_assistant.aws.stores.accounts import (
        DynamoAccounts,
        DynamoApiKeys,
        DynamoBrowserSessions,
        DynamoInvitations,
    )
    from pm_assistant.aws.stores.audit import DynamoAuditTrail
    from pm_assistant.aws.stores.calendars import DynamoCalendars
    from pm_assistant.aws.stores.calibrations import DynamoCalibrations
    from pm_assistant.aws.stores.cards import DynamoCards
    from pm_assistant.aws.stores.code import DynamoCode
    from pm_assistant.aws.stores.connections import DynamoConnections, DynamoConnectionStates
    from pm_assistant.aws.stores.conversations import DynamoConversations
    from pm_assistant.aws.stores.decisions import DynamoDecisions
    from pm_assistant.aws.stores.deliveries import DynamoDeliveries
    from pm_assistant.aws.stores.experiments import DynamoExperiments
    from pm_assistant.aws.stores.flow import DynamoFlow
    from pm_assistant.aws.stores.healths import DynamoHealths
    from pm_assistant.aws.stores.history import DynamoConversationHistory
    from pm_assistant.aws.stores.homes import DynamoHomes
    from pm_assistant.aws.stores.idempotency_keys import DynamoIdempotencyKeys
    from pm_assistant.aws.stores.index import DynamoIndex
    from pm_assistant.aws.stores.jobs import DynamoJobs
    from pm_assistant.aws.stores.kept_messages import DynamoKeptMessages
    from pm_assistant.aws.stores.leases import DynamoLeases
    from pm_assistant.aws.stores.mail import DynamoMail
    from pm_assistant.aws.stores.messages import DynamoMessages
    from pm_assistant.aws.stores.model_months import DynamoModelMonths
    from pm_assistant.aws.stores.oauth_states import DynamoOAuthStates
    from pm_assistant.aws.stores.outbox import DynamoOutbox
    from pm_assistant.aws.stores.outside_ids import DynamoOutsideIds
    from pm_assistant.aws.stores.partition import DynamoPartition
    from pm_assistant.aws.stores.planning import DynamoPlanning
    from pm_assistant.aws.stores.quotas import DynamoQuotas
    from pm_assistant.aws.stores.rate_limiter import DynamoRateLimiter
    from pm_assistant.aws.stores.readings import DynamoReadings
    from pm_assistant.aws.stores.report_answers import DynamoReportAnswers
    from pm_assistant.aws.stores.subscriptions import DynamoSubscriptions
    from pm_assistant.aws.stores.tenants import DynamoDirectory, DynamoTenants
    from pm_assistant.aws.stores.tickets import DynamoTickets
    from pm_assistant.aws.stores.track_records import DynamoTrackRecords

_TOGETHER = {
    "connection_states": "connections",
    "invitations": "accounts",
    "api_keys": "accounts",
    "browser_sessions": "accounts",
    "directory": "tenants",
}
"""The modules of those that do not have one of their own name."""


class DynamoStores:
    """All stores, each loaded and made when it is first asked for; `on` comes first, it names the table for all."""

    tenants: DynamoTenants
    connections: DynamoConnections
    connection_states: DynamoConnectionStates
    calendars: DynamoCalendars
    leases: DynamoLeases
    oauth_states: DynamoOAuthStates
    accounts: DynamoAccounts
    invitations: DynamoInvitations
    api_keys: DynamoApiKeys
    browser_sessions: DynamoBrowserSessions
    audit: DynamoAuditTrail
    rate_limiter: DynamoRateLimiter
    idempotency_keys: DynamoIdempotencyKeys
    directory: DynamoDirectory
    messages: DynamoMessages
    conversations: DynamoConversations
    history: DynamoConversationHistory
    cards: DynamoCards
    homes: DynamoHomes
    tickets: DynamoTickets
    code: DynamoCode
    planning: DynamoPlanning
    index: DynamoIndex
    decisions: DynamoDecisions
    track_records: DynamoTrackRecords
    calibrations: DynamoCalibrations
    subscriptions: DynamoSubscriptions
    jobs: DynamoJobs
    healths: DynamoHealths
    readings: DynamoReadings
    experiments: DynamoExperiments
    flow: DynamoFlow
    deliveries: DynamoDeliveries
    report_answers: DynamoReportAnswers
    outbox: DynamoOutbox
    kept_messages: DynamoKeptMessages
    mail: DynamoMail
    model_months: DynamoModelMonths
    quotas: DynamoQuotas
    outside_ids: DynamoOutsideIds
    partition: DynamoPartition

    def __init__(self, *, index_cache: int | None = None) -> None:
        self._index_cache = index_cache

    @classmethod
    def on(cls, table_name: str, client: DynamoDBClient, *, index_cache: int | None = None) -> DynamoStores:
        """The stores on this table, asked for through this client; the index may keep so many bytes in memory."""
        tables.bind(table_name, client)
        return cls(index_cache=index_cache)

    def __getattr__(self, name: str) -> Any:
        """Make a store."""
        kind = type(self).__annotations__.get(name)
        if kind is None:
            raise AttributeError(name)
        options = {"cache": self._index_cache} if name == "index" and self._index_cache is not None else {}
        store = getattr(import_module(f"{__name__}.{_TOGETHER.get(name, name)}"), kind)(**options)
        setattr(self, name, store)
        return store
