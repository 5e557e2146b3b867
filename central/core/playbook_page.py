"""A playbook as a page for people: a diagram, and every limit in a table (Markdown, Mermaid)."""

from collections.abc import Iterator

from central.core.letters import lasted
from central.core.naming import KINDS, SCENARIOS, Words
from central.core.playbook import Deadline, Duty, Opening, Playbook, Recipient
from central.core.workflow import STEP_WORDS, Step

RELATIONS = {
    "town": "属地镇街",
    "school": "学校",
    "station": "属地派出所",
    "class_teacher": "班主任",
    "guardian": "当事学生家长",
    "guardians": "全校家长",
}
CLOCKS = {"always": "24 小时计", "work": "工作时间计", "school": "教学日计"}
PARTS = {"lead": "主办", "joint": "协办"}
WORKDAY_S = 9 * 3600
_DONE, _TRUE = "各任务核查后办结", "核实属实"
_UPON = {"open": "open", "close": "done", "confirmed": f'found(["{_TRUE}"])'}


def page(playbook: Playbook, departments: dict[str, str]) -> str:
    """Give the page; `departments` are the names of units by their codes."""
    lines = [
        f"# {playbook.title_zh} `{playbook.playbook}`",
        "",
        f"{playbook.title_en}. Version {playbook.version}. Made from",
        f"`central/playbooks/{playbook.playbook}.yaml`; limits by: `{playbook.limits_origin}`.",
        "",
        *_diagram(playbook, departments),
        *_beginning(playbook),
        *_tasks(playbook, departments),
        *_notices(playbook, departments),
        *_channels(playbook),
    ]
    return "\n".join(lines) + "\n"


def called(recipient: Recipient, departments: dict[str, str]) -> str:
    """Name a recipient: the relation or department, and the roles."""
    if recipient.of_task:
        name = "责任单位"
    elif recipient.relation:
        name = RELATIONS[recipient.relation]
    else:
        name = departments.get(recipient.unit or "", recipient.unit or "")
    return f"{name} ({', '.join(recipient.roles)})" if recipient.roles else name


def _diagram(playbook: Playbook, departments: dict[str, str]) -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart TD"
    yield f'  open(["{playbook.title_zh}"])'
    names = {duty.code: f"t{number}" for number, duty in enumerate(playbook.tasks) if duty.code}
    for number, duty in enumerate(playbook.tasks):
        who = called(duty.who, departments).partition(" (")[0]
        yield f'  t{number}["{PARTS[duty.part]} {who}<br/>{duty.duty_zh}"]'
        if not duty.opens_on:
            yield f"  open --> t{number}"
        for awaited in duty.opens_on:
            said = _outcomes(playbook, awaited)
            yield f'  {names[awaited.task]} -- "{said}" --> t{number}'
    for number, notice in enumerate(playbook.notices):
        who = "、".join(called(one, departments) for one in notice.tell)
        yield f'  n{number}>"告知 {who}"]'
        if isinstance(notice.upon, Opening):
            said = _outcomes(playbook, notice.upon)
            yield f'  {names[notice.upon.task]} -. "{said}" .-> n{number}'
        else:
            yield f"  {_UPON[notice.upon]} -.-> n{number}"
    yield f'  done(["{_DONE}"])'
    for number, _duty in enumerate(playbook.tasks):
        yield f"  t{number} --> done"
    yield "```"
    yield ""


def _outcomes(playbook: Playbook, awaited: Opening) -> str:
    duty = next(one for one in playbook.tasks if one.code == awaited.task)
    return " / ".join(duty.report.outcomes[code].zh for code in awaited.outcomes) or "反馈后"


