"""/docs and /openapi.json: the description of the API, readable with no internet."""

import copy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from swagger_ui_bundle import swagger_ui_path

from evidoc.kernel.errors import NotFound
from evidoc.server.answer_headers import HEADERS, headers_of
from evidoc.server.refusal_examples import example_of

_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Evidoc API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""

# Swagger UI sets style attributes; everything else comes from this server's own files.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def add_docs(app: FastAPI) -> None:
    """Serve the description and the page that shows it."""

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})

    @app.get("/docs/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name == "start.js":
            return Response(_START, media_type="text/javascript")
        if name not in _ASSETS:
            raise NotFound
        return FileResponse(swagger_ui_path / name, media_type=_ASSETS[name], headers={"Cache-Control": "max-age=3600"})


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.0 description: the version that the bundled Swagger UI shows."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.0.3",
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    schemas = document.get("components", {}).get("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key; made with `evidoc keys create`"},
        "header": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    }
    document["components"]["headers"] = HEADERS
    for path, item in document["paths"].items():
        for method, operation in item.items():
            # Faults of the request are 400 here; FastAPI adds its own 422.
            unused = operation["responses"].get("422", {}).get("content", {}).get("application/json", {})
            if unused.get("schema", {}).get("$ref", "").endswith("/HTTPValidationError"):
                del operation["responses"]["422"]
            # The empty one: a server without keys needs none.
            needs_key = path != "/health"
            operation["security"] = [{"bearer": []}, {"header": []}, {}] if needs_key else []
            for status, answer in operation["responses"].items():
                answer["headers"] = headers_of(status, operation, needs_key=needs_key)
                if not status.startswith("2"):
                    answer["content"]["application/json"]["example"] = example_of(method, path, int(status))
    plain: dict[str, Any] = _as_3_0(document)
    return plain


def _as_3_0(node: Any) -> Any:
    """The same schema in the words of OpenAPI 3.0, which knows neither null nor const nor lists of examples."""
    if isinstance(node, list):
        return [_as_3_0(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = copy.copy(node)
    options = node.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        del node["anyOf"]
        node = {**rest[0], **node} if len(rest) == 1 and "$ref" not in rest[0] else {**node, "anyOf": rest}
        node["nullable"] = True
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    if "const" in node and "type" in node:
        node["enum"] = [node.pop("const")]
    if isinstance(node.get("examples"), list):
        node["example"] = node.pop("examples")[0]
    return {name: value if name == "example" else _as_3_0(value) for name, value in node.items()}
