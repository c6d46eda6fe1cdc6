"""The kinds of rows that have more than `data`: what conditions compare, and what changes without the rest."""

from pynamodb.attributes import BinaryAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from pm_assistant.aws.tables import Row


class ConnectionRow(Row):
    """A vendor connection; what changes while it is in use stands outside `data`, so that no change undoes another.

    `token_ends_at` is when the sealed access token ends, `broken_mark` names the call that set `broken_since`, `scopes`
    what was granted since the connection was made, and `granted_at` when the vendor said so by itself. The last five
    say how the vendor has answered lately: whoever asks it reads this row anyway.
    """

    sealed = BinaryAttribute(legacy_encoding=False)
    token_ends_at = UnicodeAttribute(null=True)
    settings = UnicodeAttribute(null=True)
    broken_since = UnicodeAttribute(null=True)
    broken_reason = UnicodeAttribute(null=True)
    broken_mark = UnicodeAttribute(null=True)
    restored_at = UnicodeAttribute(null=True)
    scopes = UnicodeAttribute(null=True)
    granted_at = UnicodeAttribute(null=True)
    failures = NumberAttribute(null=True)
    failing_since = UnicodeAttribute(null=True)
    retry_at = UnicodeAttribute(null=True)
    limited_until = UnicodeAttribute(null=True)
    reserved_until = UnicodeAttribute(null=True)


class ActivityRow(Row):
    """What was last heard of a connection."""

    last_event_at = UnicodeAttribute(null=True)
    last_sync_at = UnicodeAttribute(null=True)


class VendorRow(ConnectionRow, ActivityRow):
    """A row of either kind, where both are read at once."""


class ClaimRow(Row):
    """Whose an outside id is."""

    tenant_id = UnicodeAttribute()


class KeyRow(Row):
    """An API key; noting a use must neither change nor revive it."""

    last_used_at = UnicodeAttribute(null=True)


class BrowserSessionRow(Row):
    """A login in a browser; noting a use must neither change nor revive it."""

    seen_at = UnicodeAttribute()


class CounterRow(Row):
    """How often something was done in a window of time."""

    counted = NumberAttribute(default=0)


class ModelMonthRow(Row):
    """What asking models has cost in a month; counted in place, whoever else counts."""

    microdollars = NumberAttribute(null=True)
    judgements = NumberAttribute(null=True)
    unanswered_since = UnicodeAttribute(null=True)


class QuotaRow(Row):
    """What was used in a month; counted in place, whoever else counts."""

    used = NumberAttribute(null=True)
    beyond = NumberAttribute(null=True)


class MessageRow(Row):
    """A message; what deletion must erase stands outside `data`. `version` is what the newest edit is known by."""

    text = UnicodeAttribute()
    files = ListAttribute[str](null=True)
    version = UnicodeAttribute()
    received_at = UnicodeAttribute()


class TicketRow(Row):
    """A ticket, or without `data` the memory of one."""

    version = UnicodeAttribute()


class PartRow(Row):
    """What the code host told of one thing; the highest version stays."""

    version = UnicodeAttribute()


class IndexRow(Row):
    """A part of the index over a tenant's tickets; `generation` names what its head lists."""

    generation = UnicodeAttribute(null=True)
    packed = BinaryAttribute(null=True, legacy_encoding=False)


class HistoryRow(Row):
    """What was talked about before."""

    packed = BinaryAttribute(legacy_encoding=False)


class LeaseRow(Row):
    """Something that one worker at a time may hold."""

    held_until = UnicodeAttribute()
    holder = UnicodeAttribute()


class ReplayRow(LeaseRow):
    """A request that carried an idempotency key; with `data` it has been answered."""

    fingerprint = UnicodeAttribute()
    began_at = UnicodeAttribute(null=True)


class DecisionRow(Row):
    """An entry of the decision log; without `version` it has not been changed since it was logged."""

    state = UnicodeAttribute()
    revision = UnicodeAttribute()
    version = NumberAttribute(null=True)
