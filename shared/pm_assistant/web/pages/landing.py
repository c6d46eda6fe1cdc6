"""The first page: what this is, shown to whoever is not logged in; everybody else goes on to their day."""

from datetime import date

from pm_assistant.domain.facts import Fact, Note, NoteKind
from pm_assistant.domain.reports import CardEntry, FactKind, Report, ReportKind
from pm_assistant.presentation.facts import section_of
from pm_assistant.presentation.i18n import Texts
from pm_assistant.web.html import page, see_other
from pm_assistant.web.request import current_request, needs_nobody
from pm_assistant.web.routing import Response, Router

router = Router()


@router.get("/", **needs_nobody())
def show_landing() -> Response[str]:
    """What the product is, an example of what it writes, and the two ways in."""
    request = current_request(router)
    if request.known_viewer:
        return see_other(request, "/today")
    texts, today = request.texts, request.now.astimezone(request.zone).date()
    return page(request, "landing.html", report=_report(texts, today), card=_card(texts))


def _report(texts: Texts, day: date) -> Report:
    """A morning of somebody who is made up, in the words in which all reports are."""
    gettext = texts.gettext
    facts = (
        _fact(
            FactKind.DONE,
            "SHOP-14",
            gettext("Coupons survive the switch to PayPal"),
            Note(kind=NoteKind.MERGED, what="#212"),
            Note(kind=NoteKind.MOVED, what=gettext("Done")),
        ),
        _fact(
            FactKind.IN_PROGRESS,
            "SHOP-21",
            gettext("Refunds by invoice number"),
            Note(kind=NoteKind.REVIEW_AWAITED, who=("Noor",), hours=6),
        ),
        _fact(
            FactKind.BLOCKED,
            "SHOP-19",
            gettext("Export for the tax office"),
            Note(kind=NoteKind.BLOCKED_BY, what="OPS-7"),
        ),
        _fact(FactKind.NEXT, "SHOP-23", gettext("Gift cards in the basket"), Note(kind=NoteKind.URGENT)),
    )
    title = gettext("Standup for {name}, {day}", name="Ida", day=texts.day(day))
    sections = tuple(section_of(fact.kind, facts, texts=texts) for fact in facts)
    return Report(id="example", kind=ReportKind.STANDUP, title=title, day=day, sections=sections)


def _fact(kind: FactKind, name: str, title: str, *notes: Note) -> Fact:
    return Fact(kind=kind, about=(name,), name=name, title=title, url="", notes=notes)


def _card(texts: Texts) -> CardEntry:
    """A question about what people who are made up have said."""
    return CardEntry(
        headline=texts.gettext("Shall I? Comment on"),
        link_text=f"SHOP-21 {texts.gettext('Refunds by invoice number')}",
        text=texts.gettext("Noor: the bank sends the money back twice when a refund is pressed again."),
        detail=texts.gettext("82% sure: both speak of refunds that are done twice."),
    )
