"""Measure candidate retrieval and the offline analyst; prints figures, decides nothing.

    uv run python -m tests.bench.judgement                                   # the gold set and the shared ones
    uv run python -m tests.bench.judgement tests/flow/conversations.json     # conversations about the demo's tickets
    uv run python -m tests.bench.judgement tests/flow/day_expectations.json  # the demo's day

The shared sets stay where they are (`PM_EVALS`, default `../shared/evals`); their own `score.py` does the scoring.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.train import RECIPES, average_precision, held_out, rows_of
from pm_assistant.cli.commands import benchmarks, evals
from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.decisions import Proposal
from pm_assistant.domain.index import TicketIndex
from pm_assistant.domain.people import Participant
from pm_assistant.domain.tenants import Mode
from pm_assistant.domain.work import Conversation, Message, StateType, Team, Ticket, TicketState
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.language.retrieval import Ranking, entry_of, table_of
from pm_assistant.workflows.pipeline.judge import LEAST_LIKELY
from tests.gold import score as gold_score
from tests.gold.told import FOLDER, HELD_OUT

ROOT = Path(__file__).parents[2]
EVALS = Path(os.environ.get("PM_EVALS", ROOT.parent / "shared" / "evals"))
DEMO = ROOT / "infra" / "sandbox" / "demo"
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
OPEN = TicketState(id="open", name="Open", type=StateType.UNSTARTED)
SURE, ASK = 0.8, 0.55

Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    """Read JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def score(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the sets' own scorer."""
    command = [sys.executable, str(EVALS / "score.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def scored(kind: str, labels: Path, predictions: Iterable[Row]) -> str:
    """Have predictions scored and return the scorer's summary."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as out:
        out.writelines(json.dumps(prediction) + "\n" for prediction in predictions)
        out.flush()
        return score(kind, str(labels), out.name).stderr.strip()


def matching(name: str, feedback: benchmarks.Feedback) -> None:
    """Score one matching set."""
    folder = EVALS / "given" / name
    begun = time.perf_counter()
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as out:
        benchmarks.match(folder, Path(out.name), feedback)
        predictions = rows(Path(out.name))
        if not any(prediction["ranking"] for prediction in predictions):
            raise SystemExit(f"error: {folder} has no tickets, or no messages to match with them")
        elapsed = time.perf_counter() - begun
        summary = score("match", str(folder), out.name).stderr.strip()
    print(f"feedback: {feedback}")
    print(summary.replace(" ; ", "\n  ").replace(": R@1", "\n    R@1"))
    print(f"  {elapsed / len(predictions) * 1000:.1f} ms an item, the index kept up to date included")


def labelled(kind: str, name: str) -> str:
    """Have `pm eval` judge a labelled set, and return the scorer's summary."""
    folder = EVALS / "given" / name
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as out:
        {"binary": benchmarks.binary, "cluster": benchmarks.cluster}[kind](folder, Path(out.name))
        return score(kind, str(folder / benchmarks.ITEMS), out.name).stderr.strip()


def demo() -> tuple[list[Ticket], list[Team], list[Participant], dict[str, str]]:
    """Read the demo workspace: tickets, teams, people, and handles' chat ids."""
    team = json.loads((DEMO / "team.json").read_text("utf-8"))
    teams = [
        Team(**{name: row[name] for name in ("id", "key", "name")}, states=[
            TicketState(**{name: state[name] for name in ("id", "name", "type")}) for state in row["states"]
        ])
        for row in team["linear"]["teams"]
    ]  # fmt: skip
    people = {
        row["handle"]: Participant(name=row["name"], chat_id=row["slack_id"], tracker_id=row["linear_id"])
        for row in team["people"]
    }
    known = {one.key: one for one in teams}
    tickets = []
    for row in json.loads((DEMO / "tickets.json").read_text("utf-8")):
        home = known[row["key"].partition("-")[0]]
        at = NOW - timedelta(days=row["updated_days_ago"])
        tickets.append(Ticket(
            id=row["key"], key=row["key"], title=row["title"], description=row["description"], url="", team_id=home.id,
            state=next(state for state in home.states if state.name == row["state"]), labels=row["labels"],
            assignee_id=people[row["assignee"]].tracker_id if row["assignee"] else None,
            created_at=NOW - timedelta(days=row["created_days_ago"]), updated_at=at, completed_at=at,
        ))  # fmt: skip
    return tickets, teams, list(people.values()), {handle: str(person.chat_id) for handle, person in people.items()}


def told(lines: list[Row], ids: dict[str, str]) -> Conversation:
    """Make a conversation of told lines {user, text, reply}, 40 seconds apart."""
    messages: list[Message] = []
    for i, line in enumerate(lines):
        at = NOW + timedelta(seconds=40 * i)
        ts = f"{at.timestamp():.6f}"
        root = messages[0].ts if line["reply"] and messages else ts
        messages.append(
            Message(channel="C", ts=ts, root_ts=root, author=ids[line["user"]], text=line["text"], received_at=at)
        )
    return Conversation(channel="C", messages=tuple(messages))


def verdict(expect: Row, proposals: Iterable[Proposal]) -> Iterator[str]:
    """Name what is right and wrong about an answer."""
    wanted = {expect["ticket"], *expect.get("also", [])} - {None}
    comments = {p.action.ticket_id: p.confidence for p in proposals if isinstance(p.action, Comment)}
    moves = {p.action.to.name: p.confidence for p in proposals if isinstance(p.action, MoveTicket)}
    creates = [p.confidence for p in proposals if isinstance(p.action, CreateTicket) and p.confidence >= ASK]
    if wanted:
        best = comments.get(expect["ticket"], 0.0)
        yield "ticket: sure" if best >= SURE else "ticket: asks" if best >= ASK else "ticket: MISSED"
    for id, confidence in comments.items():
        if id not in wanted and confidence >= ASK:
            yield "wrong ticket: SURE" if confidence >= SURE else "wrong ticket: ASKS"
    if expect["move"]:
        yield "move: found" if moves.get(expect["move"], 0.0) >= ASK else "move: MISSED"
    elif any(confidence >= ASK for confidence in moves.values()):
        yield "move: WRONG"
    if expect["create"] or creates:
        yield "create: found" if expect["create"] and creates else "create: MISSED" if not creates else "create: WRONG"
    if not wanted and not expect["create"] and not proposals_act(proposals):
        yield "chatter: left alone"


def proposals_act(proposals: Iterable[Proposal]) -> bool:
    """Whether anything would be done or asked."""
    return any(p.confidence >= ASK for p in proposals if isinstance(p.action, Comment | CreateTicket | MoveTicket))


def cases(path: Path) -> list[Row]:
    """Read told conversations, or look up in the demo's day those that are only referred to."""
    found: list[Row] = json.loads(path.read_text("utf-8"))
    day = {row["ref"]: row for row in json.loads((DEMO / "day.json").read_text("utf-8"))}
    for case in found:
        if "refs" in case:
            case["name"], case["expect"] = " ".join(case["refs"]), case
            said = [day[ref] for ref in case["refs"]]
            case["messages"] = [{**line, "reply": bool(line["reply_to"])} for line in said]
    return found


def shortlisted(
    ranking: Ranking, talk: Conversation, known: Mapping[str, Ticket]
) -> tuple[list[Ticket], dict[str, float]]:
    """The candidates of a conversation, and how much likelier each is than none."""
    found = ranking.shortlist(talk)
    odds = {head.id: probability / max(found.none, LEAST_LIKELY) for head, probability in found.candidates}
    return [known[id] for id in odds], odds


def conversations(path: Path) -> None:
    """Judge told conversations and count the verdicts; what went wrong is listed."""
    tickets, teams, people, ids = demo()
    authors = {str(person.chat_id): str(person.tracker_id) for person in people}
    known = {ticket.id: ticket for ticket in tickets}
    ranking = Ranking(TicketIndex(table_of(map(entry_of, tickets))), now=NOW, authors=authors)
    counts: Counter[str] = Counter()
    told_cases = cases(path)
    for case in told_cases:
        talk = told(case["messages"], ids)
        best, odds = shortlisted(ranking, talk, known)
        judged = OfflineAnalyst().judge(talk, candidates=best, teams=teams, people=people, now=NOW, odds=odds)
        proposals = judged.proposals
        if case["expect"]["ticket"]:
            counts["recalled" if case["expect"]["ticket"] in {t.id for t in best} else "NOT RECALLED"] += 1
        for word in verdict(case["expect"], proposals):
            counts[word] += 1
            if word != word.lower():
                print(f"  {word:20} {case['name']}")
    if not counts["recalled"]:
        raise SystemExit(f"error: of {len(told_cases)} conversations in {path.name} none found its ticket")
    print(path.name, len(told_cases), dict(sorted(counts.items())))


def gold() -> None:
    """Have the gold sets' conversations judged, and print how much of what is expected is met."""
    for folder in (FOLDER, HELD_OUT):
        rows = gold_score.rows_of(folder / "conversations.jsonl")
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as out:
            evals.gold(folder, Path(out.name), Mode.PROPOSE)
            scores = gold_score.score(rows, gold_score.rows_of(Path(out.name)))
        print(f"{len(rows)} told conversations of {folder.relative_to(ROOT)}", *gold_score.figures(scores), sep="\n  ")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        conversations(Path(argument))
    if not sys.argv[1:]:
        gold()
    if not sys.argv[1:] and not EVALS.exists():
        print(f"{EVALS} is not there, so this is about the project's own conversations alone")
        for own in ("conversations.json", "day_expectations.json"):
            conversations(ROOT / "tests" / "flow" / own)
    elif not sys.argv[1:]:
        for one in ("mathlib21", "prtopics23"):
            for feedback in benchmarks.Feedback:
                matching(one, feedback)
        for one in ("status_resolved", "request_frminer", "request_enron"):
            print(one, labelled("binary", one))
        print("threads_irc", labelled("cluster", "threads_irc"))
        for recipe in RECIPES:  # the shipped weights have seen these sets, so what they say of them flatters
            unseen = average_precision(list(held_out(recipe, rows_of(recipe, EVALS / "given"))))
            print(f"{recipe.source}, rows left out of the training: AP {unseen:.3f}")
