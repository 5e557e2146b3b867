"""How names are read where a dictionary of common words reads them wrongly."""

from collections.abc import Mapping

SURNAMES: Mapping[str, str] = {
    "单": "shan4", "仇": "qiu2", "解": "xie4", "曾": "zeng1", "区": "ou1", "查": "zha1",
    "任": "ren2", "朴": "piao2", "翟": "zhai2", "华": "hua4", "盖": "ge3", "员": "yun4",
    "缪": "miao4", "覃": "qin2", "乐": "yue4", "折": "she2", "种": "chong2", "秘": "bi4",
    "冼": "xian3", "洗": "xian3", "繁": "po2", "燕": "yan1", "应": "ying1", "宁": "ning4",
    "黑": "he4", "葛": "ge3", "召": "shao4", "祭": "zhai4", "句": "gou1", "隗": "wei3",
    "佴": "nai4", "过": "guo1", "那": "na1", "石": "shi2", "柏": "bai3", "薄": "bo2",
    "卜": "bu3", "车": "che1", "晁": "chao2", "都": "du1", "干": "gan1", "纪": "ji3",
    "宓": "mi4", "乜": "nie4", "曲": "qu1", "瞿": "qu2", "少": "shao4", "沈": "shen3",
    "盛": "sheng4", "宿": "su4", "相": "xiang4", "省": "xing3", "於": "yu1", "占": "zhan1",
    "长": "zhang3", "仉": "zhang3", "朝": "chao2", "撒": "sa4", "郗": "xi1", "隽": "juan4",
    "仝": "tong2", "炅": "gui4", "尉": "wei4", "适": "kuo4", "逄": "pang2", "逯": "lu4",
    "阚": "kan4", "郄": "qie4", "麴": "qu1", "谌": "chen2", "贾": "jia3", "车正": "che1 zheng4",
    "褚": "chu3", "令": "ling4", "藏": "zang4", "重": "chong2", "钭": "tou3", "哈": "ha3",
    "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "澹台": "tan2 tai2", "长孙": "zhang3 sun1",
    "亓官": "qi2 guan1", "乐正": "yue4 zheng4", "濮阳": "pu2 yang2", "令狐": "ling2 hu2",
    "夏侯": "xia4 hou2", "宰父": "zai3 fu3", "鲜于": "xian1 yu2", "淳于": "chun2 yu2",
    "皇甫": "huang2 fu3", "闻人": "wen2 ren2", "钟离": "zhong1 li2", "公冶": "gong1 ye3",
}  # fmt: skip
"""By what people of that name usually say; a family that says otherwise has an entry's reading."""

LETTERS: Mapping[str, str] = {
    "A": "ei1", "B": "bi4", "C": "xi1", "D": "di4", "E": "yi4", "F": "ai2 fu2", "G": "ji4",
    "H": "ei1 qi2", "I": "ai4", "J": "zhei4", "K": "kai4", "L": "ai2 lou4", "M": "ai2 mu3",
    "N": "en1", "O": "ou1", "P": "pi4", "Q": "kiu1", "R": "a4", "S": "ai2 si1", "T": "ti4",
    "U": "you1", "V": "wei1", "W": "da2 bu5 liu4", "X": "ai2 ke4 si1", "Y": "wai4", "Z": "zei4",
}  # fmt: skip
"""Capital letters as Chinese schools say them."""
