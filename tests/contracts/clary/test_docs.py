"""The pages about the API say what is so."""

import re
from pathlib import Path

import httpx
import pytest

from evidoc.contracts.clary.errors import code_of
from evidoc.kernel.errors import all_errors
from evidoc.kernel.normalise import RULES

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), DOCS.parent / "README.md"])


def test_every_rule_is_explained() -> None:
    text = (DOCS / "rules.md").read_text()
    assert [rule for rule in RULES if f"`{rule}`" not in text] == []


def test_every_code_that_the_page_names_exists() -> None:
    text = (DOCS / "api.md").read_text()
    named = re.findall(r"`([a-z_]+)`", text[text.index("## Errors") : text.index("## Keys")])
    known = {code_of(error.code) for error in all_errors()} | {"request_id"}
    assert set(named) <= known


def test_every_group_of_routes_is_on_the_page(client: httpx.Client) -> None:
    text = (DOCS / "api.md").read_text()
    paths = client.get("/openapi.json").json()["paths"]
    assert [path for path in paths if "{" not in path and path.rsplit("/", 1)[-1] not in text] == []


def test_every_route_stands_in_one_chapter_of_the_description(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    chapters = {(path, method): route["tags"] for path, routes in paths.items() for method, route in routes.items()}
    assert {at: tags for at, tags in chapters.items() if len(tags) != 1} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
