"""What a text does besides: reports a problem, utters a wish, gives us orders, or just chats.

All patterns see folded text, as in `progress`.
"""

import re
from dataclasses import dataclass

from pm_assistant.integrations.offline import elsewhere
from pm_assistant.integrations.offline.requests import requested
from pm_assistant.language.lookalikes import unmasked
from pm_assistant.language.text import fold, sentences

_PROBLEM = re.compile(
    r"\b(?:bugs?|broken|breaks?|broke|crash\w*|fail(?!over)\w*|errors?|exceptions?|(?:does|do|did|is|are|was)(?:n'?t"
    r"| not) (?:\w+ )?(?:work\w*|load\w*|show\w*|open\w*|updat\w*|sav\w*|send\w*|sync\w*|respond\w*|render\w*"
    r"|appear\w*|match\w*|arriv\w*)"
    r"|not working|stopped (?:working|\w+ing)|can(?:'?t|not) (?!wait|believe|thank|say|tell|remember|make|join"
    r"|come|stop|help|imagine|talk|hear|complain)\w+"
    r"|unable to|won'?t (?:load|open|start|save|sync|send)|wrong|incorrect|missing|stuck|hangs?|hanging"
    r"|freez\w*|frozen|timeouts?|tim(?:es?|ing|ed) out|outage|is down|are down|leak\w*|50[0-4]s?|404s?|429s?"
    r"|regression|blank (?:page|screen)"
    r"|duplicat\w*|twice|los(?:t|es|ing)|corrupt\w*|(?:does|do|did) nothing|flaky|slow|disappear\w*|vanish\w*"
    r"|cut off|overlap\w*|misaligned|unreadable|throws?|spik\w*|vulnerab\w*"
    r"|(?:print|show|return|find|send|get|give|do|say|play|display|open|download|contain|hear|receive|read)(?:s|ed)?"
    r" (?:back )?(?:nothing|blank|empty|no (?:\w+ )?(?:results?|data|answer|response|sound|reply)|only (?:half"
    r"|every|part))"
    r"|(?:comes?|came|arrives?|arrived|goes|went|turns?|stays?|are|is|was|were|an?) (?:out )?(?:blank"
    r"|empty(?! ?handed)|garbled|gibberish|nonsense)"
    r"|nothing (?:comes?|came|happens|happened|prints|arrives|shows|works|is (?:printed|sent|shown|saved))"
    r"|(?:has|have|had|did|does)(?:n'?t| not) (?:\w+ )?(?:finish\w*|start\w*|run|arriv\w*|come|came|been \w+"
    r"|receiv\w*|ring|print\w*)"
    r"|no longer \w+s?|not \w+ing(?: any ?more)?|reject(?:s|ed)|refus(?:es|ed)|swallow(?:s|ed)|ignores|skips"
    r"|charged (?:again|too much)|overcharged|double[- ](?:charged|booked|charges?|bookings?)|instead of the"
    r"|mixed up|swapped|too (?:short|long|late|early|big|small|low|high)"
    r"|every (?:second|other|third) \w+ only|yesterday'?s|last (?:week|month|year)'?s (?:numbers?|prices?|data"
    r"|orders?|figures?|rates?)"
    r"|(?:has|have) no (?:sound|image|picture|text|titles?|dates?|effect|captions?|labels?|links?|names?)"
    r"|upside down|mirrored|(?:somebody|someone) else's|complain(?:s|ed|ing)?|covers? (?:the|up|half)|hidden behind"
    r"|(?:is|are|was|were|'s) (?:gone|out of (?:sync|order|date|memory|space)|empty|invisible|upside down"
    r"|cropped|greyed out)"
    r"|still (?:has|have|shows?|says?|points?|lists?|sends?|contains?|gets?|uses?)|cut(?:s|ting)? (?:off|short)"
    r"|jump(?:s|ing)? (?:to|around|back)"
    r"|spin(?:s|ning)?|forever|takes? (?:\d+|several|ages|minutes|hours|too|much)|(?:nobody|no one|none of \w+"
    r"|\w+s (?:do not|don'?t)) (?:gets?|sees?|receives?|can|finds?|hears?)"
    r"|\ba gap\b|(?:does|do|did) not \w+|(?:does|do)n'?t \w+|out of nowhere|loses?|shows up (?:as|twice)"
    r"|only (?:half|every)"
    r"|(?:as soon as|whenever|every time|each time) (?:i|you|we|they|it|one|some(?:one|body)|an?|the|people"
    r"|users?|customers?)\b"
    r"|(?:just|simply|suddenly) stop(?:s|ped)|since (?:this morning|yesterday|last night|the (?:last |latest "
    r"|new )?(?:update|release|deploy\w*|upgrade|migration|move)|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"|(?:off|late|early|behind) by (?:an?|one|two|\d+)|an hour (?:off|late|early)|keeps? (?:crashing|failing"
    r"|losing|asking|logging|jumping|disappearing|beeping|restarting|dropping))\b"
)
_ASK = re.compile(
    r"\b(?:feature request|requests? from|(?:customers?|members?|clients?|users?|people|studios?|teams?|they"
    r"|mother|father|compan(?:y|ies)) (?:also |really )?(?:wants?|needs?|asks?)|can we (?:\w+ )?(?:add|have|get"
    r"|support|make|allow|let|offer|build|show)|could we (?:\w+ )?(?:send|sort|show|use|add|have|get|support|make"
    r"|allow|offer"
    r"|build|show)|we (?:really |should |also )?(?:should|need to|need a|need an|could use|must|ought to)"
    r"|would be (?:really |super |so |very )?(?:nice|great|good|useful|helpful|handy|awesome|amazing)|it'?d be"
    r"|(?:please|let'?s|pls) (?:add|build|support|make)|add(?:ing)? support|ask(?:s|ed|ing)? (?:for|us|if we"
    r"|about|whether)"
    r"|ask(?:s|ed)? (?:where|how|when|why) (?:they|to|you|we)|any chance (?:of|to|we|you|for)|(?:could|can) there be"
    r"|\w{3,}(?<!\bshe)(?<!\bone)(?<!\bwho)(?<!body) (?:wants|requires|demands) (?:us|a|an|the|all|our|every|two"
    r"|more)|wish(?:es|ed)?|would (?:love|like)|'d (?:love|like)|is there (?:a|any) way|(?:want|wants|need"
    r"|needs) (?:a way|to be able|the ability|an option)|ability to|option to|how about|what about adding"
    r"|to-do|todo:|needs? to be|some(?:one|body) (?:should|needs to|has to)|(?:keep|keeps|kept) asking|ask(?:s"
    r"|ed)? for"
    r"|could (?:we|you) (?:\w+ )?let|let'?s also|(?:it )?would help|(?:customer|feature|user|client) requests?"
    r"|could use"
    r"|would be (?:lovely|cool|neat|convenient|perfect|a (?:big )?help)|\w+(?<!thi)(?<!i)s (?:\w+ )?(?:want|need"
    r"|wish|would (?:like|love)|beg) (?:to|us|a|an|the|for|it|that|their|more)"
    r"|(?:our|the|a|every|one|biggest|big) (?:\w+ )?(?:client|customer|user|partner|school|shop|team|studio"
    r"|clinic|office|hotel) (?:\w+ )?(?:wants?|needs?|asks?|asked|wishes|would like)"
    r"|can the \w+ (?:\w+ )?(?:remember|show|send|keep|be|have|also|warn|sort|support|store|save|print)"
    r"|(?:we )?ought to"
    r"|(?:have|has) to be able to|wants? us to|begs? for|ask(?:s|ed)? (?:me|us|\w+) (?:for|if|whether)"
    r"|could (?:the|an?) \w+ (?:\w+ )?(?:show|display|remember|send|print|keep|be|have|warn|sort|support|store)"
    r"|i'?d love an?|please (?:raise|lower|change|show|hide|allow|support|extend)|(?:are|is) asking (?:for"
    r"|whether|if|us)"
    r"|(?:requested|requests?|requesting) (?:a|an|the|that|for)|support for|no way to|there'?s no (?:way"
    r"|option)|should (?:be able|also|allow|support|show|have|let))\b"
)
_URGENT = re.compile(
    r"\b(?:urgent\w*|asap|critical\w*|blocker|blocking|outage|is down|are down|all customers|data loss|security"
    r"|p0|sev-?[01]|immediately|dringend|sofort|urgence|urgente|production is)\b"
)
_HIGH = re.compile(
    r"\b(?:important|high prio\w*|p1|many customers|several customers|enterprise"
    r"|customers? (?:are )?(?:complain\w*|angry|affected|report\w*)|churn|lose|losing|lost|revenue|deadline"
    r"|soon as possible|paying|wichtig)\b"
)
_LOW = re.compile(
    r"\b(?:minor|low prio\w*|nice to have|someday|no rush|not urgent|whenever|cosmetic|typo|p3|p4|tiny"
    r"|eventually|nitpick)\b"
)
_INJECTED = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules?|polic(?:y|ies)"
    r"|guidelines|guardrails|above)\b|\bsystem prompt\b|\byou are (?:now )?(?:an? |the )?(?:ai|assistant|bot"
    r"|admin|model|language)\b|\byou are (?:now )?(?:an? |the )(?:\w+ ){1,2}(?:ai|assistant|bot)\b"
    r"|\b(?:close|delete|move|cancel|mark|resolve|complete|archive|set|reopen)\b (?:down )?(?:all|every|each"
    r"|any)\b.{0,30}\b(?:tickets?|issues?|tasks?|backlog)\b"
    r"|(?:^|[\"'\u201c\u201e\u00ab(;>\[] ?)(?:system|assistant|developer|ai)(?: (?:message|prompt|override|command"
    r"|instructions?))? ?[:,] |[\"\u201c](?:proposals|tool_calls|function_call)[\"\u201d] ?:|</?(?:system"
    r"|instructions?|assistant)>|\bnew instructions\b|\bas an? (?:ai|language model|assistant)\b"
    r"|\b(?:jailbreak|developer mode|act as (?:an?|the) (?:ai|admin|assistant|bot))\b|\bconfidence (?:of |to "
    r"|= ?|: ?)?(?:1|0\.9|100)"
)
_BLOCKED = re.compile(
    r"\b(?:block(?:ed|er|ing|s)|waiting (?:for|on)|depends on|can'?t (?:start|continue|proceed)|blockiert"
    r"|bloque\w*|bloquead[oa])\b"
)
_ANNOUNCED = re.compile(
    r"^(?:new )?(?:bug|feature request|feature idea|request|wish|idea|fehler|wunsch|bogue)\b(?: ?:| from\b| -)"
    r"|\bfeature request\b",
    re.M,
)
_UNTRACKED = re.compile(
    r"\b(?:no|not a|without a) ticket\b|\bnothing (?:on the (?:board|list)|like (?:it|that)|for it"
    r"|in the backlog)\b|\b(?:file|log|raise|open|create|make|write) (?:it|this|that|a (?:new )?(?:ticket|issue"
    r"|bug|task))\b"
    r"|\b(?:haven'?t|not|never) (?:seen|heard) (?:that|this|it)\b|\b(?:is|isn'?t) (?:that|this|it) on (?:any\w*"
    r"|some\w*|the|our|a)\b|\bnew to me\b|\bnot on (?:the|our|any\w*) (?:\w+ )?(?:board|list|backlog|roadmap)\b"
    r"|\b(?:don'?t|dont) (?:think )?(?:we )?have (?:anything|a ticket|something) (?:for|like)\b|\bnot tracked\b"
    r"|\buntracked\b|\bneeds? (?:a|its own) ticket\b"
    r"|\b(?:nobody|no one|none of us)\b.{0,20}\b(?:has|have|had) (?:\w+ )?(?:a ticket|(?:filed|noted|reported|logged"
    r"|tracked|recorded|written)\b)|\b(?:nobody|no one) has (?:it|that|this) on\b|\b(?:nobody"
    r"|no one) (?:yet )?(?:filed|noted|reported|logged|tracked|recorded)\b"
)
_DECIDED = re.compile(
    r"\b(?:decid\w*|decision|agreed?|let'?s (?:go|do|use|keep|ship)|we(?:'ll| will) (?:go|use|do|keep|ship)"
    r"|going with|root cause|turns out|found (?:it|the)|the cause|because|caused by|reproduc\w*|eta|deadline"
    r"|customers?)\b"
)


