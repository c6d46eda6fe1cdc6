"""Whether what people say of themselves beside their name means that they are not at work."""

import re

AWAY = frozenset({"palm_tree", "face_with_thermometer", "beach_with_umbrella", "desert_island"})
"""The chat's own signs for vacation and illness, and what people choose instead; a plane may be a business trip."""

_WORDS = re.compile(
    r"\b(?:on (?:vacation|holidays?|leave|pto|sabbatical)|vacation(?:ing)?|out of (?:the )?office|ooo|off sick|out sick"
    r"|sick leave|(?:parental|maternity|paternity|annual) leave"
    r"|urlaub|krank|elternzeit|mutterschutz|abwesend|außer haus"
    r"|de vacaciones|vacaciones|de baja|permiso parental|ausente"
    r"|en vacances|vacances|en congés?|congés?|arrêt maladie|malade|absente?)\b"
    r"|休暇|休業|病欠|有給|お休み|休み中|不在",
    re.IGNORECASE,
)
_BACK = re.compile(r"\b(?:back from|zurück aus|de vuelta de|de retour de)\b", re.IGNORECASE)


def says_absent(text: str, sign: str = "") -> bool:
    """Whether a status means that somebody is away, by its sign (a name without colons) or its words."""
    return not _BACK.search(text) and (sign in AWAY or _WORDS.search(text) is not None)
