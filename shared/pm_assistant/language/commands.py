"""What people type behind `/pm`, in the languages in which orders are read."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache


class Command(StrEnum):
    """What can be asked for."""

    TODAY = "today"
    WEEK = "week"
    UNTRACKED = "untracked"
    WAITING = "waiting"
    SETTINGS = "settings"
    HELP = "help"
    UNDO = "undo"


WORDS: Mapping[Command, str] = {
    Command.TODAY: "today, my day, heute, hoy, aujourd'hui, oggi, hoje, сегодня, आज, 今天, 오늘, 今日",
    Command.WEEK: "week, this week, weekly, woche, semana, semaine, settimana, неделя, सप्ताह, 本周, 주간, 今週",
    Command.UNTRACKED: "untracked, ohne ticket, sin ticket, sans ticket, senza ticket, sem ticket, без тикета, "
    "बिना टिकट, 未跟踪, 티켓 없음, チケットなし",
    Command.WAITING: "waiting, offen, pendiente, pendientes, en attente, in attesa, pendente, pendentes, ожидает, "
    "लंबित, 待处理, 대기, 待ち",
    Command.SETTINGS: "settings, einstellungen, ajustes, paramètres, réglages, impostazioni, configurações, настройки, "
    "सेटिंग्स, 设置, 설정, 設定",
    Command.HELP: "help, hilfe, ayuda, aide, aiuto, ajuda, помощь, मदद, 帮助, 도움말, ヘルプ",
    Command.UNDO: "undo, rückgängig, deshacer, annuler, annulla, desfazer, отменить, पूर्ववत, 撤销, 실행 취소, 元に戻す",
}
"""The words for each, in English, German, Spanish, French, Italian, Portuguese, Russian, Hindi, Chinese, Korean and
Japanese."""


def read_command(text: str) -> Command:
    """What somebody asks for; whoever says nothing that is known is helped."""
    return _by_word().get(_plain(text), Command.HELP)


@cache
def _by_word() -> Mapping[str, Command]:
    return {_plain(word): command for command, words in WORDS.items() for word in words.split(",")}


def _plain(text: str) -> str:
    """Without case, politeness of punctuation, or differences that are not seen."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return " ".join(folded.split()).strip(" .!?/")
