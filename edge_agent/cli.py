"""`huxiao-edge`: what an installer types on a device."""

import click

from contract.verbs import Verbs

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


@click.group(cls=Verbs, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huxiao")
def main() -> None:
    """护校设备端:看守、喊话、报警、上报。 Watch, warn, raise the alarm, report."""
