"""What the editor's script says to a person, in this request's language."""

from central.web.languages import text as _


def editor_words() -> dict[str, str]:
    """Give the words of picture and editor."""
    return {
        "zone": _("区域"),
        "line": _("警戒线"),
        "post": _("岗位"),
        "mask": _("屏蔽区"),
        "unsaved": _("有未下发的修改"),
        "draw_polygon": _("依次点出各个角，回到第一个角或按“完成”结束。"),
        "draw_line": _("点出警戒线的起点和终点。"),
        "few_corners": _("至少要三个角。"),
        "crosses": _("边相交了：请移动角，让边不相交。"),
        "too_small": _("区域太小。"),
        "same_name": _("名称重复。"),
        "no_name": _("请填写名称。"),
        "no_limit": _("停留秒数应大于 0。"),
        "seconds": _("秒"),
    }
