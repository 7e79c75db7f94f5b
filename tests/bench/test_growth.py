"""The benchmark of growth covers the whole API: it takes long to fill its databases before it can tell."""

from tools.bench.http.growth_routes import unmeasured


def test_each_operation_of_the_document_is_measured_or_excluded() -> None:
    assert unmeasured() == set()
