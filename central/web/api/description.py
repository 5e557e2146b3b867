"""What the OpenAPI document says beyond the routes."""

from typing import Any

from apiflask import APIFlask


def describe(app: APIFlask) -> None:
    """Let the document say that every call needs a token."""
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["AUTO_404_RESPONSE"] = True
    app.security_schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    app.spec_processor(_secured)


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
