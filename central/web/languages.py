"""Chinese first, English second: which of them this request is answered in."""

from flask import Flask, g, request
from flask_babel import Babel, get_locale, gettext  # type: ignore[import-untyped]

from central.web import here

CHINESE, ENGLISH = "zh_Hans_CN", "en"
NAMES = {CHINESE: "中文", ENGLISH: "English"}
COOKIE = "huxiao_language"
WITHOUT_COOKIES = frozenset({"links.opened", "links.step"})
"""Pages that say in their own address in which language they are."""


def speak(app: Flask) -> None:
    """Let an app choose its language for each request."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, default_locale=CHINESE, default_timezone="UTC", locale_selector=chosen)


def chosen() -> str:
    """Give the account's language, or the cookie's, or Chinese."""
    found = here.visitor()
    if found and found.username:
        return found.locale if found.locale in NAMES else CHINESE
    if request.endpoint in WITHOUT_COOKIES:
        return {"en": ENGLISH}.get(request.args.get("lang", ""), CHINESE)
    asked = request.cookies.get(COOKIE, CHINESE)
    return asked if asked in NAMES else CHINESE


def text(message: str, **values: object) -> str:
    """Give a message of the catalogues; imported as `_`."""
    return str(gettext(message, **values))


def language() -> str:
    """Give the language of this request; a page asks a thousand times."""
    if "language" not in g:
        g.language = str(get_locale())
    return str(g.language)


def is_english() -> bool:
    """Tell whether this request is answered in English."""
    return language() == ENGLISH


def say(words: tuple[str, str]) -> str:
    """Give the Chinese or the English of a pair."""
    return words[1] if is_english() else words[0]
