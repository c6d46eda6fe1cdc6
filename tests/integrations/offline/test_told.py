"""What people say in twelve languages, and what the offline analyst makes of it."""

import pytest

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import Judgement
from pm_assistant.domain.work import StateType, TicketState
from pm_assistant.integrations.offline.progress import claims, may_state
from pm_assistant.language.text import sentences
from tests.builders import DOING, DONE, ENG, REVIEW, a_ticket
from tests.integrations.offline import told_further as further
from tests.integrations.offline.test_analyst import COUPON, EXPORT, TICKETS, burst, commented, judge, moved, thread
from tests.integrations.offline.told import CHATTER, MOVES, NEW_WORK, NO_MOVES, OTHER_TALK

SURE = 0.8
"""From this confidence on it is done."""
ASKED = 0.55
"""From this confidence on a person is asked."""


def acts(judgement: Judgement) -> list[str]:
    """What would be asked or done."""
    return [p.action.kind for p in judgement.proposals if not isinstance(p.action, Ignore) and p.confidence >= ASKED]


IS_MISREAD = pytest.mark.xfail(strict=True, reason="the models read it as something else")
MISREAD = {
    (
        "weekly digest went out with last week's numbers again",
    ): "news of work, by the model of what conversations are of",
}
"""What the models take for something else, and for what."""


def marked(*many: tuple[str, ...]) -> list[object]:
    """Conversations, those that are misread expected to fail."""
    return [
        pytest.param(
            said,
            id=said[0],
            marks=[pytest.mark.xfail(strict=True, reason=MISREAD[said])] if said in MISREAD else [],
        )
        for said in many
    ]


@pytest.mark.parametrize("said", marked(*NEW_WORK, *further.NEW_WORK))
def test_new_work_is_asked_about_and_never_sure(said: tuple[str, ...]) -> None:
    """A ticket is drafted where something is broken or wanted that no ticket is about."""
    proposals = judge(thread(*said), [COUPON]).proposals
    assert [True] == [isinstance(p.action, CreateTicket) and ASKED <= p.confidence < 0.8 for p in proposals]


@pytest.mark.parametrize("said", marked(*CHATTER, *OTHER_TALK, *further.NO_WORK))
def test_what_is_no_work_to_record_is_left_alone(said: tuple[str, ...]) -> None:
    """Small talk, plans for the day, questions that were answered, favours and news."""
    assert [] == acts(judge(thread(*said), [COUPON]))


@pytest.mark.parametrize(("to", "said"), [*MOVES, *further.MOVES])
def test_what_is_said_of_a_ticket_moves_it(to: str, said: str) -> None:
    """Done, begun, up for review or given up, as people say it."""
    talk = thread(f"about {COUPON.key}: the checkout drops the coupon", said)
    assert [(COUPON.id, to)] == [(id, state.name) for id, state in moved(judge(talk))]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(said, marks=[IS_MISREAD] if said == "we closed the deal with Acme" else [])
        for said in (*NO_MOVES, *further.NO_MOVES)
    ],
)
def test_what_only_sounds_like_progress_moves_nothing(said: str) -> None:
    """In any language."""
    assert [] == moved(judge(thread(f"about {COUPON.key}: the checkout drops the coupon", said)))


@pytest.mark.parametrize("said", further.ORDERS_IN_PASSING)
def test_who_orders_us_about_in_passing_is_left_alone(said: str) -> None:
    """Though a ticket is named: nothing is said of it, and nothing asked about it."""
    assert [] == acts(judge(thread(said)))


def test_work_in_hand_is_no_new_work() -> None:
    """Somebody planned it somewhere, though no ticket of ours fits; a problem that came with it is new."""
    assert [] == acts(
        judge(thread("the label layout for pallets matches the carrier's again, deployed today"), [COUPON])
    )
    broken = "the new label layout is live and prints nothing since this morning"
    assert ["create"] == acts(judge(thread(broken), [COUPON]))


