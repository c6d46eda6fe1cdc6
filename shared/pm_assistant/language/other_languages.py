"""What is said of a ticket in languages other than English, as far as it makes less of it.

A closing word counts in English only, as in Linear; that a pull request does not close a ticket, does a part of it or
leaves it for later is understood in the languages that teams write in, so that the name of its branch closes nothing
against its words.
"""

import re

from pm_assistant.language.wording import CONTRIBUTES, MENTIONS, Meaning

_DONE = re.compile(
    r"""\b(?:
      beh(?:ebt|eben|oben) | löst | lösen | gelöst | schlie(?:ß|ss)(?:t|en) | geschlossen | erledigt | fixt | umgesetzt
    | corri[gj]\w* | cierra\w* | cerra\w* | resuel\w* | resol\w* | arregl\w* | solucion\w* | complet\w* | implement\w*
    | ferm\w+ | résou\w* | résol\w* | répar\w* | fech\w+ | consert\w* | chiud\w* | risol\w*
    ) | 修[复復正] | 解[决決] | 关闭 | 關閉 | 完成 | 完了 | 实现 | 実装 | 対応 | クローズ | 직|해결|수정""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT = re.compile(
    r"\b(?:nicht|kein\w*|no|nunca|tampoco|sin|ne|n['\u2019]|pas|sans|n[ãa]o|sem|non)\b|[不未没沒]|无法|ない|ません|せず|않|못",
    re.IGNORECASE,
)
_PARTLY = re.compile(
    r"\b(?:teil|teile|teilweise|(?:una |uma )?parte|parcialmente|partie|partiellement|parzialmente)\b|一部|部分|일부",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"""\b(?:später | separat | folge-?prs? | nächste[nrms]? | anderen | más\sadelante | después | próxim[oa] | otr[oa]
    | plus\stard | prochaine? | suivante? | autre | ultérieur\w* | depois | outr[oa] | futur[oa]?
    | siehe | vgl | véase | voir | veja | vea )\b
    | 后续 | 後續 | 之后 | 以后 | 另[一外] | 下一?个 | 次の | 別の | 別途 | 後で | 今後
    | 参[见照考] | 參見 | 関連 | 相关""",
    re.IGNORECASE | re.VERBOSE,
)


def meaning_elsewhere(clause: str, sentence: str) -> Meaning | None:
    """What a clause, and its sentence, make of the tickets in it, where that is less than to name them."""
    if _LATER.search(clause) or (_NOT.search(sentence) and _DONE.search(sentence)):
        return MENTIONS
    return CONTRIBUTES if _PARTLY.search(clause) else None
