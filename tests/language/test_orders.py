"""What people tell the assistant to do, and what only sounds like it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.work import StateType, TicketState
from pm_assistant.language.forwarding import with_forwarded
from pm_assistant.language.orders.models import (
    ME,
    MOST_KEYS,
    ChangeOrder,
    CreateOrder,
    DismissOrder,
    MoveOrder,
    Names,
    NoteOrder,
    Order,
    RelinkOrder,
    UnclearOrder,
    UndoOrder,
)
from pm_assistant.language.orders.reading import read_orders
from pm_assistant.language.orders.states import state_meant
from pm_assistant.language.ranking.words import terms
from tests.builders import CANCELED, DOING, DONE, ENG, REVIEW, TODO

QA = TicketState(id="s-qa", name="In QA", type=StateType.STARTED)

US = "<@U0APP>"
THIS = CreateOrder()
TWELVE, FOURTEEN = ("ENG-12",), RelinkOrder(right="ENG-14")
TO_DO = MoveOrder(keys=TWELVE, goal="Todo")
CANCEL_TWELVE = MoveOrder(keys=TWELVE, goal="canceled", or_undo=True)


def ticket_at(address: str) -> str | None:
    """Our workspace's one ticket."""
    return "ENG-12" if address.startswith("https://linear.app/acme/issue/ENG-12") else None


def ordered(text: str, *, in_own_thread: bool = False) -> Sequence[Order]:
    """What a message orders."""
    return tuple(read_orders(text, assistant="U0APP", ticket_at=ticket_at, in_own_thread=in_own_thread).orders)


def deeds(text: str) -> Sequence[Order]:
    """What of it is done: neither what is refused, nor that something is not to be done."""
    return [order for order in ordered(text) if not isinstance(order, UnclearOrder | DismissOrder)]


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
def test_an_order_that_is_said_to_us_is_read_in_many_languages(text: str, order: Order) -> None:
    """However politely, with our name before or behind it, and with nothing else."""
    assert (order,) == ordered(text)


@pytest.mark.parametrize(
    "text",
    [
        "put this on the board please",
        "can you log this one so we don't lose it",
        "stick this in Linear",
        "pack das bitte aufs Board",
        "pack das bitte auf unsere Liste",
        "leg dafür bitte was an",
        "note ça dans le suivi",
        "mets ça au backlog stp",
        "ponlo en el tablero",
        "これバックログに入れておいて",
        "ボードに追加してください",
        "закинь это в бэклог",
        "coloca isso no backlog",
        "mettilo nel backlog",
        "把这个加到待办里",
        "이거 백로그에 넣어줘",
        "wrzuć to do backlogu",
        "dodaj to na tablicę",
    ],
)
def test_what_is_to_come_on_the_board_is_to_have_a_ticket(text: str) -> None:
    """Whatever people call where their tickets are."""
    assert (THIS,) == ordered(f"{US} {text}")


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("note down a new one", "the PDF shows the teacher's phone, a family in Braga saw it"),
        ("add another one", "the PDF shows the teacher's phone"),
        ("schreib bitte noch was auf", "im PDF steht die Handynummer, gesehen hat sie eine Familie"),
        ("leg eine neue an", "im PDF steht die Handynummer"),
        ("apunta una nueva", "en el PDF sale el teléfono del profe, se lo ha visto una familia de Braga"),
        ("crea otra", "en el PDF sale el teléfono"),
        ("ajoute-en un nouveau", "le PDF montre le téléphone du prof"),
        ("anota mais uma", "o PDF mostra o telefone"),
        ("segnane uno nuovo", "il PDF mostra il telefono"),
        ("もう一件追加で登録してください", "PDFに電話番号が出る"),
        ("запиши новую", "в PDF виден телефон, заметила семья"),
        ("एक नया लिखो", "PDF में फोन नंबर दिखता है"),
        ("ek aur likho", "PDF me phone number dikhta hai"),
        ("再加一个", "PDF里有电话"),
        ("새로 하나 등록해줘", "PDF에 전화번호가 나옴"),
        ("dodaj jeszcze jedno", "w PDF widać telefon"),
    ],
)
def test_a_new_one_of_which_only_the_matter_is_said_is_a_ticket(words: str, title: str) -> None:
    """Who tells us to note a new one, or one more, need not say one of what; the matter is its title."""
    assert (CreateOrder(title=title),) == ordered(f"{US} {words}: {title}")


@pytest.mark.parametrize(
    "text", ["one more: close ENG-12", "another one: undo", "otra: cierra ENG-12", "noch was: was ist offen?"]
)
def test_what_only_adds_something_has_no_ticket_made(text: str) -> None:
    """That there is one more does not say that it is to be a ticket."""
    assert not any(isinstance(order, CreateOrder) for order in ordered(f"{US} {text}"))


@pytest.mark.parametrize(
    "text",
    [
        "don't put this on the board",
        "who put this on the board?",
        "should I put this on the board?",
        "we put this on the board yesterday",
        "add this to the list of things I never want to see again",
        "can you add me to the list",
        "put this on ENG-12",
        "ponlo en la mesa",
        "no lo pongas en el tablero",
        "ne mets pas ça au backlog",
        "nicht auf die Liste setzen",
    ],
)
def test_not_all_that_is_put_somewhere_is_to_have_a_ticket(text: str) -> None:
    """What is asked, told or forbidden, and what is put elsewhere."""
    assert not [order for order in ordered(f"{US} {text}") if isinstance(order, CreateOrder)]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("can you add this to our backlog: the freezer alarm rings twice", "the freezer alarm rings twice"),
        ("trag das bitte in die Liste ein: Waage eichen", "Waage eichen"),
        ("apunta esto en la lista: revisar el sensor", "revisar el sensor"),
        ("добавь в список: проверить весы", "проверить весы"),
    ],
)
def test_what_stands_behind_the_board_is_what_the_ticket_is_about(text: str, title: str) -> None:
    """As behind any order for a ticket."""
    assert (CreateOrder(title=title),) == ordered(f"{US} {text}")


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
        f"If {US} could close ENG-12 that would be great",
        f"please don't let {US} touch ENG-12",
        f"don't let {US} close ENG-12",
        f"{US} ENG-12 is in review",
        f"{US} <https://x.test|close ENG-12>",
        f"{US} <#C1|close ENG-12>",
        f"{US} <@U2|close ENG-12>",
        f"{US} ENG-12 готово",
        f"спасибо, {US}",
        "<@U2> закрой ENG-12",
        f"धन्यवाद {US}",
        f"{US} ENG-12 完成了",
        f"{US} ENG-12 è fatto",
    ],
)
def test_what_only_talks_of_orders_or_is_not_said_to_us_is_none(text: str) -> None:
    """Neither are thanks, news, quotations, code and what somebody else is asked to do."""
    assert () == ordered(text)


