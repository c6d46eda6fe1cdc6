"""What botocore is told of AWS: the same as always, without what nobody here reads.

botocore knows each service by a file that holds the service's manual, too, and all services in all regions by one of
more than a megabyte. A process that has just begun would read them before its first request. `python -m
pm_assistant.aws.models` writes them without manuals and without services that we never call; where they have not been
written, or for another version of botocore, its own are read.
"""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import JSONFileLoader, Loader

SERVICES = ("cloudwatch", "cognito-idp", "dynamodb", "kms", "lambda", "s3", "scheduler", "sesv2", "sqs", "ssm", "sts")
"""Those that our code and Powertools call; the layer has no others."""
PARTS = {"cloudwatch": "GetMetricData", "ssm": "Parameter"}
"""Of a large service, what the operations have in their names that are ours to call."""
SHORT = Path(__file__).parent / "data" / botocore.__version__
OWN = Path(Loader.BUILTIN_DATA_PATH)


class PlainLoader(JSONFileLoader):
    """Reads JSON as Python does: its dictionaries keep their order, and cost a third of botocore's ordered ones."""

    def _load_file(self, full_path: str, open_method: Any) -> Any:
        if not os.path.isfile(full_path):  # noqa: PTH113  # `Path` would be made for every file that is not there
            return None
        with open_method(full_path, "rb") as file:
            return json.loads(file.read())


class ShortLoader(Loader):
    """Finds what is shorter first."""

    def __init__(self) -> None:
        paths = [str(path) for path in (SHORT, OWN) if path.is_dir()]
        super().__init__(extra_search_paths=paths, file_loader=PlainLoader(), include_default_search_paths=False)

    def list_available_services(self, type_name: str) -> list[str]:
        """All of them, by their folders; botocore would look into each of some hundreds."""
        return sorted({name for path in self.search_paths for name in os.listdir(path)})  # noqa: PTH208

    def is_builtin_path(self, path: str) -> bool:
        """Always: what is shorter is botocore's own, too."""
        return True


def without_manual(value: Any) -> Any:
    """A part of a service's description without its texts for people."""
    if isinstance(value, dict):
        return {
            name: _silent(part) if name == "clientContextParams" else without_manual(part)
            for name, part in value.items()
            if not (name == "documentation" and isinstance(part, str))
        }
    return [without_manual(part) for part in value] if isinstance(value, list) else value


def _silent(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters of a client, of which botocore wants each to have a text, be it empty."""
    return {name: {**parameter, "documentation": ""} for name, parameter in parameters.items()}


def part_of(service: dict[str, Any], named: str) -> dict[str, Any]:
    """A service's description with the operations alone that have something in their names, and their shapes."""
    operations = {name: operation for name, operation in service["operations"].items() if named in name}
    shapes: dict[str, Any] = {}
    left = list(_shapes_in(operations))
    while left:
        name = left.pop()
        if name not in shapes:
            shapes[name] = service["shapes"][name]
            left.extend(_shapes_in(shapes[name]))
    return service | {"operations": operations, "shapes": shapes}


def _shapes_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _shapes_in(part)


def write(target: Path = SHORT) -> None:
    """Write all that is read in a shorter form."""
    prefixes = set()
    for service in SERVICES:
        latest = max(version.name for version in (OWN / service).iterdir())
        full = json.loads(gzip.decompress((OWN / service / latest / "service-2.json.gz").read_bytes()))
        prefixes.add(full["metadata"]["endpointPrefix"])
        _write(target / service / latest / "service-2.json", part_of(without_manual(full), PARTS.get(service, "")))
    endpoints = json.loads((OWN / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: at for name, at in partition["services"].items() if name in prefixes}
    _write(target / "endpoints.json", endpoints)


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")))


if __name__ == "__main__":
    write()
