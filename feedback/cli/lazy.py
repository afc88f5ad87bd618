"""Groups of commands whose modules are loaded when a command is called: `feedback --help` loads none of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click
from flask.cli import AppGroup


@dataclass(frozen=True)
class Lazy:
    """Where a command is: a module of this package and a name in it. `sentence` stands for it in a list of commands."""

    module: str
    name: str
    sentence: str = ""

    def load(self) -> click.Command:
        """Import the module; a group that says nothing of itself says the sentence."""
        command: click.Command = getattr(import_module(f"feedback.cli.{self.module}"), self.name)
        command.help = command.help or self.sentence
        return command


class LazyGroup(AppGroup):
    """A group with commands that are `lazy`, by name, besides those that are added to it."""

    def __init__(self, name: str, lazy: Mapping[str, Lazy], help: str | None = None) -> None:  # noqa: A002  # click's
        """Nothing is loaded yet."""
        super().__init__(name, help=help)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, sorted."""
        return sorted({*super().list_commands(ctx), *self._lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loaded now if it is lazy."""
        lazy = self._lazy.get(cmd_name)
        return lazy.load() if lazy else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands; only those without a sentence are loaded, for theirs."""
        names = self.list_commands(ctx)
        width = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._sentence(ctx, name, width)) for name in names])

    def _sentence(self, ctx: click.Context, name: str, width: int) -> str:
        if name in self._lazy and self._lazy[name].sentence:
            return self._lazy[name].sentence
        command = self.get_command(ctx, name)
        return command.get_short_help_str(width) if command else ""
