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
    return spec
