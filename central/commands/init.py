"""`huxiao-central init`: make a district's data folder."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import click

from central.adapters.broker_config import write_broker_config
from central.adapters.certificates import Authority, write_secret
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.store import directory
from central.adapters.store.engine import open_store
from central.adapters.store.migrating import migrate
from central.adapters.vault import Vault
from central.commands.options import data_option, db_option, errors_in_words
from central.config import BrokerSection, DataDir, load_config

_SETTINGS = """# 护校区级平台设置 settings of huxiao central; 缺省值见文档 defaults: docs/operate.md

[database]
# url = "postgresql:///huxiao"    # 缺省是本目录的 central.db / default: central.db here
{database}
[broker]
host = "{host}"
port = {port}
device_port = {device_port}

[devices]
port = {enrol_port}              # 设备在此领证书 / where devices come for their certificates
# url = "https://huxiao.example.gov.cn:8885"   # 设备看到的地址 / as devices reach it
# ca_passphrase_file = "/etc/huxiao/ca.passphrase"   # CA 密钥口令 / what opens the CA's key

[web]
# public_url = "https://huxiao.example.gov.cn"   # 写进通知里的链接 / for links in notifications

# proxies = 1            # 前面有几层反向代理 / how many reverse proxies stand before it

[reports]                # 扫码上报的限额 / how much anybody may report
# reply_days = 7         # 办结后保留答复电话的天数 / numbers to answer to, after the matter ended

[retention]
# evidence_days = 30      # 办结后照片录像保留天数 / pictures and clips after the case is closed
# quarantine_days = 30

# [backup]                # 自动备份，用口令加密 / made by the worker, sealed under a passphrase
# folder = "/mnt/nas/huxiao"
# passphrase_file = "backup.pass"
# every_hours = 24
# keep = 14

[sign_in]
# 必须有第二重验证的角色 / roles that never come in by a password alone
# second_factor_roles = ["auditor", "district_admin", "dpo", "psychologist"]
# link_hours = 72         # 一次性链接的有效时间 / how long a one-time link is good

# [oidc]                  # 统一身份认证 / the district's identity provider
# issuer = "https://id.example.gov.cn"
# client_id = "huxiao"
# client_secret_file = "oidc.secret"
# claim = "preferred_username"

# [email]
# host = "smtp.example.gov.cn"
# port = 587
# sender = "huxiao@example.gov.cn"
# starttls = true
# username = ""
# password = ""

# [[webhooks]]
# name = "jczz"
# url = "https://..."
# secret = "whsec_..."
"""


@click.command()
@data_option
@db_option
@click.option(
    "--broker-host",
    default="127.0.0.1",
    show_default=True,
    help="设备连接用的名字或地址 / the name or address that devices use",
)
@click.option(
    "--device-port", default=8883, show_default=True, help="设备端口 / the port for devices"
)
@click.option(
    "--enrol-port", default=8885, show_default=True,
    help="设备入网（领证书）端口 / where devices come for their certificates",
)  # fmt: skip
@click.option(
    "--central-port",
    default=8884,
    show_default=True,
    help="平台端口，只在本机 / the port for central, on this machine only",
)
@errors_in_words
def init(
    data: Path, db: str | None, broker_host: str, device_port: int, central_port: int,
    enrol_port: int,
) -> None:  # fmt: skip
    """建立数据目录:证书、消息服务器配置、数据库。 Make certificates, broker settings, database.

    可以重复运行:已有的不会改动。 Run again, it changes nothing that is there.
    """  # fmt: skip
    place = DataDir(data)
    place.path.mkdir(parents=True, exist_ok=True)
    place.path.chmod(0o711)  # the broker's own user passes through; every secret has its own mode
    broker = BrokerSection(host=broker_host, port=central_port, device_port=device_port)
    _settings(place, broker, db, enrol_port)
    _authority(place, broker)
    if not place.secret_file.exists():
        write_secret(place.secret_file, secrets.token_bytes(32))
    Vault.in_file(place.vault_file)
    GalleryKeys(place.galleries).prepare()
    place.evidence.mkdir(exist_ok=True)
    place.evidence.chmod(0o700)
    config = load_config(place)
    store = open_store(db or config.database.url or place.default_database)
    migrate(store)
    with store.transaction() as connection:
        directory.seed_departments(connection)
    store.close()
    click.echo(_next_steps(place))


def _settings(place: DataDir, broker: BrokerSection, db: str | None, enrol_port: int) -> None:
    if place.config_file.exists():
        return
    text = _SETTINGS.format(
        database=f'url = "{db}"\n' if db else "",
        host=broker.host,
        port=broker.port,
        device_port=broker.device_port,
        enrol_port=enrol_port,
    )
    write_secret(place.config_file, text.encode())


def _authority(place: DataDir, broker: BrokerSection) -> None:
    if (place.ca / "ca.key").exists():
        return
    place.ca.mkdir(mode=0o700, exist_ok=True)
    authority = Authority.make(datetime.now(UTC))
    write_broker_config(place.broker, authority, broker)
    if not place.ca_passphrase.exists():
        write_secret(place.ca_passphrase, secrets.token_urlsafe(32).encode())
    authority.save(place.ca, place.ca_passphrase.read_bytes().strip())


def _next_steps(place: DataDir) -> str:
    return f"""数据目录已就绪 ready: {place.path}
下一步 next:
  mosquitto -c {place.broker / "mosquitto.conf"}
  huxiao-central unit add town:yuelin --name 岳林街道
  huxiao-central site add pond-1 --kind water --name 月湖 --relation town=town:yuelin ...
  huxiao-central user add wang --name 王敏 --role duty_officer --unit edu
  huxiao-central device add water-001 --site pond-1 --profile water --bundle ./water-001
  huxiao-central serve
  （都加上 each with --data {place.path}）"""
