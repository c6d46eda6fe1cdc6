"""How GitHub describes what people do in repositories (docs.github.com/rest, and in webhooks)."""

from datetime import UTC
from typing import NamedTuple
from zlib import crc32

from infra.sandbox.core.state import Json
from infra.sandbox.github.objects import SINCE, account, moment, repository
from infra.sandbox.github.state import CHECKS, GitHubWorld, Repository, node_id
from infra.sandbox.github.work import (
    CheckSuite,
    Comment,
    Commit,
    Issue,
    PullRequest,
    Review,
    ReviewComment,
    Status,
    Thread,
)

_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


class Addresses(NamedTuple):
    """Where a thing is for programs and for people."""

    api: str
    page: str


def at(world: GitHubWorld, place: Repository, path: str = "", page: str = "") -> Addresses:
    """Where something in a repository is; `page` where people call it otherwise."""
    name = world.full_name(place)
    return Addresses(f"{world.github_url}/api/repos/{name}{path}", f"{world.github_url}/{name}{page or path}")


def pull(world: GitHubWorld, of: PullRequest, *, told: bool = False) -> Json:
    """A pull request with all that GitHub says of it alone; what is told was not yet tried to be merged."""
    reviewed = sum(len(each.comments) for each in of.threads)
    tried = of.is_open and not told
    state = "draft" if of.draft else "clean" if of.decision == "approved" else "blocked"
    return pull_simple(world, of) | {
        "merged": of.merged_at is not None,
        "mergeable": True if tried else None,
        "rebaseable": True if tried else None,
        "mergeable_state": state if tried else "unknown",
        "merged_by": _user(world, of.merged_by),
        "comments": len(of.comments),
        "review_comments": reviewed,
        "maintainer_can_modify": False,
        "commits": len(of.commits),
        "additions": of.additions,
        "deletions": of.deletions,
        "changed_files": of.changed_files,
    }


def pull_simple(world: GitHubWorld, of: PullRequest) -> Json:
    """A pull request as lists and other events show it: without sizes, counts and who merged it."""
    place = world.repository_of(of)
    here = at(world, place, f"/pulls/{of.number}", f"/pull/{of.number}")
    issue_api = at(world, place, f"/issues/{of.number}").api
    links = {
        "comments": f"{issue_api}/comments",
        "review_comments": f"{here.api}/comments",
        "review_comment": at(world, place, "/pulls/comments{/number}").api,
        "commits": f"{here.api}/commits",
        "statuses": at(world, place, f"/statuses/{of.head_sha}").api,
    }
    head_owner = of.fork or world.owner(place)
    described = repository(world, place)
    return {
        "url": here.api,
        "id": of.id,
        "node_id": node_id("PullRequest", of.id),
        "html_url": here.page,
        "diff_url": f"{here.page}.diff",
        "patch_url": f"{here.page}.patch",
        "issue_url": issue_api,
        **_discussed(world, of),
        "merged_at": moment(of.merged_at),
        # Until it is merged, this is a merge that GitHub tried; also of what was closed without.
        "merge_commit_sha": of.merge_sha or tree(of.commits[-1]),
        "requested_reviewers": [_user(world, each) for each in of.reviewers],
        "requested_teams": [team(world, each) for each in of.teams],
        **{f"{name}_url": url for name, url in links.items()},
        "head": {
            "label": f"{head_owner}:{of.head}",
            "ref": of.head,
            "sha": of.head_sha,
            "user": _user(world, head_owner),
            "repo": _head(world, of, described),
        },
        "base": {
            "label": f"{world.owner(place)}:{of.base}",
            "ref": of.base,
            "sha": of.base_sha,
            "user": _user(world, world.owner(place)),
            "repo": described,
        },
        "_links": {
            name: {"href": url}
            for name, url in ({"self": here.api, "html": here.page, "issue": issue_api} | links).items()
        },
        "author_association": association(world, of.author),
        "auto_merge": None,
        "draft": of.draft,
    }


