"""Why something was not done is said in the reader's language, whatever it is."""

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Set
from functools import cache
from pathlib import Path

import pytest

import pm_assistant
from pm_assistant import web
from pm_assistant.domain import causes
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.calendars import UnknownPerson
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound, ProductError, RateLimited
from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.domain.people import KNOWN_TO_NOBODY
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.reasons import REASONS, nothing_done, reason_in
from pm_assistant.runtime.http import STATUSES
from pm_assistant.web.refusals import WORDS, refusal
from pm_assistant.workflows.pipeline.undoing import STILL_GOING
from tests.web.browser import WebWorld

type Name = tuple[str, str]

CODE = Path(pm_assistant.__file__).parent
RUN = CODE.parents[1] / "functions" / "run" / "app.py"
PAGES = sorted(Path(web.__file__).parent.rglob("*.py"))
IN_SLACK = ("workflows.pipeline.act", "workflows.pipeline.muting")
"""Whose refusals are told in the chat."""
NOT_FOR_READERS = frozenset(
    {
        # What no form of ours sends
        "there is no such kind of action",
        "there is no such job to begin",
        "there is no such role",
        "there is no such vendor",
        "there is no such way",
        "this form cannot be read",
        "this was not sent by a page of ours",
        "this was not sent by the page that asks for it",
        "a key has the scope read, run or admin",
        "a thread is named by its first message, such as 1795000000.000100",
        # What the log of decisions shows as nothing that fits
        "no such ticket",
        # What is told only to keys, which read no pages
        "a key has no address; make another one instead",
        "a key has no calendar: people connect their own",
        "a key has no password; make another one instead",
        "a key has no sessions; revoke it instead",
        "a key does not leave; revoke it instead",
        "invitations are made by people",
        "keys are made by people",
    }
)


NOT_KEPT = frozenset(
    {
        "rows of the tenant keep coming in",
        "the decision was changed at that very moment",
        "a track record was changed at that very moment",
        "a newer version of us has gone on with this; it goes on with that one",
    }
)
"""What passes between two attempts of one job."""
OPERATORS_ALONE = ("aws.accounts", "integrations.stripe", "runtime.settings")
"""Where what our deployment lacks ends a request, or keeps a function from starting: people get no words of it."""
HANDED_ON = {"aws.secrets": frozenset({"NotFound"}), "aws.vault": frozenset({"Forbidden"})}
"""Errors whose words become those of what our deployment lacks."""


def test_every_error_has_words() -> None:
    """Its own or those of the next above it, and never those of all errors."""
    assert [] == [kind for kind in STATUSES if not WORDS.keys() & set(kind.__mro__)]


