"""Statements of progress: what people say has been done to a ticket, as opposed to asked, planned, denied or quoted.

All patterns see folded text: lower case, no accents. English first, with the usual German, French and Spanish phrases;
`elsewhere` has more of those and other languages.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from pm_assistant.integrations.offline import elsewhere
from pm_assistant.language.lexicon import A_WORD, content
from pm_assistant.language.states import says_test
from pm_assistant.language.text import fold, keys, sentences, terms


class Progress(StrEnum):
    """What someone states about the work itself."""

    STARTED = "started"
    REVIEW = "review"
    COMPLETED = "completed"
    CANCELED = "canceled"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Claim:
    """A statement of progress.

    Attributes:
        certainty: how sure its author sounds, 0 to 1.
        sentence: the words it was made in.
        alone: they say nothing else.
        worded: a phrase states it.
    """

    progress: Progress
    certainty: float
    sentence: str
    alone: bool = False
    worded: bool = True


_FINISHED = (
    r"(?:done|fixed|resolved|solved|finished|completed?|implemented|deployed|shipped|released|live|closed|rolled out"
    r"|merged)"
)
_TARGET = r"(?:prod|production|live|main|master|every(?:one|body)|all (?:customers|users|tenants|sites)|100 ?%)"
_COMPLETED = re.compile(
    rf"\b(?:deployed|shipped|released|rolled out|merged|pushed|landed|live|went out|been running)\b.{{0,60}}"
    rf"\b(?:in|to|on|into|for) {_TARGET}\b"
    r"|\b(?:is|are|it'?s|that'?s|was|been|got|all|now|just|have|has|i'?ve|we'?ve|finally|went|goes|one'?s"
    r"|this'?s)\s+(?:now "
    rf"|finally |all |just |been |also |already |officially ){{0,2}}{_FINISHED}\b"
    rf"|\b(?:i|we)\s+(?:just |finally |already |have |also ){{0,2}}{_FINISHED}\b"
    r"|\b(?:went|goes|is) out with (?:the|this|last|today'?s) \w+|\b(?:been|now) live (?:for|since)\b"
    r"|\b(?:this one|this|it|that)(?:'s| is) (?:now |finally )?out(?:[.!,]| |$)(?!of)"
    r"|\b\w+ (?:just |finally |already )?(?:deployed|shipped|released|fixed|resolved|merged) (?:it|this|that"
    r"|the fix|the change)\b"
    rf"|^(?:and |so |ok,? |okay,? |all |update: ?|yep,? |yes,? |finally ){{0,2}}{_FINISHED}\b(?! (?:tickets?"
    r"|items?|issues?|column)\b)"
    r"|\b(?:fix|change|patch|pr|hotfix|this one|this|it|update|rollout|migration|upgrade"
    r"|rotation|switch|implementation|feature)\s+(?:is |has |was "
    rf"|has been |went |just )?{_FINISHED}\b"
    r"|^(?!.*\b(?:like|see|get|have|having|it|this)\b)(?:[\w'/-]+ ){1,6}(?:shipped|deployed|released|rolled out)[.!]*$"
    r"|\bclosing (?:this|it|the ticket|the issue|that|[a-z]+-\d+)\b|\b(?:can|may) (?:be closed|close (?:this|it"
    r"|the ticket))\b"
    r"|\b(?:it'?s|fix is|this is|now) (?:now )?in prod(?:uction)?\b"
    r"|\b(?:works|working|verified|confirmed)\b.{0,20}\b(?:in|on) prod(?:uction)?\b"
    rf"|\b(?!who|what|that|where|nobody|nothing|one)\w+'s (?:now |finally |all )?{_FINISHED}(?=\W*$|\s+(?:now|and)\b)"
    r"|\b(?:fix|patch|release) is out(?=\W*$|\s+(?:now|today)\b)"
    r"|\bwe can close (?:it|this|that|the [\w -]{2,30} (?:one|ticket|issue))(?=\W*$)"
    r"|\b(?:ist|sind|haben wir|habe|wurde)\b.{0,30}\b(?:erledigt|fertig|behoben|live|ausgerollt|deployt"
    r"|deployed|gefixt|gelost|abgeschlossen|geschlossen)\b"
    r"|^(?:erledigt|fertig|behoben|gefixt)\b"
    r"|\b(?:c'?est|(?<!n')est|a ete|j'?ai|on a|maintenant)\b.{0,20}\b(?:fait|deployee?|corrigee?|reglee?|terminee?"
    r"|resolue?|fini|en prod|en production|en ligne)\b"
    r"|\b(?:esta|ha sido|hemos|he|ya|queda)\b.{0,20}\b(?:hecho|listo|lista|desplegad[oa]|resuelt[oa]"
    r"|arreglad[oa]|terminad[oa]|cerrad[oa]|en produccion)\b"
)
_FIRM = re.compile(
    rf"\b{_TARGET}\b|\bclos(?:ing|ed)\b|\b(?:deployed|shipped|released|rolled out)\b|ausgerollt|deploye"
    r"|desplegad|en prod"
)
_STARTED = re.compile(
    r"\b(?:i'?m|i am|we'?re|we are|am|now|just|currently|[a-z]+ is)\s+(?:now |just |already |currently "
    r"|actively |gonna be )?(?:starting|started|working|picking|taking|digging|implementing"
    r"|building)\b(?!\s+(?:from|remote|late|early))"
    r"|\b(?:i|we|i'?ve|we'?ve)\s+(?:have |just |already )?(?:started|began|begun|picked)\b|^(?:starting|started"
    r"|picking|picked|taking|working)\b.{0,30}\b(?:this|it|on|up|[a-z]+-\d+)\b|^started (?:with|on) (?:the|my|our)\b"
    r"|\b(?:starting|working) on (?:this|it|that|the fix|[a-z]+-\d+)\b|\bpicking (?:this|it|that) up\b"
    r"|\b(?:i'?m|i am|we'?re|we are) (?:already |now )?(?:on (?:it|this)|tackling|diving into)\b"
    r"(?! (?:page|screen|side|one|way|since|for|every|each)\b)"
    r"|^on it\b|^(?:starting|taking|tackling)\b.{0,60}\bnow$"
    r"|\b(?:i|we) (?:just |already )?(?:took (?:over )?(?:this|it)|assigned (?:this|it) to (?:me|myself))\b"
    r"|\b(?:work|coding|implementation|development) (?:on (?:this|it|[a-z]+-\d+) )?(?:has (?:just )?(?:started"
    r"|begun)|is (?:now )?under ?way)\b|\bfirst commits? (?:is|are) (?:in|up|pushed)\b"
    r"|\b(?:habe|haben) .{0,30}\b(?:angefangen|begonnen)\b|\b(?:he|hemos) empezado\b|\b(?:j'?ai|on a) commence\b"
    r"|\bin progress now\b|\bgrabbing (?:this|it)\b|^began (?:working|work|with|on)\b"
    r"|\b(?:looking|digging) into (?:the|this|that|it)\b.{0,40}\bnow$"
    r"|\bi(?:'?ll| will| can) (?:start|take|pick|grab|do) (?:on )?(?:this|it|that)(?: one)?(?: up)? (?:now"
    r"|right away|today)\b"
    r"|\bich (?:fange|arbeite|beginne|ubernehme|kummere)\b.{0,30}\b(?:an|dran|daran|jetzt|gerade|das|darum)\b"
    r"|\bbin (?:schon )?dran\b"
    r"|\bje (?:commence|m'?en occupe|travaille dessus|m'?y mets|demarre)\b|\b(?:empiezo|me pongo con"
    r"|estoy trabajando en|estoy con)\b"
)
_REVIEW = re.compile(
    r"\b(?:pr|mr|pull request|merge request|patch)\b.{0,30}\b(?:is up|up, |up for|is open|is out(?! of)|ready|opened"
    r"|for review)\b|\bready for (?:code )?review\b"
    r"|\b(?:opened|raised|put up|pushed|submitted|created) (?:a|the|my) (?:draft )?(?:pr|mr|pull request"
    r"|merge request)\b|\b(?:is|now|it'?s|are) (?:in|under) (?:code )?review\b|\bup for review\b"
    r"|\b(?:sent|put|submitted|handed)(?: (?:it|this|the \w+))?(?: out| over| up| in)? (?:for|to|into"
    r"|in) (?:code )?review\b"
    r"|\b(?:pr|mr)'s (?:up|out|open|ready)\b|\b(?:awaiting|waiting for|needs) (?:a |code )?review\b"
    r"|(?:^|\b(?:i|we) )(?:just )?requested (?:a )?(?:code )?review\b|\breview requested\b"
    r"|\b(?:pr|mr|pull request|merge request|branch|patch|fix|code)\b.{0,30}\b(?:awaits|awaiting) (?:a )?review\b"
    r"|\b(?:ist|jetzt) (?:jetzt )?(?:im|in|zum) review\b|\b(?:est|en) (?:en |cours de )?relecture\b|\ben revision\b"
)
_CANCELED = re.compile(
    r"\b(?:we|i) (?:won'?t|will not|are not going to|aren'?t going to|decided not to) (?:do|build|fix|implement"
    r"|pursue) (?:this|it|that)\b|\bwon'?t (?:do|fix)\b|\bno longer (?:needed|relevant|necessary)\b"
    r"|\b(?:cancell?ing|dropping|closing|closed|canceled|cancelled|scrapping) (?:this|it"
    r"|[a-z]+-\d+)\b.{0,30}\b(?:not needed|won'?t|obsolete|out of scope)\b|\b(?:is|now|became|become) obsolete\b"
    r"|\b(?:we|i)(?: will not|'ll not| won'?t| are not going to| decided not to) (?:do|build|implement"
    r"|pursue) (?:the|an?)\b"
    r"(?!.*\b(?:today|tomorrow|tonight|this|next|until|before|yet|now|if)\b)|\bdecided against (?:the|an?|building"
    r"|adding)\b"
    r"|\b(?:we|i)(?:'re|'m| are| am)? not (?:doing|building|pursuing|going (?:to|ahead with)(?: do| build)?)"
    r" (?:this|it)\b"
    r"|^not doing (?:this|it)\b|\blet'?s (?:drop|scrap|skip) (?:this|that) one\b|\bdecided against (?:it|this"
    r"|doing|building)\b|\bwon'?t be (?:doing|building|fixing) (?:this|it)\b"
    r"|\blet'?s (?:drop|scrap|not do|skip) (?:this|it|the ticket)(?: (?:one|ticket))?(?=[.!]*$|,"
    r"| (?:altogether|entirely))"
    r"|\b(?:we|i)(?:'ve| have)? (?:dropped|scrapped|abandoned|shelved) (?:this|the) (?:ticket|idea|feature|plan)\b"
    r"|\b(?:we|i)(?:'re|'m| are| am) (?:dropping|scrapping|abandoning|shelving) (?:this|it)\b|\b(?:nobody"
    r"|no one) needs (?:this|it) any ?more\b|\b(?:don'?t|do not) need (?:this|it) (?:any ?more"
    r"|any longer)\b"
    r"|\blet'?s (?:drop|scrap|bin|shelve) the (?![\w -]*\b(?:index|column|table|cache|constraint|meeting|call|log"
    r"|view|cookie)(?:e?s)?\b)[\w -]{2,30}(?=[.!,]|$)"
    r"|\b(?:scrapping|shelving|binning) (?:the|this|that) (?:[\w-]+ ){0,3}(?:ticket|idea|feature|story|task|issue"
    r"|plan|project)\b|\b(?:it'?s|is|are) off the table\b(?<!nothing is off the table)"
    r"|^(?:(?:it|this|that)(?:'s| is) )?not needed (?:any ?more|any longer|after all)\b"
    r"|\bmachen wir (?:doch )?nicht(?: mehr)?[.!]*$|\bwird nicht mehr gebraucht\b|\bhinfallig\b"
    r"|\bon (?:l')?abandonne\b|\bplus besoin\b|\bya no (?:hace falta|lo necesitamos)\b|\bno lo vamos a hacer\b"
)
_DENIED = re.compile(r"(?:\bnot|\bnever|n't)(?: \w+)? $")
_REOPENED = re.compile(
    r"\bstill (?:broken|failing|fails|happen\w*|see(?:ing)?|getting|an issue|not|doesn'?t|reproduc\w*|there"
    r"|open|wrong|crash\w*)\b|\bre-?open\w*\b"
    r"|\b(?:rolled|rolling|roll) (?:it |this )?back\b|\brevert(?:ed|ing)\b|\b(?:not|isn'?t|wasn'?t"
    r"|never) (?:\w+ )?(?:fixed|resolved|done|deployed|live|merged|working|finished)\b"
    r"|\b(?:is|came|it'?s|are) back\b(?! (?:to normal|up|online))|\b(?:broke|broken|failing|happening"
    r"|crashing) again\b|\bspoke too soon\b"
    r"|\b(?:immer noch|noch nicht|toujours|pas encore|todavia|sigue|aun no)\b"
)
_CONDITIONAL = re.compile(
    r"\b(?:if|unless|until|till|once|whenever|as (?:soon|long) as|before|assuming|provided|whether|wenn|sobald"
    r"|falls|bevor|sofern|solange|vorausgesetzt|si|quand|des que|a condition|pourvu|cuando|hasta|siempre que)\b"
    r"|^(?:\w+,? )?when\b|\bwhen (?:it|this|that|these|they|he|she|we|you|i|the \w+|[a-z]+-\d+)(?:'s|'re"
    r"|'ve)?\b(?: (?:is|are|was|has|have|gets?))?.{0,12}\b(?:done|fixed|live|deployed|merged|shipped|released"
    r"|finished|closed|ready)\b"
)
_NEGATED = re.compile(
    r"\b(?:love to|my (?!pr|fix|change|part|branch|patch|side)\w+ (?:is|are)"
    r"|doubt\w*|\w+ (?:thinks|says|said|claims|wrote)|the (?:old|other|ticket (?:for|about)|one about)"
    r"|at my (?:last|old|former|previous)|(?:second|third|fourth|fifth|\w+th|hundredth) time|not|n'?t|\w+n't"
    r"|never|nothing|nobody|no|none|isnt|wasnt|dont|doesnt|hasnt|havent|didnt|cannot|without"
    r"|far from|nowhere|nicht|kein\w*|nie|pas|jamais|nunca|almost|nearly|half|partly|partially"
    r"|mostly|fast|presque|casi|needs?|have to|has to|must|should|would|could|might|may|will|'ll|gonna|going to"
    r"|to be|want\w*|waiting(?! for (?:a )?review)|expect\w*|hope\w*|supposed|wish|thought|"
    r"claim\w*|mark(?:ed)?|please|similar|another|get(?:ting)? (?:it|this)|try(?:ing)?|planned|wird|werden"
    r"|soll\w*|muss|sera|va|hay que|debe\w*)\b"
)
_LATER = re.compile(
    r"\b(?:tomorrow|tonight|next (?:week|sprint|month|release)|by (?:eod|end of|mon|tue|wed|thu|fri|tomorrow"
    r"|tonight|next)\w*|later|soon|eventually|in the (?:next|coming)|morgen|demain|manana|"
    r"bientot|pronto|bald|last (?:year|month|quarter|sprint|time)|back then|years? ago|months? ago|for (?:today"
    r"|the day|now|lunch)|staging|stage|dev environment|(?:on|to|in) (?:dev|qa|test)|preview|uat|locally"
    r"|my machine)\b"
)
_HEDGED = re.compile(
    r"\b(?:think|guess|believe|apparently|probably|maybe|perhaps|seems?|looks like|heard|afaik|iirc|hopefully"
    r"|not sure|in theory|normally|pretty sure|supposedly|allegedly"
    r"|as they say|said nobody|so they say|imagine|definition of"
    r"|checklist|just kidding|kidding|in spirit|in my head|spike|wrong branch|vendor|supplier|provider|competitor"
    r"|their (?:fix|release|patch|side|end|system)|(?:is|comes|goes) next|glaube|vielleicht|peut-etre|creo|quizas)\b"
)
_PART = re.compile(
    r"\b(?:backend|back-end|frontend|front-end|design|designs|draft|spec|mock-?ups?|poc|prototype|first (?:part"
    r"|half|step|version)|part (?:one|1)|investigation|analysis|research|estimate|"
    r"typos?|wording|deal|release notes|lunch|dinner|coffee|meeting|call|interview|vacation|review|deck|slides"
    r"|\d\d ?%)\b"
)
_QUESTION = re.compile(
    r"\?\s*$|^(?:is|are|was|were|did|do|does|has|have|can|could|will|would|should|when|any|what|who|why|how"
    r"|where|wann|est-ce|quand|cuando)\b(?!\s+(?:be )?closed)|\b(?:yet|oder was|du coup)\W*$|^ist (?:das|es|der|die)\b"
)
_CLAUSE = re.compile(
    r",\s+(?!too\b)|\s+(?:but|however|though|although|aber|mais|pero|and then|because|so)\s+|\s*\(|\)\s*|:\s+"
)
_SAID_BY_OTHERS = re.compile(r"[\"“”„«»].*?[\"“”„«»]|(?:^|\s)'[^']{4,}'(?=\W|$)")


_ASKS_BESIDES = re.compile(
    r", \u00bf?(?:who|can|could|any(?:one|body)|wer|kann|qui|quien|quem|chi|кто|alguem"
    r"|alguien|jemand|quelqu'un)\b[^,]*\?\s*$"
)
"""What is asked of somebody behind a statement: `the pull request is up, who can look at it?`"""


_TAG = re.compile(
    r"(?:[,\s](?:right|correct|yes|no|oder|nicht|gell|ne|wa|verdad|vrai|hein|n'est-ce pas|ne|certo|nao e|vero|giusto"
    r"|prawda|tak|так|да|верно|правда|isn'?t it|didn'?t (?:we|you)|na|kya)"
    r"|\u3088\u306d|\u3067\u3057\u3087\u3046|\u3067\u3059\u304b|\u5bf9\u5427|\u662f\u5427|\u5417|\uc8e0|\ub098\uc694|\ub9de\ub098)\s*[?\uff1f]\s*$"
)


def asks_whether(plain: str) -> bool:
    """Whether a text asks in the end whether what it says is so."""
    return _TAG.search(fold(plain)) is not None


def may_state(sentence: str, *, is_likely: bool = False) -> bool:
    """Whether a sentence can state how work stands: it says something, and asks, plans, denies or supposes nothing.

    Where it speaks of trying out, plans and places do not count: that it lies on staging is a state of its own. Nor do
    they, or a condition or denial, where it is likely anyway that it states such: `look it over before it ships, the PR
    is up`.
    """
    folded = _SAID_BY_OTHERS.sub(" ", _LINK.sub(" ", fold(sentence)).replace("\u2019", "'"))
    folded = elsewhere.BESIDES.sub(" ", elsewhere.NOTHING_WRONG.sub(" ", _ASKS_BESIDES.sub("", folded)))
    unsure = (
        *(_QUESTION, _SUGGESTS),
        *(() if is_likely else (_CONDITIONAL, _NEGATED)),
        *(() if is_likely or says_test(sentence) else (_LATER, elsewhere.UNSURE)),
    )
    return says_something(folded) and not any(pattern.search(folded) for pattern in unsure)


def says_something(plain: str) -> bool:
    """Whether a text says anything besides links, keys and numbers; `See` before a link says nothing."""
    left = _LINK.sub(" ", fold(plain))
    return content(term for term in terms(left) if not term.isdigit()) >= A_WORD


_SUGGESTS = re.compile(
    fold(
        r"\b(?:let'?s|let us|lass(?:t)? uns|schauen wir|regardons|voyons|vamos|veamos|miremos|vejamos|guardiamo|vediamo"
        r"|zobaczmy|давай|давайте|посмотрим)\b|ましょう|看看|来看|봅시다|볼까요|देखते हैं|देखें"
    )
)
"""What proposes something, before which nothing is stated."""
_LINK = re.compile(r"\S+://\S+|\bwww\.\S+|\b[a-z][a-z0-9]*-\d+\b")

_NOT_THIS = re.compile(
    r",\s+(?:but |aber |mais |pero )?(?:(?:the \w+ itself|this(?: one)?|that(?: one)?) (?:isn'?t|is not|not)"
    r"|not this(?: one)?|(?:das|dieses|der|die) hier nicht|dies\w* nicht|pas (?:celui|celle|cela|ca)(?:-ci|-la)?"
    r"|est[aeo] no|ist[ao] nao|quest[ao] no)\W*$|\b(?:my|an|our) ?other (?:ticket|task|issue|bug|one)\b"
)
"""What says that another thing is done, and not the one that is spoken of."""


def claims(plain: str) -> list[Claim]:
    """Collect statements of progress, in order; questions, wishes, plans, quotes and negations are none."""
    collected = []
    for sentence in sentences(plain):
        folded = _ASKS_BESIDES.sub("", _SAID_BY_OTHERS.sub(" ", fold(sentence)).replace("\u2019", "'"))
        folded = _LEADING_KEY.sub("", elsewhere.NOTHING_WRONG.sub(" ", folded))
        claim = _claim_elsewhere(folded, sentence) or _claim(folded, sentence)
        if claim is not None and (claim.progress is Progress.REOPENED or not _NOT_THIS.search(folded)):
            collected.append(replace(claim, alone=_says_nothing_else(folded)))
    return collected


_LEADING_KEY = re.compile(r"^\W*[a-z][a-z0-9]*-\d+\s*[:,\u2013-]\s*")
"""What is spoken of, before what is said or asked of it."""


def _says_nothing_else(folded: str) -> bool:
    """Whether hardly a word is left of a sentence without what states how work stands."""
    return len(terms(unstated(folded))) <= 1


def unstated(sentence: str) -> str:
    """What is left of a sentence without what states how work stands, and without keys and links."""
    left = _LINK.sub(" ", fold(sentence))
    for pattern in _STATING:
        left = pattern.sub(" ", left)
    return left


def denies(plain: str) -> bool:
    """Whether a text is little more than a no to what was said before it, or takes that back."""
    folded = fold(plain).replace("\u2019", "'")
    return elsewhere.TAKES_BACK.search(folded) is not None or (
        len(folded.split()) <= _SHORT_DENIAL and elsewhere.DENIAL.search(folded) is not None
    )


_SHORT_DENIAL = 6
"""Words up to which a text is hardly more than its denial."""


_CUT = re.compile(r"[\n.;,\u3001\u3002\uff0c\uff1b]|\b(?:but|and|aber|und|mais|et|pero|y|mas|e|ma|ale|i|но|и)\b")


def said_of(plain: str, own: Collection[str], others: Collection[str]) -> str:
    """What a text that names several tickets says of one: what follows a key, up to the next, is of that.

    Args:
        plain: the text.
        own: the keys that the ticket goes by.
        others: the keys of other tickets.
    """
    if not keys(plain) & {*others}:
        return plain
    parts, is_own = list[str](), True
    for part in _CUT.split(plain):
        if named := keys(part) & {*own, *others}:
            is_own = not named.isdisjoint(own)
        if is_own:
            parts.append(part.strip())
    return "\n".join(parts)


def _claim(folded: str, sentence: str) -> Claim | None:
    if _QUESTION.search(folded):
        return None
    if _REOPENED.search(folded):
        return Claim(Progress.REOPENED, 1.0, sentence)
    if _CONDITIONAL.search(folded):
        return None
    doubt = _doubt(folded)
    given_up = _CANCELED.search(folded)
    if given_up and not _DENIED.search(folded[: given_up.start()]):
        return Claim(Progress.CANCELED, _SURE_CANCELED - doubt, sentence)
    stated = {progress for clause in _CLAUSE.split(folded) if (progress := _progress(clause)) is not None}
    furthest = next((progress for progress in _ORDER if progress in stated), None)
    if furthest is None:
        return None
    firm = _FIRM.search(folded) is not None
    merged_only = furthest is Progress.COMPLETED and "merged" in folded and not firm
    return Claim(furthest, _SURE + _FIRMER * firm - _DOUBT * merged_only / 2 - doubt, sentence)


_ELSEWHERE = (
    (Progress.REVIEW, elsewhere.REVIEW),
    (Progress.COMPLETED, elsewhere.COMPLETED),
    (Progress.STARTED, elsewhere.STARTED),
)


def _claim_elsewhere(folded: str, sentence: str) -> Claim | None:
    """What is said in other languages, of the whole sentence: whatever is unsure in it leaves none.

    That something is no longer as it was takes nothing back, nor that somebody is asked to look at it.
    """
    if elsewhere.CANCELED.search(folded) and not folded.rstrip().endswith(("?", "\uff1f")):
        return Claim(Progress.CANCELED, _SURE_CANCELED, sentence)
    folded = elsewhere.BESIDES.sub(" ", folded)
    if elsewhere.UNSURE.search(folded):
        return None
    stated = next((progress for progress, pattern in _ELSEWHERE if pattern.search(folded)), None)
    return Claim(stated, _SURE - _doubt(folded), sentence) if stated is not None else None


def _doubt(folded: str) -> float:
    """How much less a sentence is trusted: for a hedge, a share of it, or because it tells a cause and no cure."""
    return _DOUBT * any(pattern.search(folded) for pattern in (_HEDGED, elsewhere.HEDGED, _SINCE, _SHARE))


_STATING = (
    *(_COMPLETED, _REVIEW, _STARTED, _CANCELED),
    *(elsewhere.COMPLETED, elsewhere.REVIEW, elsewhere.STARTED, elsewhere.CANCELED),
)

_SINCE = re.compile(
    fold(
        r"\bsince (?:the|we|it|our|they|that|this|version|v?\d+\.\d)\b"
        r"|\b(?:broke|breaks|happens?) (?:when|since|after)\b"
        r"|\bgone since\b|\bafter (?:we|the|it)\b|^when\b|\bseit (?:wir|der|die|das|dem|es|version)\b|\bseitdem\b"
        r"|\bnachdem\b|\bdepuis que\b|\bdepuis la (?:version|mise)\b|\bdesde que\b|\bdepois que\b|\bda quando\b"
        r"|\bdopo che\b|после того|\bodkąd\b"
    )
)
"""Before what is the cause of a problem and not its cure: `since the redesign is live`."""
_SHARE = re.compile(
    r"\b(?:first of \w+|step (?:\d+|one|two)|(?:feature|behind a) flag|work-?around|temporary|stop-?gap|debug build"
    r"|merged to develop|(?:logging|tests?) (?:for|is|are))\b|\b(?!100)\d+ ?%"
)
"""What is done in part, for some, or for the time being."""
_SURE, _FIRMER, _DOUBT, _SURE_CANCELED = 0.86, 0.06, 0.3, 0.75
"""How far we trust a plain statement, one with a place or a closing word, a hedged one, and one that gives up."""

_ORDER = (Progress.COMPLETED, Progress.REVIEW, Progress.STARTED)


def _progress(clause: str) -> Progress | None:
    for progress, pattern in (
        (Progress.COMPLETED, _COMPLETED),
        (Progress.REVIEW, _REVIEW),
        (Progress.STARTED, _STARTED),
    ):
        statement = pattern.search(clause)
        if statement and not _vetoed(progress, clause, statement):
            return progress
    return None


def _vetoed(progress: Progress, clause: str, statement: re.Match[str]) -> bool:
    if _LATER.search(clause) and not re.search(rf"\b{_TARGET}\b", statement[0]):
        return True
    if progress is Progress.COMPLETED and _PART.search(clause) and not re.search(rf"\b{_TARGET}\b", clause):
        return True
    return _NEGATED.search(clause[: statement.end()]) is not None
