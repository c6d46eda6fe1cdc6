"""Tell a tenant's owners and admins something once each, by e-mail and, where it works, in the chat."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from pm_assistant.domain.accounts import Account, Mail, Role
from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.errors import InvalidRequest, NotConnected, NotFound, UpstreamRejected
from pm_assistant.domain.people import known_by
from pm_assistant.domain.reports import Notice
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.vendors import Role as VendorRole
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.presentation.notices import NoticeWords
from pm_assistant.workflows.accounts.reader import texts_at
from pm_assistant.workflows.sending import message_once

FOR_GOOD = (InvalidRequest, UpstreamRejected)
"""What sending may fail with that repeating it would not help."""

type MakeMail = Callable[[str, Texts], Mail]
"""Makes what goes to an address, in the language of whoever reads it."""
type Word = Callable[[Texts], NoticeWords]
"""Words what goes to the chat, as well."""
type Note = Callable[[], None]
"""Notes that a message was sent."""
type Send = Callable[[Note], None]
"""Sends a message, and notes it."""


def tell_admins(key: str, kind: str, unit: Unit, *, mail: MakeMail, words: Word, url: str) -> int:
    """Tell them, and return how many messages that took; a repetition sends only what is still to be sent.

    E-mail goes first: it needs nothing that may just have broken. What one person cannot be told does not keep it from
    the others.

    Args:
        key: names what is told.
        kind: of it, for the ledger of deliveries.
        unit: of work.
        mail: for an address.
        words: for the chat.
        url: where something can be done about it.

    Raises:
        Conflict: the same message is being sent right now; repeat.
        UpstreamUnavailable: the mail or the chat did not go out; repeat.
        UpstreamRejected: everybody was told but whom the mail will never reach.
    """
    count, failures = 0, list[Exception]()
    for name, send in _messages(key, unit, mail, words, url):
        try:
            count += _send_once(f"{key}|{name}", name, kind, send, unit)
        except Exception as error:
            failures.append(error)
    if failures:
        # Where one of them may pass, the notice has to come again.
        raise min(failures, key=lambda error: isinstance(error, FOR_GOOD))
    return count


def _messages(key: str, unit: Unit, mail: MakeMail, words: Word, url: str) -> list[tuple[str, Send]]:
    """All messages that it takes, each with what it is known by."""
    stores, tenant_id = unit.stores, unit.tenant_id
    admins = [account for account in stores.accounts.all(tenant_id) if account.role in {Role.OWNER, Role.ADMIN}]
    people = stores.directory.members(tenant_id)
    mailed = [account for account in admins if not stores.mail.stopped(tenant_id, account.email)]

    def send_mail(account: Account, note: Note) -> None:
        unit.mailer.send(mail(account.email, texts_at(account.email, people)))
        note()

    def notice(texts: Texts) -> Notice:
        title, said, button = words(texts)
        return Notice(id=external_id(key, "notice"), title=title, text=said, link_text=button, url=url)

    return [
        *((f"mail|{account.id}", partial(send_mail, account)) for account in mailed),
        *(
            (f"chat|{user_id}", partial(_tell_in_chat, key, user_id, notice(texts_in(person.language)), unit))
            for user_id, person in _chat_accounts(admins, people, unit)
        ),
    ]


def _chat_accounts(admins: Sequence[Account], people: Sequence[Member], unit: Unit) -> Iterable[tuple[str, Member]]:
    """Who of these people is known in the chat, by the addresses that they have proven."""
    chat, known = unit.provider(VendorRole.CHAT), (known_by(account.email, people) for account in admins)
    return {person.accounts[chat]: person for person in known if person and chat in person.accounts}.items()


def _tell_in_chat(key: str, user_id: str, notice: Notice, unit: Unit, note: Note) -> None:
    try:
        message_once(f"notice|{key}|{user_id}", user_id, notice, unit, remember=note)
    except (NotConnected, NotFound, UpstreamRejected):
        # No chat (any more), or not for this person: that is what the e-mail is for.
        note()


def _send_once(key: str, name: str, kind: str, send: Send, unit: Unit) -> int:
    with unit.lease(f"notice|{key}", lasts=LEASE):
        if unit.stores.deliveries.delivered(unit.tenant_id, key):
            return 0
        send(lambda: unit.stores.deliveries.finish(unit.tenant_id, name, kind, key, at=unit.now(), once=True))
        return 1
