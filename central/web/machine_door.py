"""Where devices come for their certificates: an application of its own, on a port of its own.

No cookie, no session, no page: JSON in, JSON or a problem document out.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cryptography import x509
from flask import Flask, Response, current_app, jsonify, request, send_file
from pydantic import ValidationError
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden, HTTPException, Unauthorized

from central.adapters.certificates import common_name
from central.adapters.registrar import Given, Registrar, serial_of
from central.adapters.release_files import ReleaseFiles
from central.adapters.store import certificates, claims, releases
from central.adapters.store.claims import Attempt
from central.adapters.store.engine import Store
from central.adapters.tls_server import CERTIFICATE
from central.core.claims import (
    ClaimRefusedError,
    Refusal,
    Step,
    check_rate,
    parts_of,
    refused,
)
from contract.claims import (
    CA_PATH,
    CHALLENGE_PATH,
    ENROL_PATH,
    MAX_WANTED_BYTES,
    RENEW_PATH,
    Challenge,
    ChallengeWanted,
    EnrolmentWanted,
    RenewalWanted,
)
from contract.messages import Message
from contract.releases import BUNDLE_PATH

LOG = logging.getLogger("huxiao.devices")
KEY = "huxiao-devices"

M = TypeVar("M", bound=Message)

STATUS = {Refusal.TOO_OFTEN: 429, Refusal.BAD_REQUEST: 422, Refusal.NO_AUTHORITY: 503}
"""Where it is not 403."""


@dataclass(frozen=True, slots=True)
class MachineDesk:
    """What the devices' door works with; `alarm` hears of a claim that a second box has brought."""

    store: Store
    registrar: Registrar
    now_ms: Callable[[], int]
    alarm: Callable[[Connection, Attempt, int], None]
    releases: ReleaseFiles | None = None


def machine_app(desk: MachineDesk) -> Flask:
    """Make the application; nothing is opened yet."""
    app = Flask("central.devices", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_WANTED_BYTES
    app.extensions[KEY] = desk
    app.add_url_rule(CA_PATH, view_func=_authorities)
    app.add_url_rule(ENROL_PATH, view_func=_enrol, methods=["POST"])
    app.add_url_rule(CHALLENGE_PATH, view_func=_challenge, methods=["POST"])
    app.add_url_rule(RENEW_PATH, view_func=_renew, methods=["POST"])
    app.add_url_rule(f"{BUNDLE_PATH}<sha256>", view_func=_bundle)
    app.register_error_handler(ClaimRefusedError, _refused)
    app.register_error_handler(HTTPException, _http)
    return app


def _desk() -> MachineDesk:
    desk: MachineDesk = current_app.extensions[KEY]
    return desk


def _authorities() -> Response:
    """Give the authorities' certificates: a device compares the first with its ticket."""
    return Response(_desk().registrar.trusted, mimetype="application/x-pem-file")


def _enrol() -> Any:
    wanted = _wanted(EnrolmentWanted)
    try:
        claim_id = parts_of(wanted.claim)[0]
    except ClaimRefusedError:
        claim_id = ""
    with _desk().store.reading() as connection:
        device_id = claims.device_of(connection, claim_id)
    tried = Attempt(_address(), Step.CLAIM, "", claim_id, device_id, wanted.hardware)
    return _tried(tried, lambda connection, now_ms: _desk().registrar.enrol(
        connection, wanted, now_ms))  # fmt: skip


def _challenge() -> Any:
    wanted = _wanted(ChallengeWanted)
    now_ms = _desk().now_ms()
    with _desk().store.transaction() as connection:
        check_rate(*claims.refused_of_late(connection, _address(), "", now_ms))
        nonce = _desk().registrar.challenge(connection, wanted.certificate, now_ms)
    return jsonify(Challenge(nonce=nonce).model_dump())


def _renew() -> Any:
    wanted = _wanted(RenewalWanted)
    with _desk().store.transaction() as connection:
        kept = certificates.found(connection, serial_of(wanted.certificate))
    tried = Attempt(_address(), Step.CERTIFICATE, "", "", kept.device_id if kept else "")
    return _tried(tried, lambda connection, now_ms: _desk().registrar.renew(
        connection, wanted, now_ms))  # fmt: skip


def _bundle(sha256: str) -> Any:
    """Give a bundle to a device that was ordered to install it; also from somewhere on (Range)."""
    shown, files = request.environ.get(CERTIFICATE), _desk().releases
    if shown is None or files is None:
        raise Unauthorized
    certificate = x509.load_der_x509_certificate(shown)
    device_id = common_name(certificate)
    with _desk().store.reading() as connection:
        serial = f"{certificate.serial_number:x}"
        is_known = certificates.is_current(connection, serial, device_id)
        if not is_known or not releases.may_fetch(connection, device_id, sha256):
            raise Forbidden
    return send_file(files.path(sha256), "application/zip", conditional=True, etag=sha256)


def _tried(attempt: Attempt, give: Callable[[Connection, int], Given]) -> Any:
    """Do it in one transaction with the record of it; a refusal is recorded in one of its own."""
    desk, now_ms = _desk(), _desk().now_ms()
    try:
        with desk.store.transaction() as connection:
            late = claims.refused_of_late(connection, attempt.address, attempt.claim_id, now_ms)
            check_rate(*late)
            given = give(connection, now_ms)
            claims.tried(connection, _ended(attempt, given), now_ms)
    except ClaimRefusedError as error:
        _record(attempt, error, now_ms)
        raise
    return jsonify(given.identity.model_dump(mode="json"))


def _record(attempt: Attempt, error: ClaimRefusedError, now_ms: int) -> None:
    failed = Attempt(attempt.address, error.step, error.code.value, attempt.claim_id,
                     attempt.device_id, attempt.hardware)  # fmt: skip
    who = failed.device_id or failed.claim_id
    LOG.warning(
        "设备入网被拒 (a device was refused): %s %s %s", who, error.words[0], failed.address
    )
    with _desk().store.transaction() as connection:
        claims.tried(connection, failed, now_ms)
        if error.code is Refusal.USED:
            _desk().alarm(connection, failed, now_ms)


def _ended(attempt: Attempt, given: Given) -> Attempt:
    return Attempt(attempt.address, given.step, "", attempt.claim_id, given.identity.device_id,
                   attempt.hardware)  # fmt: skip


def _wanted(kind: type[M]) -> M:
    try:
        return kind.model_validate_json(request.get_data())
    except ValidationError as error:
        raise refused(Refusal.BAD_REQUEST) from error


def _address() -> str:
    return (request.remote_addr or "")[:64]


def _refused(error: ClaimRefusedError) -> tuple[Response, int]:
    status = STATUS.get(error.code, 403)
    return _problem(status, " / ".join(error.words), code=error.code.value, step=error.step.value)


def _http(error: HTTPException) -> tuple[Response, int]:
    return _problem(error.code or 500, error.description or "")


def _problem(status: int, detail: str, **more: str) -> tuple[Response, int]:
    answer = jsonify({"type": "about:blank", "status": status, "detail": detail, **more})
    answer.mimetype = "application/problem+json"
    if status == STATUS[Refusal.TOO_OFTEN]:
        answer.headers["Retry-After"] = "600"
    return answer, status
