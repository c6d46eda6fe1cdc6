"""What people tell the assistant to do, and what only sounds like it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.work import StateType, TicketState
from pm_assistant.language.forwarding import with_forwarded
from pm_assistant.language.orders import (
    MOST_KEYS,
    CreateOrder,
    DismissOrder,
    MoveOrder,
    NoteOrder,
    Order,
    RelinkOrder,
    UnclearOrder,
    UndoOrder,
    read_orders,
    state_meant,
)
from tests.builders import CANCELED, DOING, DONE, ENG, REVIEW, TODO

QA = TicketState(id="s-qa", name="In QA", type=StateType.STARTED)

US = "<@U0APP>"
THIS = CreateOrder()
TWELVE, FOURTEEN = ("ENG-12",), RelinkOrder(right="ENG-14")
CANCEL_TWELVE = MoveOrder(keys=TWELVE, goal="canceled", or_undo=True)


def ticket_at(address: str) -> str | None:
    """Our workspace's one ticket."""
    return "ENG-12" if address.startswith("https://linear.app/acme/issue/ENG-12") else None


def ordered(text: str, *, in_own_thread: bool = False) -> Sequence[Order]:
    """What a message orders."""
    return tuple(read_orders(text, assistant="U0APP", ticket_at=ticket_at, in_own_thread=in_own_thread).orders)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        (f"{US} create a ticket: Coupons vanish", CreateOrder(title="Coupons vanish")),
        (f"Hey {US}, could you please open a ticket for this? Thanks!", THIS),
        (f"please open a ticket for this {US}", THIS),
        (f"ok {US} go ahead and track this", THIS),
        (f"{US} can you file a bug for the export timeouts", CreateOrder(title="the export timeouts")),
        (f'{US} new ticket: "Rotate the keys"', CreateOrder(title="Rotate the keys")),
        (f"{US} close ENG-12", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} close <https://linear.app/acme/issue/ENG-12/slug|the coupon one>", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} please close eng-12, ENG-13 and ENG-14", MoveOrder(keys=("ENG-12", "ENG-13", "ENG-14"), goal="done")),
        (f"{US} move ENG-12 to *In Review* please", MoveOrder(keys=TWELVE, goal="In Review")),
        (f"{US} reopen ENG-12", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} close it", MoveOrder(goal="done")),
        (f"{US} ENG-12 is done, please close it", MoveOrder(goal="done")),
        (f"{US} please mark ENG-12 done", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} set the status of ENG-12 to done", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} create ticket: Coupons vanish", CreateOrder(title="Coupons vanish")),
        (f"{US} can you create one for this?", THIS),
        (f"{US} reopen ENG-12, it still happens", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} this is about ENG-14", FOURTEEN),
        (f"{US} never mind, undo", UndoOrder()),
        (f"{US} not this one, ENG-14", FOURTEEN),
        (f"no, {US}, it's ENG-14", FOURTEEN),
        (f"{US} not ENG-12 but ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} wrong ticket, should be ENG-14", FOURTEEN),
        (f"{US} undo", UndoOrder()),
        (f"undo that please {US}", UndoOrder()),
        (f"{US} undo ENG-12", UndoOrder(keys=TWELVE)),
        (f"{US} add this to ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} comment on ENG-12: it was the cache", NoteOrder(keys=TWELVE, text="it was the cache")),
        (f"{US} don't create a ticket for this", DismissOrder()),
        (f"{US} no ticket needed, thanks", DismissOrder()),
        (f"{US} please don't close ENG-12", DismissOrder(keys=TWELVE)),
        (f"{US} erstelle bitte ein Ticket dafür", THIS),
        (f"{US} kannst du dafür bitte ein Ticket anlegen?", THIS),
        (f"{US} leg ein Ticket an: Export hängt", CreateOrder(title="Export hängt")),
        (f"{US} schließe ENG-12 bitte", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} verschiebe ENG-12 auf In Review", MoveOrder(keys=TWELVE, goal="In Review")),
        (f"{US} nicht das, sondern ENG-14", FOURTEEN),
        (f"{US} mach das rückgängig", UndoOrder()),
        (f"{US} bitte kein Ticket", DismissOrder()),
        (f"{US} schreib das in ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} ¿puedes crear un ticket para esto, por favor?", THIS),
        (f"{US} crea un ticket: El pago falla", CreateOrder(title="El pago falla")),
        (f"{US} cierra ENG-12", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} no es ese, es ENG-14", FOURTEEN),
        (f"{US} deshaz eso", UndoOrder()),
        (f"{US} no crees un ticket", DismissOrder()),
        (f"{US} añade esto a ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} peux-tu ouvrir un ticket pour ça ?", THIS),
        (f"{US} ferme ENG-12, merci", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} pas celui-ci, ENG-14", FOURTEEN),
        (f"{US} annule ça", UndoOrder()),
        (f"{US} ne crée pas de ticket", DismissOrder()),
        (f"{US} ajoute ça à ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} これチケットにして", THIS),
        (f"{US} チケットを作成してください\uff1a決済が失敗する", CreateOrder(title="決済が失敗する")),
        (f"{US} ENG-12 を閉じてください", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} ENG-12 をレビュー中にしてください", MoveOrder(keys=TWELVE, goal="レビュー中")),
        (f"{US} これじゃなくて ENG-14", FOURTEEN),
        (f"{US} 取り消して", UndoOrder()),
        (f"{US} チケットは作らないで", DismissOrder()),
        (f"{US} これを ENG-12 に追加して", NoteOrder(keys=TWELVE)),
        (f"{US} create, please, a ticket: Coupons, please, vanish", CreateOrder(title="Coupons, please, vanish")),
        (f"{US} no ticket for the tile thing please", DismissOrder()),
        (f"{US} bitte kein Ticket für das Logo anlegen", DismissOrder()),
        (f"{US} создай задачу: Купоны пропадают", CreateOrder(title="Купоны пропадают")),
        (f"{US} заведи, пожалуйста, тикет на это", THIS),
        (f"{US} заведи на это задачу", THIS),
        (f"{US} на это нужна задача", THIS),
        (f"{US} задача: Купоны пропадают", CreateOrder(title="Купоны пропадают")),
        (f"{US} закройте, пожалуйста, ENG-12 и ENG-13", MoveOrder(keys=("ENG-12", "ENG-13"), goal="done")),
        (f"{US} ENG-12 можно закрыть", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} переоткрой ENG-12", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} открой ENG-12 заново", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} начни ENG-12", MoveOrder(keys=TWELVE, goal="started")),
        (f"{US} отмени ENG-12", CANCEL_TWELVE),
        (f"{US} переведи ENG-12 в «Готово»", MoveOrder(keys=TWELVE, goal="Готово")),
        (f"{US} ENG-12 переведи на ревью", MoveOrder(keys=TWELVE, goal="ревью")),
        (f"{US} отмени последнее действие", UndoOrder()),
        (f"{US} откати ENG-12", UndoOrder(keys=TWELVE)),
        (f"{US} не то, ENG-14", FOURTEEN),
        (f"{US} нет, это ENG-14", FOURTEEN),
        (f"{US} не ENG-12, а ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} ENG-14 вместо ENG-12", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} ENG-14, а не ENG-12", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} неправильная задача, должна быть ENG-14", FOURTEEN),
        (f"{US} это относится к ENG-14", FOURTEEN),
        (f"{US} я имела в виду ENG-14", FOURTEEN),
        (f"{US} добавь это в ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} прокомментируй ENG-12: виноват кэш", NoteOrder(keys=TWELVE, text="виноват кэш")),
        (f"{US} не создавай на это задачу, сами разберёмся", DismissOrder()),
        (f"{US} задача не нужна", DismissOrder()),
        (f"{US} не закрывай ENG-12", DismissOrder(keys=TWELVE)),
        (f"{US} оставь ENG-12", DismissOrder(keys=TWELVE)),
        (f"{US} забудь об этом", DismissOrder()),
        (f"{US} टिकट बनाओ: कूपन गायब", CreateOrder(title="कूपन गायब")),
        (f"{US} कृपया इसके लिए टिकट बना दो", THIS),
        (f"{US} नया टिकट: कूपन गायब", CreateOrder(title="कूपन गायब")),
        (f"{US} कूपन गायब होने का टिकट बना दो", CreateOrder(title="कूपन गायब होने")),
        (f"{US} ENG-12 और ENG-13 को बंद कर दो", MoveOrder(keys=("ENG-12", "ENG-13"), goal="done")),
        (f"{US} ENG-12 को फिर से खोलो", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} ENG-12 पर काम शुरू करो", MoveOrder(keys=TWELVE, goal="started")),
        (f"{US} ENG-12 रद्द करो", CANCEL_TWELVE),
        (f"{US} ENG-12 को Done कर दो", MoveOrder(keys=TWELVE, goal="Done")),
        (f"{US} ENG-12 को In Review में डालो", MoveOrder(keys=TWELVE, goal="In Review")),
        (f"{US} इसे वापस कर दो", UndoOrder()),
        (f"{US} यह नहीं, ENG-14", FOURTEEN),
        (f"{US} नहीं, ENG-14", FOURTEEN),
        (f"{US} ENG-12 नहीं, ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} ENG-14, ENG-12 नहीं", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} गलत टिकट, सही ENG-14 है", FOURTEEN),
        (f"{US} यह ENG-14 का मामला है", FOURTEEN),
        (f"{US} इसे ENG-12 में जोड़ दो", NoteOrder(keys=TWELVE)),
        (f"{US} ENG-12 पर टिप्पणी: कैश की वजह से", NoteOrder(keys=TWELVE, text="कैश की वजह से")),
        (f"{US} इसके लिए टिकट मत बनाओ", DismissOrder()),
        (f"{US} टिकट की ज़रूरत नहीं", DismissOrder()),
        (f"{US} ENG-12 बंद मत करो", DismissOrder(keys=TWELVE)),
        (f"{US} इसे रहने दो", DismissOrder()),
        (f"{US} crie um ticket: Cupons somem", CreateOrder(title="Cupons somem")),
        (f"{US} abra um chamado para isso, por favor", THIS),
        (f"{US} tarefa: Cupons somem", CreateOrder(title="Cupons somem")),
        (f"{US} feche ENG-12", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} reabra ENG-12", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} inicie ENG-12", MoveOrder(keys=TWELVE, goal="started")),
        (f"{US} cancele ENG-12", CANCEL_TWELVE),
        (f"{US} marque ENG-12 como concluído", MoveOrder(keys=TWELVE, goal="concluído")),
        (f"{US} desfaz isso", UndoOrder()),
        (f"{US} não é esse, é ENG-14", FOURTEEN),
        (f"{US} não, é ENG-14", FOURTEEN),
        (f"{US} ENG-12 não, ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} ENG-14 e não ENG-12", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} ticket errado, o certo é ENG-14", FOURTEEN),
        (f"{US} isso pertence a ENG-14", FOURTEEN),
        (f"{US} quis dizer ENG-14", FOURTEEN),
        (f"{US} anote isso em ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} comente em ENG-12: foi o cache", NoteOrder(keys=TWELVE, text="foi o cache")),
        (f"{US} não crie um ticket", DismissOrder()),
        (f"{US} não precisa de ticket", DismissOrder()),
        (f"{US} não feche ENG-12", DismissOrder(keys=TWELVE)),
        (f"{US} deixa ENG-12 como está", DismissOrder(keys=TWELVE)),
        (f"{US} crea un ticket: I coupon spariscono", CreateOrder(title="I coupon spariscono")),
        (f"{US} apri una segnalazione per questo, per favore", THIS),
        (f"{US} ticket: I coupon spariscono", CreateOrder(title="I coupon spariscono")),
        (f"{US} puoi chiudere ENG-12?", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} riapri ENG-12", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} inizia ENG-12", MoveOrder(keys=TWELVE, goal="started")),
        (f"{US} scarta ENG-12", MoveOrder(keys=TWELVE, goal="canceled")),
        (f"{US} sposta ENG-12 in revisione", MoveOrder(keys=TWELVE, goal="revisione")),
        (f"{US} annulla l'ultima modifica", UndoOrder()),
        (f"{US} non è questo, è ENG-14", FOURTEEN),
        (f"{US} no, si tratta di ENG-14", FOURTEEN),
        (f"{US} non ENG-12, bensì ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} è ENG-14 e non ENG-12", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} aggiungi questo a ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} commenta su ENG-12: era la cache", NoteOrder(keys=TWELVE, text="era la cache")),
        (f"{US} non creare un ticket", DismissOrder()),
        (f"{US} non serve un ticket, grazie", DismissOrder()),
        (f"{US} non chiudere ENG-12", DismissOrder(keys=TWELVE)),
        (f"{US} lascia ENG-12 così", DismissOrder(keys=TWELVE)),
        (f"{US} 创建工单：优惠券消失", CreateOrder(title="优惠券消失")),
        (f"{US} 请为这个问题建一个工单", THIS),
        (f"{US} 新工单：优惠券消失", CreateOrder(title="优惠券消失")),
        (f"{US} 请关闭 ENG-12", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} 把 ENG-12 关掉吧", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} 重新打开 ENG-12", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} 把 ENG-12 重新打开", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} 开始处理 ENG-12", MoveOrder(keys=TWELVE, goal="started")),
        (f"{US} 作废 ENG-12", MoveOrder(keys=TWELVE, goal="canceled")),
        (f"{US} 把 ENG-12 移到 In Review", MoveOrder(keys=TWELVE, goal="In Review")),
        (f"{US} 撤销刚才的操作", UndoOrder()),
        (f"{US} 不是这个，是 ENG-14", FOURTEEN),
        (f"{US} 不是 ENG-12，是 ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} 把这个加到 ENG-12", NoteOrder(keys=TWELVE)),
        (f"{US} 在 ENG-12 上评论：是缓存", NoteOrder(keys=TWELVE, text="是缓存")),
        (f"{US} 不要创建工单", DismissOrder()),
        (f"{US} 先别关闭 ENG-12", DismissOrder(keys=TWELVE)),
        (f"{US} 티켓 만들어 주세요: 쿠폰이 사라집니다", CreateOrder(title="쿠폰이 사라집니다")),
        (f"{US} 이 문제에 대한 티켓을 생성해 주세요", THIS),
        (f"{US} 새 티켓: 쿠폰이 사라집니다", CreateOrder(title="쿠폰이 사라집니다")),
        (f"{US} ENG-12를 닫아 주세요", MoveOrder(keys=TWELVE, goal="done")),
        (f"{US} ENG-12 다시 열어줘", MoveOrder(keys=TWELVE, goal="reopened")),
        (f"{US} ENG-12 시작해 주세요", MoveOrder(keys=TWELVE, goal="started")),
        (f"{US} ENG-12 폐기해 주세요", MoveOrder(keys=TWELVE, goal="canceled")),
        (f"{US} ENG-12를 In Review로 옮겨줘", MoveOrder(keys=TWELVE, goal="In Review")),
        (f"{US} 방금 거 취소해줘", UndoOrder()),
        (f"{US} 이거 말고 ENG-14", FOURTEEN),
        (f"{US} ENG-12 말고 ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} 이거 ENG-12에 추가해줘", NoteOrder(keys=TWELVE)),
        (f"{US} ENG-12에 댓글: 캐시 때문입니다", NoteOrder(keys=TWELVE, text="캐시 때문입니다")),
        (f"{US} 티켓은 만들지 마세요", DismissOrder()),
        (f"{US} 티켓은 필요 없어요", DismissOrder()),
        (f"{US} ENG-12 닫지 마", DismissOrder(keys=TWELVE)),
    ],
)
def test_an_order_that_is_said_to_us_is_read_in_eleven_languages(text: str, order: Order) -> None:
    """However politely, with our name before or behind it, and with nothing else."""
    assert (order,) == ordered(text)


