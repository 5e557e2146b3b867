"""Chinese sentences bear full-width marks; code, places and English keep their own."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "chinese-marks"
MADE = runpy.run_path(str(SCRIPT))
C, COLON, SEMI, OPEN, CLOSE = "\uff0c\uff1a\uff1b\uff08\uff09"


@pytest.mark.parametrize(
    ("written", "set_right"),
    [
        ("没有完成,请重试", f"没有完成{C}请重试"),
        ("理由:{reason};完", f"理由{COLON}{{reason}}{SEMI}完"),
        ("支持(TOTP)", f"支持{OPEN}TOTP{CLOSE}"),
        ("%(count)s 名(共 %(all)s 名)", f"%(count)s 名{OPEN}共 %(all)s 名{CLOSE}"),
        ("{a},{b}都在", f"{{a}}{C}{{b}}都在"),
        ("如 08:00-20:00", "如 08:00-20:00"),
        ("a, b (c): d;", "a, b (c): d;"),
    ],
)
def test_marks_beside_chinese_are_full_width_and_no_others(written: str, set_right: str) -> None:
    assert MADE["wide"](written) == set_right
    assert MADE["wide"](set_right) == set_right


def test_docstrings_patterns_and_remarks_of_code_stay() -> None:
    kept = '"""说明,见下."""\nimport re\nA = re.compile(r"[,中]")  # 一,二\n'
    assert MADE["in_python"](kept) == kept
    assert MADE["in_python"]('x = f"没有,{y(1, 2)}"\n') == f'x = f"没有{C}{{y(1, 2)}}"\n'


def test_a_page_s_messages_and_attributes_are_set_right_and_its_code_stays() -> None:
    page = "<b title=\"一,二\">{{ _('共 %(n)s 件,完', n=len(a, b)) }}</b>{# 一,二 #}"
    right = f"<b title=\"一{C}二\">{{{{ _('共 %(n)s 件{C}完', n=len(a, b)) }}}}</b>{{# 一,二 #}}"
    assert MADE["in_page"](page) == right


def test_every_page_and_message_is_set_right() -> None:
    """Else run `scripts/chinese-marks`, which sets them."""
    told = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert (told.returncode, told.stdout) == (0, "")