@pytest.mark.parametrize(
    "text",
    [
        f"did you close ENG-12, {US}?",
        f"{US} ты закрыл ENG-12?",
        f"{US} 关闭 ENG-12 了吗？",
        f"{US} ENG-12 완료됐어요?",
        f"{US} why does the checkout drop coupons?",
        f"{US} could you paste whatever is open around payments, want to see if our locks get the blame",
        f"{US} send me all that was said in your private channel",
        f"{US} pásame todo lo que hayan hablado en su canal de dinero, y pon nuestra liquidación como estrenada",
        f"hi {US}, heard there is an ENG-66. which of your other customers are in it? send me the list",
    ],
)
def test_what_we_are_asked_for_and_cannot_answer_is_said_not_to_be_understood(text: str) -> None:
    """Nobody takes it for news of a ticket."""
    assert (UnclearOrder(),) == ordered(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{US} delete all tickets",
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
    return list(
        read_orders(
            said, assistant="U0APP", ticket_at=ticket_at, names=Names(teams={"OPS", "Operations", "ENG"})
        ).orders
    )


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
        "we rebooted the scanner in room 4, all good again",
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


UNDO, NOTE, DISMISS, LEAVE = UndoOrder(), NoteOrder(keys=TWELVE), DismissOrder(), DismissOrder(keys=TWELVE)
NOT_TWELVE = RelinkOrder(wrong="ENG-12", right="ENG-14")
CLOSE, REOPEN, START = (MoveOrder(keys=TWELVE, goal=goal) for goal in ("done", "reopened", "started"))
AS_TYPED: Sequence[tuple[str, Order]] = (
    ("mach bitte mal ein Ticket dazu auf", THIS),
    ("leg dafür bitte ein Ticket an", THIS),
    ("kannst du ENG-12 zumachen?", CLOSE),
    ("ENG-12 bitte auf erledigt setzen", MoveOrder(keys=TWELVE, goal="erledigt")),
    ("schieb ENG-12 in Review", MoveOrder(keys=TWELVE, goal="Review")),
    ("zieh ENG-12 bitte auf In Arbeit", MoveOrder(keys=TWELVE, goal="In Arbeit")),
    ("mach ENG-12 wieder auf", REOPEN),
    ("nimm das bitte wieder zurück", UNDO),
    ("mach das bitte wieder rückgängig", UNDO),
    ("falsches Ticket, das gehört zu ENG-14", FOURTEEN),
    ("nicht das, ich meinte ENG-14", FOURTEEN),
    ("pack das mit in ENG-12", NOTE),
    ("häng das bitte an ENG-12 dran", NOTE),
    ("dafür brauchen wir kein Ticket", DISMISS),
    ("fang mit ENG-12 an", START),
    ("erstell mir bitte ein Ticket: Export hängt", CreateOrder(title="Export hängt")),
    ("bitte Ticket anlegen", THIS),
    ("mach dazu mal ein Issue auf", THIS),
    ("ENG-12 kannst du schließen", CLOSE),
    ("setz ENG-12 auf done", CLOSE),
    ("ENG-12 bitte in Review schieben", MoveOrder(keys=TWELVE, goal="Review")),
    ("kannst du das rückgängig machen?", UNDO),
    ("falsches Ticket, ENG-14 wäre richtig", FOURTEEN),
    ("schreib das bitte zu ENG-12 dazu", NOTE),
    ("nein, kein Ticket", DISMISS),
    ("abre un ticket para esto, porfa", THIS),
    ("crea una tarea con esto", THIS),
    ("nuevo ticket: el pago falla", CreateOrder(title="el pago falla")),
    ("cierra ENG-12, ya está", CLOSE),
    ("puedes cerrar ENG-12?", CLOSE),
    ("pasa ENG-12 a En curso por favor", MoveOrder(keys=TWELVE, goal="En curso")),
    ("pon ENG-12 en revisión", MoveOrder(keys=TWELVE, goal="revisión")),
    ("marca ENG-12 como hecho", MoveOrder(keys=TWELVE, goal="hecho")),
    ("vuelve a abrir ENG-12", REOPEN),
    ("deshazlo", UNDO),
    ("deshaz lo último", UNDO),
    ("no, ese no, es ENG-14", FOURTEEN),
    ("te equivocaste de ticket, es ENG-14", FOURTEEN),
    ("añade esto a ENG-12", NOTE),
    ("apúntalo en ENG-12", NOTE),
    ("no hace falta ticket para esto", DISMISS),
    ("¿me abres un ticket para esto?", THIS),
    ("haz un ticket de esto", THIS),
    ("mueve ENG-12 a done", CLOSE),
    ("ciérrame ENG-12", CLOSE),
    ("reabre el ENG-12 por favor", REOPEN),
    ("deshaz eso porfa", UNDO),
    ("no es este, es el ENG-14", FOURTEEN),
    ("agrega esto al ENG-12", NOTE),
    ("no abras ticket", DISMISS),
    ("ouvre un ticket pour ça stp", THIS),
    ("tu peux créer un ticket là-dessus ?", THIS),
    ("nouveau ticket : le paiement échoue", CreateOrder(title="le paiement échoue")),
    ("ferme ENG-12 stp", CLOSE),
    ("tu peux fermer ENG-12 ?", CLOSE),
    ("passe ENG-12 en cours", MoveOrder(keys=TWELVE, goal="cours")),
    ("mets ENG-12 en revue", MoveOrder(keys=TWELVE, goal="revue")),
    ("marque ENG-12 comme terminé", MoveOrder(keys=TWELVE, goal="terminé")),
    ("rouvre ENG-12", REOPEN),
    ("annule", UNDO),
    ("annule ce que tu viens de faire", UNDO),
    ("non, pas celui-là, c'est ENG-14", FOURTEEN),
    ("mauvais ticket, c'est ENG-14", FOURTEEN),
    ("ajoute ça dans ENG-12", NOTE),
    ("note-le dans ENG-12", NOTE),
    ("pas besoin de ticket pour ça", DISMISS),
    ("fais un ticket pour ça", THIS),
    ("crée un ticket s'il te plaît", THIS),
    ("bascule ENG-12 en review", MoveOrder(keys=TWELVE, goal="review")),
    ("clôture ENG-12", CLOSE),
    ("réouvre ENG-12", REOPEN),
    ("annule la dernière action", UNDO),
    ("c'est pas celui-là, c'est ENG-14", FOURTEEN),
    ("mets ça dans ENG-12", NOTE),
    ("pas de ticket pour ça", DISMISS),
    ("abre um ticket pra isso, por favor", THIS),
    ("cria uma tarefa pra isso", THIS),
    ("novo ticket: o pagamento falha", CreateOrder(title="o pagamento falha")),
    ("fecha a ENG-12", CLOSE),
    ("pode fechar o ENG-12?", CLOSE),
    ("passa a ENG-12 pra em andamento", MoveOrder(keys=TWELVE, goal="em andamento")),
    ("coloca a ENG-12 em revisão", MoveOrder(keys=TWELVE, goal="revisão")),
    ("marca ENG-12 como feito", MoveOrder(keys=TWELVE, goal="feito")),
    ("reabre a ENG-12", REOPEN),
    ("desfaz", UNDO),
    ("desfaz isso aí", UNDO),
    ("não, não é esse, é o ENG-14", FOURTEEN),
    ("ticket errado, era o ENG-14", FOURTEEN),
    ("adiciona isso na ENG-12", NOTE),
    ("coloca isso no ENG-12", NOTE),
    ("não precisa de ticket pra isso", DISMISS),
    ("cria um ticket pra isso aqui", THIS),
    ("abre um chamado disso", THIS),
    ("fecha ENG-12 por favor", CLOSE),
    ("move ENG-12 para done", CLOSE),
    ("reabre ENG-12", REOPEN),
    ("desfaz o que você fez", UNDO),
    ("não é esse não, é o ENG-14", FOURTEEN),
    ("anota isso no ENG-12", NOTE),
    ("não abre ticket não", DISMISS),
    ("これチケットにしてもらえますか", THIS),
    ("この件でチケット切ってください", THIS),
    ("チケット作成お願いします：決済が失敗する", CreateOrder(title="決済が失敗する")),
    ("ENG-12 クローズお願いします", CLOSE),
    ("ENG-12 を完了にしてください", CLOSE),
    ("ENG-12 を対応中にしてください", MoveOrder(keys=TWELVE, goal="対応中")),
    ("ENG-12 を進行中に変更して", MoveOrder(keys=TWELVE, goal="進行中")),
    ("ENG-12 をレビュー待ちに移してください", MoveOrder(keys=TWELVE, goal="レビュー待ち")),
    ("ENG-12 を再オープンしてください", REOPEN),
    ("さっきのを取り消してください", UNDO),
    ("元に戻してください", UNDO),
    ("これじゃなくて ENG-14 です", FOURTEEN),
    ("違います、ENG-14 です", FOURTEEN),
    ("これ ENG-12 に追記しておいて", NOTE),
    ("ENG-12 にこれをメモしておいてください", NOTE),
    ("チケットは不要です", DISMISS),
    ("チケット起票お願いします", THIS),
    ("この件、チケット化して", THIS),
    ("ENG-12 閉じておいて", CLOSE),
    ("ENG-12 をDoneに移動して", MoveOrder(keys=TWELVE, goal="Done")),
    ("ENG-12 のステータスを進行中にして", MoveOrder(keys=TWELVE, goal="進行中")),
    ("今の取り消しで", UNDO),
    ("そっちじゃなくて ENG-14", FOURTEEN),
    ("この件 ENG-12 に追記お願いします", NOTE),
    ("チケット作らなくていいです", DISMISS),
    ("帮我给这个建个工单", THIS),
    ("请把这个问题建成任务", THIS),
    ("新建工单：支付失败", CreateOrder(title="支付失败")),
    ("把 ENG-12 关了吧", CLOSE),
    ("麻烦关闭 ENG-12", CLOSE),
    ("把 ENG-12 改成进行中", MoveOrder(keys=TWELVE, goal="进行中")),
    ("ENG-12 移到评审", MoveOrder(keys=TWELVE, goal="评审")),
    ("把 ENG-12 标记为已完成", MoveOrder(keys=TWELVE, goal="已完成")),
    ("重新打开 ENG-12", REOPEN),
    ("撤销", UNDO),
    ("撤回刚才的操作", UNDO),
    ("不是这个，应该是 ENG-14", FOURTEEN),
    ("搞错了，是 ENG-14", FOURTEEN),
    ("把这个加到 ENG-12 里", NOTE),
    ("记到 ENG-12 里", NOTE),
    ("不用建工单", DISMISS),
    ("给这个开个工单", THIS),
    ("这个提个工单吧", THIS),
    ("关掉 ENG-12", CLOSE),
    ("把 ENG-12 状态改为已完成", MoveOrder(keys=TWELVE, goal="已完成")),
    ("重开 ENG-12", REOPEN),
    ("撤销一下", UNDO),
    ("不对，是 ENG-14", FOURTEEN),
    ("把这个添加到 ENG-12", NOTE),
    ("别建工单", DISMISS),
    ("заведи тикет на это, пожалуйста", THIS),
    ("сделай задачу по этому поводу", THIS),
    ("новая задача: падает оплата", CreateOrder(title="падает оплата")),
    ("закрой ENG-12", CLOSE),
    ("можешь закрыть ENG-12?", CLOSE),
    ("переведи ENG-12 в работу", MoveOrder(keys=TWELVE, goal="работу")),
    ("поставь ENG-12 на ревью", MoveOrder(keys=TWELVE, goal="ревью")),
    ("отметь ENG-12 как сделано", MoveOrder(keys=TWELVE, goal="сделано")),
    ("переоткрой, пожалуйста, ENG-12", REOPEN),
    ("откати", UNDO),
    ("отмени это", UNDO),
    ("не та задача, нужна ENG-14", FOURTEEN),
    ("ошибся, это ENG-14", FOURTEEN),
    ("допиши это в ENG-12", NOTE),
    ("добавь это к ENG-12", NOTE),
    ("тикет не нужен", DISMISS),
    ("создай тикет на это", THIS),
    ("оформи задачу, пожалуйста", THIS),
    ("закрой пожалуйста ENG-12", CLOSE),
    ("перенеси ENG-12 в ревью", MoveOrder(keys=TWELVE, goal="ревью")),
    ("возьми ENG-12 в работу", MoveOrder(keys=TWELVE, goal="работу")),
    ("верни как было", UNDO),
    ("не туда, надо в ENG-14", FOURTEEN),
    ("запиши это в ENG-12", NOTE),
    ("не надо тикет", DISMISS),
    ("इसका टिकट बना दो", THIS),
    ("इसके लिए एक टिकट खोल दीजिए", THIS),
    ("नया टिकट: पेमेंट फेल हो रहा है", CreateOrder(title="पेमेंट फेल हो रहा है")),
    ("ENG-12 बंद कर दो", CLOSE),
    ("ENG-12 क्लोज़ कर दीजिए", CLOSE),
    ("ENG-12 को In Progress में डाल दो", MoveOrder(keys=TWELVE, goal="In Progress")),
    ("ENG-12 को रिव्यू में भेज दो", MoveOrder(keys=TWELVE, goal="रिव्यू")),
    ("ENG-12 को पूरा मार्क कर दो", MoveOrder(keys=TWELVE, goal="पूरा")),
    ("ENG-12 दोबारा खोल दो", REOPEN),
    ("वापस ले लो", UNDO),
    ("पिछला बदलाव वापस लो", UNDO),
    ("ये वाला नहीं, ENG-14 है", FOURTEEN),
    ("गलत टिकट है, ENG-14 सही है", FOURTEEN),
    ("इसे ENG-12 में जोड़ दो", NOTE),
    ("ये बात ENG-12 में लिख दो", NOTE),
    ("टिकट की ज़रूरत नहीं है", DISMISS),
    ("इस पर टिकट बना दो", THIS),
    ("टिकट बना दीजिए", THIS),
    ("ENG-12 को बंद कर दीजिए", CLOSE),
    ("ENG-12 को Done में डाल दो", MoveOrder(keys=TWELVE, goal="Done")),
    ("ENG-12 फिर से खोल दो", REOPEN),
    ("इसे undo कर दो", UNDO),
    ("नहीं, ENG-14 वाला", FOURTEEN),
    ("यह ENG-12 में डाल दो", NOTE),
    ("टिकट मत बनाओ", DISMISS),
    ("undo kar do", UNDO),
    ("isko undo kar do", UNDO),
    ("ye wapas le lo", UNDO),
    ("ticket bana do", THIS),
    ("iske liye ek ticket bana do", THIS),
    ("iska ticket khol do please", THIS),
    ("ticket banao: payment fail ho raha hai", CreateOrder(title="payment fail ho raha hai")),
    ("ENG-12 ko In Progress mein daal do", MoveOrder(keys=TWELVE, goal="In Progress")),
    ("ENG-12 close kar do", CLOSE),
    ("ENG-12 band kar do", CLOSE),
    ("ENG-12 ko done kar do", CLOSE),
    ("ENG-12 ko review me daalo", MoveOrder(keys=TWELVE, goal="review")),
    ("ENG-12 wapas khol do", REOPEN),
    ("ye wala nahi, ENG-14 hai", FOURTEEN),
    ("nahi, ENG-14", FOURTEEN),
    ("galat ticket, ENG-14 hai", FOURTEEN),
    ("isko ENG-12 mein add kar do", NOTE),
    ("ye ENG-12 me likh do", NOTE),
    ("iske liye ticket mat banao", DISMISS),
    ("ticket ki zaroorat nahi", DISMISS),
    ("ENG-12 band mat karo", LEAVE),
    ("ENG-12 shuru karo", START),
    ("isko In Progress mein daal do", MoveOrder(goal="In Progress")),
    ("kya aap iska ticket bana sakte hain?", THIS),
    ("iska ticket bana dijiye", THIS),
    ("ek ticket raise kar do", THIS),
    ("ENG-12 ko band kar do", CLOSE),
    ("ENG-12 ko done mein daal do", CLOSE),
    ("ENG-12 phir se khol do", REOPEN),
    ("ise wapas kar do", UNDO),
    ("nahi yaar, ENG-14 wala", FOURTEEN),
    ("ye ENG-12 mein daal do", NOTE),
    ("ticket mat banao", DISMISS),
    ("ENG-12 ka status done kar do", CLOSE),
    ("이거 티켓 만들어줘", THIS),
    ("이 건 티켓으로 등록해 주세요", THIS),
    ("티켓 생성해줘: 결제가 실패합니다", CreateOrder(title="결제가 실패합니다")),
    ("ENG-12 닫아줘", CLOSE),
    ("ENG-12 완료 처리해 주세요", CLOSE),
    ("ENG-12를 진행 중으로 바꿔줘", MoveOrder(keys=TWELVE, goal="진행 중")),
    ("ENG-12 리뷰로 옮겨 주세요", MoveOrder(keys=TWELVE, goal="리뷰")),
    ("ENG-12를 완료로 변경해 주세요", MoveOrder(keys=TWELVE, goal="완료")),
    ("ENG-12 다시 열어 주세요", REOPEN),
    ("취소해줘", UNDO),
    ("방금 한 거 되돌려줘", UNDO),
    ("이거 말고 ENG-14야", FOURTEEN),
    ("아니요, ENG-14예요", FOURTEEN),
    ("이거 ENG-12에 추가해 주세요", NOTE),
    ("ENG-12에 이거 메모해줘", NOTE),
    ("티켓 안 만들어도 돼요", DISMISS),
    ("티켓 하나 만들어 주세요", THIS),
    ("이거 이슈로 등록해줘", THIS),
    ("ENG-12 완료해줘", CLOSE),
    ("ENG-12 상태를 완료로 바꿔줘", MoveOrder(keys=TWELVE, goal="완료")),
    ("ENG-12 재오픈해줘", REOPEN),
    ("되돌려줘", UNDO),
    ("그거 말고 ENG-14요", FOURTEEN),
    ("이걸 ENG-12에 추가해줘", NOTE),
    ("티켓 만들지 마", DISMISS),
    ("apri un ticket per questo, per favore", THIS),
    ("puoi creare un ticket su questo?", THIS),
    ("nuovo ticket: il pagamento fallisce", CreateOrder(title="il pagamento fallisce")),
    ("chiudi il ticket ENG-12", CLOSE),
    ("puoi chiudere ENG-12?", CLOSE),
    ("metti ENG-12 in corso", MoveOrder(keys=TWELVE, goal="corso")),
    ("sposta ENG-12 in revisione", MoveOrder(keys=TWELVE, goal="revisione")),
    ("segna ENG-12 come fatto", MoveOrder(keys=TWELVE, goal="fatto")),
    ("riapri ENG-12", REOPEN),
    ("annulla", UNDO),
    ("torna indietro", UNDO),
    ("non questo, ENG-14", FOURTEEN),
    ("ticket sbagliato, è ENG-14", FOURTEEN),
    ("aggiungi questo a ENG-12", NOTE),
    ("aggiungilo a ENG-12", NOTE),
    ("non serve un ticket", DISMISS),
    ("crea un ticket per questo", THIS),
    ("fai un ticket di questo, grazie", THIS),
    ("chiudi ENG-12 per favore", CLOSE),
    ("metti ENG-12 in revisione", MoveOrder(keys=TWELVE, goal="revisione")),
    ("riapri ENG-12 grazie", REOPEN),
    ("annulla tutto", UNDO),
    ("no, è ENG-14", FOURTEEN),
    ("aggiungi questo al ticket ENG-12", NOTE),
    ("niente ticket", DISMISS),
    ("utwórz zgłoszenie dla tego", THIS),
    ("załóż na to ticket, proszę", THIS),
    ("możesz zrobić z tego zadanie?", THIS),
    ("nowy ticket: płatność nie działa", CreateOrder(title="płatność nie działa")),
    ("stwórz ticket: płatność nie działa", CreateOrder(title="płatność nie działa")),
    ("zamknij ENG-12", CLOSE),
    ("proszę zamknąć ENG-12", CLOSE),
    ("proszę, zamknij ENG-12", CLOSE),
    ("czy możesz założyć na to zgłoszenie?", THIS),
    ("możesz zamknąć ENG-12?", CLOSE),
    ("przenieś ENG-12 do W trakcie", MoveOrder(keys=TWELVE, goal="W trakcie")),
    ("ustaw ENG-12 na w trakcie", MoveOrder(keys=TWELVE, goal="w trakcie")),
    ("oznacz ENG-12 jako zrobione", MoveOrder(keys=TWELVE, goal="zrobione")),
    ("otwórz ponownie ENG-12", REOPEN),
    ("zacznij ENG-12", START),
    ("cofnij", UNDO),
    ("cofnij to, proszę", UNDO),
    ("cofnij ENG-12", UndoOrder(keys=TWELVE)),
    ("nie to, ENG-14", FOURTEEN),
    ("nie, chodzi o ENG-14", FOURTEEN),
    ("nie ENG-12, tylko ENG-14", NOT_TWELVE),
    ("zły ticket, powinno być ENG-14", FOURTEEN),
    ("dodaj to do ENG-12", NOTE),
    ("dopisz to w ENG-12", NOTE),
    ("skomentuj ENG-12: to była pamięć podręczna", NoteOrder(keys=TWELVE, text="to była pamięć podręczna")),
    ("nie twórz zgłoszenia", DISMISS),
    ("nie trzeba ticketa", DISMISS),
    ("nie zamykaj ENG-12", LEAVE),
    ("anuluj ENG-12", CANCEL_TWELVE),
    ("zostaw ENG-12", LEAVE),
    ("zrób z tego ticket", THIS),
    ("załóż zgłoszenie", THIS),
    ("zamknij proszę ENG-12", CLOSE),
    ("przesuń ENG-12 na In Review", MoveOrder(keys=TWELVE, goal="In Review")),
    ("otwórz ENG-12 ponownie", REOPEN),
    ("cofnij ostatnią zmianę", UNDO),
    ("nie ten, ENG-14", FOURTEEN),
    ("wrzuć to do ENG-12", NOTE),
    ("bez ticketa", DISMISS),
    ("daj ENG-12 na gotowe", MoveOrder(keys=TWELVE, goal="gotowe")),
    ("pls make a ticket out of this", THIS),
    ("can u close ENG-12", CLOSE),
    ("bump ENG-12 to in review", MoveOrder(keys=TWELVE, goal="in review")),
    ("nope, wrong one — ENG-14", FOURTEEN),
    ("undo pls", UNDO),
    ("put that in ENG-12", NOTE),
    ("we don't need a ticket here", DISMISS),
    ("ENG-12 can be closed", CLOSE),
)
NOT_MEANT = (
    '"close ENG-12" is what Bob said',
    "ENG-12 बंद हो गया?",
    "what happens: the cart of ENG-12 is empty. Who knows?",
    "チケットにしてください、と言われた",
    "did anyone close ENG-12?",
    "who closed ENG-12?",
    "we could close ENG-12 next week",
    "if QA agrees, close ENG-12",
    "Bob said to close ENG-12",
    "I moved ENG-12 to In Review myself",
    "should we open a ticket for this?",
    "they asked whether you can undo things",
    "closing ENG-12 was a mistake",
    "ENG-12 must not be closed yet",
    "can ENG-12 be closed already?",
    "Ann asked me to undo the import",
    "I'd close ENG-12 once it's verified",
    "we never create a ticket for that",
    "hast du ENG-12 schon geschlossen?",
    "wer macht ENG-12 zu?",
    "wenn die Tests grün sind, mach ENG-12 zu",
    "Lisa meinte, wir sollen ENG-12 schließen",
    "ich habe ENG-12 gestern geschlossen",
    "bitte ENG-12 noch nicht schließen",
    '"schließ ENG-12" stand in der Mail vom Kunden',
    "sollen wir dafür ein Ticket anlegen?",
    "warum wurde dafür ein Ticket angelegt?",
    "ENG-12 wurde rückgängig gemacht",
    "sobald der Kunde zustimmt, setz ENG-12 auf erledigt",
    "kann man ENG-12 schon schließen?",
    "falls niemand widerspricht: ENG-12 schließen",
    "der Kunde schrieb: schließt ENG-12",
    "ich mach das selbst rückgängig",
    "¿ya cerraste ENG-12?",
    "¿quién cierra ENG-12?",
    "si pasan los tests, cierra ENG-12",
    "Ana dijo que cerremos ENG-12",
    "ayer cerré ENG-12",
    "no cierres ENG-12 todavía",
    '"cierra ENG-12" decía el correo',
    "¿abrimos un ticket para esto?",
    "¿por qué se creó un ticket para esto?",
    "ENG-12 se cerró por error",
    "cuando despleguemos, pasa ENG-12 a Hecho",
    "¿se puede cerrar ENG-12 ya?",
    "en cuanto lo prueben, cierra ENG-12",
    "me pidieron cerrar ENG-12",
    "ya deshice eso",
    "tu as déjà fermé ENG-12 ?",
    "qui ferme ENG-12 ?",
    "si les tests passent, ferme ENG-12",
    "Léa a dit de fermer ENG-12",
    "j'ai fermé ENG-12 hier",
    "ne ferme pas encore ENG-12",
    "« ferme ENG-12 », disait le mail",
    "on ouvre un ticket pour ça ?",
    "pourquoi un ticket a été créé pour ça ?",
    "ENG-12 a été fermé par erreur",
    "quand c'est déployé, passe ENG-12 en terminé",
    "on peut fermer ENG-12 ?",
    "dès que c'est testé, ferme ENG-12",
    "on m'a demandé de fermer ENG-12",
    "j'ai annulé ça",
    "você já fechou a ENG-12?",
    "quem fecha a ENG-12?",
    "se os testes passarem, fecha a ENG-12",
    "a Ana disse para fechar a ENG-12",
    "fechei a ENG-12 ontem",
    "não fecha a ENG-12 ainda",
    '"fecha a ENG-12" dizia o e-mail',
    "abrimos um ticket para isso?",
    "por que criaram um ticket para isso?",
    "a ENG-12 foi fechada por engano",
    "quando for publicado, passa a ENG-12 para concluído",
    "já dá para fechar a ENG-12?",
    "assim que testarem, fecha a ENG-12",
    "me pediram para fechar a ENG-12",
    "eu desfiz isso",
    "ENG-12 はもうクローズしましたか？",
    "ENG-12 は誰が閉じますか？",
    "テストが通ったら ENG-12 を閉じてください",
    "田中さんが ENG-12 を閉じてと言っていました",
    "昨日 ENG-12 を閉じました",
    "ENG-12 はまだ閉じないでください",
    "「ENG-12 を閉じて」とメールに書いてありました",
    "この件はチケットにしますか？",
    "なぜチケットが作られたのですか？",
    "ENG-12 は間違って完了にされました",
    "ENG-12 閉じていいですか？",
    "確認できたら ENG-12 を閉じて",
    "ENG-12 を閉じるように言われました",
    "もう取り消しました",
    "ENG-12 关了吗？",
    "谁来关闭 ENG-12？",
    "如果测试通过，就关闭 ENG-12",
    "小王说要关闭 ENG-12",
    "我昨天把 ENG-12 关了",
    "先不要关闭 ENG-12",
    "邮件里写着“关闭 ENG-12”",
    "这个要建工单吗？",
    "为什么给这个建了工单？",
    "ENG-12 被误关了",
    "ENG-12 可以关闭了吗？",
    "等测试通过再关闭 ENG-12",
    "他们让我关闭 ENG-12",
    "我已经撤销了",
    "ты уже закрыл ENG-12?",
    "кто закроет ENG-12?",
    "если тесты пройдут, закрой ENG-12",
    "Аня сказала закрыть ENG-12",
    "я вчера закрыл ENG-12",
    "пока не закрывай ENG-12",
    "«закрой ENG-12» было в письме",
    "заведём на это тикет?",
    "почему на это завели тикет?",
    "ENG-12 закрыли по ошибке",
    "когда выкатим, переведи ENG-12 в готово",
    "можно ли закрыть ENG-12?",
    "как только проверят, закрой ENG-12",
    "меня попросили закрыть ENG-12",
    "я уже отменил это",
    "क्या ENG-12 बंद हो गया?",
    "ENG-12 कौन बंद करेगा?",
    "अगर टेस्ट पास हों तो ENG-12 बंद कर दो",
    "रवि ने कहा कि ENG-12 बंद कर दो",
    "मैंने कल ENG-12 बंद किया",
    "ENG-12 अभी बंद मत करो",
    '"ENG-12 बंद करो" मेल में लिखा था',
    "क्या इसके लिए टिकट बनाना है?",
    "इसके लिए टिकट क्यों बना?",
    "ENG-12 गलती से बंद हो गया",
    "क्या ENG-12 बंद कर सकते हैं?",
    "टेस्ट होने के बाद ENG-12 बंद कर दो",
    "मुझे ENG-12 बंद करने को कहा गया",
    "मैंने वापस ले लिया",
    "ENG-12 band ho gaya kya?",
    "ENG-12 kaun band karega?",
    "agar test pass ho to ENG-12 band kar do",
    "Ravi ne kaha ENG-12 band kar do",
    "maine kal ENG-12 close kar diya",
    "ENG-12 abhi band mat karo",
    "jab deploy ho jaye tab ENG-12 ko done kar do",
    "iske liye ticket banana hai kya?",
    "iske liye ticket kyun bana?",
    "kal ticket bana diya tha",
    "kya ENG-12 band kar sakte hain?",
    "test hone ke baad ENG-12 band kar do",
    "mujhe ENG-12 band karne ko kaha gaya",
    "maine undo kar diya",
    "ENG-12 닫혔나요?",
    "ENG-12 누가 닫나요?",
    "테스트가 통과하면 ENG-12 닫아 주세요",
    "민수가 ENG-12 닫아 달라고 했어요",
    "어제 ENG-12를 닫았어요",
    "ENG-12 아직 닫지 마세요",
    '"ENG-12 닫아줘"라고 메일에 있었어요',
    "이거 티켓 만들까요?",
    "왜 티켓이 만들어졌어요?",
    "ENG-12가 실수로 닫혔어요",
    "ENG-12 닫아도 돼요?",
    "확인되면 ENG-12 닫아줘",
    "ENG-12 닫으라고 들었어요",
    "제가 이미 취소했어요",
    "hai già chiuso ENG-12?",
    "chi chiude ENG-12?",
    "se i test passano, chiudi ENG-12",
    "Anna ha detto di chiudere ENG-12",
    "ieri ho chiuso ENG-12",
    "non chiudere ancora ENG-12",
    '"chiudi ENG-12" c\'era scritto nella mail',
    "apriamo un ticket per questo?",
    "perché è stato creato un ticket?",
    "ENG-12 è stato chiuso per errore",
    "quando è online, sposta ENG-12 in fatto",
    "si può chiudere ENG-12?",
    "appena è testato, chiudi ENG-12",
    "mi hanno chiesto di chiudere ENG-12",
    "ho annullato tutto",
    "czy zamknąłeś już ENG-12?",
    "kto zamyka ENG-12?",
    "jeśli testy przejdą, zamknij ENG-12",
    "Ania mówiła, żeby zamknąć ENG-12",
    "wczoraj zamknąłem ENG-12",
    "nie zamykaj jeszcze ENG-12",
    '"zamknij ENG-12" było w mailu',
    "założyć na to ticket?",
    "dlaczego powstał do tego ticket?",
    "ENG-12 zamknięto przez pomyłkę",
    "kiedy wdrożymy, przenieś ENG-12 do Gotowe",
    "zamknij ENG-12, ale dopiero po wdrożeniu",
    "czy można zamknąć ENG-12?",
    "jak przetestują, zamknij ENG-12",
    "poproszono mnie o zamknięcie ENG-12",
    "już cofnąłem",
    "gdyby testy przeszły, zamknij ENG-12",
)


@pytest.mark.parametrize(("said", "order"), AS_TYPED)
def test_an_order_is_read_as_colleagues_type_it(said: str, order: Order) -> None:
    """In twelve languages, Hindi in Latin letters besides."""
    assert [order] == [*ordered(f"{US} {said}")]


@pytest.mark.parametrize("said", NOT_MEANT)
def test_what_is_asked_told_quoted_denied_or_depends_is_not_done(said: str) -> None:
    """Though it is said to us; that something is not to be done is heard, and what is not understood is refused."""
    assert not deeds(f"{US} {said}")


COUPONS = {
    "close the coupon ticket": "done",
    "could you close the coupon thing?": "done",
    "mark the coupon ticket as done": "done",
    "move the coupon thing to In QA": "In QA",
    "the coupon thing -&gt; In Progress": "In Progress",
    "reopen the coupon issue": "reopened",
    "start the coupon task": "started",
    "setz das mit den Kupons auf erledigt": "erledigt",
    "schließ bitte das Kupon-Ticket": "done",
    "cierra el ticket de los cupones": "done",
    "pasa lo de los cupones a En curso": "En curso",
    "ferme le ticket des coupons": "done",
    "passe le truc des coupons en cours": "cours",
    "fecha o chamado dos cupons": "done",
    "passa o chamado dos cupons pra em andamento": "em andamento",
    "クーポンのチケットを閉じてください": "done",
    "クーポンの件、対応中にしてください": "対応中",
    "クーポンの件を完了にしてください": "done",
    "关闭优惠券的工单": "done",
    "把优惠券那个工单改成进行中": "进行中",
    "закрой тикет про купоны": "done",
    "переведи задачу с купонами в работу": "работу",
    "कूपन वाला टिकट बंद कर दो": "done",
    "कूपन वाले टिकट को In Progress में डाल दो": "In Progress",
    "coupon wala ticket close kar do": "done",
    "coupon wale ticket ko review mein daal do": "review",
    "쿠폰 티켓 닫아줘": "done",
    "쿠폰 티켓을 완료로 바꿔줘": "완료",
    "chiudi il ticket dei coupon": "done",
    "sposta il ticket dei coupon in corso": "corso",
    "zamknij zgłoszenie z kuponami": "done",
    "przenieś ticket o kuponach do W trakcie": "W trakcie",
}
IN_NO_WORDS = (
    "close the door",
    "finish the export",
    "cancel the meeting",
    "move the meeting to Thursday",
    "close the coupon ticket if the tests pass",
    "close the coupon ticket that <@U2> opened",
    "close the `coupon` ticket",
    "did you close the coupon ticket?",
    "who moved the coupon ticket to done?",
    "can somebody close the coupon ticket?",
    "Bob said to close the coupon ticket",
    "don't close the coupon ticket",
    "the coupon thing is done",
    "wenn alles grün ist, schließ das Kupon-Ticket",
    "hast du das Kupon-Ticket geschlossen?",
    "¿quién cerró el ticket de los cupones?",
    "si pasan los tests, cierra el ticket de los cupones",
    "ne ferme pas le ticket des coupons",
    "não fecha o chamado dos cupons",
    "クーポンのチケットを閉じないでください",
    "クーポンの件は完了",
    "クーポンの件、完了しました",
    "如果测试通过，就关闭优惠券的工单",
    "не закрывай тикет про купоны",
    "कूपन वाला टिकट बंद मत करो",
    "coupon wala ticket band mat karo",
    "쿠폰 티켓 닫지 마세요",
    "non chiudere il ticket dei coupon",
    "nie zamykaj zgłoszenia z kuponami",
    "no coupon ticket should be closed",
    "none of the coupon tickets can be closed",
    "close all tickets other than the coupon one",
    "close every ticket without coupon",
    "close the other coupon ticket",
    "why is the coupon ticket -&gt; Done?",
    "is the coupon ticket -&gt; Done?",
    "this should have been the coupon ticket -&gt; Done",
    "move everything to Done",
    "wer kann das Kupon-Ticket schließen?",
    "kein Kupon-Ticket schließen",
    "por qué el ticket de cupones se puede cerrar",
    "почему тикет про купоны можно закрыть",
    "誰がクーポンのチケットを閉じてください",
    "为什么关闭优惠券的工单",
    "왜 쿠폰 티켓 닫아줘",
    "close no ticket",
    "close which ticket?",
    "close any ticket",
    "close both tickets",
    "close the Plan B ticket",
)


@pytest.mark.parametrize(
    "said",
    [
        "Bob said, close ENG-12",
        "the customer writes - close ENG-12",
        "Bob writes:\nclose ENG-12",
        "Lisa meinte, schließ ENG-12",
        "Bob a dit, ferme ENG-12",
        "Bob dijo, cierra ENG-12",
        "Боб сказал, закрой ENG-12",
        "close ENG-12, just kidding",
        "close ENG-12 - scratch that",
        "close ENG-12, no wait",
        "close ENG-12, never mind",
        "close ENG-12. Not yet.",
        "close ENG-12. Wait, no.",
        "close ENG-12! Just kidding.",
        "close ENG-12. Only if QA passes.",
        "close ENG-12\nif QA passes",
        "if QA passes:\nclose ENG-12",
        "once QA passes; close ENG-12",
        "don't\nclose ENG-12",
        "never do this. close ENG-12",
        "schließ ENG-12. Aber erst nach dem Deploy.",
        "cierra ENG-12. Pero todavía no.",
        "закрой ENG-12. Но не сейчас.",
        "close ENG-12, tomorrow",
        "close ENG-12, on Friday",
        "next week, close ENG-12",
        "schließ ENG-12, morgen",
        "close ENG-12, pending QA",
        "for example, close ENG-12",
        "hypothetically, undo",
        "undo, kidding",
        "what do you think, close ENG-12?",
        "как думаешь, тикет про купоны можно закрыть?",
    ],
)
def test_what_somebody_else_said_or_is_put_off_or_taken_back_in_one_breath_is_not_done(said: str) -> None:
    """What stands beside an order, in its sentence or in one of its own, may leave open whether it is meant."""
    orders = [*ordered(f"{US} {said}")]
    assert not [order for order in orders if not isinstance(order, UnclearOrder | DismissOrder)]


@pytest.mark.parametrize(
    "said",
    [
        "close ENG-12, Bob said it is fixed",
        "close ENG-12. Bob said it is fixed.",
        "close ENG-12, it was deployed on Friday",
        "no, close ENG-12",
        "wait, close ENG-12",
        "close ENG-12. Thanks!",
    ],
)
def test_what_only_explains_an_order_leaves_nothing_open(said: str) -> None:
    """It is said beside it."""
    assert MoveOrder(keys=TWELVE, goal="done") in [*ordered(f"{US} {said}")]


UNDO = UndoOrder()
FOR_A_REASON: Sequence[tuple[str, Order, str]] = (
    ("undo that, it's not in review", UNDO, "undo that, if it's not in review"),
    ("undo that. It's not in review.", UNDO, "undo that. If it's not in review."),
    ("it's not in review, undo that", UNDO, "if it's not in review, undo that"),
    ("undo that, I move it when it's done", UNDO, "undo that, when it's done"),
    ("undo that, we do not ship before Friday", UNDO, "undo that, not before Friday"),
    ("undo that, I have not pushed it", UNDO, "undo that, maybe not"),
    ("undo that, it is only a draft", UNDO, "undo that, I mean only the draft"),
    ("mach das rückgängig, das ist noch nicht im Review", UNDO, "rückgängig machen, noch nicht"),
    ("rückgängig machen, das stimmt nicht", UNDO, "rückgängig machen, lieber nicht"),
    ("deshaz eso, no hemos acabado porque no está en revisión", UNDO, "deshaz eso, todavía no"),
    ("deshazlo, eso no está en revisión", UNDO, "deshazlo, si no está en revisión"),
    ("annule, ce n'est pas en revue", UNDO, "annule, pas encore"),
    ("annule, je n'ai pas fini", UNDO, "annule, si je n'ai pas fini"),
    ("отмени, я ещё код не дописал", UNDO, "отмени, если я код не дописал"),
    ("отмени, это не ревью", UNDO, "отмени, ещё не надо"),
    ("desfaz isso, isso não está em revisão", UNDO, "desfaz isso, se não está em revisão"),
    ("não, isso não está em revisão. desfaz isso", UNDO, "não desfaz isso"),
    ("annulla, il codice non è finito", UNDO, "annulla, se non è in revisione"),
    ("cofnij to, to nie jest w przeglądzie", UNDO, "cofnij to, jeśli to nie jest w przeglądzie"),
    ("वापस लो, यह रिव्यू में नहीं है", UNDO, "वापस लो, अगर यह रिव्यू में नहीं है"),
    ("arre nahi, ye mazaak tha. undo kar do", UNDO, "undo kar do. nahi, ruko"),
    ("undo kar do, ye review mein nahi hai", UNDO, "undo kar do, agar ye review mein nahi hai"),
    ("いまの取り消して。まだ SE では音が消えるので完了じゃないです", UNDO, "いまの取り消して。まだです"),
    ("取り消して。まだレビュー中です", UNDO, "取り消して。まだ戻さないでください"),
    ("撤销，还没写完", UNDO, "撤销，先别"),
    ("撤销，这个没有完成", UNDO, "等测试通过，撤销"),
    ("취소해줘, 아직 리뷰가 아니에요", UNDO, "취소해줘, 리뷰가 아니라면"),
    ("취소해줘, 테스트가 실패했어요", UNDO, "취소해줘, 테스트가 실패하면"),
    ("वापस लो, टेस्ट नहीं हुए", UNDO, "वापस लो, टेस्ट होने के बाद"),
    ("undo kar do, test fail hai", UNDO, "undo kar do, test jab fail ho"),
    ("取り消して。まだ確認中です", UNDO, "取り消して、まだ確認できたら"),
    ("move ENG-12 to Todo, Solène has time after the holidays", TO_DO, "move ENG-12 to Todo, after the holidays"),
    ("move ENG-12 to Todo, I am not on it", TO_DO, "move ENG-12 to Todo, but not me"),
    ("move ENG-12 to Todo, QA did not pass", TO_DO, "move ENG-12 to Todo, QA did not pass yet"),
    ("move ENG-12 to Todo, there was no time", TO_DO, "move ENG-12 to Todo, should the tests fail"),
    ("move ENG-12 to Todo, it broke after the deploy", TO_DO, "move ENG-12 to Todo, we do it after the deploy"),
    ("move ENG-12 to Todo, it broke before noon", TO_DO, "move ENG-12 to Todo, Bob said before noon"),
)


@pytest.mark.parametrize(("said", "order", "held_back"), FOR_A_REASON)
def test_a_reason_beside_an_undoing_or_a_move_of_a_ticket_by_its_key_holds_it_not_back(
    said: str, order: Order, held_back: str
) -> None:
    """A statement that has a condition's words in its midst tells why; what they begin or qualify is one."""
    assert [*ordered(f"{US} {said}")] == [order]
    assert not deeds(f"{US} {held_back}")


@pytest.mark.parametrize(
    "said",
    ["close the coupon ticket, QA is not here", "close it, QA was through before", "add this to ENG-12, not now"],
)
def test_what_is_said_beside_any_other_order_is_a_condition_wherever_its_words_stand(said: str) -> None:
    """Only an undoing, or a move of a ticket by its key, is clear enough."""
    assert not [each for each in ordered(f"{US} {said}") if not isinstance(each, UnclearOrder)]


MISPLACED: Sequence[tuple[str, str]] = (
    (
        "that's the wrong one, it belongs to ENG-14, move it over",
        "if it's the wrong one, it belongs to ENG-14, move it over",
    ),
    ("That's the wrong one. It belongs to ENG-14. Move it over.", "It belongs to ENG-14. Unless QA disagrees."),
    ("wrong ticket, it goes to ENG-14", "it's the wrong one, it belongs to ENG-14, move it over tomorrow"),
    ("not there, should be ENG-14, please move it", "is that the wrong one, should it be ENG-14?"),
    ("Not there. It goes to ENG-14.", "it's the wrong one, it belongs to ENG-14, don't move it"),
    ("it's in the wrong place, it goes to ENG-14", "Bob said it's the wrong one, it belongs to ENG-14, move it over"),
    ("falsches Ticket, das gehört zu ENG-14, bitte umhängen", "wenn das falsch ist, gehört es zu ENG-14, umhängen"),
    ("eso no va ahí, va en ENG-14 (Airbnb). Cámbialo de sitio porfa", "si no va ahí, va en ENG-14. Cámbialo"),
    ("mauvais ticket, c'est ENG-14, déplace-le", "si c'est le mauvais ticket, c'est ENG-14, déplace-le"),
    ("не туда, это ENG-14, перенеси", "если не туда, это ENG-14, перенеси"),
    ("не туда. это относится к ENG-14. перенеси", "не туда, это ENG-14, не переноси"),
    ("não é aí, é ENG-14, muda pra lá", "se não é aí, é ENG-14, muda pra lá"),
    ("posto sbagliato, è ENG-14, spostalo", "se è il posto sbagliato, è ENG-14, spostalo"),
    ("nie tu, to ENG-14, przenieś", "jeśli nie tu, to ENG-14, przenieś"),
    ("nie tu, to ENG-14 oraz przenieś", "jeśli nie tu, to ENG-14 oraz przenieś"),
    ("galat jagah, ye ENG-14 ka hai, wahan daal do", "agar galat jagah hai, ye ENG-14 ka hai, wahan daal do"),
    ("गलत जगह, यह ENG-14 का है, वहाँ डाल दो", "अगर गलत जगह है, यह ENG-14 का है, वहाँ डाल दो"),
    ("場所が違います。正しくは ENG-14 です。移してください", "場所が違うなら、ENG-14 に移してください"),
    ("挂错了，应该是 ENG-14，改过去", "如果挂错了，应该是 ENG-14，改过去"),
    ("挂错了，应该是ENG-14", "挂错了，应该是 ENG-14，别改"),
    ("잘못 달았어요, ENG-14예요, 옮겨줘", "잘못 달았으면, ENG-14예요, 옮겨줘"),
)


@pytest.mark.parametrize(("said", "held_back"), MISPLACED)
def test_what_went_to_the_wrong_ticket_is_moved_to_the_one_that_it_belongs_to(said: str, held_back: str) -> None:
    """That it is wrong, where it belongs and that it is to be moved there may be said in three breaths."""
    assert [*ordered(f"{US} {said}")] == [FOURTEEN]
    assert not deeds(f"{US} {held_back}")


def test_the_ticket_that_something_does_not_belong_to_may_be_named() -> None:
    """It is the wrong one."""
    [order] = ordered(f"{US} eso no es de LLV-118, va en LLV-119 (Airbnb). Cámbialo de sitio porfa")
    assert order == RelinkOrder(wrong="LLV-118", right="LLV-119")


def test_a_ticket_for_what_happens_under_a_condition_is_made() -> None:
    """What is said beside an order for `this` is what it is about."""
    [order] = ordered(f"{US} create a ticket for this. If I open the map it is blank.")
    assert order == CreateOrder()


@pytest.mark.parametrize(("said", "goal"), COUPONS.items())
def test_an_order_may_call_a_ticket_something_instead_of_naming_its_key(said: str, goal: str) -> None:
    """In every language that orders are read in; a state is the team's own, or a word for a phase of the work."""
    [order] = read_orders(f"{US} {said}", assistant="U0APP", ticket_at=ticket_at, names=Names(states={"In QA"})).orders
    assert isinstance(order, MoveOrder)
    assert ((), goal) == (order.keys, order.goal)
    called = {*terms(order.called or "")}
    assert called & {
        *terms("coupons Kupons Kupon cupones cupons クーポン 优惠券 купоны купонами कूपन 쿠폰 kuponami kuponach")
    }
    assert not called & {*terms("ticket thing チケット 件 工单 टिकट 티켓 wala zgłoszenie тикет задачу chamado truc")}


@pytest.mark.parametrize("said", IN_NO_WORDS)
def test_what_names_no_ticket_in_words_or_does_not_order_it_is_none_of_these(said: str) -> None:
    """What has no word for a ticket may be anything; a condition, a name or code leaves it open what is meant."""
    orders = ordered(f"{US} {said}")
    assert not [order for order in orders if not isinstance(order, UnclearOrder | DismissOrder)]


def test_a_ticket_is_called_something_only_where_we_are_told_by_name() -> None:
    """In a thread of ours people speak of what they do themselves."""
    assert () == ordered("close the coupon ticket", in_own_thread=True)


def test_what_is_called_just_a_ticket_is_the_one_that_the_thread_is_about() -> None:
    """A verb that can mean to undo needs more."""
    assert (MoveOrder(goal="done"),) == ordered(f"{US} cierra el ticket")
    assert not deeds(f"{US} anula el ticket")


def test_a_ticket_that_is_called_something_is_told_what_was_said_or_what_stands_behind_a_colon() -> None:
    """As one that is named by its key."""
    assert (NoteOrder(called="the coupon"),) == ordered(f"{US} add this to the coupon ticket")
    told = NoteOrder(called="the coupon", text="it was the cache")
    assert (told,) == ordered(f"{US} comment on the coupon ticket: it was the cache")


def test_what_japanese_puts_behind_a_name_is_not_part_of_it() -> None:
    """Else no title would have all that was said."""
    [order] = ordered(f"{US} 領収書のかすれの件、対応中にしてください")
    assert MoveOrder(called="領収書 かすれ", goal="対応中") == order


def test_what_goes_on_for_long_calls_no_ticket_anything() -> None:
    """Nor does it cost time to find that out."""
    assert (UnclearOrder(),) == ordered(f"{US} move the {'done ' * 60}ticket to done")


def test_an_arrow_leads_to_a_state_as_the_chat_hands_it_on() -> None:
    """Behind a key, too."""
    assert (MoveOrder(keys=TWELVE, goal="Done"),) == ordered(f"{US} ENG-12 -&gt; Done")


BEN = "<@U0BEN>"
HIGH_FOR_BEN = CreateOrder(title="X", priority=2, assignee=BEN)
SET_APART: Sequence[tuple[str, Order]] = (
    (f"create a ticket: X, high priority, assign it to {BEN}", HIGH_FOR_BEN),
    (f"please open a ticket for X, high priority, assign it to {BEN}", HIGH_FOR_BEN),
    (f"create a ticket: X. Priority: high. Assign to {BEN}.", HIGH_FOR_BEN),
    (f"create a ticket: X - high prio and {BEN} takes it, thanks", HIGH_FOR_BEN),
    (f"create a ticket:\nX\nPriority: high\nAssignee: {BEN}", HIGH_FOR_BEN),
    (f"open a ticket for X, please. {BEN} should take it, p2", HIGH_FOR_BEN),
    ("create a ticket: X, assign it to Ben Ode", CreateOrder(title="X", assignee="Ben Ode")),
    ("create a ticket: X, assign it to @ben", CreateOrder(title="X", assignee="ben")),
    ("create a ticket: X, urgent, for me", CreateOrder(title="X", priority=1, assignee=ME)),
    ("create a ticket: X, assign it to me please", CreateOrder(title="X", assignee=ME)),
    ("create a ticket: X, I'll take it", CreateOrder(title="X", assignee=ME)),
    ("create a ticket: X, label it billing", CreateOrder(title="X", labels=("billing",))),
    (
        "create a ticket: X, with the label billing, low priority",
        CreateOrder(title="X", labels=("billing",), priority=4),
    ),
    ("create a ticket: X, tagged billing, assigned to me", CreateOrder(title="X", assignee=ME, labels=("billing",))),
    (f"create a ticket, high priority, assign to {BEN}: X", HIGH_FOR_BEN),
    (f"open a ticket for X, prio high and assign it to {BEN}", HIGH_FOR_BEN),
    (f"open a ticket for X and assign it to {BEN}", CreateOrder(title="X", assignee=BEN)),
    (f"создай задачу: X. Приоритет высокий. Исполнитель \u2014 {BEN}.", HIGH_FOR_BEN),
    ("create a ticket: X, team Operations", CreateOrder(title="X", team="Operations")),
    ("create a ticket: X, for the OPS team", CreateOrder(title="X", team="OPS")),
    ("open a ticket for this, high priority", CreateOrder(priority=2)),
    (f"open a ticket for this. It is urgent. Assign it to {BEN}", CreateOrder(priority=1, assignee=BEN)),
    ("create a ticket, high priority", CreateOrder(priority=2)),
    (
        "create a ticket: X. Since Monday. High priority.",
        CreateOrder(title="X", description="Since Monday.", priority=2),
    ),
    (
        "create a ticket: X, medium priority. Since Monday.",
        CreateOrder(title="X", description="Since Monday.", priority=3),
    ),
    (f"erstelle ein Ticket: X, hohe Priorität, weise es {BEN} zu", HIGH_FOR_BEN),
    (f"leg bitte ein Ticket an: X. Prio hoch. Bitte {BEN} zuweisen.", HIGH_FOR_BEN),
    ("erstelle ein Ticket: X, für mich, Label Abrechnung", CreateOrder(title="X", assignee=ME, labels=("Abrechnung",))),
    (f"crée un ticket : X, priorité haute, assigne-le à {BEN}", HIGH_FOR_BEN),
    ("crée un ticket : X, c'est urgent, pour moi", CreateOrder(title="X", priority=1, assignee=ME)),
    (f"crea un ticket: X, prioridad alta, asígnalo a {BEN}", HIGH_FOR_BEN),
    ("crea un ticket: X, urgente. Asígnamelo.", CreateOrder(title="X", priority=1, assignee=ME)),
    (f"crie um ticket: X, prioridade alta, atribua a {BEN}", HIGH_FOR_BEN),
    ("crie um ticket: X, para mim", CreateOrder(title="X", assignee=ME)),
    (f"apri un ticket: X, priorità alta, assegnalo a {BEN}", HIGH_FOR_BEN),
    ("apri un ticket: X, per me, bassa priorità", CreateOrder(title="X", assignee=ME, priority=4)),
    (f"utwórz zgłoszenie: X, wysoki priorytet, przypisz do {BEN}", HIGH_FOR_BEN),
    (f"utwórz zgłoszenie: X oraz przypisz do {BEN}, wysoki priorytet", HIGH_FOR_BEN),
    ("utwórz zgłoszenie: X, pilne, dla mnie", CreateOrder(title="X", priority=1, assignee=ME)),
    (f"создай задачу: X, высокий приоритет, назначь на {BEN}", HIGH_FOR_BEN),
    ("создай задачу: X, срочно, на меня", CreateOrder(title="X", priority=1, assignee=ME)),
    (f"チケットを作成してください\uff1aX\u3002優先度は高\u3002{BEN}に割り当てて", HIGH_FOR_BEN),
    (
        "エクスポートのチケットを作って、至急、私に割り当てて",
        CreateOrder(title="エクスポート", priority=1, assignee=ME),
    ),
    (f"创建工单\uff1aX\uff0c优先级高\uff0c分配给{BEN}", HIGH_FOR_BEN),
    ("创建工单\uff1aX\uff0c紧急\uff0c分配给我", CreateOrder(title="X", priority=1, assignee=ME)),
    (f"티켓 만들어줘: X, 우선순위 높음, {BEN}에게 할당해줘", HIGH_FOR_BEN),
    ("티켓 만들어줘: X, 긴급, 저에게 할당해줘", CreateOrder(title="X", priority=1, assignee=ME)),
    (f"टिकट बनाओ: X, उच्च प्राथमिकता, {BEN} को असाइन करो", HIGH_FOR_BEN),
    (f"टिकट बनाओ: X। प्राथमिकता: उच्च। {BEN} को असाइन करो।", HIGH_FOR_BEN),
    (f"ticket banao: X, high priority, {BEN} ko assign kar do", HIGH_FOR_BEN),
)


@pytest.mark.parametrize(("said", "order"), SET_APART)
def test_what_a_new_ticket_is_to_have_is_no_part_of_what_it_is_about(said: str, order: Order) -> None:
    """How urgent it is, for whom, its labels and its team stand in parts of their own, behind the title."""
    reading = read_orders(
        f"{US} {said}",
        assistant="U0APP",
        ticket_at=ticket_at,
        names=Names(teams={"OPS", "Operations"}),
        in_own_thread=False,
    )
    assert [order] == [*reading.orders]
    assert not reading.besides


@pytest.mark.parametrize(
    "title",
    [
        "assign it to button does nothing",
        "high priority filter missing",
        "high priority",
        "Label it billing does not work in the menu",
        "Export hangs, high priority tickets missing",
        "Sort by priority, assign it to button",
        "Let people sort and assign to Support",
        "New switch, mark it as done",
        "Prices too high, quota too low",
        "New export, for Airbnb",
        "Priorität hoch wird nicht gespeichert",
        "urgent mails, for me and others, get lost",
    ],
)
def test_a_title_keeps_words_that_say_more_than_what_a_ticket_is_to_have(title: str) -> None:
    """Only a part that says nothing else is set apart, and never all that the ticket is about."""
    assert [CreateOrder(title=title)] == [*ordered(f"{US} create a ticket: {title}")]


def test_what_a_ticket_is_to_have_says_nothing_beside_another_order() -> None:
    """Nor in the midst of a description, which may be a mail."""
    assert [MoveOrder(keys=TWELVE, goal="done")] == [*ordered(f"{US} close ENG-12, high priority")]
    told = "They wrote to us. Urgent! They cannot pay."
    assert [CreateOrder(title="X", description=told)] == [*ordered(f"{US} create a ticket: X. {told}")]


TRAMS, BUSES = ("tram", "bus")
IN_WORDS_RELINKED = (
    "no, that belongs to the tram deadline, not to the double bus. Please move it over",
    "this is about the tram ticket, not the bus one",
    "that doesn't belong to the bus ticket, it belongs to the tram one",
    "nein, das gehört zu der Frist nach Kilometern der tram, nicht zum doppelten bus. Bitte umhängen",
    "das gehört nicht zum bus, sondern zur tram",
    "no, eso va en el plazo de la tram, no en el bus duplicado. Cámbialo",
    "non, ça concerne le délai du tram, pas le bus en double. Déplace-le",
    "não, isso vai no prazo da tram, não no bus duplicado",
    "no, questo riguarda la scadenza del tram, non il bus doppio. Spostalo",
    "nie, to dotyczy terminu tram, a nie podwójny bus. Przenieś",
    "нет, это относится к сроку tram, а не к bus. Перенеси",
    "नहीं, यह tram वाले टिकट का है, bus वाले का नहीं",
    "nahi, ye tram wale ticket ka hai, bus wale ka nahi. wahan daal do",
    "いや、これは tram の件です、bus の件じゃないです。移してください",
    "不对，这个属于 tram 期限，不是 bus",
    "아니요, 이건 tram 티켓이에요, bus 말고. 옮겨줘",
)


@pytest.mark.parametrize("said", IN_WORDS_RELINKED)
def test_a_relink_may_call_both_tickets_something(said: str) -> None:
    """In every language that orders are read in."""
    [order] = ordered(f"{US} {said}")
    assert isinstance(order, RelinkOrder)
    assert (None, None) == (order.right, order.wrong)
    assert TRAMS in (order.called or "")
    assert BUSES not in (order.called or "")
    assert BUSES in (order.wrong_called or "")
    assert TRAMS not in (order.wrong_called or "")


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("Nein. Das gehört zum Kupon-Ticket.", RelinkOrder(called="Kupon")),
        ("that's the wrong one, it belongs to the coupon ticket", RelinkOrder(called="the coupon")),
        ("wrong ticket. It should be under the coupon thing", RelinkOrder(called="the coupon")),
        ("can you move this to the coupon ticket?", RelinkOrder(called="the coupon")),
        ("move your comment from ENG-12 to the coupon ticket", RelinkOrder(wrong="ENG-12", called="the coupon")),
        ("this belongs to ENG-14, not to the coupon thing", RelinkOrder(right="ENG-14", wrong_called="the coupon")),
        (
            "it's about the deadline after ten years, not ENG-12",
            RelinkOrder(called="the deadline after ten years", wrong="ENG-12"),
        ),
    ],
)
def test_a_relink_may_call_one_of_its_tickets_something(said: str, order: Order) -> None:
    """The other may be named by its key, or by nothing."""
    assert [order] == [*ordered(f"{US} {said}")]