def test_what_others_have_in_their_tracker_is_about_our_ticket_only_by_its_key() -> None:
    """However alike the words, it is their state of work."""
    said = "the vendor closed VND-12: checkout drops the coupon"
    assert [] == moved(judge(thread(said)))


def test_a_question_that_was_answered_leaves_nothing_to_do() -> None:
    """Who asked says so; as long as they have not, there is something."""
    asked = "I can't open the export of the harvest list"
    assert ["create"] == acts(judge(thread(asked, "try the other button"), [COUPON]))
    assert [] == acts(judge(thread(asked, "try the other button", "ah, that works, thanks!"), [COUPON]))
    assert ["create"] == acts(judge(thread(asked, "ah, that works, thanks!"), [COUPON])), "said by somebody else"


def test_what_has_no_ticket_by_their_own_words_is_new_work_even_if_settled() -> None:
    """Thanks for a way around it do not mend it."""
    said = ("the export of the harvest list is empty", "use the old page, there is no ticket yet", "works, thanks!")
    assert ["create"] == acts(judge(thread(*said), [COUPON]))


def test_a_reason_cites_only_words_that_were_said() -> None:
    """What was paraphrased is said to be so, and no word is put into anybody's mouth."""
    said = "voucher vanishes in the basket as soon as you change the address"
    (proposal,) = judge(thread(said)).proposals
    cited = proposal.reason.removeprefix(f"These words of {COUPON.key} were said: ").removesuffix(".")
    assert all(word.lower() in said for word in cited.split(", "))
    assert "coupon" not in proposal.reason


def surely_moved(judgement: Judgement) -> list[tuple[str, str]]:
    """Keys of the tickets that would be moved unasked, and to which state."""
    sure = (p.action for p in judgement.proposals if isinstance(p.action, MoveTicket) and p.confidence >= SURE)
    return [(f"ENG-{action.ticket_id.removeprefix('ticket-')}", action.to.name) for action in sure]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "ENG-1: fixed and deployed to production\nENG-2: still blocked by accounting\nENG-3: nobody looked at it",
            "ENG-1",
        ),
        ("ENG-2 shipped to production. ENG-3 has not moved.", "ENG-2"),
        ("ENG-2 wartet noch, ENG-3 ist behoben und ausgerollt", "ENG-3"),
    ],
)
def test_of_a_message_that_names_several_each_line_is_of_its_own(said: str, expected: str) -> None:
    """As in a standup: what follows a key, up to the next, is said of that ticket."""
    assert [(expected, "Done")] == [
        (f"ENG-{id.removeprefix('ticket-')}", state.name) for id, state in moved(judge(thread(said)))
    ]


@pytest.mark.parametrize(
    "said",
    [
        "fingers crossed this is fixed with the new provider",
        "j'espère que c'est corrigé",
        "laut Confluence ist das erledigt, gesehen habe ich nichts",
        "we released the blog post about the funding",
        "Die Steuererklärung ist endlich erledigt",
        "coffee number four deployed to production",
        "the vaccination is done but the date is missing on the card",
        "in theory this is live in production",
        "angeblich ist das behoben",
        "ojalá ya esté resuelto",
        "вроде исправлено",
        "たぶん修正済みです",
        "deployed to production for 5% of users",
        "live in production behind a feature flag",
        "workaround is live in production",
        "the coupon is gone since the redesign was deployed to production",
        "desde que a 4.2 está em produção isso acontece",
        "the vendor is working on it",
        "ベンダーが対応中です",
        "deployed to production yet",
        "ist das jetzt ausgerollt oder was",
        "the login page is live in production",
        "das Login ist behoben und ausgerollt, der Gutschein kommt danach",
    ],
)
def test_words_of_progress_move_nothing_unasked_where_a_message_states_none(said: str) -> None:
    """The model of acts has to agree with the phrase, unless hardly anything else is said."""
    opening = f"about {COUPON.key}: the checkout drops the coupon"
    assert [] == surely_moved(judge(thread(opening, said)))