@pytest.mark.parametrize(
    "text",
    [
        "cancel ENG-12",
        "storniere ENG-12",
        "brich ENG-12 bitte ab",
        "anula el ticket ENG-12",
        "annule le ticket ENG-12",
        "annulla ENG-12",
        "anule ENG-12",
        "отмените ENG-12",
        "ENG-12 को रद्द करें",
        "取消 ENG-12",
        "ENG-12 취소해 주세요",
        "ENG-12 をキャンセルしてください",
        "ENG-12を取り消して",
    ],
)
def test_a_verb_that_means_to_cancel_and_to_take_back_is_about_the_ticket_that_it_names(text: str) -> None:
    """Whether anything of ours could be meant as well, only the thread tells."""
    assert (CANCEL_TWELVE,) == ordered(f"{US} {text}")


@pytest.mark.parametrize(
    "text",
    [
        "undo ENG-12",
        "mach ENG-12 rückgängig",
        "deshaz ENG-12",
        "défais ENG-12",
        "annule ton commentaire sur ENG-12",
        "отмени последнее действие у ENG-12",
        "откати ENG-12",
        "ENG-12 को पूर्ववत करो",
        "撤销 ENG-12",
        "取消 ENG-12 的修改",
        "ENG-12 되돌려 주세요",
        "ENG-12 댓글 취소해 주세요",
        "ENG-12を元に戻して",
        "ENG-12の変更を取り消して",
    ],
)
def test_what_names_what_we_did_or_says_nothing_but_to_take_back_is_undone(text: str) -> None:
    """Where it was done about the ticket that is named."""
    assert (UndoOrder(keys=TWELVE),) == ordered(f"{US} {text}")


