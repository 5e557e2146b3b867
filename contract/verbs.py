"""What the three command lines share: a verb is loaded when it is called, misuse is said in words.

The one place in the contract that knows click; everything on the wire stands without it.
"""

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import click

from contract.misuse import told


class Verbs(click.Group):
    """Loads a verb only when it is called, so that each starts fast and alone."""

    def __init__(self, *given: Any, places: Mapping[str, str], **more: Any) -> None:
        """Take where each verb stands: `{"write": "firmware_config.commands.write:write"}`."""
        super().__init__(*given, **more)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs, in the order in which they are needed."""
        del ctx
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb."""
        del ctx
        if cmd_name not in self._places:
            return None
        module, _, name = self._places[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        """Read the words before the verb."""
        with _in_words():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the words after it, and do it."""
        with _in_words():
            return super().invoke(ctx)


class Misuse(click.UsageError):
    """How a verb was called wrongly, in Chinese first."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it on the error stream; code 2 follows."""
        usage = self.ctx.get_usage() if self.ctx else ""
        help_by = f"{self.ctx.command_path} --help" if self.ctx else ""
        click.echo(told(self.message, usage, help_by), file=file, err=True)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (click.Abort, EOFError, KeyboardInterrupt):
        click.echo("\n已中断 (stopped)", err=True)
        raise SystemExit(1) from None
    except click.exceptions.NoArgsIsHelpError:
        raise  # shows the help, which is in Chinese already
    except click.UsageError as error:
        raise Misuse(error.format_message(), error.ctx) from error
