"""The register of processing: what is done with whose data, why, on what ground, for how long.

For the yearly compliance audit (regulation on minors online, art. 37; PIPL art. 54 and 55).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from central.core.naming import Words


@dataclass(frozen=True, slots=True)
class Activity:
    """One way in which personal data are processed."""

    title: Words
    whose: Words
    data: Words
    ground: Words
    kept: Words
    seen_by: Words


def activities(days: Mapping[str, int]) -> tuple[Activity, ...]:
    """Give the register; `days`: for how long the district keeps things, by name of the setting."""
    evidence, boarding, reply = days["evidence_days"], days["boarding_days"], days["reply_days"]
    return (
        Activity(
            ("学生名册", "Roster"), ("学生、家长", "pupils, guardians"),
            ("学校、班级、学号、姓名、出生年份、家长联系方式",
             "school, class, number, name, birth year, guardians' contacts"),
            ("履行校园安全法定职责", "statutory duty: school safety"),
            ("在校期间；注销即销毁密钥", "while at school; the key goes with a withdrawal"),
            ("本校安全负责人、本班班主任", "own school's safety lead, own class teacher")),
        Activity(
            ("人脸比对（水边、场馆）", "Face matching (water, venues)"),
            ("已单独同意的学生", "pupils with separate consent"),
            ("人脸模板（不存照片）", "face template, no photo"),
            ("监护人单独同意", "guardian's separate consent"),
            ("至同意到期或撤回，最长 400 天", "until it ends or is withdrawn, 400 days at most"),
            ("只在设备比对；任何人不可查看", "matched on the device; nobody looks at it")),
        Activity(
            ("风险人员布控", "Watch list"), ("主管机关移交的人员", "persons handed over"),
            ("人脸模板、处置要求（无原因）", "template, what to do (no reason)"),
            ("公安机关依法移交", "handed over by the police under the law"),
            ("至处置到期", "until the disposition ends"), ("派出所、学校", "station, school")),
        Activity(
            ("事件处置", "Cases"), ("学生、现场人员", "pupils, people on the spot"),
            ("时间、地点、现场画面、处置记录", "time, place, pictures, what was done"),
            ("履行校园安全法定职责", "statutory duty: school safety"),
            (f"画面在办结后 {evidence} 天删除", f"pictures: {evidence} days after closing"),
            ("有任务的单位、区值班", "units with a task, the district's office")),
        Activity(
            ("住宿管理", "Boarding"), ("住校生", "boarders"),
            ("进出宿舍时间、请假", "door events, leave"),
            ("履行校园安全法定职责", "statutory duty: school safety"),
            (f"{boarding} 天", f"{boarding} days"), ("本校", "own school")),
        Activity(
            ("心灵关爱", "Mind care"), ("经转介的学生", "pupils referred"),
            ("转介与评估记录（单独加密存储）", "referrals and assessments, kept apart"),
            ("监护人同意或法定职责", "consent or statutory duty"),
            ("至关怀结束，按密钥销毁", "until care ends, erased by key"),
            ("心理专员、转介人", "psychologist, who referred")),
        Activity(
            ("群众上报", "Reports by the public"), ("上报人", "who reports"),
            ("照片、描述、答复电话（可不填）", "photos, words, a number if given"),
            ("本人提供", "given by themselves"),
            (f"电话在办结后 {reply} 天删除", f"the number: {reply} days after the end"),
            ("区值班、承办单位", "the district's office, the unit concerned")),
    )  # fmt: skip
