"""What AWS's clients are told of AWS is shorter than botocore's own, and says the same."""

import re
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.session import Session

from pm_assistant.aws import models
from pm_assistant.aws.models import PARTS, SERVICES, ShortLoader

ROOT = Path(__file__).parents[2]


def session(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session that reads what this loader finds."""
    for name, value in (("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    made = Session()
    made.register_component("data_loader", loader)
    return made


def words(part: Any) -> list[str]:
    """Every text for people in a part of a service's description."""
    if isinstance(part, list):
        return [found for each in part for found in words(each)]
    if not isinstance(part, dict):
        return []
    own = [value for name, value in part.items() if name == "documentation" and isinstance(value, str)]
    return own + [found for value in part.values() for found in words(value)]


@pytest.mark.thorough
def test_a_shorter_description_leads_to_the_same_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each service has its operations, its endpoint and its signature, in every part of AWS, and no manual."""
    models.write(tmp_path)
    monkeypatch.setattr(models, "SHORT", tmp_path)
    short, full = session(ShortLoader(), monkeypatch), session(Loader(), monkeypatch)

    for service in SERVICES:
        ours, theirs = short.get_service_model(service), full.get_service_model(service)
        wanted = [name for name in theirs.operation_names if PARTS.get(service, "") in name]
        assert (wanted, theirs.metadata) == (list(ours.operation_names), ours.metadata)
        assert not any(words(ShortLoader().load_service_model(service, "service-2")))
        context = [[parameter.name for parameter in model.client_context_parameters] for model in (ours, theirs)]
        assert context[0] == context[1]
        for name in wanted:
            shapes = [model.operation_model(name).input_shape for model in (ours, theirs)]
            assert 1 == len({repr(shape and shape.members) for shape in shapes})
        for region in ("eu-central-1", "us-east-1", "cn-north-1"):
            clients = [made.create_client(service, region) for made in (short, full)]
            assert clients[0].meta.endpoint_url == clients[1].meta.endpoint_url
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.json")) < 1_500_000


def test_what_has_not_been_shortened_is_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout works before it was made, and a service of which there is no shorter description works, too."""
    monkeypatch.setattr(models, "SHORT", tmp_path / "nowhere")

    assert "GetParameters" in session(ShortLoader(), monkeypatch).get_service_model("ssm").operation_names
    assert session(ShortLoader(), monkeypatch).create_client("cloudformation", "eu-central-1").meta.endpoint_url


def test_the_layer_has_every_service_that_is_shortened_and_shortens_them() -> None:
    """Both lists name what our code calls."""
    makefile = (ROOT / "shared" / "Makefile").read_text()
    [kept] = re.findall(r"^SERVICES := (.*)$", makefile, re.MULTILINE)

    assert sorted(SERVICES) == sorted(kept.split())
    assert "-m pm_assistant.aws.models" in makefile
