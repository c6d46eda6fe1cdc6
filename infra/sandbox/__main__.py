"""Runs the sandbox: `python -m infra.sandbox --port 4567 --state DIR --app-url URL --brain MODULE:FUNCTION`."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from infra.sandbox.core.config import SETTINGS
from infra.sandbox.core.store import StateUnreadable
from infra.sandbox.openai.responses import Brain
from infra.sandbox.seed import SeedInvalid
from infra.sandbox.server import create_app

HOST = "127.0.0.1"


def main() -> None:
    """Serve until told to stop; ids and secrets come from the environment, under the configuration's names."""
    options = argparse.ArgumentParser(prog="python -m infra.sandbox", description=__doc__)
    options.add_argument("--port", type=int, default=4567)
    options.add_argument("--state", type=Path, required=True, help="the directory the state is kept in")
    options.add_argument("--app-url", default="", help="where the app is reached; may be set later")
    options.add_argument("--brain", type=_brain, help="what OpenAI's models say, as MODULE:FUNCTION; none without it")
    chosen = options.parse_args()
    settings = {name: os.environ.get(name.upper(), "") for name in SETTINGS}
    settings["app_url"] = chosen.app_url or settings["app_url"]
    try:
        app = create_app(chosen.state, f"http://{HOST}:{chosen.port}", settings=settings, brain=chosen.brain)
    except (SeedInvalid, StateUnreadable, ValidationError) as error:
        sys.exit(f"sandbox: {error}")
    # A request that hangs on purpose must not hold up the end.
    uvicorn.run(app, host=HOST, port=chosen.port, log_level="warning", access_log=False, timeout_graceful_shutdown=2)


def _brain(name: str) -> Brain:
    module, _, function = name.partition(":")
    try:
        brain: Brain = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"no brain at {name!r}: {error}") from error
    return brain


if __name__ == "__main__":
    main()
