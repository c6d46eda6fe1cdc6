"""The CloudFormation that AWS's SAM transform makes of the template, which is what is deployed.

The transform wants an environment of its own, that of `sam`; what it made is kept until the template changes.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from infra.local.tools import LOCAL, ROOT, digest, environment, run

TEMPLATE = ROOT / "template.yaml"
GIVEN = {"MailFrom": "pm@example.com", "Release": "0123456789abcdef"}
"""What has no default."""
REGION = {"AWS_DEFAULT_REGION": "eu-central-1"}
"""The transform asks for one, to know in which partition managed policies are."""


def processed(**parameters: str) -> dict[str, Any]:
    """The template as CloudFormation gets it when it is deployed with these parameters.

    Raises:
        LocalError: SAM refuses it.
    """
    made: dict[str, Any] = json.loads(write(**parameters).read_text())
    return made


def write(**parameters: str) -> Path:
    """The same as a file.

    Raises:
        LocalError: SAM refuses it.
    """
    given = sorted(f"{name}={value}" for name, value in {**GIVEN, **parameters}.items())
    made = LOCAL / "processed" / f"{digest([TEMPLATE, Path(__file__), ROOT / 'uv.lock'], *given)}.json"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [environment("sam") / "python", "-m", "infra.processed", made, *given]
        run("process the template", command, REGION, None)
    return made


def _translated(parameters: dict[str, str]) -> dict[str, Any]:
    source: dict[str, Any] = import_module("samcli.yamlhelper").yaml_parse(TEMPLATE.read_text())
    for properties in (source["Globals"]["Function"], *(each["Properties"] for each in source["Resources"].values())):
        for name in {"CodeUri", "ContentUri"} & properties.keys():
            properties[name] = "s3://artifacts/code.zip"
    transform = import_module("samtranslator.translator.transform").transform
    made: dict[str, Any] = transform(source, parameters, SimpleNamespace(load=dict))  # no managed policies of IAM's
    return made


def main(arguments: list[str]) -> int:
    """Inside SAM's environment: write it to the file that comes first, for parameters as NAME=value."""
    path = Path(arguments[0])
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(_translated(dict(pair.split("=", 1) for pair in arguments[1:])), indent=1))
    draft.replace(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
