"""Why something was decided or was not done, in the reader's language.

The decision log keeps reasons in English, as they were when it was decided: whoever reads them later reads the language
that is theirs then. What stands between the words of a reason is data and stays as it is, and so does a reason that is
none of ours, such as a model's or a vendor's.
"""

import re
from functools import cache

from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.presentation.i18n import Texts, gettext_noop

REASONS = (
    # Why it was decided
    gettext_noop("{ticket} is named in the conversation."),
    gettext_noop("What was said fits {ticket} better than any other ticket, in other words."),
    gettext_noop("It was hard to tell whether this ticket is meant or {ticket}."),
    gettext_noop("These words of {ticket} were said: {words}."),
    gettext_noop("{person} said so of {ticket} (work has begun): {quote}"),
    gettext_noop("{person} said so of {ticket} (up for review): {quote}"),
    gettext_noop("{person} said so of {ticket} (being tried out): {quote}"),
    gettext_noop("{person} said so of {ticket} (done): {quote}"),
    gettext_noop("{person} said so of {ticket} (will not be done): {quote}"),
    gettext_noop("{person} said so of {ticket} (back to work): {quote}"),
    gettext_noop("A problem is reported and no known ticket fits well."),
    gettext_noop("Something is asked for and no known ticket fits well."),
    gettext_noop("More than {count} tickets are named at once, so none of them was touched."),
    gettext_noop("One message is taken to be about more than {count} tickets, so none of them was touched."),
    gettext_noop("More than {count} things are proposed at once, so none of them was done."),
    gettext_noop("{ticket} is the same."),
    gettext_noop("{ticket} is closed, and this was said since: {quote}"),
    gettext_noop("{person} told me so."),
    gettext_noop("{person} told me so. Nobody has it, for I know no account of {who} in the tracker."),
    gettext_noop("{person} told me so. The team has no label {labels}."),
    gettext_noop(
        "{person} told me so. Nobody has it, for I know no account of {who} in the tracker, nor the label {labels}."
    ),
    gettext_noop("{person} wants a ticket for this."),
    gettext_noop("{person} says that it is about this ticket."),
    gettext_noop("All that is below is closed: {tickets}"),
    gettext_noop("Closed, with tickets below it that are open: {tickets}"),
    gettext_noop("Merged, with nothing open that closes it: {names}"),
    gettext_noop("It is being built: {names}"),
    gettext_noop("Talk about work, but neither a known ticket nor a clear request."),
    gettext_noop("Nothing here is about the team's work."),
    gettext_noop("Both are about the same, and no other ticket is"),
    gettext_noop("Said in a private channel; whoever may read it there finds it under the link."),
    gettext_noop("What was said about this was deleted in Slack."),
    # Why somebody may take it
    gettext_noop("who said: “{quote}”"),
    gettext_noop("who said so"),
    gettext_noop("who has {tickets}"),
    gettext_noop("as was ordered"),
    # Why it is not done, or not any more
    gettext_noop("the conversation moved on"),
    gettext_noop("the ticket was taken back"),
    gettext_noop("the ticket is not there any more"),
    gettext_noop("the ticket is a duplicate of another"),
    gettext_noop("nobody answered within two weeks"),
    gettext_noop("the run that it came of was undone"),
    gettext_noop("the sources agree again"),
    gettext_noop("the tree is not as it was"),
    gettext_noop("the pull request names a ticket, came to nothing, or is like none any more"),
    gettext_noop("the pull request is not known any more"),
    gettext_noop("not all of what shows it is closed any more"),
    gettext_noop("none of the tickets is there any more"),
    gettext_noop("a rule of the team's"),
    gettext_noop("its owner has left"),
    gettext_noop("the team is leaving us"),
    gettext_noop("the team has us watch and do nothing"),
    gettext_noop("the team no longer lets us read that channel"),
    gettext_noop("the team's rules no longer allow it"),
    gettext_noop("the team's rules no longer allow it unasked"),
    gettext_noop("the team's plan has people asked first"),
    gettext_noop("the issue is in Linear's trash"),
    # Why a vendor did not do it
    gettext_noop("the connection to {vendor} is broken"),
    gettext_noop("{vendor} is not connected"),
    gettext_noop("{vendor} no longer accepts our token"),
    gettext_noop("{vendor} no longer accepts our token: {code}"),
    gettext_noop("{vendor} no longer accepts what it gave us: {code}"),
    gettext_noop("{vendor} refused: {what}"),
    gettext_noop("{vendor} refused with status {status}: {code}"),
    gettext_noop("{vendor} failed: {what}"),
    gettext_noop("{vendor} failed with status {status}"),
    gettext_noop("{vendor} did not answer: {what}"),
    gettext_noop("{vendor}'s answer is not of the documented form: {where}"),
    gettext_noop("{vendor} asks us to slow down"),
    gettext_noop("the credentials at {vendor} are being refreshed"),
    gettext_noop("{vendor} refused credentials that have been replaced meanwhile"),
    gettext_noop("the connection to {vendor} is changing"),
    gettext_noop("{vendor} has limited us until {time}"),
    gettext_noop("{vendor} does not answer since {since}; trying again at {until}"),
    gettext_noop("what {vendor} still allows until {time} is for what happens now"),
    gettext_noop("the chat answers this once a minute"),
    gettext_noop("{vendor}'s answer is cut off, or somebody else's"),
    gettext_noop("{vendor} did not end its answer in time"),
    gettext_noop("{vendor}'s answer is too large"),
    gettext_noop("{vendor} leads us back to a page that has been read"),
    gettext_noop("{vendor}'s list does not end after {most} pages"),
    gettext_noop("Google does not let us read the calendar: {what}"),
    gettext_noop("Google gave no refresh token"),
    gettext_noop("Stripe's page to buy on has no address"),
    gettext_noop("this address is none of Slack's"),
    gettext_noop("Slack has no such place any more: {code}"),
    gettext_noop("Slack does not let us write there: {code}"),
    gettext_noop("Slack needs the scope {scope}"),
    gettext_noop("Slack takes no answer there any more"),
    gettext_noop("this account is no person's"),
    gettext_noop("Slack does not say what the app was installed on"),
    gettext_noop("GitHub does not let us read issues"),
    gettext_noop("GitHub does not let us read pull requests"),
    gettext_noop("GitHub shows us no such thing"),
    gettext_noop("GitHub shows us no such repository"),
    gettext_noop("GitHub has another repository of that name by now"),
    gettext_noop("GitHub answered in part"),
    gettext_noop("GitHub refused without saying why"),
    gettext_noop("GitHub no longer has the installation"),
    gettext_noop("the installation is suspended"),
    gettext_noop("the access token has ended and nothing can refresh it"),
    gettext_noop("OpenAI failed while the model answered"),
    gettext_noop("the training came to nothing: {what}"),
    gettext_noop("the training took too long"),
    gettext_noop("AWS answered {operation} with {code}"),
    gettext_noop("{vendor} refused with status {status}"),
    # What our own deployment lacks for it
    gettext_noop("{vendor} does not accept {app} or {secret}"),
    gettext_noop("{vendor} does not accept {app} or {secret}: {code}"),
    gettext_noop("{vendor} does not accept {key}: {what}"),
    gettext_noop("GitHub does not accept our public address: {code}"),
    gettext_noop("github/private-key is no private RSA key in PEM form"),
    gettext_noop("the Google Calendar API is not switched on in the project of google/client-id"),
    gettext_noop("OpenAI does not know OPENAI_MODEL, or OPENAI_BASE_URL is another's: {what}"),
    gettext_noop("OpenAI's quota is used up: a person has to raise it"),
    gettext_noop("there is no prompt of that version"),
    gettext_noop("AWS client refused the call: {what}"),
    gettext_noop("not set in SSM Parameter Store: {names}"),
    gettext_noop("environment variable {name} is not set"),
    gettext_noop("environment variable KMS_KEY_ID, or the right to use that key: {error}"),
    gettext_noop("sealed credentials have an unknown form"),
    gettext_noop("sealed credentials do not open for this tenant and provider"),
    gettext_noop("sealed credentials do not open: {code}"),
    # Why a job, a report or a conversation came to nothing
    gettext_noop("it was not done after {count} steps"),
    gettext_noop("unexpected error, see the function's log"),
    gettext_noop("{things}: more than {most} pages, of which these were read"),
    gettext_noop("time zone: unknown, taken for {zone}"),
    gettext_noop("{name}: not of the documented form"),
    gettext_noop("nothing usable was proposed"),
    gettext_noop("this report could not be made"),
    gettext_noop("only {count} answered conversations can be trained on; it takes {fewest}"),
    gettext_noop("the variant's prompt or model cannot be asked: {error}"),
    # Why an archive is not taken in, or what of it is not
    gettext_noop("the file is larger than {most} bytes"),
    gettext_noop("the archive has more than {most} files, or two of one name"),
    gettext_noop("the archive has more than {most} files"),
    gettext_noop("the archive holds more than {most} bytes"),
    gettext_noop("the archive holds more than {most} records"),
    gettext_noop("the archive has no {file}"),
    gettext_noop("the archive's {file} is damaged"),
    gettext_noop("{file} is encrypted or packed in a way we do not read"),
    gettext_noop("the archive's {file} is not as an export writes it: {field}"),
    gettext_noop("{file} has {count} lines or more, the manifest says otherwise"),
    gettext_noop("{file} has {count} lines, the manifest says otherwise"),
    gettext_noop("{file}, line {number}: {problem}"),
    gettext_noop("{kind}.jsonl, record {number}: {problem}"),
    gettext_noop("it is not as an export writes it: {field}"),
    gettext_noop("ids have 1 to {most} bytes"),
    gettext_noop("it was open where it was exported, and an import brings nothing that is open"),
    # Why what we propose is trusted, or is not
    gettext_noop(
        "promoted after {answers} answers; {right} of {count} answers right: at least {least} right with {certainty} "
        "certainty"
    ),
    gettext_noop(
        "asks again, because {fall}; since then {right} of {count} answers right: at least {least} right with "
        "{certainty} certainty"
    ),
    gettext_noop("{right} of {count} answers right: at least {least} right with {certainty} certainty"),
    gettext_noop("people undid one"),
    gettext_noop("3 of the last 20 were wrong"),
    gettext_noop("nobody has answered one for as long as answers are kept"),
    gettext_noop("model, prompt or rules have changed; it begins with a part of what is known"),
    # Why an experiment has ended
    gettext_noop("{a} conversations on one side and {b} on the other are not what was shared out"),
    gettext_noop("approved as it was: {a} on side a, {b} on side b"),
    gettext_noop("a person ended it"),
    gettext_noop("its end came, and neither side is known to be better"),
    gettext_noop("{part} of {whole} were undone on side {side}"),
    gettext_noop("{part} of {whole} were answered with another ticket on side {side}"),
    gettext_noop("{part} of {whole} were not answered on side {side}"),
    gettext_noop("a judgement on side b takes {times} times the cost of one on side a"),
    gettext_noop("a judgement on side b takes {times} times the time of one on side a"),
    # Why nothing was connected
    gettext_noop("given back"),
    gettext_noop("not given back: {error}"),
    gettext_noop("granted without {scopes}; {kept}"),
    gettext_noop("a key has no calendar"),
    gettext_noop("the scope is now {scope}"),
    gettext_noop("the tenant is closing"),
    # Why a wish of somebody's cannot be kept
    gettext_noop("I am in no channel {channel}; a private one is named by its id"),
    gettext_noop("a team has at most {count} rules: take one back first"),
    # Why it was not taken back
    gettext_noop("not taken back: people have changed it since ({fields})"),
    gettext_noop("not taken back: what was said elsewhere is noted on it"),
    gettext_noop("not taken back, as people have moved it since or the tracker refuses: {tickets}"),
    # Why an answer or an order counts for nothing
    gettext_noop("nobody can tell me any more who you are"),
    gettext_noop("{ticket} is no ticket that I know"),
    gettext_noop("Which one: {tickets}?"),
    gettext_noop("{ticket} is the ticket that it is about"),
    gettext_noop("{ticket} is at {state}, from where that is no step"),
    gettext_noop("{team} is no team that I know"),
    gettext_noop("there is a ticket for this already, {ticket}"),
    gettext_noop("there is a ticket for this already"),
    gettext_noop("a ticket for this is being made already"),
    gettext_noop("there is more than one thing on this card, so use its buttons"),
    gettext_noop(
        "I do not understand that order. I can create a ticket, move, close, reopen, assign or label one, set its "
        "priority, add this to one, take the right one instead, and undo"
    ),
    gettext_noop("I know no account of {who} in the tracker"),
    gettext_noop("{team} has no such label on any ticket"),
    gettext_noop("I do not see what the ticket is to be about: say it behind a colon"),
    gettext_noop("I do at most {count} tickets at once, and have touched none of these"),
    gettext_noop("there is nothing that I have done here and could take back"),
    gettext_noop("the ticket's team has no such state"),
    gettext_noop(
        "that may mean the ticket, or what I did or asked about it here: order its move to Canceled by its key, or "
        "answer on the card"
    ),
    gettext_noop("this needs the scope {scope}"),
    # Who has answered
    gettext_noop("somebody of the team"),
    gettext_noop("a program of the team's"),
    gettext_noop("{name}, who operates this"),
)
FIELDS = (
    gettext_noop("title"),
    gettext_noop("text"),
    gettext_noop("state"),
    gettext_noop("team"),
    gettext_noop("assignee"),
    gettext_noop("priority"),
    gettext_noop("estimate"),
    gettext_noop("due date"),
    gettext_noop("labels"),
    gettext_noop("project"),
    gettext_noop("cycle"),
    gettext_noop("parent"),
    gettext_noop("sub-tickets"),
    gettext_noop("relations"),
)
"""What of a ticket people may have changed."""
NUMBERS = frozenset({"a", "answers", "b", "certainty", "count", "least", "most", "number", "part", "right", "whole"})
"""Values without a space: whatever is written with one is no sentence of ours."""
WORDED = frozenset({"error", "fall", "kept", "problem"})
"""Values that are sentences of ours themselves."""


