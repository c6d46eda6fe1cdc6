"""Linear's answers as our documents ask for them."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Set
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from pm_assistant.domain.decisions import Stake
from pm_assistant.domain.people import known_zone, visible_name
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.tenants import Standing as MemberStanding
from pm_assistant.domain.work import GitEvent, Project, Team, Ticket, TicketState
from pm_assistant.integrations.linear.parts import Day, IssueCycle


class InTrash(BaseModel):
    """Whether an issue is in the trash."""

    trashed: bool | None


NEVER = "never"
"""When a comment was last edited that nobody has edited."""


class Comment(BaseModel):
    """A comment as our documents ask for it; of its issue only where something new is to be read there."""

    id: str
    url: str
    body: str
    editedAt: str | None
    issue: InTrash | None = None


class Label(BaseModel):
    """A label."""

    id: str
    name: str


class Labels(BaseModel):
    """The first labels of an issue."""

    nodes: tuple[Label, ...] = ()


class Reference(BaseModel):
    """Another thing, of which we keep the id and a person's name."""

    id: str
    name: str | None = None


class Issue(BaseModel):
    """An issue as our documents ask for it."""

    id: str
    identifier: str
    title: str
    description: str | None
    url: str
    priority: float
    createdAt: AwareDatetime
    updatedAt: AwareDatetime
    startedAt: AwareDatetime | None
    completedAt: AwareDatetime | None
    state: TicketState
    team: Reference
    assignee: Reference | None
    creator: Reference | None
    parent: Reference | None
    previousIdentifiers: tuple[str, ...]
    estimate: float | None
    dueDate: Day
    project: Reference | None
    cycle: IssueCycle | None
    labels: Labels

    @property
    def ticket(self) -> Ticket:
        """The same in the product's words."""
        return Ticket(
            id=self.id,
            key=self.identifier,
            title=self.title,
            description=self.description or "",
            url=self.url,
            state=self.state,
            team_id=self.team.id,
            assignee_id=self.assignee.id if self.assignee else None,
            assignee_name=self.assignee.name if self.assignee else None,
            creator_id=self.creator.id if self.creator else None,
            parent_id=self.parent.id if self.parent else None,
            former_keys=self.previousIdentifiers,
            project=Project(id=self.project.id, name=self.project.name) if self.project else None,
            cycle=self.cycle.cycle if self.cycle else None,
            labels=tuple(label.name for label in self.labels.nodes),
            label_ids=tuple(label.id for label in self.labels.nodes),
            priority=int(self.priority),
            estimate=self.estimate,
            due_date=self.dueDate,
            created_at=self.createdAt,
            updated_at=self.updatedAt,
            started_at=self.startedAt,
            completed_at=self.completedAt,
        )


class ListedIssue(Issue):
    """An issue as it is listed, and since when it has been put away."""

    archivedAt: AwareDatetime | None


class State(BaseModel):
    """A workflow state with its place among the others."""

    id: str
    name: str
    type: str
    position: float

    @property
    def ticket_state(self) -> TicketState:
        """The same in the product's words."""
        return TicketState.model_validate({"id": self.id, "name": self.name, "type": self.type})


class GitAutomation(BaseModel):
    """A rule of a team's for what becomes of issues when something happens to a pull request; without a state nothing.

    The event is a word of Linear's, of which there may be new ones.
    """

    event: str
    state: Reference | None


class GitAutomations(BaseModel):
    """The rules of a team, also those for certain branches."""

    nodes: tuple[GitAutomation, ...]


class States(BaseModel):
    """The states of a team."""

    nodes: tuple[State, ...]


PUBLIC = "public"
"""The one word for a team that everybody sees; whatever else there is, or will be, is seen by fewer."""