_FOREIGN_KEY = re.compile(r"\b[a-z][a-z0-9]{1,9}-\d{1,6}\b")
_FOREIGN = re.compile(
    r"\b(?:upstream|vendor|supplier|manufacturer|provider|their (?:bug|ticket|issue|tracker|board|jira|team|side)"
    r"|tracks? (?:it|this|that|the)|tracked as)\b"
)
"""Who else has a tracker."""


_LIKELY = 0.6
"""From this probability on a sentence asks for something."""
_ENGLISH = re.compile(r"(?<!\S)[a-zA-Z][a-zA-Z'\u2019-]*(?=[\s,.!?:;)]|$)")
_SAYS_SOMETHING = 3
"""From so many words on the model, which knows English alone, has something to go by."""
_SMALL_WORDS = re.compile(
    r"\b(?:the|an|to|we|it|are|for|of|with|please|pls|can|could|should|would|when|our|be|this|that|and|add|make"
    r"|need)\b",
    re.IGNORECASE,
)
"""What English sentences have, and others hardly."""
_FAVOUR = re.compile(
    r"\b(?:you|your|me|my|i|i'?m|i'?ll|u|who|where|when|what|how|why|which|any(?:one|body)|some(?:one|body)"
    r"|meet\w*|call"
    r"|lunch|dinner|talk|discuss|chat|sync|(?:mon|tues|wednes|thurs|fri)day|send)\b|^(?:is|are|was|were|do|does"
    r"|did|has|have)\b|\b(?:\d+(?:[:.]\d\d)? ?(?:am|pm)"
    r"|at \d+|today|tonight)\b"
)
"""What makes of a request a favour, a question, or an appointment."""


