"""A row of the single table and the few ways to read and write one; what else its kinds have is in `rows.py`.

The partition key is `TENANT#<id>`, so whatever a row says, it is found under its own tenant only; the sort key starts
with the row's kind. What conditions have to compare stands in attributes of its own, everything else in `data`. Two
kinds belong to no tenant: `OUTSIDE#…` says whose an outside id is, `LIMIT#…` counts.

The index `outside` answers what the partition cannot: whose an outside id is, and what is recent. Index reads lag
behind writes by a moment (eventual consistency); every other read here is consistent.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition, Or
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from pm_assistant.aws.failures import translate
from pm_assistant.domain.errors import Misconfigured, UpstreamError, UpstreamUnavailable
from pm_assistant.domain.workspaces import TenantId

LONGEST_KEY = 1_024
"""In bytes of UTF-8: what DynamoDB takes as sort key (docs.aws.amazon.com/amazondynamodb, Constraints)."""


class Outside(GlobalSecondaryIndex["Row"]):
    """The one index, shared by the kinds of rows that need it."""

    class Meta:
        """How PynamoDB is told about an index."""

        index_name = "outside"
        projection = AllProjection()

    gsi_pk = UnicodeAttribute(hash_key=True)
    gsi_sk = UnicodeAttribute(range_key=True)


class Row(Model):
    """What every row has."""

    class Meta:
        """How PynamoDB is told about a table; `bind` adds which one."""

        table_name: str
        max_retry_attempts = 2  # at what a batch has left over

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    gsi_pk = UnicodeAttribute(null=True)
    gsi_sk = UnicodeAttribute(null=True)
    data = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    outside = Outside()

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Read a row as PynamoDB does, in a third of the time: of a row that exists no attribute has a default."""
        row = cls.__new__(cls)
        row.attribute_values = {
            name: attribute.deserialize(attribute.get_value(data[name]))
            for name, attribute in cls.get_attributes().items()
            if name in data and "NULL" not in data[name]
        }
        return row

    @classmethod
    def find(cls, tenant_id: TenantId, sk: str) -> Self | None:
        """Read one row of a tenant, None if it is not there."""
        return cls.at(partition(tenant_id), sk)

    @classmethod
    def at(cls, pk: str, sk: str) -> Self | None:
        """Read one row, None if it is not there; nothing is under a key that is too long to be one."""
        if len(pk.encode()) > LONGEST_KEY or len(sk.encode()) > LONGEST_KEY:
            return None
        try:
            return cls.get(pk, sk, consistent_read=True)
        except cls.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise _translated(error) from error

    @classmethod
    def among(cls, tenant_id: TenantId, keys: Condition) -> list[Self]:
        """Read a tenant's rows whose sort key meets the condition, in the order of their sort keys."""
        return list(cls.each(tenant_id, keys))

    @classmethod
    def below_each(
        cls, tenant_id: TenantId, kind: str, names: Collection[str], *, most: int
    ) -> "dict[str, list[Self]] | None":
        """Read what lies below each of these names, `<kind>#<name>#…`, in one request: the stretch from first to last.

        None where more than so many rows lie there, of any name: then most of them would be read in vain.
        """
        found: dict[str, list[Self]] = {name: [] for name in names}
        if not found:
            return found
        first, *_, last = sorted([f"{kind}#{name}#" for name in found] * 2)
        keys = cls.sk.between(first, f"{last}~")
        try:
            rows = list(cls.query(partition(tenant_id), keys, consistent_read=True, limit=most + 1))
        except PynamoDBException as error:
            raise _translated(error) from error
        if len(rows) > most:
            return None
        for row in rows:
            below = row.sk.removeprefix(f"{kind}#")
            for name in (below[:place] for place, sign in enumerate(below) if sign == "#"):
                if name in found:
                    found[name].append(row)
        return found

    @classmethod
    def each(cls, tenant_id: TenantId, keys: Condition | None = None) -> Iterator[Self]:
        """Read a tenant's rows as `among` does, page by page as they are asked for; all rows without a condition."""
        try:
            yield from cls.query(partition(tenant_id), keys, consistent_read=True)
        except PynamoDBException as error:
            raise _translated(error) from error

    @classmethod
    def newest(cls, tenant_id: TenantId, kind: str, *, before: str | None, each: int) -> Iterator[Self]:
        """Read the rows of a kind whose sort keys go by time, last first, from below `<kind>#<before>`.

        Page by page as they are asked for, so many in each request.
        """
        end = f"{kind}#{before or '~'}"
        keys = cls.sk.between(f"{kind}#", end)
        try:
            rows = cls.query(
                partition(tenant_id), keys, consistent_read=True, scan_index_forward=False, page_size=each + 1
            )
            yield from (row for row in rows if row.sk != end)
        except PynamoDBException as error:
            raise _translated(error) from error

    @classmethod
    def page(cls, tenant_id: TenantId, kind: str, *, after: str | None, limit: int) -> list[Self]:
        """Read so many rows of a kind in the order of their sort keys, from above `<kind>#<after>` on."""
        start = f"{kind}#{after or ''}"
        try:
            rows = cls.query(
                partition(tenant_id), cls.sk.between(start, f"{kind}#~"), consistent_read=True, limit=limit + 1
            )
            return [row for row in rows if row.sk != start][:limit]
        except PynamoDBException as error:
            raise _translated(error) from error

    @classmethod
    def indexed(
        cls,
        gsi_pk: str,
        keys: Condition | None = None,
        *,
        each: int | None = None,
        last_first: bool = False,
        only: Sequence[UnicodeAttribute] = (),
    ) -> Iterator[Self]:
        """Read rows through the index, in the order of `gsi_sk`; the newest writes may not show yet.

        Page by page as they are asked for, so many in each request; `only` some attributes of each, or all.
        """
        named = [attribute.attr_name for attribute in only] or None
        try:
            yield from cls.query(
                gsi_pk,
                keys,
                index_name="outside",
                page_size=each,
                scan_index_forward=not last_first,
                attributes_to_get=named,
            )
        except PynamoDBException as error:
            raise _translated(error) from error

    @classmethod
    def everywhere(cls, condition: Condition) -> Iterator[Self]:
        """Read the whole table for rows that meet the condition, whoever's; no function does, and none may."""
        try:
            yield from cls.scan(condition)
        except PynamoDBException as error:
            raise _translated(error) from error

    @classmethod
    def find_all(cls, tenant_id: TenantId, sort_keys: Iterable[str], *, consistent: bool = True) -> list[Self]:
        """Read those of a tenant's rows that are there, in no order; nothing is under a key that is too long to be one.

        Whoever can tell that a row is not the newest may ask for less than consistency, which costs half.
        """
        try:
            keys = [(partition(tenant_id), sk) for sk in sort_keys if len(sk.encode()) <= LONGEST_KEY]
            return list(cls.batch_get(keys, consistent_read=consistent))
        except PynamoDBException as error:
            raise _translated(error) from error

    @classmethod
    def drop_all(cls, rows: Iterable[Self]) -> int:
        """Delete rows in batches, unconditionally; returns how many."""
        count = 0
        try:
            with cls.batch_write() as batch:
                for row in rows:
                    batch.delete(row)
                    count += 1
        except PynamoDBException as error:
            raise _translated(error) from error
        return count

    @classmethod
    def put_all(cls, rows: Iterable[Self]) -> None:
        """Write rows in batches, unconditionally; of two with one key the later counts."""
        try:
            with cls.batch_write() as batch:
                for row in {(row.pk, row.sk): row for row in rows}.values():
                    batch.save(row)
        except PynamoDBException as error:
            raise _translated(error) from error

    def put(self, condition: Condition | None = None) -> bool:
        """Write the whole row; False if the condition did not hold."""
        try:
            self.save(condition)
        except PynamoDBException as error:
            return _refused(error)
        return True

    def put_over(self, before: "Row") -> bool:
        """Write the whole row if it still reads as `before` did; False if it does not.

        An attempt that was carried out, and is repeated because its answer was lost, finds itself there: that is fine.
        """
        return self.put((Row.data == before.data) | (Row.data == self.data))

    def change(self, actions: list[Action], condition: Condition | None = None) -> bool:
        """Write some attributes; False if the condition did not hold."""
        try:
            self.update(actions, condition)
        except PynamoDBException as error:
            return _refused(error)
        return True

    def drop(self, condition: Condition | None = None) -> bool:
        """Delete the row; False if the condition did not hold."""
        try:
            self.delete(condition)
        except PynamoDBException as error:
            return _refused(error)
        return True


