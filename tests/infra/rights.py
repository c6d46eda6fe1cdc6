"""Which AWS actions a function can come to call, read from the code: from its handler by every name that is mentioned.

What a use case asks of a port is found by the roles' names (`stores.tickets.put`, `queues.jobs.put`, `vault.open`), and
followed into the adapter that plays the role, down to the call of PynamoDB or of a boto3 client.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
type Place = tuple[str, str]
"""A module and a name in it; a method is `Class.method`."""

UNIT = "pm_assistant.runtime.unit"
STORES = "pm_assistant.aws.stores"
ROLES = {
    "vault": ("pm_assistant.aws.vault", "KmsVault"),
    "mailer": ("pm_assistant.aws.mail", "SesMailer"),
    "users": ("pm_assistant.aws.accounts", "CognitoUsers"),
    "sessions": ("pm_assistant.aws.accounts", "CognitoSessions"),
    "schedules": ("pm_assistant.aws.schedules", "SchedulerSchedules"),
    "archives": ("pm_assistant.aws.archives", "S3Archives"),
    "stage_metrics": ("pm_assistant.aws.metrics", "CloudWatchMetrics"),
    "_app": ("pm_assistant.aws.accounts", "AppClient"),
}
"""Who plays a role; stores are found by their field, queues by their name."""
SERVICES = {
    "pm_assistant.aws.vault": "kms",
    "pm_assistant.aws.mail": "ses",
    "pm_assistant.aws.accounts": "cognito-idp",
    "pm_assistant.aws.schedules": "scheduler",
    "pm_assistant.aws.archives": "s3",
    "pm_assistant.aws.metrics": "cloudwatch",
}
ROWS = {
    "find": "GetItem",
    "at": "GetItem",
    "among": "Query",
    "each": "Query",
    "newest": "Query",
    "page": "Query",
    "indexed": "Query",
    "find_all": "BatchGetItem",
    "put": "PutItem",
    "put_over": "PutItem",
    "save": "PutItem",
    "change": "UpdateItem",
    "update": "UpdateItem",
    "drop": "DeleteItem",
    "delete": "DeleteItem",
    "put_all": "BatchWriteItem",
    "drop_all": "BatchWriteItem",
    "everywhere": "Scan",
}
"""The ways of `aws.tables.Row`, and of a transaction, whose writes IAM takes for single ones."""
NAMED_OTHERWISE = {
    "HeadObject": ("s3:GetObject", "s3:ListBucket"),  # without the second S3 says 403 of what is not there
    "ListObjectsV2": ("s3:ListBucket",),
    "CreateSchedule": ("scheduler:CreateSchedule", "iam:PassRole"),
    "UpdateSchedule": ("scheduler:UpdateSchedule", "iam:PassRole"),
}
"""Operations that IAM knows by another name, or asks more for."""
SIGNED = {"generate_presigned_post": "put_object"}
"""What makes no request, and the operation of whoever makes it by that in our name."""
REGISTERED = {
    "api": ("pm_assistant.api",),
    "web": ("pm_assistant.web.pages",),
    "connect": ("pm_assistant.web.connect", "pm_assistant.web.unsubscribe"),
}
"""Where routes are that no handler names: they register themselves."""
NOT_FOLLOWED = ("pm_assistant.cli", "pm_assistant.ports", "pm_assistant.domain", "pm_assistant.aws.tables")
"""What calls nothing by itself, what no function has, and what `ROWS` says already."""
QUEUES = {
    "events": "EventsQueue",
    "actions": "ActionsQueue",
    "reports": "ReportsQueue",
    "jobs": "RunsQueue",
    "billing": "BillingQueue",
}


class Module:
    """What a file defines, and where its names come from."""

    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text())
        self.defined: dict[str, ast.AST] = {}
        self.imported: dict[str, Place] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = (node.module, alias.name)
        for node in tree.body:
            self._define(node)

    def _define(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef(name=name):
                self.defined[name] = node
            case ast.ClassDef(name=name):
                self.defined[name] = node
                for method in node.body:
                    if isinstance(method, ast.FunctionDef):
                        self.defined[f"{name}.{method.name}"] = method
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                self.defined[name] = node
            case ast.Expr() | ast.For():
                self.defined[f"line {node.lineno}"] = node


@cache
def modules() -> dict[str, Module]:
    """All of the product, but what only describes or only the terminal uses."""
    found = {}
    for top in (ROOT / "shared", ROOT):
        for path in sorted((top / ("pm_assistant" if top.name == "shared" else "functions")).rglob("*.py")):
            name = ".".join(path.relative_to(top).with_suffix("").parts).removesuffix(".__init__")
            if not name.startswith(NOT_FOLLOWED):
                found[name] = Module(path)
    return found


@cache
def actions(function: str) -> frozenset[tuple[str, str]]:
    """Actions that a function's handler can come to, each with the queue it is for, or nothing."""
    roots = [
        (module, name)
        for module, known in modules().items()
        if module.startswith((f"functions.{function}.app", *REGISTERED.get(function, ())))
        for name in known.defined
    ]
    seen: set[Place] = set()
    reached: set[tuple[str, str]] = set()
    while roots:
        place = roots.pop()
        if place in seen or place[0] not in modules():
            continue
        seen.add(place)
        module, node = modules()[place[0]], modules()[place[0]].defined.get(place[1])
        if node is None:
            if place[1] in module.imported:
                roots.append(module.imported[place[1]])
            roots += _inherited(place, module)
            continue
        if isinstance(node, ast.ClassDef) and place[0].startswith((UNIT, "pm_assistant.aws")):
            continue  # its parts are asked for by name
        for found in _mentioned(place, node, module):
            if found[0].startswith("aws:"):
                reached.add((found[0].removeprefix("aws:"), found[1]))
            else:
                roots.append(found)
    return frozenset(reached)


