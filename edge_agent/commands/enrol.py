"""`huxiao-edge enrol` and `renew`: who the device is to the district."""

import logging
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from contract.claims import TICKET_FILE
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.commands.run import DEFAULT_CONFIG
from edge_agent.config import ConfigError, load_config
from edge_agent.core.backoff import Backoff
from edge_agent.wiring import claiming
from edge_agent.wiring.claiming import DistrictError, Enrolled, IdentityError, TicketError

LOG = logging.getLogger("huxiao.enrol")

DEFAULT_TICKET = Path("/boot/firmware/huxiao") / TICKET_FILE


@click.command(epilog=EXITS_HELP)
@click.option(
    "--claim",
    "ticket_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_TICKET,
    show_default=True,
    help="卡上的入网码文件 / the claim on the card",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="HUXIAO_CONFIG",
    show_default=True,
    help="设备配置,证书放在它旁边 / the device's config; certificate and key go beside it",
)
@click.option(
    "--tries",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="连不上时试几次,0 为一直试 / how often to try while out of reach; 0: until it works",
)
def enrol(ticket_file: Path, config_file: Path, tries: int) -> None:
    """入网:凭卡上的入网码向平台领取证书,然后把入网码从卡上抹掉。 Enrol with the card's claim.

    密钥在本机生成,从不外传。先核对平台 CA 的指纹,再发入网码。
    连不上会一直重试;被拒绝(入网码已用、过期、作废)立即结束,退出码 10。

    The key is made here and never leaves. What is out of reach is tried again; a refusal ends it.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        done = _until_answered(ticket_file, config_file, tries)
    except (TicketError, IdentityError, OSError) as error:
        _end(str(error), Exit.USAGE)
    except DistrictError as error:
        _end(str(error), Exit.CLAIM if error.permanent else Exit.CENTRAL)
    click.echo(f"已入网 (enrolled): {done.device_id},证书有效期至 {done.until:%Y-%m-%d}")
    if done.left_on_card:
        text = f"入网码没能从卡上抹掉,请手工删除 {ticket_file} (remove it by hand)"
        _end(f"{text}: {done.left_on_card}", Exit.CHECKS_FAILED)


@click.command(epilog=EXITS_HELP)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="HUXIAO_CONFIG",
    show_default=True,
    help="设备配置 the device's config",
)
@click.option("--force", is_flag=True, help="没到期也续 / also before it is time")
def renew(config_file: Path, force: bool) -> None:
    """续期:剩余不到三分之一,或平台换了 CA 时,换新的密钥和证书。 Renew key and certificate.

    凭旧密钥的签名续期,所以在抽屉里过期不超过 180 天的也能续。由定时器每天运行。

    The old key signs for the new one: what expired within 180 days can be renewed too.
    """
    try:
        config = load_config(config_file)
        done = claiming.renew(config, config_file, lambda: datetime.now(UTC), is_forced=force)
    except (ConfigError, IdentityError, OSError) as error:
        _end(str(error), Exit.USAGE)
    except DistrictError as error:
        _end(str(error), Exit.CLAIM if error.permanent else Exit.CENTRAL)
    said = "已续期 (renewed)" if done.is_new else "不需要续期 (not due)"
    click.echo(f"{said},还有 {done.days_left} 天 (days left)")


def _until_answered(ticket_file: Path, config_file: Path, tries: int) -> Enrolled:
    backoff, said = Backoff(first_s=2.0), ""
    while True:
        try:
            return claiming.enrol(ticket_file, config_file)
        except DistrictError as error:
            if error.permanent or backoff.failures + 1 == tries:
                raise
            if str(error) != said:
                LOG.warning("%s", error)
            said = str(error)
        time.sleep(backoff.wait_s(random.random()))  # noqa: S311 - a jitter, no secret
        backoff = backoff.failed()


def _end(text: str, code: Exit) -> NoReturn:
    click.echo(f"错误 error: {text}", err=True)
    raise SystemExit(code)