def reason_in(reason: str, texts: Texts) -> str:
    """A reason in the reader's language."""
    if isinstance(reason, Translatable):
        return texts.said(reason)
    if texts.language is Language.ENGLISH or (found := _read(reason)) is None:
        return texts.phrase(reason)
    message, values = found
    if fields := values.get("fields"):
        values = {"fields": ", ".join(map(texts.phrase, fields.split(", ")))}
    values |= {name: reason_in(values[name], texts) for name in WORDED & values.keys()}
    return texts.gettext(message, **values)


def nothing_done(reason: str, texts: Texts) -> str:
    """That nothing was done and why, in one line, for whoever has pressed or chosen something."""
    return texts.gettext("Nothing was done: {reason}.", reason=reason_in(reason, texts))


def _read(reason: str) -> tuple[str, dict[str, str]] | None:
    """Which of our reasons it is, with the values in it; of several that fit, the one that says most of it itself."""
    read = ((message, pattern.fullmatch(reason)) for message, pattern in _patterns())
    fitting = [(message, found.groupdict()) for message, found in read if found is not None]
    return min(fitting, key=lambda each: len("".join(each[1].values())), default=None)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """How each reason that holds data reads; the others are messages as they are."""
    holding = (message for message in REASONS if "{" in message)
    return tuple((message, re.compile(_pattern(message), re.DOTALL)) for message in holding)


def _pattern(message: str) -> str:
    return re.sub(r"\\\{(\w+)\\\}", _value, re.escape(message))


def _value(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{r'\S+' if found[1] in NUMBERS else '.+?'})"
