"""What the lawful authority asks of schools: an order without a reason, with a basis and an end.

The eight categories stay with the authority. Here they are a code that only the police may read;
words about a person's past, illness or category are refused, wherever they stand.
"""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from central.core.local_time import to_ms
from central.core.people import Actor, Role
from central.core.refusals import CaseError
from contract.gallery import SaidText
from contract.messages import Name, Utc
from contract.scenarios import Severity

PURPOSE = "disposition"
"""What an authority's signature is for."""
MOST_DAYS = 400
DAY_MS = 24 * 3600 * 1000
MOST_AHEAD_MS = 15 * 60 * 1000

REASON_WORDS = (
    "精神", "疾病", "患者", "病史", "癫痫", "艾滋", "残疾", "吸毒", "涉毒", "毒品", "前科", "刑满",
    "刑释", "犯罪", "罪犯", "信访", "上访", "性侵", "猥亵", "重点人员", "前科人员", "社区矫正",
    "mental", "psychiatric", "illness", "disease", "hiv", "drug", "criminal", "convict",
    "offender", "petitioner",
)  # fmt: skip
"""Words that tell a reason. Not a proof that a text holds none: a net for what slips in."""

SchoolCode = Annotated[str, Field(pattern=r"^school:[a-z0-9][a-z0-9-]{0,56}$")]
CategoryCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,3}$")]
"""A code of the authority's own list, e.g. `C3`; never words."""
URGENCY_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}


class DispositionError(CaseError):
    """An order that cannot be taken; the text names the field and what to do, never its content."""


class OldOrderError(CaseError):
    """An order older than the one that is kept: it changes nothing."""


class Order(BaseModel):
    """One disposition, as its authority signs it. `is_ended`: it ends now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    authority: Name
    disposition_id: Name
    action: SaidText = Field(description="what the school is to do")
    urgency: Literal["info", "warning", "critical"] = "warning"
    approver: Annotated[Name, Field(description="who answers for it")]
    legal_basis: SaidText
    issued_at: Utc
    expires_at: Utc
    category: CategoryCode | None = Field(default=None, description="only the police read it")
    schools: tuple[SchoolCode, ...] = Field(min_length=1, max_length=200)
    is_ended: bool = False


def order_of(fields: Mapping[str, Any], categories: Collection[str], now_ms: int) -> Order:
    """Read an order; `categories` are the codes that the district has agreed on.

    Raises:
        DispositionError: a field is missing, unknown, wrong or tells a reason.
    """
    try:
        order = Order.model_validate(fields)
    except ValidationError as error:
        raise _in_words(error) from None
    for is_wrong, zh, en in _mistakes(order, categories, now_ms):
        if is_wrong:
            raise DispositionError(zh, en)
    return order


def may_bring(actor: Actor) -> bool:
    """Tell whether somebody may hand over dispositions: the police, beside their signature."""
    return reads_category(actor)


def reads_category(actor: Actor) -> bool:
    """Tell whether somebody may read a disposition's category: the police role, nobody else."""
    kind, _, _ = actor.unit_code.partition(":")
    if kind not in {"police", "station"}:
        return False
    return actor.role is Role.STATION_OFFICER or (
        kind == "police" and actor.role is Role.UNIT_OFFICER
    )


def sees_order(actor: Actor, schools: Collection[str]) -> bool:
    """Tell whether somebody may see what is asked: the police, the district, the schools named."""
    if reads_category(actor) or actor.is_district_wide:
        return True
    return actor.role is Role.SCHOOL_SAFETY_LEAD and actor.unit_code in schools


def most_urgent(urgencies: Collection[str]) -> Severity | None:
    """Give the severity of a case in which several orders come together."""
    return Severity(max(urgencies, key=URGENCY_RANK.__getitem__)) if urgencies else None


def tells_a_reason(text: str) -> bool:
    """Tell whether a text holds one of the words that say why."""
    low = text.lower()
    return any(word in low for word in REASON_WORDS)


def _mistakes(
    order: Order, categories: Collection[str], now_ms: int
) -> list[tuple[bool, str, str]]:
    expires, issued = to_ms(order.expires_at), to_ms(order.issued_at)
    telling = [name for name in ("action", "legal_basis", "approver", "disposition_id")
               if tells_a_reason(getattr(order, name))]  # fmt: skip
    fields = "、".join(telling)
    return [
        (bool(telling),
         f"{fields}：不得写明原因、类别或病情，请只写学校该做什么、依据哪条规定",
         f"{', '.join(telling)}: no reason or illness: say only what to do and the basis"),
        (not order.is_ended and expires <= now_ms,
         "expires_at：已过期，请给出有效期", "expires_at: it has expired, give an end to come"),
        (expires > now_ms + MOST_DAYS * DAY_MS,
         f"expires_at：最长 {MOST_DAYS} 天，到期请重新批准",
         f"expires_at: at most {MOST_DAYS} days, then it is to be approved anew"),
        (issued > now_ms + MOST_AHEAD_MS,
         "issued_at：晚于当前时间，请校准时钟", "issued_at: from the future, set the clock"),
        (order.category is not None and order.category not in categories,
         "category：不是约定的代码，请只用 central.toml 中 [dispositions] categories 列出的代码",
         "category: not an agreed code, use those in central.toml ([dispositions] categories)"),
    ]  # fmt: skip


def _in_words(error: ValidationError) -> DispositionError:
    """Name the fields; what stood in them is not repeated, it may be what must not be kept."""
    missing = [_field(one) for one in error.errors() if one["type"] == "missing"]
    extra = [_field(one) for one in error.errors() if one["type"] == "extra_forbidden"]
    wrong = [_field(one) for one in error.errors()
             if one["type"] not in {"missing", "extra_forbidden"}]  # fmt: skip
    zh, en = [], []
    if missing:
        zh.append(f"缺少 {'、'.join(missing)}：没有依据、批准人或有效期的不予接收")
        en.append(f"missing {', '.join(missing)}: without basis, approver or expiry it is refused")
    if extra:
        zh.append(f"不接收 {'、'.join(extra)}：原因、类别和个人情况留在主管机关，请去掉")
        en.append(f"not taken: {', '.join(extra)}: reasons stay with the authority, leave them out")
    if wrong:
        zh.append(f"格式不对 {'、'.join(wrong)}")
        en.append(f"wrong: {', '.join(wrong)}")
    return DispositionError("；".join(zh), "; ".join(en))


def _field(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"])[:64]
    return name if name.isascii() and name.isprintable() else "(…)"
