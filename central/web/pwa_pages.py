"""What makes the pages an app on a phone: its card, its worker, and what it says without a network.

The worker keeps the page's own files and nothing that anybody may not see: see `templates/sw.js`.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app, make_response, render_template, url_for
from werkzeug.wrappers import Response

pages = Blueprint("pwa", __name__)

SHELL = (
    "tokens.css",
    "base.css",
    "parts.css",
    "dark.css",
    "huxiao.css",
    "desk.css",
    "offline.js",
    "icon.svg",
    "icon-192.png",
)
"""All that the page without a network is made of."""


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """Give the app's card: its name, colours and pictures."""
    icons = [
        {"src": url_for("static", filename=f"icon-{size}.png"), "sizes": f"{size}x{size}",
         "type": "image/png", "purpose": purpose}
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]  # fmt: skip
    icons[-1]["src"] = url_for("static", filename="icon-maskable.png")
    card = {
        "id": "/",
        "name": "护校安园",
        "short_name": "护校",
        "description": "校园安全事件签收、处置与反馈",
        "lang": "zh-Hans-CN",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f3f5f7",
        "theme_color": "#0b5f80",
        "icons": icons,
    }
    answer = make_response(card)
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@pages.get("/sw.js")
def worker() -> Response:
    """Give the app's worker; it lies at the root, for it looks after all pages."""
    files = [url_for("static", filename=name) for name in _there(current_app.static_folder or "")]
    version = _version(current_app.static_folder or "", current_app.root_path)
    answer = make_response(render_template("sw.js", files=files, version=version))
    answer.mimetype = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/offline")
def offline() -> str:
    """Show what is said without a network: nothing of any case, in both languages."""
    return render_template("offline.html", files=_there(current_app.static_folder or ""))


@cache
def _there(folder: str) -> tuple[str, ...]:
    return tuple(name for name in SHELL if (Path(folder) / name).is_file())


@cache
def _version(folder: str, root: str) -> str:
    """Give a name for the files as they are: another one lets a browser take them anew."""
    seal = hashlib.sha256()
    for name in _there(folder):
        seal.update((Path(folder) / name).read_bytes())
    seal.update((Path(root) / "templates" / "offline.html").read_bytes())
    seal.update((Path(root) / "templates" / "sw.js").read_bytes())
    return seal.hexdigest()[:12]
