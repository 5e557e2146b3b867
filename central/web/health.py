"""Whether central is up, whether it is ready, and its figures."""

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from central.adapters.store.engine import is_reachable
from central.adapters.store.migrating import is_current
from central.core.sign_in_policy import relaxed
from central.web import here
from central.web.metrics import MEDIA_TYPE, exposition

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@pages.get("/readyz")
def readyz() -> tuple[dict[str, object], int]:
    """Say whether the database answers and has this version's tables."""
    database = is_reachable(here.store())
    try:
        migrations = database and is_current(here.store())
    except SQLAlchemyError:
        migrations = False
    ready = database and migrations
    body: dict[str, object] = {"status": "ready" if ready else "not ready", "database": database,
            "migrations": migrations, "warnings": _warnings()}  # fmt: skip
    return body, 200 if ready else 503


def _warnings() -> list[str]:
    """Say what the district has set lower than is proposed."""
    roles = ", ".join(sorted(relaxed(here.settings().must_have_second)))
    words = "只凭密码即可登录的敏感角色 sensitive roles that come in by a password alone"
    return [f"{words}: {roles}"] if roles else []


@pages.get("/metrics")
def metrics() -> Response:
    """Give the figures for Prometheus."""
    return Response(exposition(here.store(), here.desk().totals), content_type=MEDIA_TYPE)
