"""Swagger UI, which loads nothing from other servers."""

import re

import pytest

from tests.api_client import Api, error

pytestmark = pytest.mark.any_server


@pytest.mark.parametrize("path", ["/swagger/index.html", "/swagger", "/swagger/"])
async def test_the_page_and_all_that_it_names_come_from_here(client: Api, path: str) -> None:
    page = await client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    scripts = re.findall(r"<script[^>]*>[^<]*", page.text)
    assert len(scripts) == 2
    assert all(re.fullmatch(r'<script src="[^"]+">', script) for script in scripts)
    assert "<style" not in page.text
    named = [each for each in re.findall(r'(?:src|href)="([^"]+)"', page.text) if each != "data:,"]
    assert len(named) == 3
    for each in named:
        assert each.startswith("/swagger/")
        response = await client.get(each)
        assert response.status_code == 200
        assert len(response.content) > 50
    script = (await client.get("/swagger/initializer.js")).text
    assert (await client.get(re.findall(r'url: "([^"]+)"', script)[0])).json()["openapi"] == "3.1.0"


async def test_the_page_may_load_nothing_from_elsewhere(client: Api) -> None:
    policy = (await client.get("/swagger/index.html")).headers["content-security-policy"]
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["connect-src"] == "'self'"
    assert "http" not in policy


@pytest.mark.parametrize(
    "name", ["nothing.js", "..%2f__init__.py", "asyncapi-web-component.js", "swagger-ui.css/x", "%2e%2e"]
)
async def test_nothing_but_its_assets_can_be_read(client: Api, name: str) -> None:
    response = await client.get(f"/swagger/{name}")
    assert (response.status_code, error(response)["code"]) == (404, "NOT_FOUND")