def test_a_new_ticket_is_described_by_what_follows_its_title() -> None:
    """All of it, as it was written: names, code and words that sound like another order are part of what is told."""
    text = f"{US} create a ticket: `pay()` fails for <@U2>. Since Monday.\nclose ENG-1"
    told = CreateOrder(title="`pay()` fails for <@U2>", description="Since Monday.\nclose ENG-1")
    assert (told,) == ordered(text)


def test_what_is_said_beside_an_order_is_kept_apart() -> None:
    """A ticket "for this" may be about it."""
    reading = read_orders(
        f"The export is broken again. {US} please open a ticket for this. It hit Boulderwerk.",
        assistant="U0APP",
        ticket_at=ticket_at,
    )
    assert ((THIS,), "The export is broken again.\nIt hit Boulderwerk.") == (tuple(reading.orders), reading.besides)


def test_several_orders_in_one_message_are_all_read() -> None:
    """Sentence by sentence."""
    closed, undone = MoveOrder(keys=TWELVE, goal="done"), UndoOrder(keys=("ENG-13",))
    assert (closed, undone) == ordered(f"{US} close ENG-12. Undo ENG-13!")


@pytest.mark.parametrize(
    "text",
    [
        "create a ticket: Coupons vanish",
        "<@U2> close ENG-12",
        f"I asked {US} to close ENG-12",
        f"{US} closed ENG-12 by mistake",
        f"thanks {US}!",
        f"what does {US} do?",
        f"{US} what is the status of ENG-12?",
        f"{US} `close ENG-12`",
        f"{US} ```close ENG-12```",
        f"{US}\n&gt; close ENG-12",
        with_forwarded(US, ["close ENG-12", "undo"]),
        f"&gt;&gt;&gt; {US} close ENG-12\nundo",
        f"`{US} close ENG-12`",
        f"{US} ~close ENG-12~",
        f'{US} "close ENG-12" is what Bob said',
        f"If {US} could close ENG-12 that would be great",
        f"don't let {US} close ENG-12",
        f"did you close ENG-12, {US}?",
        f"{US} ENG-12 is in review",
        f"{US} <https://x.test|close ENG-12>",
        f"{US} <#C1|close ENG-12>",
        f"{US} <@U2|close ENG-12>",
        f"{US} ENG-12 готово",
        f"{US} ты закрыл ENG-12?",
        f"спасибо, {US}",
        "<@U2> закрой ENG-12",
        f"{US} ENG-12 बंद हो गया?",
        f"धन्यवाद {US}",
        f"{US} ENG-12 完成了",
        f"{US} 关闭 ENG-12 了吗？",
        f"{US} ENG-12 완료됐어요?",
        f"{US} ENG-12 è fatto",
    ],
)
def test_what_only_talks_of_orders_or_is_not_said_to_us_is_none(text: str) -> None:
    """Neither are questions, thanks, quotations, code and what somebody else is asked to do."""
    assert () == ordered(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{US} delete all tickets",
        f"{US} assign ENG-12 to <@U2>",
        f"{US} close ENG-12 if the tests pass",
        f"{US} close ENG-12, but only after the release",
        f"{US} close ENG-12, not ENG-13",
        f"{US} закрой ENG-12, если тесты пройдут",
        f"{US} закрой ENG-12, но только после релиза",
        f"{US} अगर टेस्ट पास हो तो ENG-12 बंद करो",
        f"{US} feche ENG-12, se os testes passarem",
        f"{US} удали все задачи",
        f"{US} close <https://linear.app/other/issue/ENG-12|ENG-12>",
        f"{US} close ENG-12 and create a ticket for the rest",
        f"{US} what is ENG-12 about?",
        f"{US} why is ENG-12 late?",
        f"{US} worum geht es in ENG-12?",
        f"{US} ¿de qué va ENG-12?",
        f"{US} ENG-12 は何ですか？",
        f"{US} summarize ENG-12",
    ],
)
def test_what_is_wanted_of_us_and_not_understood_is_said_to_be_so(text: str) -> None:
    """Half of an order is never carried out."""
    assert (UnclearOrder(),) == ordered(text)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("undo", UndoOrder()),
        ("not this one, ENG-14", FOURTEEN),
        ("no, ENG-14", FOURTEEN),
        ("close ENG-12, thanks!", MoveOrder(keys=TWELVE, goal="done")),
        ("please open a ticket for this", THIS),
        ("bitte rückgängig machen", UndoOrder()),
    ],
)
def test_in_a_thread_of_ours_a_plain_order_needs_no_name(text: str, order: Order) -> None:
    """Elsewhere the same words are said to somebody else."""
    assert (order,) == ordered(text, in_own_thread=True)
    assert () == ordered(text)