@pytest.mark.parametrize(
    "said",
    [
        "let's look at ENG",
        "let's look at something, slack timeout",
        "schauen wir mal drauf",
        "давайте ревью этого PR",
    ],
)
def test_what_only_proposes_to_look_at_something_states_nothing(said: str) -> None:
    """Before a ticket is named."""
    assert [] == moved(judge(thread(said, f"{COUPON.key}: the coupon is one cent off again at Casa Yoga")))


@pytest.mark.parametrize("said", ["deployed to production", "fixed and deployed to production", "ist behoben und live"])
def test_a_bare_statement_moves_its_ticket_unasked(said: str) -> None:
    """As people say it."""
    opening = f"about {COUPON.key}: the checkout drops the coupon"
    assert [(COUPON.key, "Done")] == surely_moved(judge(thread(opening, said)))


@pytest.mark.parametrize(
    "after",
    [
        ("", "scratch that, my terminal was on staging"),
        ("", "doch nicht, der Build ist rot"),
        ("on my tablet the coupon is still dropped",),
        ("今試しましたが同じエラーです",),
        ("nope",),
        ("bei mir nicht",),
        ("pas chez moi",),
        ("нет, всё ещё так",),
        ("", "sorry, wrong thread"),
        ("", "(staging, I mean)"),
        ("", "jk"),
        ("really? my basket says otherwise",),
    ],
)
def test_what_is_said_after_a_statement_can_take_it_back(after: tuple[str, ...]) -> None:
    """By whoever stated it, or by somebody who sees that it is not so: a person is asked."""
    opening = f"about {COUPON.key}: the checkout drops the coupon"
    assert [] == surely_moved(judge(thread(opening, "fixed and deployed to production", *after)))


@pytest.mark.parametrize(
    ("said", "surely"),
    [
        ("Checkout drops the coupon", True),
        ("haha, Checkout drops the coupon", False),
        ("my life: Android app crashes on photo upload like my old car", False),
        ("Checkout drops the coupon, didn't know that one", False),
        ("Android app crashes on photo upload, we have nothing for this yet", False),
    ],
)
def test_no_ticket_is_sure_where_its_words_are_played_with_or_said_to_be_new(said: str, surely: bool) -> None:
    """However well they fit, and however near retrieval finds it."""
    near = dict.fromkeys((ticket.id for ticket in TICKETS), 9.0)
    proposals = judge(thread(said), odds=near).proposals
    assert surely is any(p.confidence >= SURE for p in proposals if isinstance(p.action, Comment))


def test_a_face_that_means_the_opposite_takes_a_statement_back() -> None:
    """Typed as a name or as a character; other faces do not."""
    opening = f"about {COUPON.key}: the checkout drops the coupon"
    assert [] == moved(judge(thread(opening, "sure, it is fixed :face_with_rolling_eyes:")))
    assert [] == moved(judge(thread(opening, "sure, it is fixed \U0001f644")))
    assert [COUPON.id] == [id for id, _ in moved(judge(thread(opening, "it is fixed :tada:")))]


@pytest.mark.parametrize(
    "said", ["deployed, right?", "ist live, oder?", "ya está en prod, ¿verdad?", "リリース済みですよね\uff1f"]
)
def test_who_asks_whether_it_is_so_states_nothing(said: str) -> None:
    """In whatever language, however plain the words before."""
    assert [] == moved(judge(thread(f"about {EXPORT.key}: invoices as a file", said)))


def test_what_is_tried_out_goes_where_the_team_tries_out_and_else_nowhere() -> None:
    """Merged and handed to testers is not done; tested and live is."""
    opening, merged = f"about {EXPORT.key}: invoices as a file", "merged, it is on the test system now for QA"
    assert [] == [to for _, to in moved(judge(thread(opening, merged))) if to.type.closed]
    tested = TicketState(id="qa", name="QA", type=StateType.STARTED)
    team = ENG.model_copy(update={"states": (*ENG.states[:-2], tested, *ENG.states[-2:])})
    assert ["QA"] == [to.name for _, to in moved(judge(thread(opening, merged), team=team))]
    assert [DONE] == [to for _, to in moved(judge(thread(opening, "tested and deployed to production"), team=team))]