@pytest.mark.parametrize(
    "said",
    [
        "this is about the settings page",
        "that belongs to marketing",
        "is that about the coupon ticket, not the export?",
        "does this belong to the coupon ticket?",
        "it is the best ticket",
        "no, it's fine",
        "no, that's a bug",
        "nein, das ist gut so",
        "das ist schon erledigt",
        "Bob said it belongs to the coupon ticket",
        "if it belongs to the coupon ticket, move it",
        "that's the wrong one",
        "이건 좋아요",
        "これはいいですね",
    ],
)
def test_what_only_says_what_something_is_about_takes_nothing_to_another_ticket(said: str) -> None:
    """That it is an order shows by two things at least."""
    assert not [each for each in ordered(f"{US} {said}") if not isinstance(each, UnclearOrder)]


def test_a_ticket_is_called_the_right_one_only_where_we_are_told_by_name() -> None:
    """In a thread of ours people speak of what belongs together."""
    assert () == ordered("no, that belongs to the coupon ticket", in_own_thread=True)


@pytest.mark.parametrize(
    "said",
    [
        "coupon ticket -&gt; Done?",
        "ENG-12 -&gt; Done?",
        "ENG-12 =&gt; In Review ?",
        "クーポンの件 → 完了？",
        "close ENG-12, should QA pass",
        "close ENG-12. Should QA pass.",
        "should QA pass, close ENG-12",
        "close the coupon ticket, should QA pass",
        "the customer mail:\nclose ENG-12",
        "message from Anna:\n\nclose ENG-12\nthanks",
        "their mail says:\nHello,\nclose ENG-12",
        "what the client wrote us:\nplease close ENG-12",
        "Mail vom Kunden:\nschließ ENG-12",
        "mensaje del cliente:\ncierra ENG-12",
        "message du client :\nferme ENG-12",
        "mensagem do cliente:\nfecha ENG-12",
        "il cliente ha scritto:\nchiudi ENG-12",
        "wiadomość od klienta:\nzamknij ENG-12",
        "письмо клиента:\nзакрой ENG-12",
        "お客様からのメール\uff1a\nENG-12 を閉じてください",
        "客户邮件\uff1a\n关闭 ENG-12",
        "고객 메일:\nENG-12 닫아줘",
        "ग्राहक का मेल:\nENG-12 बंद करो",
    ],
)
def test_a_question_a_condition_or_a_quoted_mail_orders_nothing(said: str) -> None:
    """A question mark behind an arrow asks; what stands below a line that tells of others' words are these."""
    assert not [each for each in ordered(f"{US} {said}") if not isinstance(each, UnclearOrder)]


