"""What each field of GitHub's schema answers to who has come with a token.

Every thing is a mapping; a relation or a list is a callable in it, which graphql-core calls with the field's arguments.
What the token must not see is null with an error in its place; a thing's time is of whole seconds, as everywhere.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NoReturn

from graphql import GraphQLError

from infra.sandbox.core.state import Json
from infra.sandbox.github import described
from infra.sandbox.github.connections import Place, connection
from infra.sandbox.github.gate import FORBIDDEN, Reach
from infra.sandbox.github.objects import SINCE, moment, page_of
from infra.sandbox.github.pulls import TEAM, closing
from infra.sandbox.github.state import GitHubWorld, Repository, node_id, thing_of
from infra.sandbox.github.work import (
    Comment,
    Commit,
    Happening,
    Issue,
    PullRequest,
    Review,
    ReviewComment,
    Thread,
)

type Lister = Callable[..., Json]


class Resolvers:
    """Reads for one caller."""

    def __init__(self, world: GitHubWorld, reach: Reach, limits: Callable[[], Json]) -> None:
        self._world = world
        self._reach = reach
        self._limits = limits

    def root(self) -> Json:
        """The fields of Query."""
        return {
            "rateLimit": lambda _, **_arguments: self._limits(),
            "repository": lambda _, owner, name, **more: self._repository_named(owner, name, **more),
            "node": lambda _, id: self._node(id),
            "nodes": lambda _, ids: [self._node_or_none(each) for each in ids],
        }

    def _repository_named(self, owner: str, name: str, *, followRenames: bool = True) -> Json:
        full_name = f"{owner}/{name}"
        found = self._world.repository(full_name) or (self._world.moved(full_name) if followRenames else None)
        if found is None or not self._reach.sees(found):
            _refuse("NOT_FOUND", f"Could not resolve to a Repository with the name '{full_name}'.")
        return self._repository(found)

    def _node(self, id: str) -> Json:
        found = self._found(id)
        if found is None:
            _refuse("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")
        return found

    def _node_or_none(self, id: str) -> Json | GraphQLError:
        try:
            return self._node(id)
        except GraphQLError as error:
            return error

    def _found(self, id: str) -> Json | None:
        match thing_of(id):
            case ("Repository", number):
                places = self._world.github.repositories
                place = next((each for each in places if each.id == number), None)
                return self._repository(place) if place is not None and self._reach.sees(place) else None
            case ("PullRequest", number) if number in self._world.github.pulls:
                pull = self._world.github.pulls[number]
                return self._pull(pull) if self._is_visible(pull, "pull_requests") else None
            case ("Issue", number) if number in self._world.github.issues:
                issue = self._world.github.issues[number]
                gone = issue.deleted or issue.moved_to is not None
                return self._issue(issue) if not gone and self._is_visible(issue, "issues") else None
            case _:
                return None

    def _is_visible(self, thing: PullRequest | Issue, permission: str) -> bool:
        place = self._world.repository_of(thing)
        if not self._reach.sees(place):
            return False
        if not self._reach.may(place, permission):
            _refuse("FORBIDDEN", FORBIDDEN)
        return True

    def _may(self, place: Repository, *permissions: str) -> None:
        if not all(self._reach.may(place, each) for each in permissions):
            _refuse("FORBIDDEN", FORBIDDEN)

    def _repository(self, place: Repository) -> Json:
        world, name = self._world, self._world.full_name(place)
        return {
            "__typename": "Repository",
            "id": node_id("Repository", place.id),
            "databaseId": place.id,
            "name": place.name,
            "nameWithOwner": name,
            "owner": self._actor(world.owner(place)),
            "isPrivate": place.private,
            "isArchived": place.archived,
            "isDisabled": False,
            "isFork": False,
            "visibility": "PRIVATE" if place.private else "PUBLIC",
            "url": f"{world.github_url}/{name}",
            "updatedAt": place.updated_at or SINCE,
            "pushedAt": place.pushed_at or SINCE,
            "defaultBranchRef": {
                "id": node_id("Ref", f"{place.id}:refs/heads/{place.default_branch}"),
                "name": place.default_branch,
            },
            "pullRequest": lambda _, number: self._pull_numbered(place, number),
            "pullRequests": lambda _, **arguments: self._pulls(place, arguments),
            "issue": lambda _, number: self._issue_numbered(place, number),
            "issues": lambda _, **arguments: self._issues(place, arguments),
        }

    def _pull_numbered(self, place: Repository, number: int) -> Json:
        self._may(place, "pull_requests")
        pull = self._world.pull(place, number)
        if pull is None:
            _refuse("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return self._pull(pull)

    def _issue_numbered(self, place: Repository, number: int) -> Json:
        self._may(place, "issues")
        issue = self._world.issue_numbered(place, number)
        if issue is None or issue not in self._world.issues_of(place):
            _refuse("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
        return self._issue(issue)

    def _pulls(self, place: Repository, arguments: Json) -> Json:
        self._may(place, "pull_requests")
        chosen = [
            each
            for each in self._world.pulls(place)
            if _is_one_of(_state(each), arguments.get("states"))
            and arguments.get("baseRefName") in {None, each.base}
            and arguments.get("headRefName") in {None, each.head}
            and (not arguments.get("labels") or {*arguments["labels"]} & {*each.labels})
        ]
        return _discussions(chosen, arguments, self._pull)

    def _issues(self, place: Repository, arguments: Json) -> Json:
        self._may(place, "issues")
        filters = arguments.get("filterBy") or {}
        states, labels = (filters.get(name) or arguments.get(name) for name in ("states", "labels"))
        since: datetime | None = filters.get("since")
        chosen = [
            each
            for each in self._world.issues_of(place)
            if _is_one_of("OPEN" if each.closed_at is None else "CLOSED", states)
            and (not labels or {*labels} & {*each.labels})
            and (since is None or each.updated_at.replace(microsecond=0) >= since)
        ]
        return _discussions(chosen, arguments, self._issue)

    def _discussed(self, of: PullRequest | Issue) -> Json:
        place = self._world.repository_of(of)
        return {
            "fullDatabaseId": of.id,
            "number": of.number,
            "title": of.title,
            "body": of.body or "",
            "closed": of.closed_at is not None,
            "closedAt": of.closed_at,
            "createdAt": of.created_at,
            "updatedAt": of.updated_at,
            "author": self._actor(of.author),
            "authorAssociation": described.association(self._world, of.author),
            "repository": lambda _: self._repository(place),
            "assignees": _listed(of.assignees, lambda each: self._actor(each) or {}),
            "labels": _listed(of.labels, lambda each: self._label(place, each)),
            "comments": _listed_by_id(of.comments, lambda each: self._comment(of, each)),
        }

    def _pull(self, of: PullRequest) -> Json:
        place = self._world.repository_of(of)
        page = described.at(self._world, place, page=f"/pull/{of.number}").page
        head_owner = None if of.fork_lost else self._actor(of.fork or self._world.owner(place))

        def closing_issues(_: object, **arguments: object) -> Json:
            self._may(place, "issues")
            return connection(closing(self._world, of), arguments, _age, self._issue)

        return self._discussed(of) | {
            "__typename": "PullRequest",
            "id": node_id("PullRequest", of.id),
            "url": page,
            "state": _state(of),
            "isDraft": of.draft,
            "merged": of.merged_at is not None,
            "mergedAt": of.merged_at,
            "mergedBy": self._actor(of.merged_by),
            "mergeCommit": self._merge(of) if of.merge_sha else None,
            "mergeable": "MERGEABLE" if of.is_open else "UNKNOWN",
            "mergeStateStatus": _merge_state(of),
            "isInMergeQueue": of.queued_at is not None,
            "reviewDecision": of.decision.upper(),
            "headRefName": of.head,
            "headRefOid": of.head_sha,
            "headRepositoryOwner": head_owner,
            "baseRefName": of.base,
            "baseRefOid": of.base_sha,
            "isCrossRepository": bool(of.fork),
            "additions": of.additions,
            "deletions": of.deletions,
            "changedFiles": of.changed_files,
            "lastEditedAt": None,
            "statusCheckRollup": lambda _: self._rollup(of, of.head_sha),
            "reviewRequests": _listed(
                [*of.reviewers, *(f"{TEAM}{each}" for each in of.teams)], lambda each: self._request(of, each)
            ),
            "reviews": lambda _, **arguments: self._reviews(of, arguments),
            "latestOpinionatedReviews": _listed_by_id(of.opinions, lambda each: self._review(of, each)),
            "reviewThreads": _listed_by_id(of.threads, lambda each: self._thread(of, each)),
            "commits": _listed(of.commits, lambda each: self._pull_commit(of, each)),
            "closingIssuesReferences": closing_issues,
            "timelineItems": lambda _, **arguments: self._timeline(of, arguments),
        }

    def _issue(self, of: Issue) -> Json:
        page = described.at(self._world, self._world.repository_of(of), f"/issues/{of.number}").page
        return self._discussed(of) | {
            "__typename": "Issue",
            "id": node_id("Issue", of.id),
            "url": page,
            "state": "OPEN" if of.closed_at is None else "CLOSED",
            "stateReason": lambda _, **_arguments: of.state_reason.upper() if of.state_reason else None,
        }

    def _comment(self, under: PullRequest | Issue, of: Comment) -> Json:
        return self._written(of, "IssueComment") | {
            "url": described.comment(self._world, under, of)["html_url"],
            "pullRequest": lambda _: self._pull(under) if isinstance(under, PullRequest) else None,
        }

    def _reviews(self, under: PullRequest, arguments: Json) -> Json:
        author = arguments.get("author")
        chosen = [
            each
            for each in under.reviews
            if _is_one_of(each.state.upper(), arguments.get("states")) and author in {None, _plain(each.author)}
        ]
        return connection(chosen, arguments, _by_id, lambda each: self._review(under, each))

    def _review(self, under: PullRequest, of: Review) -> Json:
        said = [(thread, each) for thread in under.threads for each in thread.comments if each.review_id == of.id]
        return {
            "__typename": "PullRequestReview",
            "id": node_id("PullRequestReview", of.id),
            "fullDatabaseId": of.id,
            "url": described.review(self._world, under, of)["html_url"],
            "state": of.state.upper(),
            "body": of.body,
            "author": self._actor(of.author),
            "authorAssociation": described.association(self._world, of.author),
            "submittedAt": of.submitted_at,
            "createdAt": of.submitted_at,
            "updatedAt": of.updated_at,
            "pullRequest": lambda _: self._pull(under),
            "commit": lambda _: self._commit_named(under, of.sha),
            "comments": lambda _, **arguments: connection(
                said, arguments, lambda each: (0, each[1].id), lambda each: self._line_comment(under, *each)
            ),
        }

    def _thread(self, under: PullRequest, of: Thread) -> Json:
        outdated = all(each.sha != under.head_sha for each in of.comments)
        return {
            "__typename": "PullRequestReviewThread",
            "id": node_id("PullRequestReviewThread", of.id),
            "isResolved": bool(of.resolved_by),
            "isOutdated": outdated,
            "resolvedBy": self._actor(of.resolved_by),
            "path": of.path,
            "line": None if outdated else of.line,
            "originalLine": of.line,
            "pullRequest": lambda _: self._pull(under),
            "comments": _listed_by_id(of.comments, lambda each: self._line_comment(under, of, each)),
        }

    def _line_comment(self, under: PullRequest, thread: Thread, of: ReviewComment) -> Json:
        outdated, first = of.sha != under.head_sha, thread.comments[0]
        review = next(each for each in under.reviews if each.id == of.review_id)
        return self._written(of, "PullRequestReviewComment") | {
            "url": described.review_comment(self._world, under, thread, of)["html_url"],
            "path": thread.path,
            "line": None if outdated else thread.line,
            "outdated": outdated,
            "replyTo": lambda _: self._line_comment(under, thread, first) if of.id != first.id else None,
            "pullRequest": lambda _: self._pull(under),
            "pullRequestReview": lambda _: self._review(under, review),
        }

    def _written(self, of: Comment, kind: str) -> Json:
        return {
            "__typename": kind,
            "id": node_id(kind, of.id),
            "fullDatabaseId": of.id,
            "body": of.body,
            "author": self._actor(of.author),
            "authorAssociation": described.association(self._world, of.author),
            "createdAt": of.created_at,
            "updatedAt": of.updated_at,
        }

    def _request(self, under: PullRequest, login: str) -> Json:
        return {
            "id": node_id("ReviewRequest", f"{under.id}:{login}"),
            "asCodeOwner": False,
            "requestedReviewer": self._asked(login),
        }

    def _asked(self, name: str) -> Json | None:
        """Who was asked for a review; teams are the members' business."""
        if not name.startswith(TEAM):
            return self._actor(name)
        if "members" not in self._reach.permissions:
            return None
        shown = described.team(self._world, name.removeprefix(TEAM))
        return {
            "__typename": "Team",
            "id": shown["node_id"],
            "databaseId": shown["id"],
            "name": shown["name"],
            "slug": shown["slug"],
            "url": shown["html_url"],
        }

    def _pull_commit(self, under: PullRequest, of: Commit) -> Json:
        page = described.at(self._world, self._world.repository_of(under), page=f"/pull/{under.number}").page
        return {
            "id": node_id("PullRequestCommit", f"{under.id}:{of.sha}"),
            "url": f"{page}/commits/{of.sha}",
            "pullRequest": lambda _: self._pull(under),
            "commit": lambda _: self._commit(under, of),
        }

    def _commit(self, under: PullRequest, of: Commit) -> Json:
        person = self._world.account(of.author)
        page = described.at(self._world, self._world.repository_of(under), page=f"/commit/{of.sha}").page
        return {
            "__typename": "Commit",
            "id": node_id("Commit", of.sha),
            "oid": of.sha,
            "url": page,
            "message": of.message,
            "messageHeadline": of.message.partition("\n")[0],
            "authoredDate": of.at,
            "committedDate": of.at,
            "additions": under.additions // len(under.commits),
            "deletions": under.deletions // len(under.commits),
            "author": {
                "name": person.name if person else of.author,
                "date": moment(of.at),
                "user": self._actor(of.author) if person and person.type == "User" else None,
            },
            "statusCheckRollup": lambda _: self._rollup(under, of.sha),
        }

    def _commit_named(self, under: PullRequest, sha: str) -> Json | None:
        found = next((each for each in under.commits if each.sha == sha), None)
        return self._commit(under, found) if found else None

    def _merge(self, of: PullRequest) -> Json:
        at = of.merged_at or of.updated_at
        made = Commit(sha=of.merge_sha, message=f"{of.title} (#{of.number})", author=of.merged_by, at=at)
        return self._commit(of, made)

    def _rollup(self, under: PullRequest, sha: str) -> Json | None:
        self._may(self._world.repository_of(under), "checks", "statuses")
        state = under.checks if sha == under.head_sha else None
        return {"id": node_id("StatusCheckRollup", sha), "state": state.upper()} if state else None

    def _timeline(self, under: PullRequest, arguments: Json) -> Json:
        kinds = {"".join(part.title() for part in each.split("_")) for each in arguments.get("itemTypes") or ()}
        since: datetime | None = arguments.get("since")
        chosen = [
            each
            for each in under.timeline
            if (not kinds or each.kind in kinds) and (since is None or each.at.replace(microsecond=0) >= since)
        ]
        shown = connection(chosen, arguments, _by_id, lambda each: self._happening(under, each))
        return shown | {"totalCount": len(under.timeline), "filteredCount": len(chosen)}

    def _happening(self, under: PullRequest, of: Happening) -> Json:
        about: Json = {}
        match of.kind:
            case "ReviewRequestedEvent" | "ReviewRequestRemovedEvent":
                about = {"requestedReviewer": self._asked(of.about)}
            case "RemovedFromMergeQueueEvent":
                about = {"reason": of.about}
            case "MergedEvent":
                about = {"commit": lambda _: self._merge(under)}
            case "BaseRefChangedEvent":
                about = {"previousRefName": of.about, "currentRefName": under.base}
        shown = {"__typename": of.kind, "id": node_id(of.kind, of.id)}
        return shown | {"actor": self._actor(of.actor), "createdAt": of.at} | about

    def _label(self, place: Repository, name: str) -> Json:
        shown = described.label(self._world, place, name)
        page = described.at(self._world, place, f"/labels/{name}").page
        return {
            "id": shown["node_id"],
            "name": name,
            "color": shown["color"],
            "description": None,
            "isDefault": shown["default"],
            "url": page,
        }

    def _actor(self, login: str) -> Json | None:
        """Somebody; an app is called here without what its login ends in elsewhere."""
        found = self._world.account(login) if login else None
        if found is None:
            return None
        return {
            "__typename": found.type,
            "id": node_id(found.type, found.id),
            "databaseId": found.id,
            "login": _plain(found.login),
            "name": found.name,
            "url": page_of(self._world, found),
        }


