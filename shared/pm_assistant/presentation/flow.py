"""How the flow of work is told of in words: when it will be done, and what is to be known of the figures."""

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from pm_assistant.domain.flow import FEWEST, TeamFlow
from pm_assistant.domain.forecast import FEWEST_FINISHED, FEWEST_WEEKS, LIKELY, Outlook, Why
from pm_assistant.presentation.i18n import Texts


def forecast_in_words(outlook: Outlook, even: date | None, likely: date | None, texts: Texts) -> str:
    """The range and what it rests on, or why there is none; no sentence of its own, so that more can stand around it.

    Args:
        outlook: what the runs say.
        even: half of the runs are done by then; None where no date is to be said.
        likely: the same of the share that is promised.
        texts: of the reader.
    """
    rests_on = texts.gettext(
        "from {weeks}, {items}",
        weeks=texts.ngettext("{count} week", "{count} weeks", outlook.weeks),
        items=texts.ngettext("{count} item", "{count} items", outlook.finished),
    )
    if outlook.growth:
        rests_on += texts.gettext(", growing {number} a week", number=texts.decimal(outlook.growth))
    if even is not None and likely is not None:
        return texts.gettext(
            "{share} % of runs finish by {likely} (50 %: {even}), {rests_on}",
            share=str(round(outlook.share * 100)),
            likely=texts.date(likely),
            even=texts.date(even),
            rests_on=rests_on,
        )
    match outlook.why:
        case Why.FEW_WEEKS:
            low, high = (str(-(-(days or 0) // 7)) for days in (outlook.even_days, outlook.likely_days))
            said = texts.gettext("about {low} to {high} weeks, {rests_on}", low=low, high=high, rests_on=rests_on)
            return said + texts.gettext(": below {fewest} weeks no date is said", fewest=str(FEWEST_WEEKS))
        case Why.NEVER:
            return texts.gettext("no end in sight, {rests_on}: as much comes in as gets done", rests_on=rests_on)
        case Why.FEW_FINISHED | None:
            said = texts.gettext("no forecast, {rests_on}", rests_on=rests_on)
            return said + texts.gettext(": below {fewest} finished items there is none", fewest=str(FEWEST_FINISHED))
        case _:
            assert_never(outlook.why)


def remarks_on(flow: TeamFlow, texts: Texts) -> Sequence[str]:
    """What is to be known of a team's figures, each in words of its own."""
    remarks = []
    if flow.finished < FEWEST:
        finished = texts.ngettext("{count} item finished", "{count} items finished", flow.finished)
        below = texts.gettext(": below {fewest} there are counts and no figures", fewest=str(FEWEST))
        remarks.append(finished + below)
    if flow.consistent is False:
        remarks.append(
            texts.gettext(
                "work in progress does not fit throughput and cycle time: states or dates in the tracker are wrong"
            )
        )
    if flow.score.made:
        remarks.append(
            texts.ngettext(
                "{held} of the last {count} forecast held; of 100, {share} should",
                "{held} of the last {count} forecasts held; of 100, {share} should",
                flow.score.made,
                held=str(flow.score.held),
                share=str(round(LIKELY * 100)),
            )
        )
    return remarks