@dataclass(frozen=True)
class Cues:
    """What a text does, as plain facts."""

    problem: bool
    ask: bool
    untracked: bool
    announced: bool
    blocked: bool
    decided: bool
    injected: bool
    foreign: bool
    question: bool
    priority: int


def read(plain: str) -> Cues:
    """Read the cues off a plain text."""
    folded = fold(plain).replace("\u2019", "'")
    return Cues(
        problem=_says(folded, _PROBLEM, elsewhere.PROBLEM),
        ask=_says(folded, _ASK, elsewhere.WISH) or any(map(_asks_of_us, sentences(plain))),
        untracked=_says(folded, _UNTRACKED, elsewhere.UNTRACKED),
        announced=_ANNOUNCED.search(folded) is not None,
        blocked=_BLOCKED.search(folded) is not None,
        decided=_DECIDED.search(folded) is not None,
        injected=is_order_to_machine(plain),
        foreign=_FOREIGN_KEY.search(folded) is not None and _says(folded, _FOREIGN, elsewhere.FOREIGN),
        question=folded.rstrip().endswith("?"),
        priority=_priority(folded),
    )


def is_order_to_machine(plain: str) -> bool:
    """Say whether a text is addressed to whoever reads for us, however its letters are disguised.

    Whoever is addressed may be so in any of its sentences, behind talk of something else.
    """
    folded = fold(unmasked(plain)).replace("\u2019", "'")
    parts = (part for line in folded.splitlines() for part in (line, *sentences(line)))
    return any(_says(part, _INJECTED, elsewhere.INJECTED) for part in parts)


