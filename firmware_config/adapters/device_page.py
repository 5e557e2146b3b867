"""A device's own page, read by a program: its certificate is compared before the PIN is said."""

import hashlib
import re
import socket
import ssl
from contextlib import closing

import httpx
from pydantic import ValidationError

from firmware_config.core.diagnosis import Told
from firmware_config.ports import Exit, FlashError

TIMEOUT_S = 15.0
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def certificate(host: str, port: int) -> bytes:
    """Give the certificate (DER) that a page shows.

    Raises:
        FlashError: nobody answers there.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a person compares it
    try:
        with (
            closing(socket.create_connection((host, port), TIMEOUT_S)) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            shown = secure.getpeercert(binary_form=True)
    except OSError as error:
        advice = (
            "设备上电了吗?在同一网络吗?页面默认只对本机开放:ssh -L 8443:127.0.0.1:8443 设备,"
            "再检查 127.0.0.1 (is it on, and in this network? the page listens to itself only)"
        )
        said = f"连不上 (no answer) {host}:{port}: {error}"
        raise FlashError(Exit.DEVICE, said, advice) from error
    if not shown:
        raise FlashError(Exit.DEVICE, f"{host}:{port} 没有证书 (shows no certificate)")
    return shown


def fingerprint(shown: bytes) -> str:
    """Give a certificate's SHA-256 as `huxiao-edge page fingerprint` shows it."""
    digest = hashlib.sha256(shown).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def told(host: str, port: int, shown: bytes, pin: str) -> Told:
    """Sign in by PIN and read the findings; only that certificate is believed.

    Raises:
        FlashError: it cannot be read; says why.
    """
    context = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(shown))
    context.check_hostname = False  # it is this very certificate or none
    try:
        with httpx.Client(
            base_url=f"https://{host}:{port}", verify=context, timeout=TIMEOUT_S, trust_env=False
        ) as client:
            return _read(client, pin)
    except httpx.HTTPError as error:
        raise FlashError(Exit.DEVICE, f"{host}:{port}: {error}") from error


def _read(client: httpx.Client, pin: str) -> Told:
    asked = client.get("/sign-in")
    found = _TOKEN.search(asked.text)
    if found is None:
        said = "这不是护校设备的页面,或还没有设置 PIN (no page of ours, or no PIN yet)"
        raise FlashError(Exit.DEVICE, said, "huxiao-edge page pin installer")
    answer = client.post(
        "/sign-in",
        data={"pin": pin, "csrf_token": found[1]},
        headers={"Referer": str(client.base_url) + "/sign-in"},
    )
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise FlashError(Exit.REFUSED, "PIN 输错太多次,请稍后再试 (too many tries: wait)")
    if answer.status_code == httpx.codes.FORBIDDEN:
        raise FlashError(Exit.REFUSED, "PIN 不对 (wrong PIN)")
    reply = client.get("/api/findings")
    try:
        return Told.model_validate_json(reply.text)
    except ValidationError as error:
        msg = f"设备的回答读不懂 (not understood): {reply.status_code}"
        advice = "设备上的程序可能较旧 (its software may be older)"
        raise FlashError(Exit.DEVICE, msg, advice) from error
