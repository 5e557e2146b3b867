"""`huxiao-edge page`: who may come to the local page."""

from pathlib import Path

import click

from edge_agent.adapters.pins import PageRole, PinError
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.commands.run import DEFAULT_CONFIG
from edge_agent.config import ConfigError, load_config
from edge_agent.wiring.paging import page_fingerprint, page_pins

_config = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="HUXIAO_CONFIG",
    show_default=True,
    help="设备配置 the device's config",
)


@click.group(epilog=EXITS_HELP)
def page() -> None:
    """本机页面的 PIN 与证书;页面由 huxiao-edge run page 提供。 The local page's PINs."""


@page.command(epilog=EXITS_HELP)
@click.argument("role", type=click.Choice([role.value for role in PageRole]))
@_config
def pin(role: str, config_file: Path) -> None:
    """设置一个角色的 PIN:6 至 12 位数字。 Set the PIN of ROLE.

    installer 安装人员,可以做一切;school 学校,只看状态、软按钮、演练和试喊话。
    旧 PIN 登录的页面随即退出。

    Whoever came in with the old PIN is signed out.
    """
    try:
        pins = page_pins(load_config(config_file))
        typed = click.prompt("PIN", hide_input=True, confirmation_prompt="再输一次 (again)")
        pins.set(PageRole(role), str(typed).strip())
    except (ConfigError, PinError, OSError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.USAGE) from None
    click.echo(f"已设置 (set): {role}")


@page.command(epilog=EXITS_HELP)
@_config
def fingerprint(config_file: Path) -> None:
    """显示页面证书的指纹,供浏览器核对。 Show the certificate's fingerprint, to compare.

    自签证书第一次打开时浏览器会警告:核对 SHA-256 指纹一致再继续。
    """
    try:
        shown = page_fingerprint(load_config(config_file))
    except FileNotFoundError as error:
        said = f"还没有页面证书 (no certificate yet): {error.filename}"
        click.echo(
            f"{said}\n  → 页面启动时生成 (made when it starts): systemctl start huxiao-page",
            err=True,
        )
        raise SystemExit(Exit.USAGE) from None
    except (ConfigError, OSError, ValueError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.USAGE) from None
    click.echo(f"SHA-256 {shown}")
