"""A drill 演练: the loop is played, marked everywhere, and nobody is told who was not to be."""

from typing import Literal

from central.core.naming import Words

DrillTells = Literal["nobody", "page", "everybody"]
"""Who is told: nobody; those concerned, on the page only; everybody with a part, marked."""

MARK: Words = ("【演练】", "[DRILL] ")

TELLS_WORDS: dict[DrillTells, Words] = {
    "nobody": ("不通知任何人", "nobody is told"),
    "page": ("只在页面上告知", "told on the page only"),
    "everybody": (
        "照常通知各责任单位，均注明“演练”；不通知家长",
        "every unit with a part is told, marked as a drill; families are not",
    ),
}


def began(tells: DrillTells, *, waits: bool) -> Words:
    """Say on the timeline what a drill does and does not do."""
    clock = ("时限照走", "deadlines run") if waits else ("时限不走", "no deadline runs")
    told = TELLS_WORDS[tells]
    zh = f"这是演练：任务照常下达，可签收办结，{told[0]}，{clock[0]}，不计入统计"
    en = f"a drill: tasks are dispatched and can be worked through; {told[1]}, {clock[1]}, "
    return zh, f"{en}nothing is counted"