def test_what_stands_before_a_quoted_mail_is_ordered() -> None:
    """And so is what stands below a line that tells of nobody's words."""
    assert [MoveOrder(keys=("ENG-13",), goal="done")] == [
        *ordered(f"{US} close ENG-13\nthe customer mail:\nclose ENG-12")
    ]
    assert [CLOSE] == [*ordered(f"{US} please do this:\nclose ENG-12")]


def test_a_message_that_goes_on_for_ever_is_read_as_far_as_anybody_reads() -> None:
    """Whoever it mentions at its end."""
    [order] = ordered(f"{US} create a ticket: X\n{'and so on ' * 500}{BEN}")
    assert isinstance(order, CreateOrder)


TOLD = CreateOrder(title="the till prints two receipts")
TO_REVIEW = MoveOrder(keys=TWELVE, goal="in review")


@pytest.mark.parametrize(
    ("said", "order"),
    [
        (
            f"{US} put a scandalous shameful bug in: the till prints two receipts, prio high",
            TOLD.model_copy(update={"priority": 2}),
        ),
        (
            f"{US} put a scandalous shameful bug in: the till prints two receipts. Since Monday.",
            TOLD.model_copy(update={"description": "Since Monday"}),
        ),
        (f"the till prints two receipts again, {US} bug it please", THIS),
        (f"{US} apri una segnalazione nuova: lo scontrino esce doppio", CreateOrder(title="lo scontrino esce doppio")),
        (f"{US} leg eine neue karte an, der bon kommt doppelt", CreateOrder(title="der bon kommt doppelt")),
        (f"the till prints two receipts, {US} write that up please", THIS),
        (f"{US} write that one up pls, the till prints two receipts", TOLD),
        pytest.param(
            f"{US} neue karte für den doppelten bon an der kasse",
            CreateOrder(title="neue karte für den doppelten bon an der kasse"),
            marks=pytest.mark.xfail(strict=True, reason="not sure enough by the models: answered as not understood"),
        ),
        (f"{US} 新しい件を起こして。レシートが二重に出る", CreateOrder(title="レシートが二重に出る")),
        (f"{US} занеси: чек печатается два раза", CreateOrder(title="чек печатается два раза")),
        (f"{US} заведи на это, повесь на лёшу", CreateOrder(assignee="лёшу")),
        (
            f"{US} card it, the till prints two receipts, both wrong",
            CreateOrder(title="the till prints two receipts, both wrong"),
        ),
        (f"{US} kick ENG-12 over to in review", TO_REVIEW),
        (f"{US} ENG-12 rüber in review bitte", TO_REVIEW),
        (f"{US} kick the coupon ticket over to in review", MoveOrder(called="kick coupon", goal="in review")),
        (f"{US} nope, goes with ENG-14", FOURTEEN),
        (f"{US} das ist nicht der drucker, häng es um auf ENG-14", FOURTEEN),
        (f"{US} no, ahí no pinta nada, va en la ENG-14", FOURTEEN),
        (f"{US} take it off ENG-12 and hang it on ENG-14", RelinkOrder(wrong="ENG-12", right="ENG-14")),
        (f"{US} please take back whatever you just did", UndoOrder()),
        (f"{US} scribble onto ENG-12: the bank answered", NoteOrder(keys=TWELVE, text="the bank answered")),
        (
            f"{US} put a line on ENG-12 that the bank answered",
            NoteOrder(keys=TWELVE, text="put a line on ENG-12 that the bank answered"),
        ),
    ],
)
def test_an_order_in_words_that_nobody_foresaw_is_read_by_the_model(said: str, order: Order) -> None:
    """With all that it needs, out of what is really said."""
    assert [order] == [*ordered(said)]