def _says(folded: str, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.search(folded) for pattern in patterns)


def _asks_of_us(sentence: str) -> bool:
    """Whether a sentence asks for something that is no favour from one person to another, and no question."""
    is_english = len(_ENGLISH.findall(sentence)) >= _SAYS_SOMETHING and _SMALL_WORDS.search(sentence) is not None
    if not is_english or requested(sentence) < _LIKELY:
        return False
    return not _FAVOUR.search(fold(sentence).replace("\u2019", "'"))


def states_urgency(sentence: str) -> bool:
    """Say whether a sentence says how urgent something is."""
    return _priority(fold(sentence).replace("\u2019", "'")) != _NORMAL


def _priority(folded: str) -> int:
    """Rate on Linear's scale: 1 urgent, 2 high, 3 normal, 4 low."""
    if _LOW.search(folded):
        return 4
    if _URGENT.search(folded):
        return 1
    return 2 if _HIGH.search(folded) else _NORMAL


_NORMAL = 3


_TURN = re.compile(
    r"^(?:(?:an)?other (?:thing|topic|one|question)|different (?:thing|topic|question)|something else|unrelated"
    r"|btw|by the way|off ?topic|new topic|change of topic|anderes thema|was anderes|otra cosa|autre chose)\b"
)
_ANSWER = re.compile(
    r"^(?:it|this|that|same|yes|yep|yeah|no|nope|ok|okay|done|fixed|deployed|merged|shipped|closing|agreed?|\+1"
    r"|right|sure|on it|great|thanks|thx|and|also|plus|still|because|so|then|maybe|probably|exactly|true|good"
    r"|nice|i think|looks like|ja|nein|genau|oui|non|si)\b|^\+1"
)