def test_somebody_who_takes_a_look_has_not_begun_the_work() -> None:
    """It stays up for review."""
    talk = thread(f"about {EXPORT.key}: invoices as a file", "PR is up, ready for review", "on it")
    assert ["In Review"] == [to.name for _, to in moved(judge(talk))]


def test_a_question_beside_a_statement_leaves_it_standing() -> None:
    """Unless it asks whether it is so."""
    opening = f"about {EXPORT.key}: invoices as a file"
    assert ["In Review"] == [state.name for _, state in moved(judge(thread(opening, "PR is up, who can look at it?")))]
    assert [] == moved(judge(thread(opening, "PR is up, right?")))


def test_one_word_of_people_s_lives_is_no_small_talk_beside_a_problem() -> None:
    """A desk may be a customer's."""
    said = "every cash sale at the desk shows up twice"
    assert ["create"] == acts(judge(thread(said, "no ticket yet"), [EXPORT]))
    assert ["create"] == acts(judge(thread(said, "sure?"), [EXPORT]))
    assert [] == acts(judge(thread("lunch at my desk again, twice this week", "sure?"), [EXPORT]))


@pytest.mark.parametrize(
    "said",
    [
        ("hi", "the checkout drops the coupon when the address changes"),
        ("good morning! the checkout drops the coupon when the address changes",),
        ("happy friday everyone. The checkout drops the coupon when the address changes",),
        ("", "the checkout drops the coupon when the address changes"),
    ],
)
def test_a_greeting_before_work_makes_no_small_talk_of_it(said: tuple[str, ...]) -> None:
    """Nor does a message without words, such as a picture."""
    assert ["comment"] == acts(judge(thread(*said)))


def test_a_joke_with_the_words_of_a_ticket_is_not_about_it() -> None:
    """Whatever words they share; nor is what only may be small talk ever sure."""
    assert [] == acts(
        judge(thread("happy friday everyone, my own coupon for a nap was dropped at checkout haha :joy:"))
    )


@pytest.mark.parametrize(
    "said", ["discount reset, again", pytest.param("the address and the discount", marks=IS_MISREAD)]
)
def test_what_is_likely_and_not_sure_stays_below_what_acts_by_itself(said: str) -> None:
    """A team that lets us act is asked all the same."""
    (proposal,) = judge(thread(said)).proposals
    assert COUPON.id == proposal.action.about_ticket
    assert ASKED <= proposal.confidence <= 0.79


def test_what_another_tracker_says_is_done_moves_no_ticket_of_ours() -> None:
    """Though its words fit; where our key stands beside it, it may be ours."""
    assert [] == moved(judge(thread("upstream VND-12 is deployed, the checkout drops the coupon")))
    both = f"upstream VND-12 is deployed, so {COUPON.key} is deployed, too"
    assert [COUPON.id] == [id for id, _ in moved(judge(thread(both)))]


def test_what_was_given_up_is_not_done_though_somebody_closes_it() -> None:
    """The last word counts, but closing something takes back nothing."""
    talk = thread(f"about {COUPON.key}: the coupon", "we won't do it, nobody needs it", "ok, closing it then")
    assert ["Canceled"] == [state.name for _, state in moved(judge(talk))]


def test_what_no_phrase_states_replaces_no_statement() -> None:
    """Thanks for having tested it hand nothing to test."""
    talk = thread(f"about {COUPON.key}: the coupon", "fixed and deployed to production", "thank ruth for testing late")
    assert ["Done"] == [state.name for _, state in moved(judge(talk))]