def _refuse(kind: str, message: str) -> NoReturn:
    raise GraphQLError(message, extensions={"type": kind})


def _plain(login: str) -> str:
    return login.removesuffix("[bot]")


def _state(of: PullRequest) -> str:
    if of.merged_at is not None:
        return "MERGED"
    return "OPEN" if of.is_open else "CLOSED"


def _merge_state(of: PullRequest) -> str:
    if not of.is_open:
        return "UNKNOWN"
    if of.draft:
        return "DRAFT"
    if of.decision != "approved":
        return "BLOCKED"
    return "CLEAN" if of.checks in {None, "success"} else "UNSTABLE"


def _is_one_of(value: str, wanted: Iterable[str] | None) -> bool:
    return not wanted or value in wanted


def _age(of: PullRequest | Issue) -> Place:
    return int(of.created_at.timestamp()), of.id


def _by_id(of: Comment | Review | Thread | Happening) -> Place:
    return 0, of.id


def _discussions[T: (PullRequest, Issue)](chosen: list[T], arguments: Json, show: Callable[[T], Json]) -> Json:
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}

    def place(of: T) -> Place:
        weights = {"UPDATED_AT": int(of.updated_at.timestamp()), "COMMENTS": len(of.comments)}
        return weights.get(order["field"], int(of.created_at.timestamp())), of.id

    return connection(chosen, arguments, place, show, latest_first=order["direction"] == "DESC")


def _listed[T](things: list[T], show: Callable[[T], Json]) -> Lister:
    """A list in the order that it has."""
    numbered = list(enumerate(things))
    return lambda _, **arguments: connection(numbered, arguments, lambda each: (0, each[0]), lambda each: show(each[1]))


def _listed_by_id[T: (Comment, ReviewComment, Review, Thread)](things: list[T], show: Callable[[T], Json]) -> Lister:
    return lambda _, **arguments: connection(things, arguments, _by_id, show)
