"""Dispositions: handed over by their authority, signed; read without a reason."""

import json
from base64 import b64decode
from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import Field
from sqlalchemy import Connection

from central.adapters.store import audit, dispositions
from central.core.dispositions import (
    PURPOSE,
    DispositionError,
    Order,
    may_bring,
    order_of,
    reads_category,
    sees_order,
)
from central.core.refusals import NotAllowedError
from central.incidents.ordering import keep_order
from central.web import here
from central.web.api.shapes import Shape
from central.web.showing import rfc3339
from contract.signing import SIGNATURE, SignatureError, verified

api = APIBlueprint("api_dispositions", __name__, url_prefix="/api/v1", tag="dispositions")


class DispositionsAsked(Shape):
    """A page of the list; `after` is the `next` of the page before."""

    after: str = Field(default="", max_length=64)
    limit: int = Field(default=100, ge=1, le=500)


class DispositionOut(Shape):
    """One disposition, as the caller may see it: `category` is there for the police only."""

    disposition_id: str
    authority: str
    action: str
    urgency: str
    approver: str
    legal_basis: str
    schools: list[str]
    issued_at: str
    expires_at: str
    received_at: str
    ended_at: str | None
    category: str | None = None


class DispositionsOut(Shape):
    """Those that the caller may see, by id."""

    items: list[DispositionOut]
    next: str | None


class OrderKept(Shape):
    """What became of an order: `kept`, `unchanged` or `ended`."""

    disposition_id: str
    state: str


@api.post("/dispositions")
@api.doc(
    responses={201: "kept"},
    description="A JSON object as `docs/wire/disposition.schema.json` has it, with `signature`: "
    "Ed25519 by the authority over the canonical object. A token alone is not enough.",
)
@api.output(OrderKept, status_code=201)
def post_disposition() -> dict[str, Any]:
    """Take a disposition from its authority; the same again changes nothing."""
    who, now_ms = here.actor(), here.now_ms()
    if not may_bring(who):
        zh = "只有公安可以移交处置要求"
        raise NotAllowedError(zh, "only the police hand dispositions over")
    order = _signed_order(request.get_data(), now_ms)
    with here.store().transaction() as connection:
        state = keep_order(connection, here.settings().keeper, order, who.actor_id, now_ms)
    if here.settings().keeper:
        here.settings().keeper.erase(here.store(), now_ms)  # type: ignore[union-attr]
    return {"disposition_id": order.disposition_id, "state": state}


@api.get("/dispositions")
@api.input(DispositionsAsked, location="query")
@api.output(DispositionsOut)
def list_dispositions(query_data: DispositionsAsked) -> dict[str, Any]:
    """List what is asked of the schools that the caller stands for; that look is kept."""
    asked, who = query_data, here.actor()
    if not (sees_order(who, [who.unit_code])):
        zh = "处置要求只供公安、区教育局值班和相关学校查看"
        raise NotAllowedError(zh, "dispositions are for the police, the district and the school")
    with here.store().transaction() as connection:
        audit.append(connection, here.now_ms(), who.actor_id, "look", "dispositions")
        rows = _mine(connection, asked.after, asked.limit + 1)
    page = rows[: asked.limit]
    after = page[-1]["disposition_id"] if len(rows) > asked.limit else None
    return {"items": page, "next": after}


def _mine(connection: Connection, after: str, limit: int) -> list[dict[str, Any]]:
    who = here.actor()
    found: list[dict[str, Any]] = []
    while len(found) < limit:
        rows = dispositions.shown(connection, after=after, limit=500)
        found += [_shown(row) for row in rows if sees_order(who, row["schools"])]
        if len(rows) < 500:  # noqa: PLR2004 - the last page
            break
        after = rows[-1]["disposition_id"]
    return found[:limit]


def _shown(row: Any) -> dict[str, Any]:
    names = set(DispositionOut.model_fields) - {"category"}
    told = {name: rfc3339(row[name]) if name.endswith("_at") else row[name] for name in names}
    if reads_category(here.actor()):
        told["category"] = row["category"]
    return told


def _signed_order(body: bytes, now_ms: int) -> Order:
    """Read an order whose signature holds; who the authority is, the district has configured."""
    try:
        claimed = json.loads(body)
    except (ValueError, RecursionError):
        claimed = None
    if not isinstance(claimed, dict):
        raise DispositionError(*NOT_JSON)
    settings = here.settings().dispositions
    key = settings.keys.get(str(claimed.get("authority", "")))
    try:
        content = verified(body, b64decode(key) if key else b"", PURPOSE)
    except SignatureError:
        zh = "签名不对：只接收 central.toml 中 [[dispositions.authorities]] 所列机关签名的处置要求"
        en = "not signed by an authority in central.toml ([[dispositions.authorities]])"
        raise NotAllowedError(zh, en) from None
    fields = json.loads(content)
    fields.pop(SIGNATURE, None)
    return order_of(fields, settings.categories, now_ms)


NOT_JSON = ("需要一个 JSON 对象", "a JSON object is wanted")
