"""Enrolments: whom devices may match. A likeness goes in sealed and never comes out."""

from typing import Any

from apiflask import APIBlueprint
from werkzeug.exceptions import ServiceUnavailable

from central.adapters.galleries.keeping import Keeper, unknown_entry
from central.adapters.store import audit, enrolments, galleries
from central.core.enrolment import may_see, may_withdraw
from central.core.people import Actor
from central.core.refusals import NotAllowedError
from central.web import here
from central.web.api import forms, shapes
from contract.enrolment import Enrolment
from contract.sealing import as_text, sealing_key_of

api = APIBlueprint("api_enrolments", __name__, url_prefix="/api/v1", tag="enrolments")


@api.get("/enrolments")
@api.input(shapes.EnrolmentsAsked, location="query")
@api.output(shapes.EnrolmentsOut)
def list_enrolments(query_data: shapes.EnrolmentsAsked) -> dict[str, Any]:
    """List the enrolments that the caller may see; that look is kept."""
    asked, who = query_data, here.actor()
    with here.store().transaction() as connection:
        audit.append(connection, here.now_ms(), who.actor_id, "look", "enrolments")
        rows = enrolments.shown(
            connection, who, limit=asked.limit + 1, after=asked.after, unit_code=asked.unit_code
        )
    page = rows[: asked.limit]
    after = page[-1]["entry_id"] if len(rows) > asked.limit else None
    return {"items": [forms.shaped(shapes.EnrolmentOut, row) for row in page], "next": after}


@api.get("/enrolments/key")
@api.output(shapes.KeyOut)
def get_key() -> dict[str, Any]:
    """Give the public key to which stations seal."""
    return {"sealing_key": as_text(sealing_key_of(_keeper().keys.enrolment_key))}


@api.post("/enrolments")
@api.input(Enrolment)
@api.output(shapes.EnrolledOut, status_code=201)
def post_enrolment(json_data: Enrolment) -> dict[str, Any]:
    """Enrol, or renew the likeness of a living entry."""
    keeper = _keeper()
    with here.store().transaction() as connection:
        keeper.enrol(connection, here.actor(), json_data, here.now_ms())
        return _told(connection, json_data.entry_id)


@api.get("/enrolments/<entry_id>")
@api.output(shapes.EnrolledOut)
def get_enrolment(entry_id: str) -> dict[str, Any]:
    """Read one enrolment, and which devices have confirmed what they should hold; kept."""
    who = here.actor()
    with here.store().transaction() as connection:
        _theirs(connection, who, entry_id)
        audit.append(connection, here.now_ms(), who.actor_id, "look", f"enrolment:{entry_id}")
        return _told(connection, entry_id)


@api.post("/enrolments/<entry_id>/withdraw")
@api.input(shapes.WithdrawalWanted)
@api.output(shapes.EnrolledOut)
def post_withdrawal(entry_id: str, json_data: shapes.WithdrawalWanted) -> dict[str, Any]:
    """Withdraw: the likeness and its key are destroyed, devices are told to forget."""
    keeper, who, now_ms = _keeper(), here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        row = _theirs(connection, who, entry_id)
        if not may_withdraw(who, row["kind"], row["unit_code"]):
            zh = "您不能注销这个登记"
            raise NotAllowedError(zh, "not yours to withdraw")
        keeper.withdraw(connection, entry_id, who.actor_id, now_ms, json_data.reason)
    keeper.erase(here.store(), now_ms)
    with here.store().reading() as connection:
        return _told(connection, entry_id)


def _keeper() -> Keeper:
    keeper = here.settings().keeper
    if keeper is None:
        raise ServiceUnavailable
    return keeper


def _theirs(connection: Any, who: Actor, entry_id: str) -> Any:
    row = enrolments.found(connection, entry_id)
    if row is None or not may_see(who, row["kind"], row["unit_code"]):
        raise unknown_entry(entry_id)
    return row


def _told(connection: Any, entry_id: str) -> dict[str, Any]:
    row = enrolments.found(connection, entry_id)
    assert row is not None  # noqa: S101 - for the type checker
    devices = [
        {"device_id": device_id, "is_confirmed": galleries.confirmed(connection, device_id)}
        for device_id in galleries.devices_of(connection, row)
    ]
    site_ids = enrolments.site_ids(connection, entry_id)
    return forms.shaped(shapes.EnrolledOut, dict(row), site_ids=site_ids, devices=devices)
