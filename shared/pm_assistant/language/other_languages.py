"""What is said of a ticket in languages other than English.

A closing word counts in English only, as in Linear. Among other words a ticket is closed by the name of its branch only
where they are known to say no less; the words that deny and leave open are few in any language, and known besides.
"""

import re

from pm_assistant.language.wording import words

LABELS_ELSEWHERE = words(
    "aufgabe vorgang tâche tache billet tarea incidencia tarefa chamado attività segnalazione taak uppgift"
    " ärende opgave oppgave sag zadanie zgłoszenie úkol задача задачу тикет görev"
)
"""Words for a ticket."""
CLOSING_ELSEWHERE = words(
    "behebt löst schließt schliesst erledigt fixt corrige résout règle ferme répare corrigé resuelve cierra"
    " arregla soluciona resolve fecha conserta encerra risolve chiude corregge sluit verhelpt lost stänger"
    " löser åtgärdar lukker løser retter naprawia zamyka rozwiązuje исправляет закрывает решает виправляє"
    " закриває řeší opravuje uzavírá korjaa sulkee ratkaisee"
)
"""Verbs that say what a name says: that this is the work on the ticket."""
_CLOSED = re.compile(
    r"""\b(?: beh[eo]b | gelöst | lös | (?:ge)?schl[io]e?(?:ß|ss) | erledig | fix | umgesetzt | corri[gj] | cierra
    | cerra | resuel | resol[vu] | arregl | solucion | complet[ao] | ferm[eé] | résou | résol | répar | r[eéè]gl | fech
    | consert | chiu[ds] | risol | slui | opgelost | verhelp | zam(?:yk|kn) | napraw | rozwiąz | закр[ыи] | исправ
    | реш | lukke | løs | stäng | kapa[tn] | çöz | düzelt )""",
    re.IGNORECASE | re.VERBOSE,
)
"""How verbs begin by which a ticket is, or is not, closed."""
_NOT = words(
    "nicht kein keine keinen keiner noch ne pas sans encore nunca tampoco todavía não nao sem ainda ancora niet"
    " geen nog nie bez jeszcze не нет без ещё еще ні ikke inte ei nem değil henüz ještě nu chưa không belum"
    " tidak"
)
_OPEN = words(
    "bleibt bleiben offen reste restent ouvert ouverte sigue queda permanece abierto abierta continua fica"
    " aberto aberta rimane resta aperto aperta blijft pozostaje zostaje otwarte otwarty остаётся остается"
    " открыт открыта открытой залишається kalacak förblir forbliver öppen öppet åpen åben zůstává otevřený"
)
_THE_TICKET = LABELS_ELSEWHERE | words("ticket tickets issue issues task задачи тикета ticketin")
_WORD = re.compile(r"\w+")
# In scripts without spaces there are no words to look up.
_CLOSED_UNSPACED = re.compile(r"修[復复正]|解[決决]|关闭|關閉|完成|完了|实现|実装|対応|クローズ|해결|수정")
_ASIDE_UNSPACED = re.compile(r"次|別|别|後|后|另|下一|一部|部分|参|參|関連|关联|相关|调查|調査|준비|일부|テスト|测试")
_NOT_UNSPACED = re.compile(r"[不未没沒]|无法|ない|ません|せず|まだ|않|못|아직|لا\b|لم\b|保持|残[しす]")
_TICKET_UNSPACED = re.compile(r"チケット|課題|工单|任务|이슈|티켓")


def says_less(sentence: str) -> bool:
    """Whether a sentence with a ticket says that it is not closed, or stays open."""
    said = _words_of(sentence)
    if "no" in said and _CLOSED.search(sentence):  # of Spanish; in English it denies other things
        return True
    return not said.isdisjoint(_NOT | _OPEN) or bool(_NOT_UNSPACED.search(sentence))


def leaves_open_elsewhere(sentence: str) -> bool:
    """Whether a sentence says that this work does not finish `the ticket`."""
    said = _words_of(sentence)
    if said.isdisjoint(_THE_TICKET) and not _TICKET_UNSPACED.search(sentence):
        return False
    if not said.isdisjoint(_OPEN):
        return True
    # In English `non-` begins other words.
    denied = "non" in said or not said.isdisjoint(_NOT) or bool(_NOT_UNSPACED.search(sentence))
    return denied and bool(_CLOSED.search(sentence) or _CLOSED_UNSPACED.search(sentence))


def is_read(sentence: str) -> bool:
    """Whether words beside a key, in a script without spaces, are known to say what a name says."""
    return bool(_CLOSED_UNSPACED.search(sentence)) and not _ASIDE_UNSPACED.search(sentence)


def _words_of(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence.lower()))