class Workflow(BaseModel):
    """A team as our documents ask for it."""

    id: str
    key: str
    name: str
    visibility: str
    autoCloseParentIssues: bool | None = None
    autoCloseChildIssues: bool | None = None
    states: States
    gitAutomationStates: GitAutomations | None = None

    @property
    def team(self) -> Team:
        """The same in the product's words, states in workflow order: by phase, then as the team sorted them."""
        ordered = sorted(self.states.nodes, key=lambda state: (state.ticket_state.type.rank, state.position))
        return Team(
            id=self.id,
            key=self.key,
            name=self.name,
            states=tuple(state.ticket_state for state in ordered),
            private=self.visibility != PUBLIC,
            closes_parents=self.autoCloseParentIssues,
            closes_children=self.autoCloseChildIssues,
            moves_at=self._moves_at,
        )

    @property
    def _moves_at(self) -> tuple[GitEvent, ...] | None:
        if self.gitAutomationStates is None:
            return None
        events = {rule.event for rule in self.gitAutomationStates.nodes if rule.state is not None}
        return tuple(event for event in GitEvent if event in events)


class Author(BaseModel):
    """Who wrote a comment, or changed something."""

    isMe: bool


class Authored(BaseModel):
    """A comment's author; another integration's has none."""

    user: Author | None


class HasMore(BaseModel):
    """Whether a page has not shown everything."""

    hasNextPage: bool


class Discussion(BaseModel):
    """Who wrote the latest comments on an issue or below a comment, and whether there are more."""

    nodes: tuple[Authored, ...]
    pageInfo: HasMore

    @property
    def by_others(self) -> bool:
        """Whether anybody but us has written there, or may have."""
        others = any(comment.user is None or not comment.user.isMe for comment in self.nodes)
        return others or self.pageInfo.hasNextPage


class Bot(BaseModel):
    """What acts without an account: an integration, or a rule of Linear's own."""

    id: str | None
    type: str


RULE = "workflow"
"""How Linear calls its own rules among the bots."""

STAKES: dict[str, Stake] = {
    "toTitle": Stake.TITLE,
    "updatedDescription": Stake.TEXT,
    "toStateId": Stake.STATE,
    "toTeamId": Stake.TEAM,
    "fromPriority": Stake.PRIORITY,
    "toPriority": Stake.PRIORITY,
    "fromEstimate": Stake.ESTIMATE,
    "toEstimate": Stake.ESTIMATE,
    "fromDueDate": Stake.DUE_DATE,
    "toDueDate": Stake.DUE_DATE,
    "fromAssigneeId": Stake.ASSIGNEE,
    "toAssigneeId": Stake.ASSIGNEE,
    "fromDelegate": Stake.ASSIGNEE,
    "toDelegate": Stake.ASSIGNEE,
    "addedLabelIds": Stake.LABELS,
    "removedLabelIds": Stake.LABELS,
    "fromProjectId": Stake.PROJECT,
    "toProjectId": Stake.PROJECT,
    "fromProjectMilestone": Stake.PROJECT,
    "toProjectMilestone": Stake.PROJECT,
    "fromCycleId": Stake.CYCLE,
    "toCycleId": Stake.CYCLE,
    "fromParentId": Stake.PARENT,
    "toParentId": Stake.PARENT,
    "attachmentId": Stake.ATTACHMENTS,
    "relationChanges": Stake.RELATIONS,
}
"""What each field of a change that we ask for stands for."""


class Change(BaseModel, extra="allow"):
    """An entry of an issue's history; what was not changed in it is null."""

    createdAt: AwareDatetime
    actor: Author | None
    botActor: Bot | None
    descriptionUpdatedBy: tuple[Author, ...] | None
    toStateId: str | None

    def by_others(self, creator: Bot | None) -> bool:
        """Whether somebody did it who is not us, be it by an integration; a rule of Linear's own is nobody.

        Args:
            creator: the bot that made the issue, which is us, where Linear names us so.
        """
        if self.actor is not None and not self.actor.isMe:
            return True
        if any(not author.isMe for author in self.descriptionUpdatedBy or ()):
            return True  # Entries of one moment are joined, whoever wrote.
        bot = self.botActor if self.actor is None else None
        ours = bot is not None and creator is not None and bot.id is not None and bot.id == creator.id
        return bot is not None and bot.type != RULE and not ours

    def has(self, *names: str) -> bool:
        """Whether any of these was changed."""
        return any((self.model_extra or {}).get(name) is not None for name in names)

    def listed(self, *names: str) -> Set[str]:
        """The ids that any of these holds."""
        extra = self.model_extra or {}
        return {str(id) for name in names for id in extra.get(name) or ()}

    @property
    def stakes(self) -> Set[Stake]:
        """What was changed; whatever we do not know by name is something, too."""
        given = {**(self.model_extra or {}), "toStateId": self.toStateId}
        return {STAKES[name] for name, value in given.items() if name in STAKES and value} or {Stake.OTHER}


