"""What goes in and comes out, for a company that does not exist; read when the description is written."""

from typing import Any

from pm_assistant.api.examples import flow, people, reports, tenant, work
from pm_assistant.api.examples.company import (
    ACCOUNT,
    CHANNEL,
    DECISION,
    EXPERIMENT,
    INVITATION,
    KEY,
    LENA,
    PASSWORD,
    ROOT,
    RUN,
    TENANT,
    TOKEN,
    UPLOAD,
)

ANSWERS: dict[str, Any] = {
    type(answer).__name__: answer.model_dump(mode="json")
    for answer in (*people.ANSWERS, *tenant.ANSWERS, *work.ANSWERS, *flow.ANSWERS, *reports.ANSWERS)
}
"""One of each kind that is answered with, by its name in the code."""

BODIES: dict[str, Any] = {
    "Address": {"email": "lena@velunda.example"},
    "AnswersGiven": {"answers": {"What keeps you from going on?": "ENG-34 waits for the keys of the test shop"}},
    "BacktestRequest": {"since": "2026-11-06T00:00:00Z", "threshold": 0.85},
    "SnoozeRequest": {"until": "hour"},
    "AdoptionRequest": {"dry_run": False, "most_dollars": 2.5},
    "Approval": {"revision": "b5bb9d8014a0f9b1"},
    "Confirmation": {"confirm": "Velunda"},
    "Credentials": {"email": "lena@velunda.example", "password": PASSWORD},
    "Purchase": {"plan": "team", "seats": 12},
    "PortalRequest": {"flow": "payment_method"},
    "BillingGrant": {
        "trial_ends_at": "2026-12-24T00:00:00Z",
        "raises": {"decisions": 1000},
        "invoiced": {"plan": "business", "seats": 40, "until": "2027-12-01T00:00:00Z"},
    },
    "SuspensionRequest": {"reason": "the last invoice was returned; write to help@operator.example"},
    "Correction": {"ticket": "ENG-14"},
    "Dismissal": {"reason": "It is about another class."},
    "FineTuneRequest": {"dry_run": True},
    "ImportRequest": {"upload_id": UPLOAD},
    "KeyRequest": {"name": "nightly report", "scope": "read"},
    "MemberChange": {"time_zone": "Europe/Berlin"},
    "NewPassword": {"email": "lena@velunda.example", "code": "481516", "password": PASSWORD},
    "Offer": {"email": "dana@velunda.example", "role": "member"},
    "PasswordChange": {"current": "an earlier choice of words", "password": PASSWORD},
    "EmailProof": {"code": "eyJhY2NvdW50X2lkIjoi4oCmIn0.Zm9yIHRoZSBtYWlsYm94IGFsb25l"},
    "EmailRequest": {"email": "lena.new@velunda.example", "current": PASSWORD},
    "Proof": {
        "email": "lena@velunda.example",
        "code": "481516",
        "registration": "b7e23ec29af22b0b4e41da31e868d572",
    },
    "ExperimentRequest": {"kind": "move", "b": {"threshold": 0.7}},
    "RefreshToken": {"refresh_token": TOKEN},
    "Registration": {"email": "lena@velunda.example", "password": PASSWORD, "team_name": "Velunda"},
    "RoleChange": {"role": "admin"},
    "RuleChange": {"until": "2027-03-03T00:00:00Z"},
    "RuleRequest": {"kind": "create", "channel": CHANNEL, "note": "Nothing said there is work."},
    "Settings": {"rules": {"move": {"mode": "auto", "threshold": 0.9}}},
    "ChannelRequest": {"hour": 9, "minute": 30, "time_zone": "Europe/Berlin"},
    "SubscriptionRequest": {"hour": 9, "minute": 30, "delivery": "slack"},
    "TenantChange": {"name": "Velunda"},
    "UploadRequest": {"size": 48_213},
    "VendorAccount": {"account": "danaokafor"},
    "WorkflowRequest": {"dry_run": True, "since": "2026-11-19T09:30:00Z"},
}
"""One of each kind that is sent."""

PLACES: dict[str, str] = {
    "account_id": ACCOUNT,
    "conversation_id": f"{CHANNEL}:{ROOT}",
    "decision_id": DECISION,
    "experiment_id": EXPERIMENT,
    "finetune_id": RUN,
    "invitation_id": INVITATION,
    "key_id": KEY,
    "kind": "standup",
    "channel_id": "C0ENGINEERS",
    "member_id": LENA,
    "plan": "team",
    "provider": "slack",
    "pull_request_id": "700100200:412",
    "seats": "12",
    "rule_id": "0f8fad5b-d9cb-569f-a165-70867728950e",
    "team": "ENG",
    "tenant_id": TENANT,
    "run_id": RUN,
    "ticket": "ENG-34",
    "workflow": "process",
}
"""What stands in a path, or has to stand in a query, by the name of its parameter."""
