"""`pm`, the product at a terminal: look at a stack, and reach into it by the doors everybody else uses."""


def main() -> None:
    """Run the command line."""
    from pm_assistant.cli.app import app

    app()
