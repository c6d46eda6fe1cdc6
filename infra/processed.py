"""The CloudFormation that AWS's SAM transform makes of the template, which is what is deployed.

The transform wants an environment of its own, that of `sam`; what it made is kept until the template changes.
"""

import json
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
    given = sorted(f"{name}={value}" for name, value in {**GIVEN, **parameters}.items())
    kept = LOCAL / "processed" / f"{digest([TEMPLATE, ROOT / 'uv.lock'], *given)}.json"
    if not kept.exists():
        command: list[str | Path] = [environment("sam") / "python", "-m", "infra.processed", kept, *given]
        run("process the template", command, REGION, None)
    made: dict[str, Any] = json.loads(kept.read_text())
    return made


def _translated(parameters: dict[str, str]) -> dict[str, Any]:
    source: dict[str, Any] = import_module("samcli.yamlhelper").yaml_parse(TEMPLATE.read_text())
    for resource in source["Resources"].values():
        for name in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][name] = "s3://artifacts/code.zip"
    source["Globals"]["Function"]["CodeUri"] = "s3://artifacts/code.zip"
    transform = import_module("samtranslator.translator.transform").transform
    made: dict[str, Any] = transform(source, parameters, SimpleNamespace(load=dict))  # no managed policies of IAM's
    return made


def main(arguments: list[str]) -> int:
    """Write it, inside SAM's environment: the file, then parameters as NAME=value."""
    path, given = Path(arguments[0]), arguments[1:]
    made = json.dumps(_translated(dict(pair.split("=", 1) for pair in given)), indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
