"""Measure candidate retrieval and the offline analyst; prints figures, decides nothing.

    uv run python -m tests.bench.judgement                                   # the gold set and the shared ones
    uv run python -m tests.bench.judgement tests/flow/conversations.json     # conversations about the demo's tickets
    uv run python -m tests.bench.judgement tests/flow/day_expectations.json  # the demo's day

The shared sets stay where they are (`PM_EVALS`, default `../shared/evals`); their own `score.py` does the scoring. They
know who opened a ticket but not who works on it, so the opener stands in for the assignee.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.train import RECIPES, average_precision, held_out, rows_of
from pm_assistant.cli.commands import benchmarks, evals
from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.decisions import Proposal
from pm_assistant.domain.index import TicketHead, TicketIndex
from pm_assistant.domain.people import Participant
from pm_assistant.domain.tenants import Mode
from pm_assistant.domain.work import Conversation, Message, StateType, Team, Ticket, TicketState
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.language.retrieval import Ranking, entry_of, table_of
from tests.gold import score as gold_score
from tests.gold.told import FOLDER, ROWS

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


def ticket(row: Row) -> Ticket:
    """Make a ticket of a set's row."""
    at = datetime.fromtimestamp(row["opened_at"], UTC)
    fields = {name: row[name] for name in ("id", "title", "description")}
    whose = {"assignee_id": row["author"], "team_id": "t", "state": OPEN}
    return Ticket(**fields, **whose, key=row["id"], url="", created_at=at, updated_at=at)


def conversation(row: Row) -> Conversation:
    """Make a conversation of a message's row, or of a conversation's row (one `author: text` line a message)."""
    said: list[tuple[str, str]] = [(row["author"], row["text"])] if "author" in row else []
    for line in [] if "author" in row else row["text"].split("\n"):
        author, colon, words = line.partition(": ")
        if colon and author in row["authors"]:
            said.append((author, words))
        elif said:
            said[-1] = (said[-1][0], f"{said[-1][1]}\n{line}")
    at = datetime.fromtimestamp(row["ts"], UTC)
    root = f"{row['ts']}.000000"
    messages = (
        Message(channel="C", ts=f"{row['ts']}.{i:06d}", root_ts=root, author=who, text=words, received_at=at)
        for i, (who, words) in enumerate(said)
    )
    return Conversation(channel="C", messages=tuple(messages))


def within(ids: Collection[str]) -> Callable[[TicketHead], bool]:
    """Which tickets may be candidates: those of these ids."""
    return lambda head: head.id in ids


def ranked(inputs: Iterable[Row], tickets: dict[str, Ticket]) -> Iterator[Row]:
    """Rank every item's candidates, and have the best eight judged for how sure the first one is."""
    index = TicketIndex(table_of(map(entry_of, tickets.values())))
    for item in inputs:
        talk, now = conversation(item), datetime.fromtimestamp(item["ts"], UTC)
        people = {message.author: message.author for message in talk.messages}
        pool = {tickets[id].id for id in item["candidates"]}
        found = Ranking(index, now=now, authors=people, readable=within(pool)).candidates(talk, limit=50)
        best = [tickets[candidate.head.id] for candidate in found[:8]]
        members = [Participant(name=id, chat_id=id, tracker_id=id) for id in people]
        judged = OfflineAnalyst().judge(talk, candidates=best, teams=[], people=members, now=now).proposals
        sure = {p.action.ticket_id: p.confidence for p in judged if isinstance(p.action, Comment)}
        yield {
            "message_id": item["id"],
            "ranking": [candidate.head.id for candidate in found],
            "score": sure.get(found[0].head.id, 0.0) if found else 0.0,
            "tracked_score": found[0].score if found else -9.0,
        }


def matching(name: str) -> None:
    """Score one matching set."""
    folder = EVALS / "given" / name
    tickets = {row["id"]: ticket(row) for row in rows(folder / "tickets.jsonl")}
    inputs = [json.loads(line) for line in score("inputs", str(folder)).stdout.splitlines()]
    begun = time.perf_counter()
    if not (tickets and inputs):
        raise SystemExit(f"error: {folder} has no tickets, or no messages to match with them")
    summary = scored("match", folder, ranked(inputs, tickets))
    print(summary.replace(" ; ", "\n  ").replace(": R@1", "\n    R@1"))
    print(f"  {(time.perf_counter() - begun) / len(inputs) * 1000:.1f} ms an item")


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
        best = [known[candidate.head.id] for candidate in ranking.candidates(talk)]
        proposals = OfflineAnalyst().judge(talk, candidates=best, teams=teams, people=people, now=NOW).proposals
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
    """Have the gold set's conversations judged, and print how much of what is expected is met."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as out:
        evals.gold(FOLDER, Path(out.name), Mode.PROPOSE)
        scores = gold_score.score(ROWS, gold_score.rows_of(Path(out.name)))
    print(f"{len(ROWS)} told conversations of tests/gold", *gold_score.figures(scores), sep="\n  ")


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
            matching(one)
        for one in ("status_resolved", "request_frminer", "request_enron"):
            print(one, labelled("binary", one))
        print("threads_irc", labelled("cluster", "threads_irc"))
        for recipe in RECIPES:  # the shipped weights have seen these sets, so what they say of them flatters
            unseen = average_precision(list(held_out(recipe, rows_of(recipe, EVALS / "given"))))
            print(f"{recipe.source}, rows left out of the training: AP {unseen:.3f}")