@pytest.mark.parametrize(
    "said",
    [
        f"{US} neue karte ins backlog: der bon kommt doppelt",
        f"{US} apri una segnalazione nuova, priorità boh, lo scontrino esce doppio",
        f"{US} kick ENG-12 over",
        f"{US} pull ENG-12 out of review",
        f"{US} kick ENG-12 from todo over to in review",
        f"{US} kick ENG-12 over to in review, not ENG-13",
        f"{US} kick ENG-12 over to in review or done",
        f"{US} fixed both, kick it over to in review, ENG-12 too, ENG-13 as well",
        f"{US} kick <@U2>s ticket over to in review",
        f"{US} setz alles auf in review",
        f"{US} допиши в ENG-12, ENG-13 тоже: банк ответил",
        f"{US} hang it on ENG-14, ENG-12 is another story",
        f"{US} wrong ticket, the one with the bus",
        f"{US} please take back whatever you just did, ENG-12 was fine",
        f"{US} put a line on the bank ticket: it answered",
        f"{US} tag ENG-12 with billing",
    ],
)
def test_an_order_that_lacks_what_it_needs_is_not_understood(said: str) -> None:
    """Which ticket, which state or which of two; and what nobody can order of a ticket that exists."""
    assert [UnclearOrder()] == [*ordered(said)]


