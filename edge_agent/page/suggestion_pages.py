"""What false alarms taught: proposed by central, answered by the installer."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from edge_agent.adapters.drawings import DrawingError
from edge_agent.config import ConfigError
from edge_agent.page.desk import desk
from edge_agent.page.languages import text as _
from edge_agent.page.script_words import editor_words
from edge_agent.ports import OutboxError

pages = Blueprint("suggestions", __name__)


@pages.get("/suggestions")
def suggestions() -> str:
    """List what is proposed."""
    return _listed("")


@pages.post("/suggestions/<suggestion_id>")
def answer(suggestion_id: str) -> Response | tuple[str, int]:
    """Accept it into the config, or reject it."""
    is_accepted = request.form.get("answer") == "accept"
    choose = desk().suggestions.accept if is_accepted else desk().suggestions.reject
    try:
        choose(suggestion_id)
    except KeyError:
        return _listed(_("这条建议已经处理过了。")), 404
    except ConfigError as error:
        return _listed("\n".join(one.in_words() for one in error.problems)), 422
    except (DrawingError, OutboxError) as error:
        return _listed(str(error)), 500
    return redirect("/suggestions")


def _listed(error: str) -> str:
    waiting = desk().suggestions.waiting()
    return render_template("suggestions.html", waiting=waiting, error=error, words=editor_words())
