"""Documents and features without the protocol: over every place of real files, and under random edits."""

import random
from pathlib import Path

import pytest
from pygls.workspace import PositionCodec

from tools.bench.sql.corpus import ROOT as CORPUS
from tools.bench.sql.judge import project_of
from tools.sqlgen.driver.project import Project
from tools.sqlgen.explain.places import SchemaPlaces
from tools.sqlgen.explain.query import Explainer
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.lsp import features
from tools.sqlgen.lsp.completion import complete
from tools.sqlgen.lsp.documents import Document
from tools.sqlgen.lsp.hover import hover
from tools.sqlgen.lsp.lookup import definition_in_query, mention_at
from tools.sqlgen.lsp.text import LineIndex

FILES = sorted((CORPUS / "queries").glob("*.sql"))
PIECES = ("'", '"', "`", "/*", "*/", "\n", "-- name: extra :one\n", "#", ";", "x", ",", "SELECT 1", "(", ")")


def document_of(project: Project) -> Document:
    explainer = Explainer(project.catalog, project.config, project.models, SchemaPlaces(project.schema_files))
    return Document("sql/queries.sql", project, explainer)


@pytest.fixture(scope="module")
def shop() -> Project:
    return project_of("shop")


@pytest.fixture(scope="module")
def text() -> str:
    """Thirty queries of the corpus over one schema."""
    parts = (CORPUS / "queries/joins.sql").read_text().split("-- name: ")
    return "".join(f"-- name: {part}" for part in parts[1:31])


def test_a_document_has_the_findings_of_its_whole_text_after_any_edits(shop: Project, text: str) -> None:
    chosen = random.Random(20)
    document, edited = document_of(shop), text
    for _ in range(60):
        start = chosen.randrange(len(edited) + 1)
        end = min(len(edited), start + chosen.choice((0, 0, 0, 1, 5, 40)))
        edited = edited[:start] + chosen.choice(PIECES) + edited[end:]
        if chosen.random() < 0.2:
            edited = text
        document.update(edited)
        expected = shop.check(QueryText(document.path, "queries", edited))
        assert document.diagnostics == expected.diagnostics
        assert [unit.source.name for unit in document.units] == [
            query.source.name for query in expected.queries
        ]


def test_a_keystroke_compiles_one_query(shop: Project, text: str) -> None:
    document = document_of(shop)
    document.update(text)
    assert document.compiled == len(document.units) == 30
    document.update(text.replace("SELECT", "SELECT ", 1))
    assert document.compiled == 1
    document.update(f"\n\n{text}")
    assert document.compiled == 1  # the text before changed back; the others only moved


def test_findings_and_lines_follow_a_query_that_moves(shop: Project) -> None:
    document = document_of(shop)
    query = "-- name: a :many\nSELECT nme FROM products;\n"
    document.update(query)
    [before] = document.diagnostics
    document.update(f"-- name: b :many\nSELECT 1 AS one;\n\n{query}")
    [after] = document.diagnostics
    assert document.compiled == 1
    assert document.text[after.start : after.end] == "nme"
    assert after.message == before.message


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_feature_fails_at_any_place_of_a_file(path: Path) -> None:
    text = path.read_text()
    project = project_of(text.partition("\n")[0].removeprefix("-- schema: ").strip())
    document = document_of(project)
    document.update(text)
    explainer = Explainer(project.catalog, project.config, project.models, SchemaPlaces(project.schema_files))
    hovered = 0
    for offset in range(0, len(text), 13):
        unit = document.unit_at(offset)
        if unit is None:
            continue
        hovered += hover(unit, explainer, offset) is not None
        features.signature_help(unit, offset)
        if offset % 5 == 0:
            complete(unit.query.text, offset - unit.start, project.catalog, explainer)
        if unit.analysed is not None:
            mention_at(unit.analysed, offset - unit.start)
            definition_in_query(unit.analysed, offset - unit.start)
    assert hovered > len(text) / 13 / 10 or path.stem == "refused"


def test_completion_works_in_a_statement_that_is_cut_anywhere(shop: Project, text: str) -> None:
    document = document_of(shop)
    explainer = Explainer(shop.catalog, shop.config, shop.models, SchemaPlaces(shop.schema_files))
    document.update(text)
    for unit in document.units[:10]:
        for end in range(len(unit.query.text.partition("\n")[0]), len(unit.query.text), 3):
            complete(unit.query.text[:end], end, shop.catalog, explainer)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT p.`pr| FROM products p", {"price"}),
        ("SELECT `| FROM `products` p WHERE p.`price` = 1", {"price", "p"}),
        ("SELECT `pri|` FROM products", {"price"}),
        ("SELECT * FROM `pro|", {"products"}),
    ],
)
def test_after_a_backtick_only_names_are_offered(shop: Project, text: str, expected: set[str]) -> None:
    explainer = Explainer(shop.catalog, shop.config, shop.models, SchemaPlaces(shop.schema_files))
    query = f"-- name: q :many\n{text}"
    found = complete(query.replace("|", ""), query.index("|"), shop.catalog, explainer)
    labels = {item.label for item in found.items}
    assert expected <= labels
    assert not {"NAME_CONST", "sqlc.arg"} & labels


@pytest.mark.parametrize("line", ["a😀b\né\n\nlast", "", "\n", "x\r\ny"])
def test_offsets_and_positions_are_inverse(line: str) -> None:
    for encoding in ("utf-8", "utf-16", "utf-32"):
        index = LineIndex(line, PositionCodec(encoding))
        for offset in range(len(line) + 1):
            assert index.offset(index.position(offset)) == offset
