"""How the device does, in plain words, with what to do."""

from dataclasses import asdict

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from edge_agent.core.checks import worst
from edge_agent.page.desk import desk
from edge_agent.page.titles import title_of

pages = Blueprint("home", __name__)

_RANK = {"fail": 0, "warn": 1, "ok": 2}


@pages.get("/")
def home() -> str:
    """Give the whole page."""
    return render_template("home.html", **_found())


@pages.get("/api/health")
def part() -> str:
    """Give the part that changes."""
    return render_template("health.html", **_found())


@pages.get("/api/findings")
def findings() -> dict[str, object]:
    """Give the same for programs: `huxiao-flash doctor` reads it."""
    found = desk().health.findings()
    return {
        "device_id": desk().device["device_id"],
        "release": desk().device["release"],
        "is_checking": desk().health.is_checking(),
        "findings": [{**asdict(one), "title": title_of(one.check)} for one in found],
    }


@pages.post("/check-again")
def check_again() -> Response:
    """Let everything be checked again."""
    desk().health.check_again()
    return redirect("/")


def _found() -> dict[str, object]:
    found = desk().health.findings()
    rows = sorted(found, key=lambda one: _RANK[one.state])
    return {
        "rows": [(one, title_of(one.check)) for one in rows],
        "worst": worst(found),
        "is_checking": desk().health.is_checking(),
    }
