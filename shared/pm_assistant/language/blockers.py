"""Whether people say of work that it cannot go on, or that it can again: by words that hardly mean anything else."""

import re

_FREED = re.compile(
    r"\bunblock(?:ed|s)?\b|\b(?:no longer|not|isn'?t|aren'?t|never) (?:\w+ )?(?:blocked|stuck)\b"
    r"|\bnicht (?:mehr )?blockiert\b|\bentblockt\b|\bdébloqué\w*|\b(?:n'est|ne sont) plus bloqué\w*"
    r"|\bdesbloquead\w+|\bya no está[n]? bloquead\w+|ブロック(?:解除|されていない|は解消)"
)
_HELD = re.compile(
    r"\b(?:is|are|am|i'?m|we'?re|it'?s|still|now|currently|got|get|being) (?:\w+ )?(?:blocked|stuck)\b"
    r"|(?:^|[.!?:\n] ?)blocked\b|\bblocked (?:by|on|until)\b|\bstuck (?:on|until|because|waiting)\b|\bcannot go on\b"
    r"|\bcan'?t (?:continue|proceed|go on)\b|\bblockiert\b|\bkomme(?:n)? nicht weiter\b|\b(?:est|suis|sont) bloqué\w*"
    r"|\bestá[n]? bloquead\w+|\bestoy bloquead\w+|ブロックされて|進められ(?:ない|ません)"
)

_NOTHING = frozenset(
    word.strip()
    for words in (
        "|no|none|nope|nothing|nothing so far|nothing today|no blockers|not blocked|n/a|na",
        "nein|keine|nichts|keine blocker|nada|ninguno|ninguna|nada hoy|sin bloqueos",
        "non|rien|aucun|aucune|rien pour le moment|なし|特になし|ない|ありません|特にありません",
    )
    for word in words.split("|")
)


def says_held_up(text: str) -> bool | None:
    """Whether words say that work cannot go on, or that it can again (False); None where they say neither."""
    folded = " ".join(text.casefold().replace("\u2019", "'").split())
    if _FREED.search(folded):
        return False
    return True if _HELD.search(folded) else None


def names_nothing(text: str) -> bool:
    """Whether words that answer what keeps somebody, or what comes next, say that nothing does."""
    return " ".join(text.casefold().strip(" .!-\u2013\u2014。").split()) in _NOTHING
