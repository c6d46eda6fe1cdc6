"""What says a problem, a wish, small talk or a state of work in languages other than English: rules, all of it.

German, French, Spanish, Portuguese, Italian, Russian, Japanese, Chinese, Korean, Hindi and Arabic, in the words that
teams use most; of Polish what says a state of work. The words stand in `language/data/elsewhere.txt`. All see folded
text: lower case, no accents.
"""

from pm_assistant.language.grammars import lists_in

_SAID = lists_in("elsewhere")

PROBLEM = _SAID["problem"]
"""That something does not work as it should."""
WISH = _SAID["wish"]
"""That somebody wants something to be made, or done."""
UNTRACKED = _SAID["untracked"]
"""That there is no ticket for it, or that there should be one."""

COMPLETED = _SAID["completed"]
REVIEW = _SAID["review"]
"""That others are to look at what was built."""
STARTED = _SAID["started"]
CANCELED = _SAID["canceled"]
"""That nobody is going to do it any more."""
UNSURE = _SAID["unsure"]
"""What makes of a state of work a denial, a plan, a condition or a question."""

PRODUCT = _SAID["product"]
"""What products have, so that a plain statement about it is likely a report."""
PERSONAL = _SAID["personal"]
"""Who speaks of people, themselves above all, or of appointments reports nothing of a product."""

INJECTED = _SAID["injected"]
"""What tries to give us orders in passing: who wants something of the assistant says so to its name in the chat."""
FOREIGN = _SAID["foreign"]
"""Who else has a tracker."""
HEDGED = _SAID["hedged"]
"""What leaves open whether something is so, or all of it."""
DENIAL = _SAID["denial"]
"""What says no to what was said before."""
TAKES_BACK = _SAID["takes_back"]
"""What takes back, or asks about, what was said before."""
NOTHING_WRONG = _SAID["nothing_wrong"]
"""What says that all is well beside a statement, and denies nothing."""
BESIDES = _SAID["besides"]
"""What denies nothing that is stated beside it: that it is no longer so, and a word to whoever may look at it."""

GREETING = _SAID["greeting"]
"""How a message may begin before it says anything."""
