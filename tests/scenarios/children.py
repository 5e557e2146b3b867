"""The children of the stories, on the roster of their school and in the galleries of devices."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from central.adapters.galleries.keys import GalleryKeys
from tests.integration.enrolling_kit import a_request

if TYPE_CHECKING:
    from tests.scenarios.stage import Stage


@dataclass(frozen=True)
class Child:
    """One pupil of the primary school, with one guardian."""

    number: str
    name: str
    class_name: str
    phone: str
    zlb: str

    @property
    def pond_entry(self) -> str:
        return f"pond-{self.number}"

    @property
    def venue_entry(self) -> str:
        return f"venue-{self.number}"


CHILD = Child("20230001", "张小明", "三年级二班", "13900000001", "zlb-20230001")
NEIGHBOUR = Child("20230002", "李小红", "三年级一班", "13900000002", "zlb-20230002")
CHILDREN = (CHILD, NEIGHBOUR)


def enter(stage: "Stage") -> None:
    """Put the children on the roster, enrol them for pond and venue, and say who is who."""
    roster = stage.district.data.parent / "roster.csv"
    lines = ["学校,班级,学号,姓名,出生年份,家长,家长手机,浙里办"]
    lines += [f"school:shiyan,{one.class_name},{one.number},{one.name},2014,{one.name}的家长,"
              f"{one.phone},{one.zlb}" for one in CHILDREN]  # fmt: skip
    roster.write_text("\n".join(lines), encoding="utf-8")
    stage.district.central("roster", "import", roster)
    keys = GalleryKeys(stage.district.data / "galleries")
    for one in CHILDREN:
        for entry_id, purpose in (
            (one.pond_entry, "drowning_risk"),
            (one.venue_entry, "venue_minor"),
        ):
            wanted = a_request(keys, entry_id, purpose=purpose)
            stage["anquan"].post("enrolments", wanted.model_dump(mode="json"))
            stage.district.central("roster", "link", "school:shiyan", one.number, entry_id)


def names_heard(stage: "Stage", number: str) -> set[str]:
    """Give everybody whose letters about a case hold a child's name, by what they are called.

    Looks at all that every provider has passed on: mail, 浙政钉, short messages, 浙里办, webhooks.
    """
    found = {
        str(mail["to"]).partition("@")[0]
        for mail in stage.mail.accepted
        if number in str(mail["subject"]) and _names(mail.get_content())
    }
    families = {one.zlb for one in CHILDREN} | {one.phone for one in CHILDREN}
    for provider in stage.providers.over_http():
        for sent in provider.sent:
            if number in sent.text and _names(sent.text):
                found.add("family" if sent.to in families else sent.to.removeprefix("zw-"))
    for event in stage.hook.got:
        if event["subject"] == number and _names(repr(event)):
            found.add("webhook")
    return found


def _names(text: str) -> bool:
    return any(one.name in text or one.phone in text for one in CHILDREN)
