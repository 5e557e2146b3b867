"""The register of cameras and signs: where none may be, and what each must show to passers-by.

The rooms are those of the regulation on public video systems (State Council order 799) and of the
order on face recognition (2025): private rooms are refused, whatever the purpose.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from central.core.naming import Words
from central.core.people import Actor, Role
from central.core.refusals import CaseError

SPOTS: Mapping[str, Words] = {
    "gate_outside": ("校门外", "outside a school gate"),
    "gate_inside": ("校门内", "inside a school gate"),
    "fence": ("围墙、周界", "fence or wall"),
    "road": ("校园周边道路", "road beside a school"),
    "waterside": ("水边", "beside water"),
    "venue_entrance": ("场馆入口", "entrance of a venue"),
    "yard": ("操场、庭院", "school yard"),
    "corridor": ("走廊、楼梯", "corridor or stairs"),
    "kitchen": ("厨房、食堂", "kitchen or canteen"),
}

FACES_AT = frozenset({"gate_outside", "gate_inside", "waterside", "venue_entrance"})
"""Spots of a purpose for which faces may be matched at all."""

FORBIDDEN: tuple[tuple[str, Words], ...] = (
    (r"厕所|卫生间|洗手间|盥洗|toilet|restroom|lavator|\bwc\b", ("卫生间", "a toilet")),
    (r"更衣|换衣|changing|locker", ("更衣室", "a changing room")),
    (r"浴室|淋浴|澡堂|bathroom|shower", ("浴室", "a bathroom")),
    (r"寝室|宿舍|dormitor|bedroom", ("宿舍", "a dormitory")),
    (r"哺乳|母婴|nursing", ("母婴室", "a nursing room")),
    (r"心理|咨询室|辅导室|counsel", ("心理辅导室", "a counselling room")),
    (r"医务|诊室|检查室|infirmar|clinic", ("医务室", "a sick room")),
    (r"试衣|fitting", ("试衣间", "a fitting room")),
)
"""Rooms where no camera may hang, by words that a description has."""

_KEEPS = frozenset({Role.DISTRICT_ADMIN, Role.DPO})


class CameraError(CaseError):
    """A camera that cannot be registered; the text says why."""


@dataclass(frozen=True, slots=True)
class CameraWanted:
    """A camera as it is to be registered."""

    lens: str
    site_id: str
    site_kind: str
    spot: str
    spot_text: str
    purpose: str
    matches_faces: bool
    sign_text: str
    has_sign_photo: bool


def may_keep_cameras(actor: Actor) -> bool:
    """Tell whether somebody may register cameras."""
    return actor.role in _KEEPS


def forbidden_room(*texts: str) -> Words | None:
    """Name the private room of which texts speak, if they do."""
    said = " ".join(texts).lower()
    return next((words for pattern, words in FORBIDDEN if re.search(pattern, said)), None)


def check(wanted: CameraWanted) -> None:
    """Let a camera pass that may hang where it hangs.

    Raises:
        CameraError: a forbidden place, no purpose, no sign or no photo of it.
    """
    room = forbidden_room(wanted.spot_text, wanted.lens)
    if room is None and wanted.site_kind == "dormitory":
        room = ("宿舍", "a dormitory")
    if room:
        zh = f"{room[0]}内不得安装摄像头（公共安全视频图像信息系统管理条例），已拒绝登记"
        raise CameraError(zh, f"no camera may hang in {room[1]}: refused")
    for is_wrong, zh, en in _mistakes(wanted):
        if is_wrong:
            raise CameraError(zh, en)


def _mistakes(wanted: CameraWanted) -> list[tuple[bool, str, str]]:
    return [
        (not wanted.lens.strip(), "请填写摄像头", "name the camera"),
        (wanted.spot not in SPOTS, "请选择安装位置", "choose where it hangs"),
        (not wanted.spot_text.strip(), "请写明安装位置", "say where exactly it hangs"),
        (not wanted.purpose.strip(), "请写明用途", "say what it is for"),
        (wanted.matches_faces and wanted.spot not in FACES_AT,
         "这个位置不得使用人脸比对", "faces are not matched at such a spot"),
        (not wanted.sign_text.strip(), "请写明提示牌的文字", "say what the sign says"),
        (not wanted.has_sign_photo,
         "必须上传提示牌照片：没有提示牌不得启用",
         "a photo of the sign is needed: no sign, no camera"),
    ]  # fmt: skip
