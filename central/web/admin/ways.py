"""The ways to reach people: which are set up, how they did lately, a marked test."""

from flask import redirect

from central.adapters.notifiers.configured import NAMES
from central.adapters.notifiers.trial import trial
from central.adapters.store.channels import Lately, lately
from central.core.delivery import ADVICE
from central.ports import DeliveryError
from central.web import here, saying
from central.web.admin.frame import (
    Answer,
    RefusedError,
    changes,
    given,
    keep,
    must_prove,
    pages,
    places,
    sees,
)
from central.web.languages import say
from central.web.languages import text as _
from central.web.sheets import Cell, Field, Form, Note, Row, Sheet, Table, Words, shown
from central.web.showing import clock
from central.web.words import CHANNELS, STATES

BACK = "/admin/channels"
DAY_MS = 24 * 3600 * 1000


@pages.get("/admin/channels")
@sees()
def list_channels() -> Answer:
    """List the channels, and test one."""
    set_up = here.settings().channels
    with here.store().reading() as connection:
        did = lately(connection, here.now_ms() - DAY_MS)
    rows = [_row(name, name in set_up, did.get(name, Lately())) for name in NAMES]
    options = {name: CHANNELS.get(name, (name, name)) for name in NAMES if name in set_up}
    form = Form(("发送测试", "Send a test"), BACK, [
        Field("channel", ("渠道", "channel"), "select", options=options, is_needed=True),
        Field("address", ("接收地址", "address"), is_needed=True, more={"maxlength": 200},
              hint=("手机号、邮箱、账号或机器人名", "phone, e-mail, account or robot's name")),
    ], ("发送", "Send"), ("标明“测试”，无需处置；对方的答复原样显示。",
                        "It is marked as a test; the provider's answer is shown."))  # fmt: skip
    columns = (("渠道", "Channel"), ("设置", "Set up"), ("近 24 小时", "Last 24 hours"),
               ("问题与办法", "Trouble, and what to do"))  # fmt: skip
    note = Note(("哪些关系找不到人：", "Which relations reach nobody:"), "", "/reachability",
                ("可达性报告", "reachability"))  # fmt: skip
    return shown(Sheet(
        ("渠道", "Channels"), "channels", places(), notes=[note, *must_prove(BACK)],
        tables=[Table(columns, rows)], forms=[form] if options else [],
        hint=("渠道在 central.toml 中设置。", "Set up in central.toml."),
    ))  # fmt: skip


@pages.post("/admin/channels")
@changes(BACK)
def send_test() -> Answer:
    """Send a marked test, and say what the provider answered."""
    name, address = given("channel", 32), given("address")
    found = here.settings().channels.get(name)
    if found is None or not address:
        raise RefusedError(("没有设置这个渠道", "this channel is not set up"))
    with here.store().transaction() as connection:
        keep(connection, "channel.test", f"channel:{name}")
    try:
        answer = found.deliver(trial(name, address, here.now_ms()))
    except DeliveryError as error:
        saying.say_error(f"{name}: {error} → {say(ADVICE[error.failure])}")
    else:
        saying.say_done(_("对方已受理：%(answer)s", answer=f"{answer.state} {answer.text[:300]}"))
    return redirect(BACK)


def _row(name: str, is_set_up: bool, did: Lately) -> Row:
    state: Words = ("已设置", "yes") if is_set_up else ("未设置", "no")
    counted = say(("、", ", ")).join(
        f"{say(STATES.get(one, (one, one)))} {count}" for one, count in sorted(did.by_state.items())
    )
    trouble = Cell("—")
    if did.failure:
        trouble = Cell(words=ADVICE[did.failure], tone="bad", small=f"{clock(did.at)} {did.answer}")
    return Row([Cell(words=CHANNELS.get(name, (name, name)), small=name),
                Cell(words=state, tone="good" if is_set_up else ""), Cell(counted or "—"), trouble],
               is_off=not is_set_up, key=name)  # fmt: skip