@pytest.mark.parametrize(
    ("error", "english", "german"),
    [
        (UnknownPerson(KNOWN_TO_NOBODY), str(KNOWN_TO_NOBODY), "das Team kennt niemanden unter Ihrer Adresse"),
        (Conflict(STILL_GOING), str(STILL_GOING), "er läuft noch und kann zurückgenommen werden"),
        (NotFound("no such ticket"), "no such ticket", "Das gibt es nicht, oder nicht mehr."),
        (RateLimited("away", retry_after=9), "away", "Die Gegenseite antwortet nicht; bitte versuchen Sie es in ein"),
        (InvalidRequest("no such way"), "no such way", "Etwas von dem, was eingegeben wurde, lässt sich nicht verwe"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ProductError) else "",
)
def test_an_error_is_said_in_the_readers_language(error: ProductError, english: str, german: str) -> None:
    """In its own words where they are ours; else in those for what such an error means."""
    assert english == refusal(error, texts_in(Language.ENGLISH))
    assert refusal(error, texts_in(Language.GERMAN)).startswith(german)


def test_others_words_are_quoted_and_never_translated() -> None:
    """Also where they are, by chance, a word of the catalogue; what is said in our words is said by itself."""
    german = texts_in(Language.GERMAN)
    assert "antwortet nicht" == german.gettext("away")
    assert refusal(RateLimited("away", retry_after=9), german).endswith(" (away)")
    assert "(" not in refusal(NotFound("no such ticket"), german)
    assert "(" not in refusal(InvalidRequest("there is no such way"), german)
    assert "(" not in refusal(Conflict(STILL_GOING), german)


def test_what_stands_in_our_words_is_said_as_it_is() -> None:
    """Braces in it are braces, also in a copy; the chat says the same by the same words."""
    error = Forbidden(Translatable("{ticket} is no ticket that I know", ticket="{x} away"))
    german = texts_in(Language.GERMAN)
    assert "{x} away is no ticket that I know" == str(error)
    assert refusal(error, german).startswith("{x} away ")
    assert refusal(error, german) in nothing_done(error.words, german)
    assert error.words == copy.deepcopy(error.words)


def test_whatever_a_page_or_the_chat_refuses_is_said_in_words_that_have_translations() -> None:
    """Each error that is raised in what they call, unless its words are for nobody who reads them there."""
    raised = [
        (name, words)
        for name in sorted(_reached(_shown()))
        if name[0].startswith(("web", "workflows", "domain.editing", "domain.accounts"))
        for words in _raised(name, _kinds())
    ]
    assert [] == [(*name, ast.unparse(words)) for name, words in raised if not _is_translatable(words, name)]
    assert len(raised) > 50


def test_why_a_vendor_did_not_do_it_is_found_again_by_its_words_once_it_is_kept() -> None:
    """As the cause of a decision, a job or a connection, which are kept in English and read in other languages."""
    names = [name for name in _definitions() if name[0].startswith(("integrations", "workflows", "domain"))]
    raised = [(name, words) for name in names for words in _raised(name, _vendors_kinds())]
    assert [] == [(*name, ast.unparse(words)) for name, words in raised if not _is_translatable(words, name)]
    assert len(raised) > 50
    causes = [node for name, node in _definitions().items() if name[0] == "domain.causes"]
    messages = {message for node in (*causes, *(words for _, words in raised)) for message in _messages(node)}
    assert set() == messages - {*REASONS}
    assert len(messages) > 30


def test_what_our_deployment_lacks_is_found_again_by_its_words_once_it_is_kept() -> None:
    """It is waited for, for days, and people read then why nothing was done; what only operators meet is theirs."""
    names = [name for name in _definitions() if name[0].startswith(("aws", "integrations", "runtime", "workflows"))]
    kinds = _with_those_below({"Misconfigured"})
    raised = [
        (name, words)
        for name in names
        if not name[0].startswith(OPERATORS_ALONE)
        for words in _raised(name, kinds | HANDED_ON.get(name[0], frozenset()))
    ]
    assert [] == [(*name, ast.unparse(words)) for name, words in raised if not _is_translatable(words, name)]
    messages = {
        message for name, words in raised for node in (words, *_bound_in(words, name)) for message in _messages(node)
    }
    assert set() == messages - {*REASONS}
    assert len(messages) > 10


def test_why_a_job_failed_is_found_again_by_its_words_once_it_is_kept() -> None:
    """Whatever its steps refuse, as what is wrong with an archive: words with values in them by their form."""
    raised = [
        (name, words)
        for name in sorted(_reached(_steps()))
        if name[0].startswith(("workflows", "domain.archive", "domain.portability", "domain.finetuning"))
        for words in _raised(name, _kinds())
    ]
    assert [] == [(*name, ast.unparse(words)) for name, words in raised if not _is_translatable(words, name)]
    nodes = [node for name, words in raised for node in (words, *_bound_in(words, name))]
    messages = {message for node in nodes for message in _messages(node)}
    assert set() == {message for message in messages if "{" in message} - {*REASONS}
    assert len(messages) > 20


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (causes.refuses_token("Linear"), "Linear nimmt unser Token nicht mehr an"),
        (causes.refuses_token("Slack", "token_revoked"), "Slack nimmt unser Token nicht mehr an: token_revoked"),
        (causes.is_broken("GitHub"), "die Verbindung zu GitHub ist unterbrochen"),
        (causes.refused_with("GitHub", 422, "x"), "GitHub hat mit Status 422 abgelehnt: x"),
        (causes.refused("Linear", "Title is {too} long"), "Linear hat abgelehnt: Title is {too} long"),
        (
            causes.refuses_our_app("Linear", "linear/client-id", "linear/client-secret", "invalid_client"),
            "Linear nimmt linear/client-id oder linear/client-secret nicht an: invalid_client",
        ),
        (
            causes.refuses_our_app("GitHub", "github/app-id", "github/private-key"),
            "GitHub nimmt github/app-id oder github/private-key nicht an",
        ),
        (
            causes.refuses_our_key("OpenAI", "openai/api-key", "status 401, no code"),
            "OpenAI nimmt openai/api-key nicht an: status 401, no code",
        ),
        (causes.secrets_lack("/pm/x, /pm/y"), "im SSM Parameter Store nicht gesetzt: /pm/x, /pm/y"),
        (causes.environment_lacks("JOBS_QUEUE_URL"), "die Umgebungsvariable JOBS_QUEUE_URL ist nicht gesetzt"),
    ],
)
def test_a_cause_that_was_kept_is_said_in_the_readers_language(kept: str, said: str) -> None:
    """With what the vendor said as it was."""
    assert said == reason_in(str(kept), texts_in(Language.GERMAN))
    assert said == reason_in(kept, texts_in(Language.GERMAN))