@pytest.mark.parametrize(
    "text",
    [
        "<@U2> can you close ENG-12?",
        "close ENG-12 when you are done",
        "undo the migration before lunch",
        "can you close ENG-12?",
        "close it",
        "move this to Thursday",
        "it's ENG-14",
        "ignore this",
        "bug: the page is white",
        "ENG-12 is done",
        "close ENG-12. Then tell the studio about it.",
        "delete all tickets",
    ],
)
def test_in_a_thread_of_ours_people_still_talk_to_each_other(text: str) -> None:
    """What names somebody, says more than the order or is none of our orders is not for us."""
    assert () == ordered(text, in_own_thread=True)


@given(st.text(alphabet="<@U0APP>close ENG-12,.:!?`~*&gt;\n undoticketthis作を", max_size=120))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    """What is not said to us is never an order."""
    found = ordered(text)
    assert not found or US in text


@pytest.mark.parametrize(
    ("goal", "now", "state"),
    [
        ("done", TODO, DONE),
        ("in review", TODO, REVIEW),
        ("In-Review", TODO, REVIEW),
        ("レビュー中", TODO, REVIEW),
        ("started", TODO, DOING),
        ("en curso", TODO, DOING),
        ("ревью", TODO, REVIEW),
        ("работу", TODO, DOING),
        ("готово", TODO, DONE),
        ("पूरा", TODO, DONE),
        ("em andamento", TODO, DOING),
        ("отменено", TODO, CANCELED),
        ("canceled", TODO, CANCELED),
        ("reopened", DONE, TODO),
        ("reopened", DOING, DOING),
        ("the moon", TODO, None),
    ],
)
def test_words_for_a_state_are_the_teams_own_or_those_of_its_phase(
    goal: str, now: TicketState, state: TicketState | None
) -> None:
    """A state that the team has not is none."""
    assert state == state_meant(MoveOrder(keys=TWELVE, goal=goal), ENG, now)


