"""`huxiao-central device claim|attempts`: how a device comes to its certificate."""

from pathlib import Path
from typing import Any

import click

from central.adapters.certificates import write_secret
from central.adapters.clock import now_ms
from central.adapters.registering import register
from central.adapters.store import claims, directory
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    fail,
    json_option,
    opened,
    show,
)
from central.core.claims import CLAIM_DAYS, REFUSAL_WORDS, WORDS, Refusal, Step
from central.core.local_time import clock_of
from contract.claims import TICKET_FILE


@click.command()
@click.argument("device_id")
@click.option("--site", "site_id", help="新设备装在哪个场所 / where a new box hangs")
@click.option(
    "--profile",
    type=click.Choice(["gate", "water", "venue", "door"]),
    help="新设备的用途 / what a new box is for",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=f"入网码写到这个文件，通常是 {TICKET_FILE} / write it to this file, for a card",
)
@json_option
@opened
def claim(
    central: Central,
    device_id: str,
    *,
    site_id: str | None,
    profile: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """生成入网码:新设备、重做的卡、更换坏设备。 Make a claim: new box, new card, replacement.

    未登记的设备要写 --site 和 --profile;已登记的保留场所、配置和历史,
    新设备用入网码领到证书时,旧证书随即吊销。入网码只显示这一次;同一设备以前没用的随即作废。

    A box that is not registered needs --site and --profile. One that is keeps its place, settings
    and history: its old certificate is revoked when the new box comes. The claim is shown once;
    older ones of the same box, not used yet, no longer count.
    """
    if (site_id is None) is not (profile is None):
        fail("--site 和 --profile 要一起写 / give both or none", EXIT_CONFIG)
    with central.store.transaction() as connection:
        known = directory.device(connection, device_id)
        if known is None:
            if site_id is None or profile is None:
                fail(f"{device_id!r} 没有登记，请加 --site 和 --profile / unknown: give both",
                     EXIT_REFUSED)  # fmt: skip
            row = {"device_id": device_id, "site_id": site_id, "profile": profile}
            register(connection, row, "cli", now_ms())
        elif site_id is not None and (site_id, profile) != (known["site_id"], known["profile"]):
            fail(f"{device_id!r} 已登记在 {known['site_id']} / is registered there already",
                 EXIT_REFUSED)  # fmt: skip
        ticket = central.registrar().make_claim(connection, device_id, "cli", now_ms())
    if out:
        write_secret(out, ticket.model_dump_json().encode())
    shown: dict[str, Any] = {"device_id": device_id, "ticket": ticket.line(),
                             **ticket.model_dump()}  # fmt: skip
    text = (
        f"{device_id} 的入网码，{CLAIM_DAYS} 天内有效，只显示这一次，旧的作废 "
        f"(claim, good for {CLAIM_DAYS} days, shown once; older ones are void):\n{ticket.line()}"
    )
    show(shown, text + (f"\n已写入 written: {out}" if out else ""), as_json=as_json)


@click.command(name="attempts")
@click.argument("device_id", required=False)
@json_option
@opened
def list_attempts(central: Central, device_id: str | None, *, as_json: bool) -> None:
    """列出设备领证书的尝试,以及停在哪一步。 List tries to enrol, with the step that failed."""
    with central.store.reading() as connection:
        rows = claims.attempts(connection, device_id)
    lines = [
        f"{clock_of(row['at'])}  {row['device_id'] or row['claim_id'] or '-':<24}"
        f"{WORDS[Step(row['step'])][0]}  {row['address']}"
        f"{'  未通过: ' + REFUSAL_WORDS[Refusal(row['code'])][0] if row['code'] else ''}"
        for row in rows
    ]
    show(rows, "\n".join(lines), as_json=as_json)