def _inherited(place: Place, module: Module) -> Iterator[Place]:
    """Where a method may be that its class does not define."""
    owner, _, method = place[1].partition(".")
    of_class = module.defined.get(owner)
    if method and isinstance(of_class, ast.ClassDef):
        yield from ((place[0], f"{base.id}.{method}") for base in of_class.bases if isinstance(base, ast.Name))


def _mentioned(place: Place, node: ast.AST, module: Module) -> Iterator[Place]:
    asked = {id(each.value): each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    # A store that is handed on, or kept under a name, is asked for something else here or where it is handed to.
    helpers = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} & module.defined.keys()
    bodies = [node, *(module.defined[name] for name in helpers)]
    elsewhere = {each.attr for body in bodies for each in ast.walk(body) if isinstance(each, ast.Attribute)}
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            if each.id in module.defined:
                yield place[0], each.id
            elif each.id in module.imported:
                yield module.imported[each.id]
        elif isinstance(each, ast.Attribute):
            yield from _asked(place, each, module, {asked[id(each)]} if id(each) in asked else elsewhere)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and place[0] in SERVICES:
            yield from _operation(place[0], each.value)  # paginators and links name theirs


def _asked(place: Place, each: ast.Attribute, module: Module, called: set[str]) -> Iterator[Place]:
    owner = each.value.attr if isinstance(each.value, ast.Attribute) else getattr(each.value, "id", "")
    if place[0].startswith(STORES):
        if each.attr in ROWS and owner != "self":
            yield f"aws:dynamodb:{ROWS[each.attr]}", ""
    elif place[0] in SERVICES:
        yield from _operation(place[0], each.attr)
    if place[0].startswith("pm_assistant.aws") and owner == "self":
        yield place[0], f"{place[1].partition('.')[0]}.{each.attr}"
        return
    if owner in module.imported:
        source, name = module.imported[owner]
        yield f"{source}.{name}", each.attr
    yield from _of_role(owner, each.attr, called)


def _of_role(owner: str, asked: str, called: set[str]) -> Iterator[Place]:
    if owner == "stores" and asked in _stores():
        source, kind = _stores()[asked]
        methods = {name.partition(".")[2] for name in modules()[source].defined if name.startswith(f"{kind}.")}
        # What the port itself makes of its methods (a lease that is held) may come to any of them.
        inherited = "hold" in called and "hold" not in methods and kind == "DynamoLeases"
        yield from ((source, f"{kind}.{method}") for method in (methods if inherited else methods & called))
    if owner == "queues" and asked in QUEUES:
        yield "aws:sqs:SendMessage", QUEUES[asked]
    if owner in ROLES:
        source, kind = ROLES[owner]
        yield source, f"{kind}.{asked}"
    if asked in {"oauth_app", "webhook_source", "analyst", "fine_tuning", "payments", "customer_changed"}:
        yield "aws:ssm:GetParameters", ""
    for kind in ("AwsApplication", "AwsUnit"):
        yield UNIT, f"{kind}.{asked}"


def _operation(module: str, name: str) -> Iterator[Place]:
    operation = "".join(part.capitalize() for part in SIGNED.get(name, name).split("_"))
    if "_" in name and operation in _operations(SERVICES[module]):
        for action in NAMED_OTHERWISE.get(operation, (f"{SERVICES[module]}:{operation}",)):
            yield f"aws:{action}", ""


@cache
def _operations(service: str) -> frozenset[str]:
    """Those that a right is needed for: some of Cognito's are anybody's, and go out unsigned."""
    from botocore.session import Session  # noqa: PLC0415  # slow to load, and rarely needed

    model = Session().get_service_model("sesv2" if service == "ses" else service)
    return frozenset(name for name in model.operation_names if model.operation_model(name).auth_type != "none")


@cache
def _stores() -> dict[str, Place]:
    module = modules()[STORES]
    [fields] = [node for name, node in module.defined.items() if name == "DynamoStores"]
    return {
        field.target.id: module.imported[field.annotation.id]
        for field in ast.walk(fields)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(field.annotation, ast.Name)
    }