def _beginning(playbook: Playbook) -> Iterator[str]:
    yield "## 何时 when"
    yield ""
    scenarios = "、".join(SCENARIOS[one][0] for one in playbook.scenarios)
    kinds = "、".join(f"{KINDS[one][0]} `{one}`" for one in playbook.kinds) or "其他一切 all else"
    yield f"- 场景 scenario: {scenarios}"
    yield f"- 情况 kind: {kinds}"
    yield f"- 同一地点 {lasted(playbook.correlate_within_s)[0]}内的预警并入同一事件"
    yield f"- 迟到超过 {lasted(playbook.stale_after_s)[0]}的预警只立案，不打扰人员"
    yield ""


def _tasks(playbook: Playbook, departments: dict[str, str]) -> Iterator[str]:
    yield "## 谁做什么 who does what"
    yield ""
    yield "| | 单位 | 任务 | 下达 | 反馈须含 |"
    yield "|---|---|---|---|---|"
    for duty in playbook.tasks:
        after = " 或 ".join(_outcomes(playbook, awaited) for awaited in duty.opens_on)
        when = f"反馈“{after}”后" if after else "立即"
        who = called(duty.who, departments)
        yield f"| {PARTS[duty.part]} | {who} | {duty.duty_zh} | {when} | {_asked(duty)} |"
    for copy in playbook.copies:
        yield f"| 抄送 | {called(copy, departments)} | 知悉 | 立即 | |"
    yield ""
    for duty in playbook.tasks:
        yield f"### {called(duty.who, departments).partition(' (')[0]}：{duty.duty_zh}"
        yield ""
        yield "| 等待 | 超时后通知 | 此后每 | 计时 |"
        yield "|---|---|---|---|"
        for deadline in duty.deadlines:
            yield _limits(deadline, departments)
        yield ""


def _asked(duty: Duty) -> str:
    wanted = [f"说明 {duty.report.text_min} 字以上"]
    wanted += [f"照片 {duty.report.photos} 张以上"] if duty.report.photos else []
    wanted += ["地点"] if duty.report.place else []
    if duty.report.outcomes:
        words = " / ".join(one.zh for one in duty.report.outcomes.values())
        wanted.append(f"结果{'（可不填）' if duty.report.outcome_optional else ''}：{words}")
    return "；".join(wanted)


def _limits(deadline: Deadline, departments: dict[str, str]) -> str:
    step = STEP_WORDS[Step(deadline.waits_for)][0]
    levels = "<br/>".join(
        f"{spell(level.after_s, deadline.clock)} → "
        + "、".join(called(one, departments) for one in level.tell)
        for level in deadline.levels
    )
    again = spell(deadline.repeat_s, deadline.clock)
    return f"| {step} | {levels} | {again} | {CLOCKS[deadline.clock]} |"


def spell(seconds: int, clock: str) -> str:
    """Say a limit in Chinese."""
    return spelled(seconds, clock)[0]


def spelled(seconds: int, clock: str) -> Words:
    """Say a limit; a working day has nine hours."""
    days, rest = divmod(seconds, WORKDAY_S)
    if clock == "always" or rest:
        return lasted(seconds)
    return f"{days} 个工作日", f"{days} working day{'s' if days > 1 else ''}"


def _notices(playbook: Playbook, departments: dict[str, str]) -> Iterator[str]:
    if not playbook.notices:
        return
    yield "## 告知 notices"
    yield ""
    for one in playbook.notices:
        if isinstance(one.upon, Opening):
            when = f"反馈“{_outcomes(playbook, one.upon)}”后"
        else:
            when = {"open": "立案时", "close": "办结时", "confirmed": "核实属实后"}[one.upon]
        who = "、".join(called(to, departments) for to in one.tell)
        yield f"- {when}，{who}：{one.words_zh}"
    yield ""


def _channels(playbook: Playbook) -> Iterator[str]:
    yield "## 渠道 channels"
    yield ""
    yield "| 对象 | 渠道（区里已配置的） |"
    yield "|---|---|"
    for audience, names in playbook.channels.items():
        yield f"| {audience} | {'、'.join(names)} |"
    for name in playbook.platforms:
        yield f"| 对接平台 | {name} |"
