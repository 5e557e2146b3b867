import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.pinyin import name_pinyin, to_pinyin
from edge_agent.core.naming import Addressee, Manners, Naming
from tests.unit.edge.voice.voice_kit import SHY, XIAOMING

WATER = DEFAULT_PHRASES["step_back_from_water"]
READ_RIGHTLY = {
    "step_back_from_water": (
        "shui3 bian1 wei1 xian3, qing3 ma3 shang4 li2 kai1 shui3 bian1,"
        " tui4 dao4 an1 quan2 de5 di4 fang1."
    ),
    "line_crossed": (
        "ni3 yi3 jing1 yue4 guo4 jing3 jie4 xian4, qing3 li4 ji2 hui2 dao4 an4 shang4."
    ),
    "alarm_received": "jing3 bao4 yi3 shou1 dao4.",
    "alarm_acknowledged": "jing3 bao4 yi3 you3 ren2 shou4 li3, zheng4 zai4 chu3 li3.",
    "alarm_not_confirmed": (
        "jing3 bao4 shang4 wei4 song4 da2, qing3 li4 ji2 bo1 da3 yao1 yao1 ling2."
    ),
    "drill": "zhe4 shi4 yan3 lian4, bu2 shi4 zhen1 de5 bao4 jing3.",
    "test_voice": "la3 ba1 ce4 shi4, yi1, er4, san1, si4, wu3.",
}
TEXTS = st.text(st.sampled_from("{}nameclsp水边{name}{class}{place}，。请"), max_size=30)
PEOPLE = st.builds(
    Addressee,
    entry_id=st.just("e"),
    name=st.sampled_from(["曾小明", "{class}", " ", "欧阳{name}"]),
    class_name=st.sampled_from(["", "三年级二班", "{name}"]),
    may_be_named=st.booleans(),
)
MANNERS = st.builds(
    Manners,
    naming=st.sampled_from(Naming),
    address=st.sampled_from(["{class}{name}同学,", "喂,", "{class}的同学,", "{place}的{name}"]),
    named=st.dictionaries(st.just("p"), TEXTS, max_size=1),
    place=st.sampled_from(["", "东湖"]),
)


@settings(deadline=None)
@given(MANNERS, PEOPLE)
def test_nobody_is_ever_named_without_consent_and_the_sites_wish(
    manners: Manners, to: Addressee
) -> None:
    wording = manners.wording("p", WATER, to)
    plain = manners.wording("p", WATER)
    may = to.may_be_named and manners.naming is Naming.NAME_AND_CLASS
    if not may:
        assert not wording.is_named
        assert "曾小明" not in wording.text
        assert "欧阳" not in wording.text
    if not to.may_be_named or manners.naming is Naming.NONE:
        assert wording == plain
        assert "三年级二班" not in wording.text
    assert wording.is_personal >= wording.is_named


@given(MANNERS, PEOPLE)
def test_what_names_somebody_always_says_so(manners: Manners, to: Addressee) -> None:
    wording = manners.wording("p", WATER, to)
    assert wording.is_named or "曾小明" not in wording.text


def test_the_three_ways_to_speak_to_somebody() -> None:
    said = {
        naming: Manners(naming).wording("step_back_from_water", "请离开。", XIAOMING).text
        for naming in Naming
    }
    assert said == {
        Naming.NONE: "请离开。",
        Naming.CLASS: "三年级二班同学,请离开。",
        Naming.NAME_AND_CLASS: "三年级二班曾小明同学,请离开。",
    }


def test_without_the_guardians_consent_the_warning_has_no_name() -> None:
    wording = Manners(Naming.NAME_AND_CLASS).wording("p", WATER, SHY)
    assert (wording.text, wording.is_named, wording.is_personal) == (WATER, False, False)


def test_a_site_may_write_the_whole_sentence_with_place_and_name() -> None:
    manners = Manners(Naming.NAME_AND_CLASS, named={"p": "{name},{place}危险!"}, place="东湖")
    assert manners.wording("p", WATER, XIAOMING).text == "曾小明,东湖危险!"
    assert manners.wording("p", "{place}危险!").text == "东湖危险!"


def test_neither_logs_nor_errors_show_who_is_addressed() -> None:
    assert "曾小明" not in repr(XIAOMING)
    assert "三年级" not in f"{XIAOMING}"


def test_every_phrase_is_read_by_its_right_pinyin() -> None:
    assert {name: to_pinyin(text) for name, text in DEFAULT_PHRASES.items()} == READ_RIGHTLY


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("三年级(2)班", "san1 nian2 ji2 er4 ban1"),
        ("三年级2班", "san1 nian2 ji2 er4 ban1"),
        ("12班", "shi2 er4 ban1"),
        ("2024级3班", "er4 ling2 er4 si4 ji2 san1 ban1"),
        ("105米,20秒", "yi4 bai3 ling2 wu3 mi3, er4 shi2 miao3"),
        ("水深2.5米", "shui3 shen1 er4 dian3 wu3 mi3"),
        ("A区3号", "ei1 qu1 san1 hao4"),
        ("K12", "kai4 shi2 er4"),
    ],
)
def test_classes_numbers_and_letters_are_read_as_people_say_them(written: str, read: str) -> None:
    assert to_pinyin(written) == read


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单小雨", "shan4 xiao3 yu3"),
        ("仇一", "qiu2 yi1"),
        ("解晓东", "xie4 xiao3 dong1"),
        ("曾国平", "zeng1 guo2 ping2"),
        ("区大明", "ou1 da4 ming2"),
        ("查良", "zha1 liang2"),
        ("尉迟小明", "yu4 chi2 xiao3 ming2"),
        ("万俟雪", "mo4 qi2 xue3"),
        ("乐小乐", "yue4 xiao3 le4"),
        ("华生", "hua4 sheng1"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, read: str) -> None:
    assert name_pinyin(name) == read


def test_a_site_corrects_what_is_misread() -> None:
    readings = {"长湖": "chang2 hu2", "单于": "chan2 yu2"}
    assert to_pinyin("长湖水边", readings) == "chang2 hu2 shui3 bian1"
    assert name_pinyin("单于明", readings) == "chan2 yu2 ming2"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_written_the_voice_gets_only_what_it_can_say(text: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9ü,.!?;: ]*", to_pinyin(text))