def issue(world: GitHubWorld, of: PullRequest | Issue) -> Json:
    """An issue; a pull request is one, too."""
    place = world.repository_of(of)
    here = at(world, place, f"/issues/{of.number}")
    described: Json = {
        "url": here.api,
        "repository_url": at(world, place).api,
        "labels_url": f"{here.api}/labels{{/name}}",
        "comments_url": f"{here.api}/comments",
        "events_url": f"{here.api}/events",
        "html_url": here.page,
        "id": of.id,
        "node_id": node_id("Issue", of.id),
        **_discussed(world, of),
        "comments": len(of.comments),
        "author_association": association(world, of.author),
        "reactions": _reactions(here.api),
        "timeline_url": f"{here.api}/timeline",
        "performed_via_github_app": None,
        "state_reason": of.state_reason if isinstance(of, Issue) else None,
        "closed_by": _user(world, of.closed_by),
    }
    if isinstance(of, PullRequest):
        pulled = at(world, place, f"/pulls/{of.number}", f"/pull/{of.number}")
        described |= {
            "html_url": pulled.page,
            # As an issue it has another id, though GraphQL calls it the same.
            "id": of.id + 1_000_000_000,
            "node_id": node_id("PullRequest", of.id),
            "draft": of.draft,
            "pull_request": {
                "url": pulled.api,
                "html_url": pulled.page,
                "diff_url": f"{pulled.page}.diff",
                "patch_url": f"{pulled.page}.patch",
                "merged_at": moment(of.merged_at),
            },
        }
    return described


def comment(world: GitHubWorld, under: PullRequest | Issue, of: Comment) -> Json:
    """What somebody wrote in the conversation."""
    place = world.repository_of(under)
    kind = "pull" if isinstance(under, PullRequest) else "issues"
    api = at(world, place, f"/issues/comments/{of.id}").api
    return {
        "url": api,
        "html_url": f"{at(world, place, f'/{kind}/{under.number}').page}#issuecomment-{of.id}",
        "issue_url": at(world, place, f"/issues/{under.number}").api,
        "id": of.id,
        "node_id": node_id("IssueComment", of.id),
        "user": _user(world, of.author),
        "created_at": moment(of.created_at),
        "updated_at": moment(of.updated_at),
        "author_association": association(world, of.author),
        "body": of.body,
        "reactions": _reactions(api),
        "performed_via_github_app": None,
    }


def review(world: GitHubWorld, under: PullRequest, of: Review, *, told: bool = False) -> Json:
    """What somebody thinks of it; webhooks write the state in small letters, and say when it was changed."""
    here = at(world, world.repository_of(under), f"/pulls/{under.number}", f"/pull/{under.number}")
    page = f"{here.page}#pullrequestreview-{of.id}"
    described: Json = {
        "id": of.id,
        "node_id": node_id("PullRequestReview", of.id),
        "user": _user(world, of.author),
        # In webhooks a review without words has none, in REST an empty text.
        "body": (of.body or None) if told else of.body,
        "commit_id": of.sha,
        "submitted_at": moment(of.submitted_at),
        "state": of.state if told else of.state.upper(),
        "html_url": page,
        "pull_request_url": here.api,
        "author_association": association(world, of.author),
        "_links": {"html": {"href": page}, "pull_request": {"href": here.api}},
    }
    return described | ({"updated_at": moment(of.updated_at)} if told else {})


def review_comment(world: GitHubWorld, under: PullRequest, thread: Thread, of: ReviewComment) -> Json:
    """What somebody wrote about a line; one that answers names the first of its thread."""
    place = world.repository_of(under)
    api = at(world, place, f"/pulls/comments/{of.id}").api
    here = at(world, place, f"/pulls/{under.number}", f"/pull/{under.number}")
    page = f"{here.page}#discussion_r{of.id}"
    is_current = of.sha == under.head_sha
    first = thread.comments[0]
    answers = {"in_reply_to_id": first.id} if of.id != first.id else {}
    return answers | {
        "url": api,
        "pull_request_review_id": of.review_id,
        "id": of.id,
        "node_id": node_id("PullRequestReviewComment", of.id),
        "diff_hunk": f"@@ -{thread.line},1 +{thread.line},1 @@",
        "path": thread.path,
        "position": 1 if is_current else None,
        "original_position": 1,
        "commit_id": under.head_sha,
        "original_commit_id": of.sha,
        "user": _user(world, of.author),
        "body": of.body,
        "created_at": moment(of.created_at),
        "updated_at": moment(of.updated_at),
        "html_url": page,
        "pull_request_url": here.api,
        "author_association": association(world, of.author),
        "_links": {"self": {"href": api}, "html": {"href": page}, "pull_request": {"href": here.api}},
        "reactions": _reactions(api),
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "line": thread.line if is_current else None,
        "original_line": thread.line,
        "side": "RIGHT",
        "subject_type": "line",
    }