def test_the_teams_own_name_for_a_state_comes_first() -> None:
    """Also where it is a common word for another phase."""
    odd = TicketState(id="s-odd", name="Done", type=StateType.STARTED)
    team = ENG.model_copy(update={"states": (odd, *(state for state in ENG.states if state != DONE))})
    assert odd == state_meant(MoveOrder(keys=TWELVE, goal="done"), team, TODO)


@pytest.mark.parametrize(
    "text",
    [
        "create a ticket in OPS: The lift is stuck",
        "create a ticket for OPS: The lift is stuck",
        "create an OPS ticket: The lift is stuck",
        "please open a ticket in Operations: The lift is stuck",
        "Erstelle im Team OPS ein Ticket: The lift is stuck",
        "crea un ticket en OPS: The lift is stuck",
        "crée un ticket dans OPS : The lift is stuck",
        "OPSにチケットを作成して: The lift is stuck",
        "создай задачу в OPS: The lift is stuck",
        "在OPS中创建工单: The lift is stuck",
        "OPS में टिकट बनाओ: The lift is stuck",
        "OPS에 티켓 만들어줘: The lift is stuck",
    ],
)
def test_an_order_says_whose_the_ticket_is_to_be(text: str) -> None:
    """By the team's name or key, and none of that is in the title."""
    [order] = read(text)
    assert isinstance(order, CreateOrder)
    assert ("The lift is stuck", True) == (order.title, order.team in {"OPS", "Operations"})


