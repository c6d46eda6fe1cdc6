"""How GitHub describes accounts, apps, installations and repositories (docs.github.com/rest)."""

from datetime import UTC, datetime
from urllib.parse import quote

from infra.sandbox.core.state import Json, Person
from infra.sandbox.github.state import Account, GitHubWorld, Installation, Repository, node_id

SINCE = datetime(2024, 6, 24, 6, 20, tzinfo=UTC)
_ACCOUNT_LINKS = ("followers", "subscriptions", "repos", "received_events")
_ACCOUNT_TEMPLATES = {
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "events_url": "events{/privacy}",
}
_REPOSITORY_LINKS = (
    *("contributors", "deployments", "downloads", "events", "forks", "hooks", "languages", "merges", "stargazers"),
    *("subscribers", "subscription", "tags", "teams"),
)
_REPOSITORY_TEMPLATES = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "statuses_url": "statuses/{sha}",
    "trees_url": "git/trees{/sha}",
}


def moment(at: datetime | None) -> str | None:
    """A time as GitHub writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def account(world: GitHubWorld, owner: Account) -> Json:
    """Somebody, in brief."""
    api = f"{world.github_url}/api/users/{quote(owner.login)}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": node_id(owner.type, owner.id),
        "avatar_url": f"{world.github_url}/{quote(owner.login)}.png",
        "gravatar_id": "",
        "url": api,
        "html_url": page_of(world, owner),
        "organizations_url": f"{api}/orgs",
        **{f"{name}_url": f"{api}/{name}" for name in _ACCOUNT_LINKS},
        **{name: f"{api}/{template}" for name, template in _ACCOUNT_TEMPLATES.items()},
        "type": owner.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def page_of(world: GitHubWorld, owner: Account) -> str:
    """Where people see an account; an app has a page of its own kind."""
    return f"{world.github_url}/apps/{owner.name}" if owner.type == "Bot" else f"{world.github_url}/{owner.login}"


def user(world: GitHubWorld, person: Person) -> Json:
    """The person whose token it is; no e-mail address, as most keep theirs private."""
    owner = world.account(person.github_login)
    body = account(world, owner) if owner else {}
    return body | {
        "name": person.name,
        "company": world.github.organization.name,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": person.title,
        "twitter_username": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": moment(SINCE),
        "updated_at": moment(SINCE),
    }


def membership(world: GitHubWorld, person: Person) -> Json:
    """What a person is in the organisation."""
    owner = world.account(person.github_login)
    api = f"{world.github_url}/api/orgs/{world.github.organization.login}"
    return {
        "url": f"{api}/memberships/{person.github_login}",
        "state": "active",
        "role": "admin" if person.github_login in world.github.owners else "member",
        "organization_url": api,
        "organization": organization(world, world.github.organization),
        "user": account(world, owner) if owner else None,
    }


def organization(world: GitHubWorld, owner: Account) -> Json:
    """An organisation as webhooks name it."""
    api = f"{world.github_url}/api/orgs/{owner.login}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": node_id(owner.type, owner.id),
        "url": api,
        **{f"{name}_url": f"{api}/{name}" for name in ("repos", "events", "hooks", "issues")},
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{world.github_url}/{owner.login}.png",
        "description": None,
    }


def app(world: GitHubWorld, installations: int) -> Json:
    """The app, and on how many accounts it is."""
    config, registered = world.config, world.github.app
    return {
        "id": int(config.github_app_id),
        "slug": config.github_app_slug,
        "node_id": node_id("App", int(config.github_app_id)),
        "client_id": config.github_client_id,
        "owner": account(world, world.github.organization),
        "name": registered.name,
        "description": registered.description,
        "external_url": config.app_url,
        "html_url": f"{world.github_url}/apps/{config.github_app_slug}",
        "created_at": moment(SINCE),
        "updated_at": moment(SINCE),
        "permissions": registered.permissions,
        "events": registered.events,
        "installations_count": installations,
    }


def installation(world: GitHubWorld, installed: Installation) -> Json:
    """The app on an account."""
    owner = world.account(installed.account)
    suspender = world.account(installed.suspended_by)
    settings = f"organizations/{installed.account}/settings" if owner and owner.type == "Organization" else "settings"
    return {
        "id": installed.id,
        "client_id": world.config.github_client_id,
        "account": account(world, owner) if owner else None,
        "repository_selection": "all" if installed.selected is None else "selected",
        "access_tokens_url": f"{world.github_url}/api/app/installations/{installed.id}/access_tokens",
        "repositories_url": f"{world.github_url}/api/installation/repositories",
        "html_url": f"{world.github_url}/{settings}/installations/{installed.id}",
        "app_id": int(world.config.github_app_id),
        "app_slug": world.config.github_app_slug,
        "target_id": owner.id if owner else 0,
        "target_type": owner.type if owner else "User",
        "permissions": world.permissions(installed),
        "events": world.github.app.events,
        "created_at": moment(installed.created_at),
        "updated_at": moment(installed.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": account(world, suspender) if suspender else None,
        "suspended_at": moment(installed.suspended_at),
    }


def installation_brief(installed: Installation) -> Json:
    """An installation as webhooks about other things name it."""
    return {"id": installed.id, "node_id": node_id("IntegrationInstallation", installed.id)}


def repository_brief(world: GitHubWorld, repository: Repository) -> Json:
    """A repository as webhooks name it."""
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": world.full_name(repository),
        "private": repository.private,
    }


def repository(world: GitHubWorld, described: Repository) -> Json:
    """A repository with all that GitHub says of it."""
    brief = repository_brief(world, described)
    api, page = f"{world.github_url}/api/repos/{brief['full_name']}", f"{world.github_url}/{brief['full_name']}"
    owner = world.account(world.owner(described))
    open_things = [each for each in (*world.pulls(described), *world.issues_of(described)) if each.closed_at is None]
    counts = ("forks", "forks_count", "size", "stargazers_count")
    return brief | {
        "owner": account(world, owner) if owner else None,
        "html_url": page,
        "description": described.description,
        "url": api,
        **{f"{name}_url": f"{api}/{name}" for name in _REPOSITORY_LINKS},
        **{name: f"{api}/{template}" for name, template in _REPOSITORY_TEMPLATES.items()},
        "git_url": f"git:{page.partition(':')[2]}.git",
        "ssh_url": f"git@github.com:{brief['full_name']}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": described.language or None,
        "license": None,
        "default_branch": described.default_branch,
        "visibility": "private" if described.private else "public",
        "topics": [],
        "permissions": {"admin": False, "push": False, "pull": True},
        "archived": described.archived,
        **dict.fromkeys(("open_issues", "open_issues_count"), len(open_things)),
        **dict.fromkeys((*counts, "watchers", "watchers_count"), 0),
        **dict.fromkeys(("fork", "has_pages", "has_wiki", "has_projects", "has_discussions", "disabled"), False),
        **dict.fromkeys(("has_issues", "has_downloads"), True),
        "created_at": moment(described.created_at or SINCE),
        "updated_at": moment(described.updated_at or SINCE),
        "pushed_at": moment(described.pushed_at or SINCE),
    }
