"""The district's pages and API as one Flask application."""

from apiflask import APIFlask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from central.adapters.store.engine import Store
from central.web import (
    account_pages,
    admin,
    asking_pages,
    base_maps,
    board_pages,
    boarding_pages,
    camera_pages,
    care_pages,
    case_file,
    claim_pages,
    commissioning_pages,
    consent_counts,
    course_pages,
    device_pages,
    door,
    drawing_pages,
    drill_pages,
    duty_pages,
    events,
    headers,
    health,
    here,
    hooks,
    incident_pages,
    languages,
    link_pages,
    map_pages,
    measuring,
    merge_pages,
    oidc_pages,
    pack_pages,
    passkey_pages,
    press_pages,
    problems,
    public_pages,
    pwa_pages,
    registry_pages,
    release_pages,
    reporting_pages,
    second_pages,
    showing,
    signing_in,
    statistics_pages,
    subject_pages,
    unlinked,
    unusual_pages,
    uploads,
    viid,
)
from central.web.api import (
    backgrounds,
    boarding,
    care,
    courses,
    dispositions,
    drills,
    duty,
    enrolments,
    four_hundred,
    incidents,
    maps,
    merging,
    photos,
    pupils,
    reports,
    statistics,
    subjects,
    things,
    unusual,
)
from central.web.api import description as api_description
from central.web.live import Feed
from central.web.settings import WebSettings

MOST_BYTES = 256 * 1024  # of a request: forms and steps are small


PAGES = (
    signing_in.pages,
    second_pages.pages,
    passkey_pages.pages,
    oidc_pages.pages,
    link_pages.pages,
    account_pages.pages,
    board_pages.pages,
    boarding_pages.pages,
    incident_pages.pages,
    case_file.pages,
    press_pages.pages,
    subject_pages.pages,
    device_pages.pages,
    drawing_pages.pages,
    claim_pages.pages,
    commissioning_pages.pages,
    release_pages.pages,
    registry_pages.pages,
    consent_counts.pages,
    camera_pages.pages,
    asking_pages.pages,
    pack_pages.pages,
    admin.PAGES,
    public_pages.pages,
    pwa_pages.pages,
    reporting_pages.pages,
    course_pages.pages,
    care_pages.pages,
    map_pages.pages,
    base_maps.pages,
    maps.api,
    events.pages,
    health.pages,
    hooks.pages,
    incidents.api,
    reports.api,
    courses.api,
    care.api,
    things.api,
    photos.api,
    enrolments.api,
    pupils.api,
    unusual_pages.pages,
    unusual.api,
    four_hundred.api,
    dispositions.api,
    backgrounds.api,
    boarding.api,
    viid.pages,
    merging.api,
    drills.api,
    duty.api,
    duty_pages.pages,
    merge_pages.pages,
    drill_pages.pages,
    subjects.api,
    statistics.api,
    statistics_pages.pages,
)


def create_app(store: Store, settings: WebSettings) -> APIFlask:
    """Make the application on an open database; nothing is connected or started yet."""
    app = APIFlask(
        "central.web",
        title="护校 huxiao",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="huxiao_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MOST_BYTES,
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.extensions[here.KEY] = here.Desk(store, settings, Feed(store, settings.most_listeners))
    unlinked.unlink(app)
    headers.protect(app)
    uploads.bound(app)
    door.guard(app)
    languages.speak(app)
    measuring.measure(app)
    csrf = CSRFProtect(app)
    csrf.exempt(asking_pages.confirm)  # no cookie: the code on the paper, and the number's end
    csrf.exempt(link_pages.pages)  # no cookie lets anybody in there: the address alone does
    for api in (
        hooks.pages,  # no cookie is asked for, none helps
        incidents.api,
        photos.api,
        things.api,
        maps.api,
        enrolments.api,
        pupils.api,
        unusual.api,
        dispositions.api,
        four_hundred.api,
        statistics.api,
        backgrounds.api,
        boarding.api,
        viid.pages,  # signed by digest, no cookie
        merging.api,
        drills.api,
        reports.api,
        courses.api,
        care.api,
        public_pages.pages,  # a signed form of its own, without a cookie
        subjects.api,
        duty.api,
    ):  # a cookie alone changes nothing: door
        csrf.exempt(api)
    problems.explain(app)
    showing.teach(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    api_description.describe(app)
    return app