def test_a_team_is_named_beside_what_is_meant_by_this() -> None:
    """Without a title there is nothing that the words could belong to."""
    for text in ("open a ticket for this in OPS", "create a ticket in the Operations team for this"):
        [order] = read(text)
        assert isinstance(order, CreateOrder)
        assert (None, True) == (order.title, order.team in {"OPS", "Operations"})


def test_what_looks_like_a_teams_key_is_one() -> None:
    """Whoever carries it out says that there is none."""
    assert [CreateOrder(title="The lift", team="FOO")] == read("create a ticket in FOO: The lift")


@pytest.mark.parametrize(
    "title",
    ["about the outage in OPS", ": the export in OPS fails", "for the export: it hangs", ": in OPS: it hangs"],
)
def test_a_teams_name_in_a_title_is_the_titles(title: str) -> None:
    """What stands behind a colon, or belongs to what the ticket is about, is left there."""
    [order] = read(f"create a ticket {title}" if not title.startswith(":") else f"create a ticket{title}")
    assert isinstance(order, CreateOrder)
    assert order.team is None


def test_an_order_for_more_tickets_than_are_done_at_once_says_so() -> None:
    """It is one about none of them."""
    keys = ", ".join(f"ENG-{number}" for number in range(1, MOST_KEYS + 2))
    assert [UnclearOrder(too_many=True)] == read(f"close {keys}")


