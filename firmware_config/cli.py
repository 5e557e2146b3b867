"""`huxiao-flash`: what an installer types on a laptop, with a box of cards beside it."""

import click

from contract.verbs import Verbs

COMMANDS = {
    "list": "firmware_config.commands.listing:list_disks",
    "write": "firmware_config.commands.write:write",
    "batch": "firmware_config.commands.batch:batch",
    "verify": "firmware_config.commands.verify:verify",
    "inspect": "firmware_config.commands.inspect:inspect",
    "doctor": "firmware_config.commands.doctor:doctor",
    "update": "firmware_config.commands.update:update",
    "jetson": "firmware_config.commands.jetson:jetson",
    "profile": "firmware_config.commands.profile:profile",
    "completion": "firmware_config.commands.completion:completion",
}


@click.group(cls=Verbs, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huxiao")
def main() -> None:
    """护校写卡:选卡、写入、校验、查看、体检。 Choose, write, check, inspect, diagnose."""