class History(BaseModel):
    """The latest changes of an issue, and whether there are more."""

    nodes: tuple[Change, ...]
    pageInfo: HasMore


class Some(BaseModel):
    """Whether there is any of something."""

    nodes: tuple[Reference, ...]


class Standing(BaseModel):
    """As much of an issue as tells whether people have gone on with it.

    What others hang on it is looked at itself: its history may be silent where the change is another thing's.
    """

    id: str
    trashed: bool | None
    state: Reference
    assignee: Reference | None
    priority: float
    labels: Some
    botActor: Bot | None
    comments: Discussion
    history: History
    children: Some
    relations: Some
    inverseRelations: Some
    attachments: Some

    def stakes(self, our_relation: str | None = None) -> Collection[Stake]:
        """What others have put on an issue of ours, or may have, but for a relation that we have made with it."""
        related = [node for node in (*self.relations.nodes, *self.inverseRelations.nodes) if node.id != our_relation]
        found = {
            Stake.COMMENTS: self.comments.by_others,
            Stake.CHILDREN: self.children.nodes,
            Stake.RELATIONS: related,
            Stake.ATTACHMENTS: self.attachments.nodes,
            Stake.OTHER: self.history.pageInfo.hasNextPage,
        }
        changed = (change.stakes for change in self.history.nodes if change.by_others(self.botActor))
        all_of_them = {stake for stake, there in found.items() if there}.union(*changed)
        return [stake for stake in Stake if stake in all_of_them]

    def changed_by_person(self, field: "FieldBefore") -> bool:
        """Whether the latest to change a field was a person and not us, though it may be as we had left it."""
        changes = [change for change in self.history.nodes if field.was_changed(change)]
        who = max(changes, key=lambda change: change.createdAt).actor if changes else None
        return who is not None and not who.isMe


class CommentStanding(BaseModel):
    """As much of a comment as tells whether people have gone on with it."""

    id: str
    editedAt: str | None
    children: Discussion

    def stakes(self, unless_left: str | None) -> Collection[Stake]:
        """What others have put on a comment of ours, which we left when it had been edited at that time."""
        edited = unless_left not in {None, self.editedAt or NEVER}
        return [Stake.TEXT] * edited + [Stake.REPLIES] * self.children.by_others


class Done(BaseModel):
    """That a deletion was carried out; Linear says so or fails."""

    success: bool


class ById(BaseModel, extra="forbid"):
    """What a deletion is given."""

    id: str


class FieldBefore(BaseModel, ABC, extra="forbid"):
    """One field of an issue as it was before we changed it: all that taking a change back may write."""

    stake: ClassVar[Stake]
    """What others may have put there since."""

    @abstractmethod
    def is_so(self, standing: Standing) -> bool:
        """Whether it is that again."""

    @abstractmethod
    def left(self, standing: Standing) -> str | None:
        """What it is now, as it is noted of what we have left there."""

    @abstractmethod
    def was_changed(self, change: Change) -> bool:
        """Whether an entry of the history is of this field."""


class StateBefore(FieldBefore):
    """The state that an issue was in."""

    stake = Stake.STATE
    stateId: str

    def is_so(self, standing: Standing) -> bool:
        """Whether it is in that state."""
        return standing.state.id == self.stateId

    def left(self, standing: Standing) -> str | None:
        """The state's id."""
        return standing.state.id

    def was_changed(self, change: Change) -> bool:
        """Whether it was moved."""
        return bool(change.toStateId)