@pytest.mark.parametrize(
    "said",
    [
        "deployed to production, no issues so far",
        "fixed and live, without any problems",
        "ist ausgerollt, keine Beschwerden mehr",
        "déployé en prod, sans souci",
        "ya está en producción, sin problemas",
        "выкатили на прод, ошибок нет",
        "wdrożone na produkcję, bez problemów",
        "今天凌晨换好了\uff0c线上已生效\uff0c没问题",
        "本番にリリースしました、問題なし",
    ],
)
def test_that_nothing_else_is_wrong_denies_no_statement(said: str) -> None:
    """`No` and `without` deny what stands behind them."""
    talk = thread(f"about {COUPON.key}: the checkout drops the coupon", said)
    assert [DONE] == [to for _, to in moved(judge(talk))]


@pytest.mark.parametrize("state", [REVIEW, DONE])
def test_what_is_not_well_and_worked_on_again_goes_back_to_where_such_work_is(state: TicketState) -> None:
    """Whoever lets it has to be asked; the ticket is told so besides."""
    ticket = COUPON.model_copy(update={"state": state})
    talk = thread("the checkout drops the coupon again when the address changes", "I'm working on it now")
    (move,) = (p.action for p in judge(talk, [ticket]).proposals if isinstance(p.action, MoveTicket))
    assert (DOING, True) == (move.to, move.backwards)
    assert [] == moved(judge(thread(f"about {COUPON.key}: it looks nice", "I'm working on it now"), [ticket]))


def test_what_goes_on_with_small_talk_is_that_whatever_words_it_plays_with() -> None:
    """An answer to a joke is no report; one that reports something is."""
    joke = ("U0ADA", "haha my weekend was pizza, football and a hangover, mum is still laughing")
    assert [] == acts(judge(burst(joke, ("U0BOB", "double pizza, like the coupon"))))
    assert "comment" in acts(judge(burst(joke, ("U0BOB", "the checkout drops the coupon when the address changes"))))


def test_a_ticket_whose_key_is_played_with_is_not_sure() -> None:
    """`ENG-1` may be a train; where something is stated of it, it is itself."""
    played = judge(thread("haha :joy: my train to grandma was called ENG-1 this weekend")).proposals
    assert [] == [p for p in played if isinstance(p.action, Comment) and p.confidence >= SURE]
    assert [COUPON.key] == [f"ENG-{id.removeprefix('ticket-')}" for id in commented(judge(thread("ENG-1 is deployed")))]


def test_a_model_that_reads_something_else_of_the_work_is_believed_rather_than_a_phrase() -> None:
    """And asked about."""
    talk = thread(f"about {COUPON.key}: the coupon", "Prüfung ist fertig geschrieben, der PR liegt bei Jannik")
    assert [REVIEW] == [to for _, to in moved(judge(talk))]
    assert [] == surely_moved(judge(talk))


def test_what_is_up_for_review_is_not_done_whatever_was_done_for_it() -> None:
    """That is told beside it."""
    said = "the PR is up, the coupon now survives everything, no more lost discounts and happy customers everywhere"
    assert [REVIEW] == [to for _, to in moved(judge(thread(f"about {COUPON.key}: the coupon", said)))]


@pytest.mark.parametrize("said", ["can be ticked off from my side", "ab jetzt bei Jana"])
def test_what_is_hardly_stated_of_a_ticket_is_asked_about_whatever_other_ticket_is_named_beside_it(said: str) -> None:
    """Only words in quotation marks may mean nothing."""
    alone = moved(judge(thread(f"{COUPON.key} {said}")))
    assert [COUPON.id] == [id for id, _ in alone]
    assert alone == moved(judge(thread(f"{COUPON.key} {said}\n{EXPORT.key} needs a new owner")))


@pytest.mark.parametrize("said", ["slower than our product search", "slow like product search"])
def test_a_short_answer_to_a_joke_is_part_of_it_though_it_fits_a_ticket(said: str) -> None:
    """By itself it would be asked about."""
    joke = ("U0ADA", "haha my weekend was pizza, football and a hangover, mum is still laughing")
    assert [] == acts(judge(burst(joke, ("U0BOB", said))))
    assert ["comment"] == acts(judge(burst(("U0BOB", said))))


