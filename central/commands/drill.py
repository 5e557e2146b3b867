"""`huxiao-central drill`: play a scenario through, marked everywhere."""

from typing import get_args

import click

from central.adapters.clock import now_ms
from central.commands.options import EXIT_REFUSED, Central, fail, json_option, opened, show
from central.core.drills import DrillTells
from central.core.kinds import HandKind, kind_of
from central.core.people import Actor, Role
from central.incidents import CaseError, start_drill
from contract.scenarios import Kind, Scenario

KINDS = [*(one.value for one in Kind), *(one.value for one in HandKind)]
OPERATOR = Actor("cli", "管理员（命令行）", Role.DISTRICT_ADMIN, "edu")


@click.group()
def drill() -> None:
    """演练:任何场景从立案到办结走一遍。 Play any scenario through.

    处处标明“演练”,不计入统计,家长收不到任何消息。 Marked everywhere, counted nowhere.
    """


@drill.command()
@click.option("--site", "site_id", required=True, help="场所编号 / the place")
@click.option("--scenario", required=True, type=click.Choice([one.value for one in Scenario]))
@click.option("--kind", required=True, type=click.Choice(KINDS))
@click.option(
    "--tell",
    default="nobody",
    show_default=True,
    type=click.Choice(get_args(DrillTells)),
    help="通知谁：无人、仅页面、各责任单位 / nobody, on the page, marked letters",
)
@click.option("--deadlines", is_flag=True, help="时限照走 / deadlines run and escalate")
@click.option("--note", default="", help="说明 / what it is about")
@json_option
@opened
def start(  # noqa: PLR0913 - a drill is said in one sentence
    central: Central,
    *,
    site_id: str,
    scenario: str,
    kind: str,
    tell: DrillTells,
    deadlines: bool,
    note: str,
    as_json: bool,
) -> None:
    """发起演练。 Start a drill."""
    try:
        with central.store.transaction() as connection:
            incident_id = start_drill(
                connection, OPERATOR, site_id, Scenario(scenario), kind_of(kind), note, now_ms(),
                tells=tell, waits=deadlines, playbooks=central.playbooks(),
            )  # fmt: skip
    except CaseError as error:
        fail(f"{error.message_zh} / {error.message_en}", EXIT_REFUSED)
    show({"incident_id": incident_id}, f"演练已开始 drill started: {incident_id}", as_json=as_json)