def test_what_stands_in_our_words_and_is_ours_is_said_in_the_readers_language_too() -> None:
    """Such as what we call a state."""
    error = Conflict(Translatable("This cannot be used: {field}", field=Translatable("Time zone")))
    assert "This cannot be used: Time zone" == refusal(error, texts_in(Language.ENGLISH))
    assert refusal(error, texts_in(Language.GERMAN)).endswith("Zeitzone")


@pytest.mark.parametrize(
    ("path", "form", "label"),
    [
        ("/automation/kinds/move", {"mode": "sometimes", "threshold": "80"}, "Vertrauen"),
        ("/automation/kinds/move", {"mode": "auto", "threshold": "x"}, "Sicherheit in Prozent"),
        ("/automation/rules", {"effect": "always", "kind": "move"}, "Was sie bewirkt"),
        ("/automation/rules", {"effect": "never", "kind": "nonsense"}, "Nur diese Art"),
        ("/reports/channels", {"channel": "C0ENG", "kind": "standup", "time": "99:99", "days": "MON"}, "Uhrzeit"),
        ("/billing/checkout", {"plan": "nonsense", "seats": "3"}, "Tarif"),
        ("/billing/checkout", {"plan": "team", "seats": "many"}, "Plätze"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_as_its_form_names_it(
    path: str, form: Mapping[str, str], label: str, web: WebWorld
) -> None:
    """Never as programs name it, nor in the words of what has read it."""
    web.account(Role.MEMBER)
    answer = web.browser(accept_language="de").post(path, form)
    assert 400 == answer.status
    assert re.search(rf"Das lässt sich nicht verwenden: {label}", answer.text)
    assert not re.search(r"Input|should|Value error", answer.text)


@cache
def _modules() -> Mapping[str, ast.Module]:
    paths = {".".join(path.relative_to(CODE).with_suffix("").parts): path for path in CODE.rglob("*.py")}
    return {name.removesuffix(".__init__"): ast.parse(path.read_text()) for name, path in paths.items()}


@cache
def _definitions() -> Mapping[Name, ast.stmt]:
    """All functions, classes and constants, by their modules and names."""
    found: dict[Name, ast.stmt] = {}
    for module, tree in _modules().items():
        for each in tree.body:
            match each:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found[module, name] = each
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    found[module, name] = each
    return found


@cache
def _imported(module: str) -> Mapping[str, Name]:
    """Where the names come from that a module has of others of ours."""
    froms = [each for each in ast.walk(_modules()[module]) if isinstance(each, ast.ImportFrom)]
    return {
        alias.asname or alias.name: ((each.module or "").removeprefix("pm_assistant."), alias.name)
        for each in froms
        for alias in each.names
    }


def _named(module: str, node: ast.AST) -> Name:
    """What a name in a module stands for."""
    match node:
        case ast.Name(id=name):
            return (module, name) if (module, name) in _definitions() else _imported(module).get(name, ("", ""))
        case ast.Attribute(value=ast.Name(id=imported), attr=name) if imported in _imported(module):
            return ".".join(_imported(module)[imported]), name
        case _:
            return "", ""


@cache
def _shown() -> frozenset[Name]:
    """Our pages, and what tells refusals in the chat."""
    return frozenset(name for name in _definitions() if name[0].startswith(("web", *IN_SLACK)))


@cache
def _steps() -> frozenset[Name]:
    """What the function that takes the steps of jobs has of the workflows."""
    imports = [each for each in ast.walk(ast.parse(RUN.read_text())) if isinstance(each, ast.ImportFrom)]
    named = {(str(each.module).removeprefix("pm_assistant."), alias.name) for each in imports for alias in each.names}
    return frozenset(named & _definitions().keys())


@cache
def _reached(first: frozenset[Name]) -> frozenset[Name]:
    """All that these name or have named."""
    definitions = _definitions()
    reached: set[Name] = set()
    found: Set[Name] = first
    while found:
        reached |= found
        named = {_named(name[0], node) for name in found for node in ast.walk(definitions[name])}
        found = (named & definitions.keys()) - reached
    return frozenset(reached)


@cache
def _kinds() -> frozenset[str]:
    """The errors whose own words say more than what such an error means."""
    return _with_those_below({"InvalidRequest", "Forbidden", "Conflict"}) - {"Contention"}


@cache
def _vendors_kinds() -> frozenset[str]:
    """The errors that say what a vendor did not do."""
    return _with_those_below({"UpstreamError", "NotConnected"})


def _with_those_below(kinds: Set[str]) -> frozenset[str]:
    classes = [each for each in _definitions().values() if isinstance(each, ast.ClassDef)]
    below = {each.name for each in classes if kinds & {ast.unparse(base) for base in each.bases}}
    return frozenset(kinds) if below <= kinds else _with_those_below(kinds | below)


def _raised(name: Name, kinds: Set[str]) -> Iterator[ast.expr]:
    """The words of the errors that are made there."""
    for node in ast.walk(_definitions()[name]):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in kinds and node.args:
            yield node.args[0]


def _messages(code: ast.AST) -> Iterator[str]:
    """What is translated in it."""
    for node in ast.walk(code):
        match node:
            case ast.Call(func=ast.Name(id="Translatable"), args=[ast.Constant(value=str(message))]):
                yield message


def _is_translatable(words: ast.expr, said_in: Name) -> bool:
    match words:
        case ast.Constant(value=value):
            return value in NOT_FOR_READERS | NOT_KEPT
        case ast.IfExp(body=body, orelse=orelse):
            return _is_translatable(body, said_in) and _is_translatable(orelse, said_in)
        case ast.Name():
            bound = [*_bound(words, said_in)]
            return bound != [] and all(_is_translatable(each, said_in) for each in bound)
        case _:
            return ast.unparse(words).startswith(("Translatable(", "causes.", "error.words", "reason_to_refuse("))


def _bound_in(words: ast.expr, said_in: Name) -> Iterator[ast.expr]:
    """What these words stand for, where they are a name."""
    return _bound(words, said_in) if isinstance(words, ast.Name) else iter(())


def _bound(name: ast.Name, used_in: Name) -> Iterator[ast.expr]:
    """Whatever a name is given where it is used; else what it is in its module, or where that imports it from."""
    here = [*ast.walk(_definitions()[used_in])]
    constant = _definitions().get(_named(used_in[0], name))
    for each in here if constant is None else [constant]:
        if isinstance(each, ast.Assign) and (constant is not None or ast.unparse(each.targets[0]) == name.id):
            yield each.value
        if isinstance(each, ast.NamedExpr) and each.target.id == name.id:
            yield each.value
