"""What a command line says when it was called wrongly: in Chinese first, click's English beside.

A sentence that this table does not know is said as it is, under a Chinese title: nothing is lost.
"""

import re

_HINT = r"(?P<hint>.*)"
_RULES = tuple(
    (re.compile(english, re.DOTALL), chinese)
    for english, chinese in (
        (rf"No such option '(?P<name>.*?)'\.{_HINT}", "没有选项 {name}。{hint}"),
        (rf"No such command '(?P<name>.*?)'\.{_HINT}", "没有命令 {name}。{hint}"),
        (r" ?\(?Did you mean(?: one of)?:? (?P<names>.*?)\?\)?", "是不是 {names}?"),
        (r"Missing command\.", "少了命令。"),
        (rf"Missing argument '(?P<name>.*?)'\.{_HINT}", "少了参数 {name}。{hint}"),
        (rf"Missing option '(?P<name>.*?)'\.{_HINT}", "少了选项 {name}。{hint}"),
        (r" ?Choose from:\s*(?P<names>.*)", "可选:{names}"),
        (r"Got unexpected extra arguments? \((?P<name>.*)\)", "多出了参数 {name}。"),
        (r"Option '(?P<name>.*)' requires an argument\.", "选项 {name} 后面要给一个值。"),
        (r"Option '(?P<name>.*)' requires (?P<n>\d+) arguments\.", "选项 {name} 后面要 {n} 个值。"),
        (r"Option '(?P<name>.*)' does not take a value\.", "选项 {name} 不带值。"),
        (r"Argument '(?P<name>.*)' takes (?P<n>\d+) values\.", "参数 {name} 要给 {n} 个值。"),
        (r"Takes (?P<n>\d+) values but (?P<m>\d+) w\w+ given\.", "要 {n} 个值,给了 {m} 个。"),
        (r"Invalid value for '(?P<name>.*?)': (?P<hint>.*)", "{name} 的值不对:{hint}"),
        (r"Invalid value: (?P<hint>.*)", "值不对:{hint}"),
        (r"'(?P<name>.*)' is not a valid (?P<type>.*)\.", "“{name}”不是{type}。"),
        (r"(?P<name>.*) is not in the range (?P<range>.*)\.", "{name} 不在范围 {range} 内。"),
        (r"'(?P<name>.*)' is not one of (?P<names>.*)\.", "“{name}”不在可选之列:{names}。"),
        (r"'(?P<name>.*)' does not match the formats? (?P<names>.*)\.",
         "“{name}”的写法不对,应为 {names}。"),
        (r"(?P<type>\w+) '(?P<name>.*)' does not exist\.", "{type} {name} 不存在。"),
        (r"(?P<type>\w+) '(?P<name>.*)' is a file\.", "{name} 是文件,这里要文件夹。"),
        (r"(?P<type>\w+) '(?P<name>.*)' is a directory\.", "{name} 是文件夹,这里要文件。"),
        (r"(?P<type>\w+) '(?P<name>.*)' is not readable\.", "{type} {name} 读不了。"),
        (r"(?P<type>\w+) '(?P<name>.*)' is not writable\.", "{type} {name} 写不了。"),
    )
)  # fmt: skip
_TYPES = {
    "integer": "整数",
    "integer range": "整数",
    "float": "数字",
    "float range": "数字",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def in_chinese(sentence: str) -> str:
    """Say a sentence of click in Chinese; one that is unknown, or is Chinese, as it is."""
    for english, chinese in _RULES:
        if found := english.fullmatch(sentence):
            words = {name: in_chinese(said) for name, said in found.groupdict("").items()}
            words["type"] = _TYPES.get(words.get("type", "").lower(), words.get("type", ""))
            return chinese.format(**words)
    return sentence


def told(sentence: str, usage: str, help_by: str) -> str:
    """Say what was wrong, how it is called, and where more stands.

    `usage` and `help_by` may be empty: click knows of no verb then.
    """
    lines = [usage.replace("Usage:", "用法 usage:", 1)] if usage else []
    if help_by:
        lines += [f"看说明 for help: {help_by}", ""]
    chinese = in_chinese(sentence)
    lines.append(f"错误 error: {chinese}")
    if chinese != sentence and not _CHINESE.search(sentence):
        lines.append(f"  {sentence}")
    return "\n".join(lines)
