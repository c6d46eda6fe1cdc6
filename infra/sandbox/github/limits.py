"""How much GitHub answers in an hour (docs.github.com, "Rate limits for the REST API" and "… the GraphQL API")."""

from datetime import timedelta
from typing import Literal

from infra.sandbox.core.state import Clock, Json
from infra.sandbox.core.store import Store
from infra.sandbox.github.state import Budget, GitHubWorld

type Resource = Literal["core", "graphql"]

HOUR = timedelta(hours=1)


class GitHubLimits:
    """Counts what everybody uses up; `who` is an installation, a person or the app itself."""

    def __init__(self, store: Store[GitHubWorld], clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def limit(self, resource: Resource) -> int:
        """How much there is of it in an hour."""
        config = self._store.world.config
        return config.github_points_an_hour if resource == "graphql" else config.github_requests_an_hour

    def budget(self, who: str, resource: Resource) -> Budget:
        """What is used up."""
        budgets, now, name = self._store.world.github.budgets, self._clock(), f"{resource}/{who}"
        if name not in budgets or budgets[name].resets_at <= now:
            budgets[name] = Budget(resets_at=now + HOUR)
        return budgets[name]

    def is_over(self, who: str, resource: Resource) -> bool:
        """Whether nothing more is answered."""
        return self.budget(who, resource).used >= self.limit(resource)

    def spend(self, who: str, resource: Resource, cost: int = 1) -> None:
        """Use up some of it."""
        self.budget(who, resource).used += cost
        self._store.changed()

    def described(self, who: str, resource: Resource) -> Json:
        """What is left, as the API says it."""
        budget, limit = self.budget(who, resource), self.limit(resource)
        return {
            "limit": limit,
            "used": min(limit, budget.used),
            "remaining": max(0, limit - budget.used),
            "reset": int(budget.resets_at.timestamp()),
        }

    def headers(self, who: str, resource: Resource) -> dict[str, str]:
        """What is left, as every answer says it."""
        said = {f"x-ratelimit-{name}": str(value) for name, value in self.described(who, resource).items()}
        return said | {"x-ratelimit-resource": resource}
