"""What labelled false alarms teach a camera: a mask or a threshold, with what it would have done.

For each camera and label: how many false alarms there were, how many would have come all the same,
and how many true alarms would have been lost. A proposal: the installer decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from central.core.labels import LABELS, Label, Mistaken, Proposal, proposals
from central.core.naming import Words
from central.core.sheets import Column, Sheet, name


@dataclass(frozen=True, slots=True)
class Seen:
    """One alert of a case that is closed: which device saw what, and what it turned out to be."""

    device_id: str
    place: Words
    alert: Mistaken
    label: Label | None
    """What a false alarm was; None: it was true."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A proposal for one camera, with its effect on what has happened."""

    device_id: str
    place: Words
    label: Label
    proposal: Proposal
    before: int
    after: int
    true_alarms: int
    lost: int


def lessons(seen: Iterable[Seen]) -> list[Lesson]:
    """Give what could be done, the most useful first; what would lose more than it spares is left.

    A false alarm without a box or a score teaches nothing and is not counted.
    """
    by_camera: dict[tuple[str, str], list[Seen]] = {}
    for one in seen:
        by_camera.setdefault((one.device_id, one.alert.camera_id), []).append(one)
    found = [
        lesson
        for of_camera in by_camera.values()
        for label in sorted({one.label for one in of_camera if one.label})
        for lesson in _of_camera(label, of_camera)
    ]
    useful = [one for one in found if one.before - one.after > one.lost]
    return sorted(useful, key=lambda one: (one.after - one.before, one.device_id, one.label))


def _of_camera(label: Label, seen: Sequence[Seen]) -> list[Lesson]:
    false = [one for one in seen if one.label is label]
    true = [one for one in seen if one.label is None]
    return [
        Lesson(
            false[0].device_id,
            false[0].place,
            label,
            proposal,
            before=len(false),
            after=sum(passes(proposal, one.alert) for one in false),
            true_alarms=len(true),
            lost=sum(not passes(proposal, one.alert) for one in true),
        )
        for proposal in proposals(label, [one.alert for one in false])
    ]


def passes(proposal: Proposal, alert: Mistaken) -> bool:
    """Tell whether an alert would have come under a proposal.

    A mask hides whoever stands in it: the foot of the box, as on the device.
    """
    if proposal.min_score is not None:
        return alert.score is None or alert.score >= proposal.min_score
    lefts, tops = zip(*proposal.mask, strict=True)
    left, _top, right, bottom = alert.box
    foot = (left + right) / 2
    return not (min(lefts) <= foot <= max(lefts) and min(tops) <= bottom <= max(tops))


def sheet(found: Sequence[Lesson]) -> Sheet:
    """Give the proposals as a table."""
    columns = (
        Column("device", ("设备", "Device"), "words"),
        Column("place", ("地点", "Place"), "words"),
        Column("camera", ("摄像头", "Camera"), "words"),
        Column("label", ("误报原因", "What it was"), "words"),
        Column("proposal", ("建议", "Proposal"), "words"),
        Column("before", ("此前误报", "False alarms before")),
        Column("after", ("采用后仍误报", "Would still come")),
        Column("true_alarms", ("真实预警", "True alarms")),
        Column("lost", ("将漏掉", "Would be lost")),
    )
    lines = tuple(
        (
            name(one.device_id),
            one.place,
            name(one.proposal.camera_id),
            LABELS[one.label],
            _words(one.proposal),
            one.before,
            one.after,
            one.true_alarms,
            one.lost,
        )
        for one in found
    )
    note = (
        (
            "按所选时段内已标注的误报和真实预警回算。门槛：得分低于此值不报警；"
            "遮罩：画面中此区域不报警（左上角—右下角，占画面的比例）。漏掉的不少于减少的误报时不建议。"
            "由安装员在设备上确认后才生效。"
        ),
        (
            "Reckoned from the labelled false alarms and the true alarms of the time asked for. "
            "Threshold: no alert below this score. Mask: none from this part of the picture (left "
            "top to right bottom, as fractions). Nothing is proposed that would lose as much as it "
            "spares. It holds once the installer has confirmed it on the device."
        ),
    )
    return Sheet("lessons", ("误报改进建议", "What false alarms teach"), columns, lines, note=note)


def _words(proposal: Proposal) -> Words:
    if proposal.min_score is not None:
        return f"得分门槛 {proposal.min_score:.2f}", f"threshold {proposal.min_score:.2f}"
    (left, top), (right, bottom) = proposal.mask[0], proposal.mask[2]
    area = f"({left:.2f}, {top:.2f}) — ({right:.2f}, {bottom:.2f})"
    return f"遮罩 {area}", f"mask {area}"


def mistaken_of(body: Mapping[str, object]) -> Mistaken | None:
    """Read what an alert saw from the message as it came; None where it says no box or camera."""
    box, camera_id, score = body.get("box"), body.get("camera_id"), body.get("score")
    if not isinstance(box, list) or len(box) != 4 or not isinstance(camera_id, str):  # noqa: PLR2004 - four sides
        return None
    left, top, right, bottom = (float(side) for side in box)
    return Mistaken(camera_id, (left, top, right, bottom),
                    float(score) if isinstance(score, int | float) else None)  # fmt: skip