def bind(table_name: str, client: Any) -> None:
    """Name the table that all rows live in, and the client that asks for them; no request is made.

    Left to itself PynamoDB would make a botocore session of its own, which costs a function that has one already a
    second reading of AWS's endpoints.
    """
    Row.Meta.table_name = table_name
    # The kinds inherit a connection that is there already; otherwise each would open a client of its own.
    Row._get_connection().connection._client = client


def partition(tenant_id: TenantId) -> str:
    """Spell a tenant's partition key."""
    return f"TENANT#{tenant_id}"


def owner(row: Row) -> TenantId:
    """Whose a row is, by its partition key."""
    return TenantId(row.pk.removeprefix("TENANT#"))


def recent(tenant_id: TenantId, kind: str) -> str:
    """Spell the index key under which a tenant's rows of a kind are ordered by time."""
    return f"{partition(tenant_id)}#{kind}"


def absent_or(condition: Condition) -> Condition:
    """Widen a condition to hold for a row that is not there, too."""
    return Or(Row.pk.does_not_exist(), condition)


def together(fill: Callable[[TransactWrite], None]) -> bool:
    """Carry out several writes or none of them; False if a condition did not hold."""
    try:
        with TransactWrite(connection=Row._get_connection().connection) as writes:
            fill(writes)
    except TransactWriteError as error:
        codes = {reason.code for reason in error.cancellation_reasons if reason}
        if "ConditionalCheckFailed" in codes:
            return False
        if codes & {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}:
            raise UpstreamUnavailable("DynamoDB could not carry out a transaction at that moment") from error
        raise _translated(error) from error
    return True


def stamp(at: datetime) -> str:
    """Spell a moment so that later sorts after earlier: UTC, always with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _refused(error: PynamoDBException) -> bool:
    if error.cause_response_code == "ConditionalCheckFailedException":
        return False
    raise _translated(error) from error


def _translated(error: PynamoDBException) -> Misconfigured | UpstreamError:
    if error.cause is None:
        return UpstreamUnavailable("DynamoDB did not take the whole batch")
    return translate(error.cause)