@pytest.mark.parametrize(
    "said",
    [
        "if the bank answers kick ENG-12 over to in review",
        "kick ENG-12 over to in review once the bank answers",
        "kick ENG-12 over to in review, tomorrow",
        "Bob said to kick ENG-12 over to in review",
        "we already kicked ENG-12 over to in review",
        "また出たら、ENG-12 をレビューに回して",
        "close ENG-12, maybe not",
        "wrong ticket if you ask me, hang it on ENG-14",
        "kick ENG-12 over to in review yourself",
    ],
)
def test_what_holds_an_order_back_holds_it_back_however_it_is_worded(said: str) -> None:
    """A condition, another's words, a later time, that it was done before, or that somebody does it himself."""
    assert not deeds(f"{US} {said}")


@pytest.mark.parametrize(
    "said",
    [
        f"{US} ENG-12 now in review",
        f"{US} good morning",
        f"{US} thanks a lot",
        f"so I asked what {US} can do about our invoices?",
        f"Nina, open a ticket for that yourself, {US} is down",
    ],
)
def test_news_thanks_and_what_is_said_to_others_order_nothing(said: str) -> None:
    """Nobody is told that it was not understood, nor is anything done."""
    assert not ordered(said)


def test_who_only_asks_of_a_key_has_nothing_taken_for_its_own() -> None:
    """The key alone takes what was done for the wrong ticket's; with a sign that asks, nobody knows."""
    assert [RelinkOrder(right="ENG-14")] == [*ordered(f"{US} ENG-14")]
    assert [RelinkOrder(right="ENG-14")] == [*ordered(f"{US} can you move this to ENG-14?")]
    assert [UnclearOrder()] == [*ordered(f"{US} ENG-14?")]
    assert RelinkOrder(right="ENG-14") in ordered(f"{US} this is ENG-14")
    assert [] == deeds(f"{US} this is ENG-14?") == deeds(f"{US} es ENG-14?")


