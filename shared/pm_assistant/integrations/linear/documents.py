"""Every GraphQL document we send to Linear; each is validated against the official schema in the tests.

An operation is named as its root field, so that traces, logs and rate limits read alike.
"""

ISSUE_FIELDS = """
fragment IssueFields on Issue {
  id identifier previousIdentifiers title description url priority estimate dueDate
  createdAt updatedAt startedAt completedAt
  state { id name type }
  team { id }
  assignee { id name }
  creator { id }
  parent { id }
  project { id name }
  cycle { id number name startsAt endsAt }
  labels(first: 20) { nodes { id name } }
}
"""

ISSUES = (
    """
query issues($filter: IssueFilter, $after: String, $archived: Boolean) {
  issues(first: 250, after: $after, filter: $filter, includeArchived: $archived, orderBy: updatedAt) {
    nodes { ...IssueFields archivedAt }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + ISSUE_FIELDS
)

PLANNING_FIELDS = """
fragment AttachmentFields on AttachmentConnection {
  nodes { id url title metadata updatedAt archivedAt issue { id } }
  pageInfo { hasNextPage endCursor }
}

fragment CommentFields on CommentConnection {
  nodes { id url body createdAt updatedAt archivedAt issueId user { id name isMe } externalUser { name } }
  pageInfo { hasNextPage endCursor }
}

fragment ProjectFields on ProjectConnection {
  nodes { id name updatedAt }
  pageInfo { hasNextPage endCursor }
}

fragment CycleFields on CycleConnection {
  nodes { id number name updatedAt }
  pageInfo { hasNextPage endCursor }
}

fragment LabelFields on IssueLabelConnection {
  nodes { id name updatedAt }
  pageInfo { hasNextPage endCursor }
}

fragment RelationFields on IssueRelationConnection {
  nodes { id type updatedAt issue { id } relatedIssue { id } }
  pageInfo { hasNextPage endCursor }
}
"""

ISSUES_AND_PLANNING = (
    """
query issues($filter: IssueFilter, $archived: Boolean, $since: DateTimeOrDuration!) {
  issues(first: 250, filter: $filter, includeArchived: $archived, orderBy: updatedAt) {
    nodes { ...IssueFields archivedAt }
    pageInfo { hasNextPage endCursor }
  }
  attachments(first: 50, filter: {updatedAt: {gte: $since}}, includeArchived: true, orderBy: updatedAt) {
    ...AttachmentFields
  }
  comments(first: 50, filter: {updatedAt: {gte: $since}}, includeArchived: true, orderBy: updatedAt) {
    ...CommentFields
  }
  projects(first: 50, filter: {updatedAt: {gte: $since}}, orderBy: updatedAt) { ...ProjectFields }
  cycles(first: 50, filter: {updatedAt: {gte: $since}}, orderBy: updatedAt) { ...CycleFields }
  issueLabels(first: 50, filter: {updatedAt: {gte: $since}}, orderBy: updatedAt) { ...LabelFields }
  issueRelations(first: 150, orderBy: updatedAt) { ...RelationFields }
}
"""
    + ISSUE_FIELDS
    + PLANNING_FIELDS
)
"""What has changed since, in one request."""

PLANNING = (
    """
query planning(
  $since: DateTimeOrDuration!
  $attachments: Boolean!, $attachmentsAfter: String
  $comments: Boolean!, $commentsAfter: String
  $projects: Boolean!, $projectsAfter: String
  $cycles: Boolean!, $cyclesAfter: String
  $issueLabels: Boolean!, $issueLabelsAfter: String
  $issueRelations: Boolean!, $issueRelationsAfter: String
) {
  attachments(
    first: 250, after: $attachmentsAfter, filter: {updatedAt: {gte: $since}}, includeArchived: true, orderBy: updatedAt
  ) @include(if: $attachments) { ...AttachmentFields }
  comments(
    first: 250, after: $commentsAfter, filter: {updatedAt: {gte: $since}}, includeArchived: true, orderBy: updatedAt
  ) @include(if: $comments) { ...CommentFields }
  projects(first: 250, after: $projectsAfter, filter: {updatedAt: {gte: $since}}, orderBy: updatedAt)
    @include(if: $projects) { ...ProjectFields }
  cycles(first: 250, after: $cyclesAfter, filter: {updatedAt: {gte: $since}}, orderBy: updatedAt)
    @include(if: $cycles) { ...CycleFields }
  issueLabels(first: 250, after: $issueLabelsAfter, filter: {updatedAt: {gte: $since}}, orderBy: updatedAt)
    @include(if: $issueLabels) { ...LabelFields }
  issueRelations(first: 250, after: $issueRelationsAfter, orderBy: updatedAt)
    @include(if: $issueRelations) { ...RelationFields }
}
"""
    + PLANNING_FIELDS
)
"""The pages that follow, of the lists that have any."""

STANDING = """
query standing(
  $ofTickets: Boolean!, $tickets: [ID!], $ofComments: Boolean!, $comments: [ID!]
  $ofAttachments: Boolean!, $attachments: [ID!]
) {
  issues(first: 250, filter: {id: {in: $tickets}}) @include(if: $ofTickets) { nodes { id } }
  comments(first: 250, filter: {id: {in: $comments}}) @include(if: $ofComments) { nodes { id } }
  attachments(first: 250, filter: {id: {in: $attachments}}) @include(if: $ofAttachments) { nodes { id } }
}
"""
"""Which of all that is named is there; of what was put away nothing is."""

ISSUE = (
    """
query issue($id: String!) {
  issue(id: $id) { ...IssueFields }
}
"""
    + ISSUE_FIELDS
)

TEAM_FIELDS = """
fragment TeamFields on Team {
  id key name visibility autoCloseParentIssues autoCloseChildIssues
  states(first: 50) { nodes { id name type position } }
  gitAutomationStates(first: 20) { nodes { event state { id } } }
}
"""

ISSUE_IN_WORKFLOW = (
    """
query issue($id: String!) {
  issue(id: $id) { ...IssueFields trashed workflow: team { ...TeamFields } }
}
"""
    + ISSUE_FIELDS
    + TEAM_FIELDS
)

TEAMS = (
    """
query teams($after: String) {
  teams(first: 50, after: $after) {
    nodes { ...TeamFields }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + TEAM_FIELDS
)

USERS = """
query users($after: String) {
  users(first: 100, after: $after, includeDisabled: true) {
    nodes { id name displayName email active app guest timezone }
    pageInfo { hasNextPage endCursor }
  }
}
"""

ISSUE_CREATE = (
    """
mutation issueCreate($input: IssueCreateInput!) {
  issueCreate(input: $input) { issue { ...IssueFields } }
}
"""
    + ISSUE_FIELDS
)

ISSUE_UPDATE = (
    """
mutation issueUpdate($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { issue { ...IssueFields } }
}
"""
    + ISSUE_FIELDS
)

ISSUE_STANDING = """
query issue($id: String!) {
  issue(id: $id) {
    id trashed state { id } assignee { id } priority labels(first: 50) { nodes { id } } botActor { id type }
    comments(first: 50) { nodes { user { isMe } } pageInfo { hasNextPage } }
    history(first: 50) {
      nodes {
        createdAt actor { isMe } botActor { id type } descriptionUpdatedBy { isMe }
        toTitle updatedDescription toStateId toTeamId fromPriority toPriority fromEstimate toEstimate
        fromDueDate toDueDate fromAssigneeId toAssigneeId fromDelegate { id } toDelegate { id }
        addedLabelIds removedLabelIds fromProjectId toProjectId fromProjectMilestone { id } toProjectMilestone { id }
        fromCycleId toCycleId fromParentId toParentId attachmentId relationChanges { type }
      }
      pageInfo { hasNextPage }
    }
    children(first: 1) { nodes { id } }
    relations(first: 2) { nodes { id } }
    inverseRelations(first: 1) { nodes { id } }
    attachments(first: 1) { nodes { id } }
  }
}
"""

RELATION = """
query issueRelation($id: String!) {
  issueRelation(id: $id) { id }
}
"""

RELATION_CREATE = """
mutation issueRelationCreate($input: IssueRelationCreateInput!) {
  issueRelationCreate(input: $input) { issueRelation { id } }
}
"""

RELATION_DELETE = """
mutation issueRelationDelete($id: String!) {
  issueRelationDelete(id: $id) { success }
}
"""

ISSUE_DELETE = """
mutation issueDelete($id: String!) {
  issueDelete(id: $id) { success }
}
"""

COMMENT = """
query comment($id: String!) {
  comment(id: $id) { id url body editedAt issue { trashed } }
}
"""

COMMENT_STANDING = """
query comment($id: String!) {
  comment(id: $id) {
    id editedAt children(first: 50) { nodes { user { isMe } } pageInfo { hasNextPage } }
  }
}
"""

COMMENT_CREATE = """
mutation commentCreate($input: CommentCreateInput!) {
  commentCreate(input: $input) { comment { id url body editedAt issue { trashed } } }
}
"""

COMMENT_UPDATE = """
mutation commentUpdate($id: String!, $input: CommentUpdateInput!) {
  commentUpdate(id: $id, input: $input) { comment { id url body editedAt } }
}
"""

COMMENT_DELETE = """
mutation commentDelete($id: String!) {
  commentDelete(id: $id) { success }
}
"""

OAUTH_GRANT = """
query viewer {
  viewer { id }
  organization { id name urlKey }
}
"""
