"""Without a collector's address nothing is traced, and OpenTelemetry need not be installed."""

import sys

import msgspec
import pytest

from product_dashboard.app import create_app
from product_dashboard.observability.requests import RequestObserver
from product_dashboard.settings import Settings, TracingSettings
from product_dashboard.startup import StartupError
from tests.api_client import Api, error

pytestmark = pytest.mark.any_server  # the spans of a server are in test_spans.py


@pytest.fixture
def _not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        each for each in sys.modules if each.startswith(("opentelemetry", "product_dashboard.tracing"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)


@pytest.mark.usefixtures("_not_installed")
def test_the_service_starts_without_opentelemetry(settings: Settings) -> None:
    create_app(settings)
    # Without the page nothing is around the observer.
    app = create_app(msgspec.structs.replace(settings, page=False))
    assert type(app.asgi_handler) is RequestObserver


@pytest.mark.usefixtures("_not_installed")
def test_a_collector_without_opentelemetry_is_an_error_at_the_start(settings: Settings) -> None:
    traced = msgspec.structs.replace(settings, tracing=TracingSettings(endpoint="http://127.0.0.1:4318"))
    with pytest.raises(StartupError, match="install the extra otel"):
        create_app(traced)


async def test_an_untraced_answer_says_nothing_of_traces(
    client: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("generated.categories.get_category", fail)
    response = await client.get(
        "/api/v1/categories/019aab28-7c20-7a01-8d3e-4b5c6d7e8f90",
        headers={"traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01"},
    )
    assert response.status_code == 500
    assert error(response)["details"] == []
    assert "traceresponse" not in response.headers
