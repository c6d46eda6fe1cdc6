"""CloudFormation's two reads over HTTP; moto's own would need packages the project has no other use for."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

PARAMETERS = {
    "SecretsPrefix": "/pm-assistant/dev",
    "PublicUrl": "",
    "VendorUrls": "",
    "OpenAiBaseUrl": "https://api.openai.com/v1",
    "OpenAiModel": "some-model",
    "Analyst": "offline",
    "BurstGapSeconds": "90",
    "IndexCacheMB": "64",
}
OUTPUTS = {
    "ApiUrl": "https://api.test",
    "TableName": "table",
    **{
        f"{stage}{kind}Url": f"https://sqs/{stage}{kind}"
        for stage in ("Events", "Actions", "Reports", "Runs", "Billing")
        for kind in ("Queue", "DeadLetters")
    },
    "KmsKeyId": "key",
    "ArchivesBucket": "archives",
    "UserPoolId": "eu-central-1_pool",
    "UserPoolClientId": "client",
    "ScheduleGroup": "pm",
    "ScheduleRoleArn": "arn:aws:iam::123456789012:role/scheduler",
    "ReportsDeadLettersArn": "arn:aws:sqs:eu-central-1:123456789012:reports_dlq",
    "RunsDeadLettersArn": "arn:aws:sqs:eu-central-1:123456789012:runs_dlq",
}
STACKS = {"pm": OUTPUTS, "other": {"ApiUrl": "https://other.test"}}

RESOURCES = {
    "ReportFunction": ("AWS::Lambda::Function", "pm-report"),
    "ActFunction": ("AWS::Lambda::Function", "pm-act"),
    "Table": ("AWS::DynamoDB::Table", "table"),
}
"""Of every stack: the kind and the physical name of each."""


class Answers(BaseHTTPRequestHandler):
    """Knows the stacks `pm` and `other`, which is not one of ours."""

    def do_POST(self) -> None:
        """Answer one query."""
        query = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        action, name = query["Action"][0], query["StackName"][0]
        if name not in STACKS:
            self._send(
                400,
                f"<ErrorResponse><Error><Code>ValidationError</Code><Message>{_missing(name)}</Message></Error></ErrorResponse>",
            )
        elif action == "DescribeStacks":
            self._send(200, _result(action, f"<Stacks><member>{_stack(name)}</member></Stacks>"))
        else:
            self._send(200, _result(action, f"<StackResourceSummaries>{_resources()}</StackResourceSummaries>"))

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def _send(self, status: int, xml: str) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(xml.encode())))
        self.end_headers()
        self.wfile.write(xml.encode())


@contextmanager
def cloudformation() -> Iterator[str]:
    """Serve it, and give its address."""
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _result(action: str, inside: str) -> str:
    return f"<{action}Response><{action}Result>{inside}</{action}Result></{action}Response>"


def _missing(name: str) -> str:
    return f"Stack with id {escape(name)} does not exist"


def _stack(name: str) -> str:
    outputs, parameters = _pairs("Output", STACKS[name]), _pairs("Parameter", PARAMETERS)
    return f"<StackName>{name}</StackName><Outputs>{outputs}</Outputs><Parameters>{parameters}</Parameters>"


def _pairs(kind: str, values: Mapping[str, str]) -> str:
    return "".join(
        f"<member><{kind}Key>{key}</{kind}Key><{kind}Value>{escape(value)}</{kind}Value></member>"
        for key, value in values.items()
    )


def _resources() -> str:
    return "".join(
        f"<member><LogicalResourceId>{name}</LogicalResourceId><ResourceType>{kind}</ResourceType>"
        f"<PhysicalResourceId>{escape(id)}</PhysicalResourceId><ResourceStatus>UPDATE_COMPLETE</ResourceStatus></member>"
        for name, (kind, id) in RESOURCES.items()
    )
