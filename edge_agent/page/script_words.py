"""What the page's scripts say to a person, in this request's language."""

from edge_agent.page.languages import text as _


def editor_words() -> dict[str, str]:
    """Give the words of picture and editor."""
    return {
        "zone": _("区域"),
        "line": _("警戒线"),
        "post": _("岗位"),
        "mask": _("屏蔽区"),
        "saved": _("已保存，等待看守进程采用"),
        "in_effect": _("已生效"),
        "undone": _("已恢复上一版，等待看守进程采用"),
        "unsaved": _("有未保存的修改"),
        "no_picture": _("没有实时画面：看守进程没有运行，或摄像头没有画面。"),
        "old_picture": _("画面已停住 {seconds} 秒"),
        "signed_out": _("已退出，请重新输入 PIN。"),
        "no_answer": _("设备没有回应，正在重试。"),
        "draw_polygon": _("依次点出各个角，回到第一个角或按“完成”结束。"),
        "draw_line": _("点出警戒线的起点和终点。"),
        "few_corners": _("至少要三个角。"),
        "crosses": _("边相交了：请移动角，让边不相交。"),
        "too_small": _("区域太小。"),
        "same_name": _("名称重复。"),
        "no_name": _("请填写名称。"),
        "no_limit": _("停留秒数应大于 0。"),
        "person": _("人"),
        "seconds": _("秒"),
        "confirm_undo": _("恢复到上一次保存之前的版本？"),
    }


def trial_words() -> dict[str, str]:
    """Give the words of the trials."""
    return {
        "slide": _("请从最左边拖到最右边。"),
        "asked": _("已要求，等待按钮进程执行"),
        "done": _("已执行"),
        "failed": _("没有成功"),
        "silent": _("按钮进程没有回应：它可能没有运行。"),
        "sent": _("已发出"),
        "stored": _("平台已入库"),
        "acknowledged": _("有人签收"),
        "waiting": _("等待中"),
        "no_answer": _("设备没有回应，正在重试。"),
        "signed_out": _("已退出，请重新输入 PIN。"),
    }
