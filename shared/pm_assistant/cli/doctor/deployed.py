"""The stack that is looked at, and what is found: one line for each thing, in words."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import httpx

from pm_assistant.aws.failures import translated
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.doctor.rights import MODEL_KEY, PAYMENT_SECRETS
from pm_assistant.cli.models import Finding
from pm_assistant.domain.errors import Misconfigured, ProductError, UpstreamUnavailable
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings import MailSettings, load

if TYPE_CHECKING:
    from pm_assistant.cli.stack import Stack

ALIAS = "live"
"""Under which functions are called (`AutoPublishAlias` in template.yaml)."""
DEPLOY = "Deploy again: make deploy (README, Operations)."
"""What mends whatever template.yaml makes."""


class Found(NamedTuple):
    """A finding before it is said of which check it is."""

    state: Literal["ok", "missing", "not here", "not asked"]
    what: str
    remedy: str = ""


def well(what: str) -> Found:
    """It is as it has to be."""
    return Found("ok", what)


def missing(what: str, remedy: str) -> Found:
    """It is not, and what to do about it."""
    return Found("missing", what, remedy)


def not_here(why: str) -> Found:
    """It cannot be known of an emulated AWS."""
    return Found("not here", why)


def faults_or(found: Iterable[Found], what: str) -> Iterator[Found]:
    """What is missing of several, or that all of it is as it has to be."""
    is_well = True
    for fault in found:
        is_well = False
        yield fault
    if is_well:
        yield well(what)


type Look = Callable[["DeployedStack"], Iterator[Found]]
"""Yields what is missing, or that nothing is."""


class DeployedStack:
    """A deployed stack, with what a look at it needs.

    Args:
        client: of the stack.
        wait: lets so many seconds pass.
        mail_to: who gets a mail, if anybody.
        without: vendors where we have no app on purpose.
        transport: how requests to the stack's own address travel; the network, unless a test says otherwise.
    """

    def __init__(
        self,
        client: StackClient,
        *,
        wait: Callable[[float], None],
        mail_to: str | None = None,
        without: Collection[Provider] = (),
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.client = client
        self.wait = wait
        self.mail_to = mail_to
        self.vendors = tuple(vendor for vendor in VENDORS.values() if vendor.provider not in without)
        self._transport = transport

    @property
    def stack(self) -> "Stack":
        """As it is described."""
        return self.client.stack

    @property
    def is_local(self) -> bool:
        """Whether the AWS around it is emulated."""
        return self.stack.aws_endpoint_url is not None

    @property
    def named(self) -> str:
        """What `pm` is told to mean this stack."""
        return "" if self.is_local else f" --stack {self.stack.stack_name}"

    @cached_property
    def resources(self) -> Mapping[str, str]:
        """Physical names by those of the template."""
        pages = wiring.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.stack.stack_name)
            for each in page["StackResourceSummaries"]
            if each.get("PhysicalResourceId")
        }

    def resource(self, name: str) -> str:
        """The physical name of what the template calls so.

        Raises:
            Misconfigured: the stack does not have it (any more).
        """
        if name not in self.resources:
            raise Misconfigured(f"the stack has no {name}")
        return self.resources[name]

    def function(self, name: str) -> Mapping[str, Any]:
        """How a function is configured, as it is called.

        Raises:
            Misconfigured: it is not there.
        """
        if name not in self._functions:
            physical = self.resource(f"{name.title()}Function")
            with translated():
                answer = wiring.client("lambda").get_function_configuration(FunctionName=physical, Qualifier=ALIAS)
            self._functions[name] = answer
        return self._functions[name]

    @cached_property
    def _functions(self) -> dict[str, Mapping[str, Any]]:
        return {}

    def found(self, names: Iterable[str]) -> Iterator[str]:
        """Those of some functions that can be looked at; a check of its own says what keeps the others from that."""
        for name in names:
            with suppress(ProductError):
                self.function(name)
                yield name

    def environment(self, name: str) -> Mapping[str, str]:
        """What a function is told."""
        variables: Mapping[str, str] = self.function(name).get("Environment", {}).get("Variables", {})
        return variables

    @property
    def mail(self) -> MailSettings:
        """Who mail comes from, as the function that sends reports is told.

        Raises:
            Misconfigured: it is not told.
        """
        return load(MailSettings, self.environment("report"))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those that its functions need, by their names below its prefix."""
        of_vendors = [
            f"{vendor.provider}/{name}"
            for vendor in self.vendors
            for name in (*vendor.app_secrets, vendor.webhook_secret)
        ]
        sells = bool(self.environment("bill").get("STRIPE_PRICES"))
        return (
            *of_vendors,
            *((MODEL_KEY,) if self.stack.analyst == "openai" else ()),
            *(PAYMENT_SECRETS if sells else ()),
        )

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Knock at the stack's own address.

        Raises:
            UpstreamUnavailable: nobody answers.
        """
        try:
            with httpx.Client(timeout=30, transport=self._transport) as http:
                return http.request(method, f"{self.stack.public_url}{path}", **sent)
        except httpx.HTTPError as error:
            raise UpstreamUnavailable(f"{self.stack.public_url} does not answer") from error


UNSEEN = "It is gone or switched off, or whoever runs this may not use it."


def look_at(deployed: DeployedStack, checks: Mapping[str, Look]) -> Iterator[Finding]:
    """Look at everything in turn; what cannot be looked at counts as missing."""
    for check, look in checks.items():
        try:
            with translated():
                for found in look(deployed):
                    yield Finding(check=check, **found._asdict())
        except ProductError as error:
            yield Finding(check=check, state="missing", what=str(error), remedy=UNSEEN)