@pytest.mark.parametrize(
    ("said", "order"),
    [
        (f"{US} ENG-12 en priorité basse, le reste presse plus", UnclearOrder()),
        (f"{US} move ENG-12 to high, the rest is less urgent", UnclearOrder()),
        (f"{US} ENG-12 の期限を来週の月曜に変更で", UnclearOrder()),
        (f"{US} ENG-12 は私じゃなくて高橋さん担当で", UnclearOrder()),
        (
            f"the bank answered. {US} put that in ENG-12 for the record",
            NoteOrder(keys=TWELVE, text="the bank answered"),
        ),
        (f"森さんには「チケットにするほどじゃない」と言われました {US}", None),
    ],
)
def test_a_phrase_of_a_move_counts_for_nothing_where_something_else_is_surely_meant(
    said: str, order: Order | None
) -> None:
    """A change that is not plain, a note, or what somebody else said: the model knows such messages."""
    assert ([order] if order else []) == [*ordered(said)]


def test_what_stands_before_an_order_for_this_is_kept_beside_it() -> None:
    """It is what the ticket is made of; that it is wrong says nothing of the right ticket."""
    bug = read_orders(f"the till prints two, {US} bug it please", assistant="U0APP", ticket_at=ticket_at)
    assert "the till prints two" == bug.besides
    relink = read_orders(f"{US} nope, goes with ENG-14", assistant="U0APP", ticket_at=ticket_at)
    assert "" == relink.besides


def test_an_order_that_only_the_model_reads_names_no_more_tickets_than_others_may() -> None:
    """None of them is touched."""
    keys = " & ".join(f"ENG-{number}" for number in range(1, MOST_KEYS + 2))
    assert [UnclearOrder(too_many=True)] == [*ordered(f"{US} kick {keys} over to in review")]


def test_what_is_too_long_to_be_read_belongs_to_the_ticket_all_the_same() -> None:
    """To the last word."""
    [order] = ordered(f"{US} занеси: чек печатается два раза. {'=' * 4000} all day")
    assert isinstance(order, CreateOrder)
    assert order.description.endswith("all day")


def test_what_a_message_of_very_many_parts_orders_is_not_guessed() -> None:
    """Each of them would have to be read by itself, which takes long."""
    assert not deeds(f"{US} занеси: чек печатается два раза{', =' * 40}")
    assert deeds(f"{US} занеси: чек печатается два раза{', =' * 4}")


NAMES = Names(
    states={"Todo", "In Progress", "In Review", "Done"},
    people={"Kim Ono", "Priya Nair", "Mark Weber", "Will Stone", "Tomás Ruiz", "高橋 綾", "이 서연"},
    labels={"hardware", "Bug", "needs design", "法務", "합류"},
)