class AssigneeBefore(FieldBefore):
    """Whose an issue was; None for nobody's."""

    stake = Stake.ASSIGNEE
    assigneeId: str | None

    def is_so(self, standing: Standing) -> bool:
        """Whether it is theirs."""
        return self.left(standing) == self.assigneeId

    def left(self, standing: Standing) -> str | None:
        """The account's id."""
        return standing.assignee.id if standing.assignee else None

    def was_changed(self, change: Change) -> bool:
        """Whether it was given to somebody, or taken from them."""
        return change.has("fromAssigneeId", "toAssigneeId")


class PriorityBefore(FieldBefore):
    """How urgent an issue was."""

    stake = Stake.PRIORITY
    priority: int

    def is_so(self, standing: Standing) -> bool:
        """Whether it is as urgent as that."""
        return int(standing.priority) == self.priority

    def left(self, standing: Standing) -> str | None:
        """The priority's number."""
        return str(int(standing.priority))

    def was_changed(self, change: Change) -> bool:
        """Whether its priority was changed."""
        return change.has("fromPriority", "toPriority")


class WithoutLabel(FieldBefore):
    """A label that an issue did not have."""

    stake = Stake.LABELS
    removedLabelIds: tuple[str]

    def is_so(self, standing: Standing) -> bool:
        """Whether it does not have it."""
        return self.left(standing) is None

    def left(self, standing: Standing) -> str | None:
        """The label's id, if it has it."""
        [label] = self.removedLabelIds
        return label if any(each.id == label for each in standing.labels.nodes) else None

    def was_changed(self, change: Change) -> bool:
        """Whether it was given that label, or lost it: what else it is called by is another matter."""
        [label] = self.removedLabelIds
        return label in change.listed("addedLabelIds", "removedLabelIds")


class FieldsBefore(ById):
    """What taking back a move, or a change, is given."""

    input: StateBefore | AssigneeBefore | PriorityBefore | WithoutLabel


class CommentDelete(BaseModel, extra="forbid"):
    """What takes a comment back, unless it was edited at another time than we have: then it has words of others."""

    operation: Literal["commentDelete"]
    variables: ById
    unless_left: str | None = Field(default=None, description="None: it is not known whether, or when, we wrote last")


class IssueDelete(BaseModel, extra="forbid"):
    """What takes a new issue back, unless it is in another state by now: then people have gone on with it."""

    operation: Literal["issueDelete"]
    variables: ById
    unless_left: str | None = None
    unseen: bool = Field(default=False, description="noted before it was created: whatever state it is in")
    relation_id: str | None = Field(default=None, description="of the relation that was made with it")


class IssueUpdate(BaseModel, extra="forbid"):
    """What takes a move or a change back, unless the field is something else by now: people have gone on with it."""

    operation: Literal["issueUpdate"]
    variables: FieldsBefore
    unless_left: str | None = None


Inverse = Annotated[CommentDelete | IssueDelete | IssueUpdate, Field(discriminator="operation")]
"""How we note down what takes an action back: the mutation, named as its root field, and what it is given."""
INVERSE: TypeAdapter[Inverse] = TypeAdapter(Inverse)


class Placed(Issue):
    """An issue together with its team's workflow."""

    trashed: bool | None
    workflow: Workflow


class User(BaseModel):
    """An account as our documents ask for it."""

    id: str
    name: str | None = None
    displayName: str | None = None
    email: str | None = None
    active: bool = True
    app: bool = False
    guest: bool = False
    timezone: str | None = None

    @property
    def has_unknown_zone(self) -> bool:
        """Whether we do not know the time zone that is named."""
        return self.timezone is not None and known_zone(self.timezone) is None

    @property
    def standing(self) -> MemberStanding:
        """What the account is in the organisation."""
        if not self.active:
            return MemberStanding.LEFT
        return MemberStanding.GUEST if self.guest else MemberStanding.MEMBER

    @property
    def member(self) -> Member:
        """The same in the product's words."""
        return Member(
            id=self.id,
            name=visible_name(self.name, self.displayName, self.id),
            email=self.email or None,
            time_zone=known_zone(self.timezone) or "UTC",
            accounts={Provider.LINEAR: self.id},
            standings={Provider.LINEAR: self.standing},
        )