def changes_subject(plain: str) -> bool:
    """Say whether a message announces another topic."""
    return _TURN.search(fold(plain)) is not None


def leans_on_context(plain: str) -> bool:
    """Say whether a message only makes sense after another one."""
    return _ANSWER.search(fold(plain)) is not None or len(plain.split()) <= 4


_NO_REPORT = re.compile(
    r"\b(?:i|i'?m|i'?ve|i'?ll|i'?d|me|my|mine|we|we'?re|we'?ll|we'?ve|us|our|ours|you|you'?re|your|let'?s"
    r"|thanks?|welcome"
    r"|today|tonight|tomorrow|next|agenda|standup|stand-up|retro\w*|sprint|planning|demo|meeting|call|interview"
    r"|offsite"
    r"|sorry|lol|haha\w*|workshop|audit\w*|payroll|colleague|calendar|slides|notes|sheet|train|moves to|as usual"
    r"|reminder|fyi"
    r"|great|nice"
    r"|(?:mon|tues|wednes|thurs|fri)day|on the \d+\w*|at \d+(?::\d\d)?|went well|will|should|could|might|can)\b"
    r"|^what an?\b|^(?:bumped|rotated|restarted|rebooted|cleaned|upgraded|updated|renamed|moved|merged|pushed"
    r"|tagged|archived"
    r"|deleted|removed|tidied|wrote|sent|booked)\b"
)
"""What plans, people and news are told with, and reports of a product are not."""


def reports(plain: str, *, technical: int) -> bool:
    """Say whether a text tells by its shape how a product behaves: a plain statement of things, not of people or plans.

    Args:
        plain: the text.
        technical: how many of its words are known to be of software and its business.
    """
    folded = fold(plain).replace("\u2019", "'")
    if re.search(r"[?\uff1f]", folded) or _NO_REPORT.search(folded) or elsewhere.PERSONAL.search(folded):
        return False
    return technical >= _TECHNICAL or elsewhere.PRODUCT.search(folded) is not None


_TECHNICAL = 2
"""From so many words of software and its business on a text is about a product."""
_MOCKING = re.compile(
    r":(?:face_with_)?roll(?:ing)?_eyes:|:upside_down_face:|:smirk:|:clown_face:|:unamused:"
    r"|[\U0001f644\U0001f643\U0001f60f\U0001f921\U0001f612]|(?<!\w)/s\s*$"
)


def is_sarcastic(message: str) -> bool:
    """Say whether a message, as it was typed, has a face that means the opposite of its words."""
    return _MOCKING.search(message) is not None