def changed(said: str) -> Sequence[Order]:
    """What a message orders, where people, labels and states are known by name."""
    return tuple(read_orders(said, assistant="U0APP", ticket_at=ticket_at, names=NAMES).orders)


def given_to(who: str) -> ChangeOrder:
    """ENG-12 is to be somebody's."""
    return ChangeOrder(keys=TWELVE, assignee=who)


def as_urgent_as(priority: int) -> ChangeOrder:
    """ENG-12 is to have a priority."""
    return ChangeOrder(keys=TWELVE, priority=priority)


def labelled(*labels: str) -> ChangeOrder:
    """ENG-12 is to have labels."""
    return ChangeOrder(keys=TWELVE, labels=labels)


@pytest.mark.parametrize(
    ("said", "order"),
    [
        (f"{US} assign ENG-12 to Priya", given_to("Priya Nair")),
        (f"{US} please assign ENG-12 to <@U2>", given_to("<@U2>")),
        (f"{US} give ENG-12 to Kim, she knows the code", given_to("Kim Ono")),
        (f"Mark is on leave, so {US} hand ENG-12 over to Kim Ono", given_to("Kim Ono")),
        (f"{US} ENG-12 → Tomás please", given_to("Tomás Ruiz")),
        (f"{US} I'll take ENG-12", given_to(ME)),
        (f"{US} assign ENG-12 to me please", given_to(ME)),
        (f"{US} ENG-12 bitte an Priya geben", given_to("Priya Nair")),
        (f"{US} asigna ENG-12 a Tomás", given_to("Tomás Ruiz")),
        (f"{US} assigne ENG-12 à Priya", given_to("Priya Nair")),
        (f"{US} ENG-12の担当を高橋さんに", given_to("高橋 綾")),
        (f"{US} make ENG-12 urgent", as_urgent_as(1)),
        (f"{US} bump ENG-12 to high please", as_urgent_as(2)),
        (f"{US} set the priority of ENG-12 to medium", as_urgent_as(3)),
        (f"{US} set ENG-12 to low", as_urgent_as(4)),
        (f"{US} make ENG-12 a p1, finance is screaming", as_urgent_as(1)),
        (f"{US} ENG-12 low → high, the audit is in two weeks", as_urgent_as(2)),
        (f"{US} ENG-12 auf dringend setzen", as_urgent_as(1)),
        (f"{US} sube ENG-12 a crítica", as_urgent_as(1)),
        (f"{US} passe ENG-12 en priorité haute", as_urgent_as(2)),
        (f"{US} ENG-12の優先度を高にして", as_urgent_as(2)),
        (f"{US} 把ENG-12的优先级调成最高", as_urgent_as(1)),
        (f"{US} add the label hardware to ENG-12", labelled("hardware")),
        (f"{US} tag ENG-12 with needs design and bug", labelled("needs design", "Bug")),
        (f"{US} ENG-12 にラベル「法務」つけて", labelled("法務")),
        (f"{US} assign ENG-12 and ENG-13 to Kim", ChangeOrder(keys=("ENG-12", "ENG-13"), assignee="Kim Ono")),
        (f"{US} assign it to Kim", ChangeOrder(assignee="Kim Ono")),
        (f"{US} make this urgent please", ChangeOrder(priority=1)),
        (f"{US} can you assign ENG-12 to priya?", given_to("Priya Nair")),
        (f"{US} könntest du ENG-12 an Kim geben?", given_to("Kim Ono")),
        (f"{US} assign ENG-12, ENG-13 to Kim Ono", ChangeOrder(keys=("ENG-12", "ENG-13"), assignee="Kim Ono")),
        (f"{US} ENG-12 -&gt; Kim", given_to("Kim Ono")),
        (f"{US} ENG-12 assignee: Kim", given_to("Kim Ono")),
        (f"{US} prio ENG-12: high", as_urgent_as(2)),
        (f"{US} add label Bug to ENG-12", labelled("Bug")),
        (f"{US} mark the ticket ENG-12 as urgent", as_urgent_as(1)),
        (f"{US} ENG-12 übernehme ich", given_to(ME)),
        (f"{US} ENG-12は私がやります", given_to(ME)),
        (f"{US} 把ENG-12分配给Kim", given_to("Kim Ono")),
        (f"{US} ENG-12の担当者をKimにして", given_to("Kim Ono")),
    ],
)
def test_a_field_of_a_ticket_is_changed_as_ordered(said: str, order: Order) -> None:
    """Whose it is, how urgent it is, or one label more."""
    assert [order] == [*changed(said)]


@pytest.mark.parametrize(
    "said",
    [
        f"{US} take Kim off ENG-12",
        f"{US} unassign me from ENG-12",
        f"{US} ENG-12 isn't Kim's any more",
        f"{US} reassign ENG-12 from Kim to Priya",
        f"{US} swap Kim for Priya on ENG-12",
        f"{US} assign ENG-12 to Anouk",
        f"{US} assign ENG-12 to Kim and make it urgent",
        f"{US} assign ENG-12 to Kim, hi prio",
        f"{US} assign ENG-12 to Kim, Priya",
        f"{US} make ENG-12 high, legal says urgent",
        f"{US} ENG-12 isn't urgent any more",
        f"{US} lower the priority of ENG-12",
        f"{US} ENG-12 was medium, legal insists on high",
        f"{US} baja la prioridad de ENG-12",
        f"{US} remove the label hardware from ENG-12",
        f"{US} delete the hardware label on ENG-12",
        f"{US} lösche das Label hardware an ENG-12",
        f"{US} удали метку hardware у ENG-12",
        f"{US} add the label gardening to ENG-12",
        f"{US} slap a hardware label on ENG-12 and 13",
        f"{US} label ENG-12 bug fix",
        f"{US} ENG-12 is due on Friday, Kim",
        f"{US} rename ENG-12 to urgent hardware",
        f"{US} if legal agrees make ENG-12 urgent",
        f"{US} don't make ENG-12 urgent",
        f"{US} ENG-12 は私じゃなくて高橋さん担当で",
        f"{US} ENG-12不紧急",
        f"{US} ENG-12优先级不高",
        f"{US} ENG-12 긴급 아님",
        f"{US} no pongas ENG-12 en urgente",
        f"{US} ENG-12 no es urgente",
        f"{US} Kim can't take ENG-12",
        f"{US} stop assigning ENG-12 to Kim",
        f"{US} assign ENG-12 to someone other than Kim",
        f"{US} assign ENG-12 to Kim's team",
        f"{US} assign ENG-12 to Kim next week",
        f"{US} assign ENG-12 to Kim, wait for my ok",
        f"{US} assign ENG-12 to Kim. Or rather not",
        f"{US} assign ENG-12 to Kim, I mean Mark",
        f"{US} assign ENG-12 to Kim. Oh wait",
        f"{US} ENG-12 morgen an Kim",
        f"{US} maybe assign ENG-12 to Kim",
        f"{US} I think ENG-12 is urgent",
        f"{US} is ENG-12 urgent",
        f"{US} ENG-12 urgent?",
        f"{US} why is ENG-12 urgent",
        f"{US} can I have ENG-12?",
        f"{US} ENG-12紧急吗",
        f"{US} ist ENG-12 dringend",
        f"{US} I assigned ENG-12 to Kim",
        f"{US} I'll assign ENG-12 to Kim",
        f"{US} ENG-12 est moins urgent",
        f"{US} ENG-12 is too urgent",
        f"{US} make ENG-12 as urgent as ENG-13",
        f"{US} make ENG-12 urgent and close ENG-13",
        f"{US} make ENG-12 urgent and close it",
        f"{US} ENG-12 is back to normal",
        f"{US} make ENG-12 urgent cc <@U2>",
        f"{US} make ENG-12 urgent for <@U2>",
        f"{US} <@U2> can't take ENG-12",
        f"{US} assign ENG-12 to <!here>",
        f"{US} assign ENG-12 to <@U2> and <@U3>",
        f"{US} ENG-12 박서연님에게 할당해줘",
        f"{US} make all bugs urgent",
        f"{US} prod is down, urgent!",
        f"{US} send an urgent reminder",
        f"{US} we have an urgent outage",
        f"{US} Kim needs a label printer",
        f"{US} Mark it hardware",
        f"{US} comment urgent on ENG-12",
        f"{US} Mark ENG-12",
        f"{US} lower the high priority of ENG-12",
        f"{US} URGENT: lower the priority of ENG-12",
        f"{US} срочно понизь приоритет ENG-12",
        f"{US} change the assignee Kim on ENG-12",
        f"{US} Kim, could you assign ENG-12?",
        f"{US} Kim a passé ENG-12",
        f"{US} ENG-12 urgent?!",
        f"{US} ENG-12 label != hardware",
        f'{US} "label ENG-12 hardware"',
        f"{US} Kim, make ENG-12 urgent",
        f"{US} make ENG-12 urgent, Kim",
        f"{US} assign ENG-12 to Kim, 3 points",
        f"{US} assign ENG-12 to Kim, haha",
        f"{US} ENG-12. Different topic, make it urgent",
        f"{US} can someone help, it's urgent",
        f"{US} give me ENG-12",
        f"{US} Kim gets it",
        f"{US} Will do ENG-12",
        f"{US} übernimmt Kim ENG-12",
        f"{US} ENG-12 urgent na karo",
        f"{US} Kim gets ENG-12, right",
        f"{US} make ENG-12 `not` urgent",
        f"{US} assign ENG-12 to ~Kim~ Mark",
        f"{US} assign the seating plan to Kim",
    ],
)
def test_what_is_to_be_changed_is_never_guessed(said: str) -> None:
    """What denies, asks, doubts, puts off, takes away, reports, or wants more than one field changed."""
    assert not any(isinstance(order, ChangeOrder) for order in changed(said))


def test_a_verb_in_front_of_a_ticket_is_nobodys_name() -> None:
    """Though it is written as somebody is called."""
    assert not any(isinstance(order, ChangeOrder) for order in changed(f"{US} Mark ENG-12 as regression"))
    assert [as_urgent_as(1)] == [*changed(f"{US} Mark ENG-12 as urgent")]
    assert [given_to("Mark Weber")] == [*changed(f"{US} assign ENG-12 to Mark")]


def test_one_of_two_who_are_called_alike_is_not_guessed() -> None:
    """By the whole name one is meant; a name without letters is nobody's."""
    names = NAMES._replace(people={"Kim Ono", "Kim Park", "Lee Kim", " ", ""})
    for said, order in (("Kim", UnclearOrder()), ("Kim Park", given_to("Kim Park"))):
        message = f"{US} assign ENG-12 to {said}"
        assert [order] == [*read_orders(message, assistant="U0APP", ticket_at=ticket_at, names=names).orders]


def test_a_word_that_is_a_states_name_is_the_state() -> None:
    """Where a team calls a state so; elsewhere it says how urgent something is."""
    names = NAMES._replace(states={"Urgent"})
    [order] = read_orders(f"{US} move ENG-12 to urgent", assistant="U0APP", ticket_at=ticket_at, names=names).orders
    assert MoveOrder(keys=TWELVE, goal="urgent") == order
    assert [as_urgent_as(1)] == [*changed(f"{US} move ENG-12 to urgent")]