def read(text: str) -> Sequence[Order]:
    """What a message orders where there are two teams."""
    said = f"{US} {text}"
    return list(read_orders(said, assistant="U0APP", ticket_at=ticket_at, teams={"OPS", "Operations", "ENG"}).orders)


CREATING = (
    "I'd like a ticket for this",
    "would you mind opening a ticket for this?",
    "wir brauchen ein Ticket für diesen Fehler",
    "bitte ein Ticket",
    "kannst du da ein Ticket draus machen?",
    "erfasse das als Ticket",
    "haz un ticket con esto",
    "registra esto como ticket",
    "ábreme un ticket para esto porfa",
    "crea el ticket",
    "est-ce que tu peux créer un ticket ?",
    "un ticket pour ça stp",
    "起票お願いします",
    "チケットにしておいて",
    "एक टिकट खोलो इसके लिए",
    "क्या आप इसके लिए टिकट बना सकते हैं?",
    "открой тикет по этому поводу",
    "оформи это тикетом",
    "можно тикет на это?",
    "faz um ticket disso",
    "transforma isso em ticket",
    "registre isso como ticket",
    "이거 티켓으로 만들어줘",
)
CLOSING = (
    "cierra la ENG-12",
    "por favor, cierra el ENG-12",
    "da por cerrada ENG-12",
    "feche a ENG-12",
    "fecha o ENG-12 por favor",
    "pode fechar a ENG-12?",
    "закрой задачу ENG-12",
    "schließ das Ticket ENG-12",
    "let's close ENG-12",
    "ENG-12 को पूरा कर दो",
    "flip ENG-12 to done",
    "setz bitte ENG-12 auf Fertig",
    "ENG-12 auf Fertig",
    "ENG-12 a Terminado",
    "ENG-12 en Terminé stp",
    "ENG-12 para Concluído",
    "ENG-12をDoneに",
    "ENG-12 в Done",
    "сделай ENG-12 готовой",
    "pasa el ENG-12 a Terminado",
    "mova a ENG-12 para Concluído",
    "cambia el estado de ENG-12 a Terminado",
    "change le statut de ENG-12 en Terminé",
    "mude o status da ENG-12 para Concluído",
    "ENG-12 का स्टेटस Done कर दो",
    "mark ENG-12 as done",
    "please mark ENG-12 as Done",
    "set status of ENG-12 to done",
    "bitte ENG-12 auf Done setzen",
    "ENG-12 auf Done stellen, danke",
)
CLOSING_IT = (
    "ENG-12 ist fertig, bitte schließen",
    "ENG-12 está listo, ciérralo",
    "ENG-12 est prêt, ferme-le",
    "ENG-12 está pronta, pode fechar",
)
UNDOING = (
    "that was wrong, undo it",
    "das war falsch, rückgängig machen",
    "रद्द करो",
    "отмена",
)
RELINKING = (
    "it's ENG-14, not this one",
    "should be ENG-14",
    "gemeint ist ENG-14",
    "no este, ENG-14",
    "plutôt ENG-14",
    "ENG-14 の方です",
    "ये वाला नहीं, ENG-14",
    "गलत टिकट, ENG-14 सही है",
    "सही टिकट ENG-14 है",
    "я про ENG-14",
    "errado, é ENG-14",
    "ticket errado, é a ENG-14",
    "não esse, ENG-14",
    "o certo é a ENG-14",
)
NO_ORDERS = (
    "ENG-12 auf Android stürzt immer ab",
    "ENG-12 para clientes novos quebra sempre",
    "ENG-12 a los clientes les falla",
    "ENG-12 в проде падает",
    "ENG-12 en production plante souvent",
    "un ticket de bus coûte combien ?",
    "ENG-12を昨日見た人に聞いてみます",
    "das Ticket ENG-12 war schon immer schwierig",
)


