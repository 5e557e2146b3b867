"""What a password must be: long enough, and not among the first that anybody would try."""

from central.core.naming import Words

LEAST = 10
MOST = 200

_USUAL = """
123456 12345678 123456789 1234567890 11111111 88888888 66666666 00000000 password passw0rd
p@ssw0rd password1 password123 qwerty qwertyuiop 1qaz2wsx 1q2w3e4r 1q2w3e4r5t qazwsx qazwsxedc
zaq12wsx asdfghjkl zxcvbnm iloveyou 5201314 woaini woaini1314 woaini520 1314520 a123456
a12345678 aa123456 aa123456789 abc123 abcd1234 abc12345 admin administrator admin123 admin888
root toor test guest welcome letmein monkey dragon football baseball sunshine princess superman
batman master shadow trustno1 changeme default secret login hello huxiao hushi anyuan
huxiaoanyuan fenghua ningbo zhejiang school police xuexiao mima nihao zhongguo beijing taobao
alibaba tencent weixin wechat qq123456 000000000 111111111 123123123 123321123 147258369
987654321 9876543210 789456123 1122334455 112233445566 asd123456 zxc123456 qwe123456 wang123456
zhang123456 li123456 hao123456 q123456789 w123456789 woaizhongguo
"""
USUAL = frozenset(_USUAL.split())
"""What everybody tries first, here and elsewhere; compared without case, also without its tail."""

_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_FEWEST_KINDS = 5
_SIGNS = "!@#$%^&*._-?~"


def weakness(password: str, *names: str) -> Words | None:
    """Say why a password will not do, or None. `names` are the person's own: never part of it."""
    if len(password) < LEAST:
        return f"密码至少 {LEAST} 个字符", f"a password has at least {LEAST} characters"
    if len(password) > MOST:
        return f"密码最多 {MOST} 个字符", f"a password has at most {MOST} characters"
    small = password.lower()
    stems = {small, small.rstrip(_SIGNS), small.rstrip(_SIGNS + "0123456789")}
    if stems & USUAL or _is_row(small):
        return "这个密码太常见，容易被猜到", "this password is among the first that anybody tries"
    if len(set(small)) < _FEWEST_KINDS:
        return "密码里重复的字符太多", "too few different characters"
    known = [name.lower() for name in names if len(name) > 2]  # noqa: PLR2004 - shorter is chance
    if any(name in small and len(small) - len(name) < LEAST - 2 for name in known):
        return "密码不能由用户名或姓名组成", "a password is not made of the person's own name"
    return None


def _is_row(text: str) -> bool:
    """Tell whether this runs along the keyboard, the alphabet or the numbers, either way."""
    endless = [row * 3 for row in _ROWS]
    return any(text in row or text[::-1] in row for row in endless)
