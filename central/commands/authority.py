"""`huxiao-central ca`: the district's certificate authority, its key and its successor."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from cryptography import x509

from central.adapters.broker_config import write_own_certificates
from central.adapters.certificates import Authority, write_secret
from central.adapters.clock import now_ms
from central.adapters.handing_over import Books, HandingOverError, begin, finish, former
from central.adapters.identities import authority_of, passphrase_of
from central.adapters.store import audit, certificates
from central.commands.options import EXIT_REFUSED, Central, fail, json_option, opened, show

RESTART = "请重启：systemctl restart huxiao-broker huxiao-central / restart both"


@click.group()
def ca() -> None:
    """证书颁发机构:查看、加密私钥、换证、更换 CA。 The authority: show, lock, renew, rotate.

    私钥口令依次取自 HUXIAO_CA_PASSPHRASE_FILE、systemd 凭据 ca-passphrase、
    central.toml、数据目录的 ca.passphrase。
    """


@ca.command(name="show")
@json_option
@opened
def show_authority(central: Central, *, as_json: bool) -> None:
    """显示指纹、有效期、私钥是否加密、还有哪些设备未换到新 CA。 Show how things stand."""
    files = [central.data.ca / "ca.crt", *(one / "ca.crt" for one in former(central.data))]
    found = [x509.load_pem_x509_certificate(file.read_bytes()) for file in files]
    is_locked = b"ENCRYPTED" in (central.data.ca / "ca.key").read_bytes()
    with central.store.reading() as connection:
        present = Authority.fingerprint_of(found[0])
        behind = certificates.issued_by_others(connection, [present])
    said: dict[str, Any] = {
        "authorities": [
            {"sha256": Authority.fingerprint_of(one), "until": f"{one.not_valid_after_utc:%F}"}
            for one in found
        ],
        "is_locked": is_locked,
        "not_renewed": behind if len(found) > 1 else [],
    }
    lines = [f"{one['sha256']}  至 until {one['until']}" for one in said["authorities"]]
    lines.append(f"私钥{'已' if is_locked else '未'}加密 / the key is "
                 f"{'locked' if is_locked else 'NOT locked: huxiao-central ca lock'}")  # fmt: skip
    lines += [f"未换到新 CA not renewed: {one}" for one in said["not_renewed"]]
    show(said, "\n".join(lines), as_json=as_json)


@ca.command()
@click.option(
    "--passphrase-file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True, help="新口令所在文件 / the file with the new passphrase",
)  # fmt: skip
@opened
def lock(central: Central, passphrase_file: Path) -> None:
    """用新口令加密 CA 私钥(也用于换口令)。 Lock the authority's keys with a new passphrase.

    之后把口令交给服务:见 docs/operate.md 的 LoadCredential。 Then hand it to the service.
    """
    new = passphrase_file.read_bytes().strip()
    if not new:
        fail(f"{passphrase_file}: 口令是空的 / empty", EXIT_REFUSED)
    old = passphrase_of(central.data, central.config)
    for folder in (central.data.ca, *former(central.data)):
        opened_one = Authority.load(folder, datetime.now(UTC), old)
        side = folder.with_name(f"{folder.name}.new")
        side.mkdir(mode=0o700, exist_ok=True)
        opened_one.save(side, new)
        os.replace(side / "ca.key", folder / "ca.key")  # noqa: PTH105 - across folders, in one step
        (side / "ca.crt").unlink()
        side.rmdir()
    _kept(central, "ca.lock")
    if central.data.ca_passphrase.exists():
        write_secret(central.data.ca_passphrase, new)
    click.echo("已加密 locked。把口令移出数据目录 / move the passphrase out of the data folder")


@ca.command()
@opened
def renew(central: Central) -> None:
    """给消息服务器、入网端口和平台自己换新证书。 Renew the servers' and central's own."""
    folders = former(central.data)
    signer = (
        Authority.load(folders[0], datetime.now(UTC), passphrase_of(central.data, central.config))
        if folders
        else central.authority()
    )
    write_own_certificates(central.data.broker, signer, central.config.broker)
    _kept(central, "ca.renew")
    click.echo(f"已换新 renewed。{RESTART}")


@ca.command()
@opened
def rotate(central: Central) -> None:
    """开始更换 CA:新旧同时可信,设备续期时自动换到新的。 Begin a hand-over to a new authority."""
    try:
        new = begin(central.data, authority_of(central.data, central.config), _books(central))
    except HandingOverError as error:
        fail(str(error), EXIT_REFUSED)
    _kept(central, "ca.rotate")
    click.echo(f"新 CA new authority: {new.fingerprint}\n{RESTART}。设备一天内自行续期；"
               "看 huxiao-central ca show，全部换完后运行 ca finish / then finish")  # fmt: skip


@ca.command(name="finish")
@click.option("--force", is_flag=True, help="不等没换的设备 / leave devices behind")
@opened
def finish_rotation(central: Central, force: bool) -> None:
    """结束更换:只信新的 CA。 End the hand-over: only the new authority is trusted."""

    def left(issuers: Any) -> list[str]:
        with central.store.reading() as connection:
            return certificates.issued_by_others(connection, issuers)

    try:
        behind = finish(central.data, central.authority(), central.config.broker, _books(central),
                        left, is_forced=force)  # fmt: skip
    except HandingOverError as error:
        fail(str(error), EXIT_REFUSED)
    _kept(central, "ca.finish")
    for device_id in behind:
        click.echo(f"需要新的入网码 needs a new claim: {device_id}")
    click.echo(f"已结束 over。{RESTART}")


def _books(central: Central) -> Books:
    with central.store.reading() as connection:
        revoked = certificates.revoked(connection, now_ms())
    passphrase = passphrase_of(central.data, central.config)
    return Books(passphrase, revoked, datetime.now(UTC))


def _kept(central: Central, action: str) -> None:
    with central.store.transaction() as connection:
        audit.append(connection, now_ms(), "cli", action, "ca")
