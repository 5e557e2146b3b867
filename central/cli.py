"""`huxiao-central`: what an operator types in the district."""

import click

from contract.verbs import Verbs

COMMANDS = {
    "init": "central.commands.init:init",
    "serve": "central.commands.serve:serve",
    "web": "central.commands.serve:web",
    "ingest": "central.commands.alone:ingest",
    "worker": "central.commands.alone:worker",
    "unit": "central.commands.unit:unit",
    "user": "central.commands.user:user",
    "contact": "central.commands.contact:contact",
    "token": "central.commands.token:token",
    "site": "central.commands.site:site",
    "device": "central.commands.device:device",
    "map": "central.commands.map:map_group",
    "channel": "central.commands.channel:channel",
    "playbook": "central.commands.playbook:playbook",
    "enrolment": "central.commands.enrolment:enrolment",
    "care": "central.commands.care:care",
    "course": "central.commands.course:course",
    "service-point": "central.commands.course:service_point",
    "roster": "central.commands.roster:roster",
    "audit": "central.commands.audit:audit",
    "ca": "central.commands.authority:ca",
    "release": "central.commands.release:release",
    "drill": "central.commands.drill:drill",
    "duty": "central.commands.duty:duty",
    "backup": "central.commands.backup:backup",
    "restore": "central.commands.backup:restore",
    "bulletin": "central.commands.bulletin:bulletin",
    "statistics": "central.commands.statistics:statistics",
}


@click.group(cls=Verbs, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huxiao")
def main() -> None:
    """护校区级平台:接警、派单、通知、闭环。 Take alerts in, see each case through."""