@pytest.mark.parametrize("said", CREATING)
def test_a_ticket_is_ordered_in_many_words(said: str) -> None:
    """As people of seven languages put it, with or without a verb."""
    assert [THIS] == [*ordered(f"{US} {said}")]


@pytest.mark.parametrize(
    "said",
    [
        "track this: the map is blank",
        "log this as a bug: the map is blank",
        "Ticket bitte: the map is blank",
        "これチケットにして：the map is blank",
    ],
)
def test_what_stands_behind_the_colon_is_the_ticket(said: str) -> None:
    """Whatever is said before it."""
    assert [CreateOrder(title="the map is blank")] == [*ordered(f"{US} {said}")]


def test_a_japanese_full_stop_ends_an_order_whatever_follows() -> None:
    """Also a word in Latin letters, without a space; the dot of a file's name does not."""
    assert [THIS] == [*ordered(f"{US} チケットを切ってください。Safariで地図が真っ白です")]
    assert [CreateOrder(title="設定ファイル.jsonのエラー")] == [
        *ordered(f"{US} 設定ファイル.jsonのエラーのチケットを作って")
    ]


@pytest.mark.parametrize(
    "said",
    [
        "can somebody look at ENG-12?",
        "why does the checkout drop coupons?",
        "what happens: the cart of ENG-12 is empty. Who knows?",
        "チケットにしてください、と言われた",
    ],
)
def test_what_may_tell_of_something_is_no_order_of_ours(said: str) -> None:
    """It is judged as all talk is."""
    assert () == ordered(f"{US} {said}")


@pytest.mark.parametrize("said", ["log this: we should be careful", "track this: PR 12 is merged"])
def test_what_people_say_to_each_other_in_our_thread_makes_no_ticket(said: str) -> None:
    """Said to us by name it does."""
    assert () == ordered(said, in_own_thread=True)
    assert 1 == len(ordered(f"{US} {said}"))


@pytest.mark.parametrize(
    ("said", "state"), [("mark ENG-12 to do", TODO), ("mark ENG-12 in QA", QA), ("mark ENG-12 as done", DONE)]
)
def test_a_state_may_begin_like_the_words_that_lead_to_one(said: str, state: TicketState) -> None:
    """`in QA` is what the team calls it."""
    [order] = ordered(f"{US} {said}")
    assert isinstance(order, MoveOrder)
    assert state == state_meant(order, ENG.model_copy(update={"states": (*ENG.states, QA)}), DOING)


@pytest.mark.parametrize("said", CLOSING)
def test_a_ticket_is_named_with_its_article_and_its_state_in_any_language(said: str) -> None:
    """What it is to be may follow its key alone."""
    [order] = ordered(f"{US} {said}")
    assert isinstance(order, MoveOrder)
    to = state_meant(order, ENG, DOING)
    assert (TWELVE, DONE) == (order.keys, to)


@pytest.mark.parametrize("said", CLOSING_IT)
def test_what_is_named_before_an_order_is_what_it_is_about(said: str) -> None:
    """The order itself need not say so again."""
    assert [MoveOrder(goal="done")] == [*ordered(f"{US} {said}")]


@pytest.mark.parametrize(("said", "order"), [*((s, UndoOrder()) for s in UNDOING), *((s, FOURTEEN) for s in RELINKING)])
def test_a_mistake_of_ours_is_mended_without_our_name_where_we_have_spoken(said: str, order: Order) -> None:
    """And by name anywhere."""
    assert [order] == [*ordered(said, in_own_thread=True)] == [*ordered(f"{US} {said}")]


@pytest.mark.parametrize("said", NO_ORDERS)
def test_what_is_told_about_a_ticket_by_its_key_is_no_order(said: str) -> None:
    """Though it is said to us, and begins like one."""
    assert not [order for order in ordered(f"{US} {said}") if not isinstance(order, UnclearOrder)]