def thread(world: GitHubWorld, under: PullRequest, of: Thread) -> Json:
    """The comments about one line."""
    comments = [review_comment(world, under, of, each) for each in of.comments]
    return {"node_id": node_id("PullRequestReviewThread", of.id), "comments": comments}


def commit(world: GitHubWorld, under: PullRequest, of: Commit) -> Json:
    """A commit with the accounts of who wrote it."""
    here = at(world, world.repository_of(under), f"/commits/{of.sha}", f"/commit/{of.sha}")
    signature = _signature(world, of)
    git = here.api.replace("/commits/", "/git/commits/")
    place = under.commits.index(of)
    before = under.commits[place - 1].sha if place else under.base_sha
    parent = here.api.replace(of.sha, before)
    return {
        "sha": of.sha,
        "node_id": node_id("Commit", of.sha),
        "commit": {
            "author": signature | {"date": moment(of.at)},
            "committer": signature | {"date": moment(of.at)},
            "message": of.message,
            "tree": {"sha": tree(of), "url": f"{git.rpartition('/')[0].removesuffix('commits')}trees/{tree(of)}"},
            "url": git,
            "comment_count": 0,
            "verification": {
                **{"verified": False, "reason": "unsigned"},
                **dict.fromkeys(("signature", "payload", "verified_at")),
            },
        },
        "url": here.api,
        "html_url": here.page,
        "comments_url": f"{here.api}/comments",
        "author": _user(world, of.author),
        "committer": _user(world, of.author),
        "parents": [{"sha": before, "url": parent, "html_url": here.page.replace(of.sha, before)}],
    }


def check_suite(world: GitHubWorld, under: PullRequest, of: CheckSuite) -> Json:
    """The checks of one app; a pull request from a fork is not named, nor is its branch."""
    place = world.repository_of(under)
    api = at(world, place, f"/check-suites/{of.id}").api
    head = next(each for each in under.commits if each.sha == of.sha)
    signature = _signature(world, head)
    here = {"id": place.id, "url": at(world, place).api, "name": place.name}
    pulled = {
        "id": under.id,
        "number": under.number,
        "url": at(world, place, f"/pulls/{under.number}").api,
        "head": {"ref": under.head, "sha": under.head_sha, "repo": here},
        "base": {"ref": under.base, "sha": under.base_sha, "repo": here},
    }
    return {
        "id": of.id,
        "node_id": node_id("CheckSuite", of.id),
        "head_branch": None if under.fork else of.branch,
        "head_sha": of.sha,
        "status": "completed" if of.conclusion else "in_progress",
        "conclusion": of.conclusion,
        "url": api,
        "before": under.base_sha,
        "after": of.sha,
        "pull_requests": [] if under.fork else [pulled],
        "app": _checking_app(world),
        "created_at": moment(of.created_at),
        "updated_at": moment(of.updated_at),
        "rerequestable": True,
        "runs_rerequestable": False,
        "latest_check_runs_count": 1,
        "check_runs_url": f"{api}/check-runs",
        "head_commit": {
            "id": of.sha,
            "tree_id": tree(head),
            "message": head.message,
            "timestamp": moment(head.at),
            "author": signature,
            "committer": signature,
        },
    }


def status(world: GitHubWorld, under: PullRequest, of: Status) -> Json:
    """What an older kind of check says, as the event has it; branches of forks are not named."""
    place = world.repository_of(under)
    judged = next(each for each in under.commits if each.sha == of.sha)
    api = at(world, place, f"/commits/{of.sha}").api
    branch = {"name": under.head, "commit": {"sha": of.sha, "url": api}, "protected": False}
    # Times of statuses are written with an offset, as those of no other event.
    when = of.at.astimezone(UTC).isoformat(timespec="seconds")
    return {
        "id": of.id,
        "sha": of.sha,
        "name": world.full_name(place),
        "target_url": None,
        "avatar_url": None,
        "context": of.context,
        "description": of.description,
        "state": of.state,
        "commit": commit(world, under, judged),
        "branches": [] if under.fork else [branch],
        "created_at": when,
        "updated_at": when,
    }