@pytest.mark.parametrize(
    "said",
    [
        "step 1 is deployed to production",
        "merged the first of three PRs to main",
        "rolled out a temporary patch to production",
        "live in production behind a feature flag",
    ],
)
def test_what_is_done_in_part_or_for_the_time_being_is_never_stated_surely(said: str) -> None:
    """As against the same without it."""
    [part], [whole] = claims(said), claims("deployed to production")
    assert part.certainty < SURE < whole.certainty


@pytest.mark.parametrize(
    "said",
    [
        "someone has to look it over before it ships, PR is up",
        "die PR liegt bei dir, muss vor Freitag noch jemand drüberschauen",
        "PR is up, nothing ships until one of you has read it",
    ],
)
def test_what_the_model_reads_for_likely_counts_whatever_stands_beside_it(said: str) -> None:
    """A condition, a denial or a day to come leaves that open only where it is not as likely; it is asked about."""
    moving = judge(thread("the checkout drops the coupon when the address changes", said))
    assert not any(map(may_state, sentences(said)))
    assert [(COUPON.id, REVIEW)] == moved(moving)
    assert [] == surely_moved(moving)


@pytest.mark.parametrize("said", ["the coupon survives now"])
def test_who_does_the_work_is_believed_sooner(said: str) -> None:
    """Of others the same words state nothing."""
    opening = "the checkout drops the coupon when the address changes"
    by_ada, by_bob = thread(opening, "", said), thread(opening, said)
    assert ([(COUPON.id, DONE)], []) == (moved(judge(by_ada)), moved(judge(by_bob)))
    assert [] == surely_moved(judge(by_ada))


def test_small_talk_behind_a_statement_leaves_it_standing() -> None:
    """Though it is its author's."""
    talk = thread(f"about {COUPON.key}: the coupon", "fixed and deployed to production", "", "lunch at 12?")
    assert [(COUPON.key, "Done")] == surely_moved(judge(talk))


def test_words_of_people_s_lives_are_work_where_a_ticket_is_about_them() -> None:
    """To a restaurant lunch is; elsewhere a ticket is not sure beside them."""
    menus = a_ticket(7, title="Lunch and dinner menus are empty on the tablet")
    said = "the lunch and dinner menus are empty on the tablet again"
    assert [menus.id] == commented(judge(thread(said), [menus, COUPON]))
    assert [] == commented(judge(thread(f"{said}, like at lunch and dinner with my grandma"), [COUPON]))


def test_a_state_that_is_for_reviews_by_its_place_alone_is_asked_about() -> None:
    """Where its name says so, it is done."""
    opinion = TicketState(id="opinion", name="Second opinion", type=StateType.STARTED)
    states = tuple(opinion if state == REVIEW else state for state in ENG.states)
    talk = thread(f"about {COUPON.key}: the coupon", "PR is up, ready for review")
    odd = judge(talk, team=ENG.model_copy(update={"states": states}))
    assert [(COUPON.id, opinion)] == moved(odd)
    assert [] == surely_moved(odd)
    assert [(COUPON.key, REVIEW.name)] == surely_moved(judge(talk))


def test_a_thread_that_opens_with_talk_is_sure_where_somebody_goes_on_with_work() -> None:
    """What opens it alone is not."""
    api = a_ticket(8, title="Public API answers 500 instead of 429 above the rate limit", description="Clients retry.")
    said = "Public API answers 500 instead of 429 above the rate limit, the client retries at once and makes it worse"
    talk = thread("oh no, slack timeout", said)
    assert [api.id] == commented(judge(talk, [api], odds={api.id: 9.0}))


def test_a_question_behind_a_key_states_nothing() -> None:
    """It begins behind it."""
    assert [] == moved(judge(thread("ENG-1: is this deployed to production")))
    assert [(COUPON.id, DONE)] == moved(judge(thread("ENG-1: this is deployed to production")))
