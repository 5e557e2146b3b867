"""What the OpenAPI document says beyond the routes."""

import re
from typing import Any

from apiflask import APIFlask

from central.core.scopes import SCOPES, needed

PREFIX = "/api/v1/"


def describe(app: APIFlask) -> None:
    """Let the document say that every call needs a token."""
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["AUTO_404_RESPONSE"] = True
    app.security_schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    app.spec_processor(lambda spec: _scoped(app, _secured(spec)))


def scopes_of(app: APIFlask) -> dict[tuple[str, str], str]:
    """Give the scope of each route of the API by path and method, as the document writes them."""
    found = {}
    for rule in app.url_map.iter_rules():
        if str(rule).startswith(PREFIX) and rule.endpoint != "openapi.spec":
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule))
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found[path, method.lower()] = needed(rule.endpoint, method)
    return found


def _scoped(app: APIFlask, spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
    """Say at each operation which scope a token needs for it."""
    if isinstance(spec, str):
        return spec
    for (path, method), scope in scopes_of(app).items():
        operation = spec.get("paths", {}).get(path, {}).get(method)
        if operation is not None:
            operation["security"] = [{"bearer": [scope]}]
            zh, en = SCOPES.get(scope, (scope, scope))
            words = f"Scope: `{scope}` ({zh} / {en})."
            operation["description"] = f"{operation.get('description', '')}\n\n{words}".strip()
    return spec


def _secured(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
    if isinstance(spec, str):
        return spec
    spec["security"] = [{"bearer": []}]
    spec.pop("servers", None)  # wherever it was fetched from
    for operations in spec["paths"].values():
        for operation in operations.values():
            _complete(operation)
    _without_nul(spec)
    return spec


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Chinese / English, with what to do"},
        "instance": {"type": "string"},
    },
}
"""RFC 9457: what every refusal looks like."""

_REFUSED = {
    "description": "refused, and why",
    "content": {"application/problem+json": {"schema": PROBLEM}},
}


NO_NUL = "^[^\\u0000]*$"
"""What holds for every text that comes in: `problems` refuses a NUL wherever it stands."""


def _without_nul(part: Any) -> None:
    """Say of every text that has no other form that no NUL may be in it."""
    if isinstance(part, list):
        for one in part:
            _without_nul(one)
    if not isinstance(part, dict):
        return
    if part.get("type") == "string" and not part.keys() & {"pattern", "enum", "format", "const"}:
        part["pattern"] = NO_NUL
    for one in list(part.values()):
        _without_nul(one)


def _complete(operation: dict[str, Any]) -> None:
    """Say of a call that it may be refused, in the one form, and that its body is needed."""
    answers = operation["responses"]
    for status in [status for status in answers if str(status)[0] in "45"]:
        del answers[status]  # one form for all of them
    answers["4XX"] = answers["503"] = _REFUSED
    if "requestBody" in operation:
        operation["requestBody"].setdefault("required", True)
