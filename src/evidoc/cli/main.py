"""`evidoc`: the commands, each loaded when it is called.

Exit codes: 0 done, 1 it could not be done, 2 asked for in a way that is not understood, 130 interrupted.
"""

import sys
from collections.abc import Mapping

import click

from evidoc.kernel.errors import EvidocError
from evidoc.kernel.registry import Registry
from evidoc.server.settings import BadSetting

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("evidoc.cli.demo:demo", "Run the main job once on a sample invoice"),
    "extract": ("evidoc.cli.extract:extract", "Find values in documents, with where each stands"),
    "read": ("evidoc.cli.read:read", "Print what a document says"),
    "classify": ("evidoc.cli.classify:classify", "Tell which kind of document it is"),
    "eval": ("evidoc.cli.eval:evaluate", "Score documents whose truth is known"),
    "serve": ("evidoc.cli.serve:serve", "Serve the API"),
    "workflows": ("evidoc.cli.workflows:workflows", "List, show and create workflows of a running server"),
    "flows": ("evidoc.cli.flows:flows", "List, show, check and publish flows of a running server"),
    "run": ("evidoc.cli.run:run", "Run a flow or workflow of a running server on files"),
    "runs": ("evidoc.cli.runs:runs", "List, show, wait for and cancel runs of a running server"),
    "keys": ("evidoc.cli.keys:keys", "Make, list and revoke API keys"),
    "orgs": ("evidoc.cli.organisations:organisations", "Make, list and limit organisations"),
    "credits": ("evidoc.cli.credits:credits", "Show, grant and limit credits"),
    "webhooks": ("evidoc.cli.webhooks:webhooks", "Show what was sent to webhooks, and send it again"),
    "settings": ("evidoc.cli.settings:settings", "List every setting and its value"),
    "doctor": ("evidoc.cli.doctor:doctor", "Say what is configured, what works and what is missing"),
    "version": ("evidoc.cli.version:version", "Print the version"),
}


class _Commands(click.Group):
    """The table of commands as a group; asking for help loads none of them."""

    def __init__(self) -> None:
        super().__init__(
            name="evidoc",
            help="Evidoc reads documents and answers for every value it gives.",
            epilog="Try: evidoc demo. To see what a command takes: evidoc COMMAND --help",
            context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        )
        self._keepers: Registry[click.Command] = Registry("command", {name: at for name, (at, _) in _COMMANDS.items()})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        return self._keepers.get(cmd_name) if cmd_name in self._keepers else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, from its own words."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])


def main() -> None:
    """The entry point."""
    try:
        _Commands().main(standalone_mode=True)
    except EvidocError as error:
        _complain(error)
    except BadSetting as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(0)


def _complain(error: EvidocError) -> None:
    click.echo(f"Error: {error.message}", err=True)
    for detail in error.details:
        click.echo(f"  {detail.field}: {detail.message}", err=True)
    sys.exit(1)
