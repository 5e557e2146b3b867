"""`huxiao-edge`: what an installer types on a device."""

import importlib

import click

COMMANDS = {
    "detect": "edge_agent.commands.detect:detect",
    "replay": "edge_agent.commands.replay:replay",
    "faces": "edge_agent.commands.faces:faces",
    "say": "edge_agent.commands.say:say",
    "run": "edge_agent.commands.run:run",
    "doctor": "edge_agent.commands.doctor:doctor",
    "config": "edge_agent.commands.config:config",
    "page": "edge_agent.commands.page:page",
    "enrol": "edge_agent.commands.enrol:enrol",
    "renew": "edge_agent.commands.enrol:renew",
    "update": "edge_agent.commands.update:update",
    "outbox": "edge_agent.commands.outbox:outbox",
}


class _Verbs(click.Group):
    """Loads a verb only when it is called, so that each starts fast and alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huxiao")
def main() -> None:
    """护校设备端:看守、喊话、报警、上报。 Watch, warn, raise the alarm, report."""
