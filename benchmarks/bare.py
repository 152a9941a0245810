"""A server that gives one answer from memory, and takes what is sent to it: `python -m benchmarks.bare ANSWER.json`.

FastAPI and uvicorn as Evidoc uses them: the same settings and protocol, a plain function as the route, a dictionary
as its answer. No key, no database, nothing around it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request

from evidoc.server.serve import bind, serve, url_of
from evidoc.server.settings import load


def main(answer: Path) -> None:
    """Serve until told to stop; the first line printed holds the URL."""
    given: dict[str, Any] = json.loads(answer.read_text())
    app = FastAPI(openapi_url=None)

    @app.get("/things/{thing_id}")
    def get_thing(thing_id: str) -> dict[str, Any]:
        return given

    @app.post("/hook")
    async def hear(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    settings = load({}, port=0)
    with bind(settings) as listener:
        serve(app, listener, settings, lambda: print(f"ready at {url_of(listener)} ", flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