def simple_status(world: GitHubWorld, under: PullRequest, of: Status) -> Json:
    """The same, as it is shown with all others of the commit."""
    return {
        "id": of.id,
        "node_id": node_id("StatusContext", of.id),
        "url": at(world, world.repository_of(under), f"/statuses/{of.sha}").api,
        "avatar_url": None,
        "state": of.state,
        "description": of.description,
        "target_url": None,
        "context": of.context,
        "created_at": moment(of.at),
        "updated_at": moment(of.at),
    }


def team(world: GitHubWorld, slug: str) -> Json:
    """A team of the organisation."""
    login, number = world.github.organization.login, crc32(f"{world.github.organization.id}/{slug}".encode())
    api = f"{world.github_url}/api/organizations/{world.github.organization.id}/team/{number}"
    return {
        "id": number,
        "node_id": node_id("Team", number),
        "name": slug.replace("-", " ").title(),
        "slug": slug,
        "description": "",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "url": api,
        "html_url": f"{world.github_url}/orgs/{login}/teams/{slug}",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "permission": "pull",
        "parent": None,
        "type": "organization",
    }


def label(world: GitHubWorld, place: Repository, name: str) -> Json:
    """A label."""
    number = crc32(f"{place.id}/{name}".encode())
    return {
        "id": number,
        "node_id": node_id("Label", number),
        "url": at(world, place, f"/labels/{name}").api,
        "name": name,
        "color": f"{number % 0x1000000:06x}",
        "default": name in {"bug", "documentation", "enhancement"},
        "description": "",
    }


def association(world: GitHubWorld, login: str) -> str:
    """What somebody is to the organisation's repositories."""
    found = world.account(login)
    if found is None or found.type != "User":
        return "NONE"
    return "MEMBER"


def tree(of: Commit) -> str:
    """The id of what a commit's files are."""
    return f"{of.sha[20:]}{of.sha[:20]}"


def _discussed(world: GitHubWorld, of: PullRequest | Issue) -> Json:
    place = world.repository_of(of)
    people = [_user(world, each) for each in of.assignees]
    return {
        "number": of.number,
        "title": of.title,
        "user": _user(world, of.author),
        "body": of.body,
        "state": "open" if of.closed_at is None else "closed",
        "locked": False,
        "active_lock_reason": None,
        "assignee": people[0] if people else None,
        "assignees": people,
        "labels": [label(world, place, each) for each in of.labels],
        "milestone": None,
        "created_at": moment(of.created_at),
        "updated_at": moment(of.updated_at),
        "closed_at": moment(of.closed_at),
    }


def _user(world: GitHubWorld, login: str) -> Json | None:
    found = world.account(login) if login else None
    return account(world, found) if found else None


def _signature(world: GitHubWorld, of: Commit) -> Json:
    found = world.account(of.author)
    email = f"{found.id if found else 0}+{of.author}@users.noreply.github.com"
    return {"name": found.name if found else of.author, "email": email}


def _head(world: GitHubWorld, of: PullRequest, described: Json) -> Json | None:
    """The repository it comes from; somebody's own copy has an id of its own, and may be gone by now."""
    if of.fork_lost:
        return None
    if not of.fork:
        return described
    owner, name = of.fork, described["name"]
    return described | {
        "id": described["id"] + 1_000_000,
        "full_name": f"{owner}/{name}",
        "owner": _user(world, owner),
        "fork": True,
        "html_url": f"{world.github_url}/{owner}/{name}",
        "url": f"{world.github_url}/api/repos/{owner}/{name}",
    }


def _reactions(api: str) -> Json:
    return {"url": f"{api}/reactions", "total_count": 0, **dict.fromkeys(_REACTIONS, 0)}


def _checking_app(world: GitHubWorld) -> Json:
    owner = account(world, world.github.organization)
    return {
        "id": 15368,
        "client_id": "Iv1.05c79e9ad1f6bdfa",
        "slug": CHECKS.name,
        "node_id": node_id("App", 15368),
        "owner": owner,
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": f"{world.github_url}/apps/{CHECKS.name}",
        "created_at": moment(SINCE),
        "updated_at": moment(SINCE),
        "permissions": {"checks": "write", "contents": "read", "metadata": "read"},
        "events": ["check_run"],
    }
