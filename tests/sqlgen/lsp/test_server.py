"""The language server over its protocol: each feature as an editor sees it."""

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.sqlgen.lsp.conftest import QUERIES, Editor, connected, connected_to_process
from tests.sqlgen.lsp.conftest import QUERY_FILE as FILE
from tests.waiting import PATIENCE_S

NEW = "\n-- name: find :many\n"
SHELVES = "stock/sql/shelves.sql"


async def completions(editor: Editor, text: str) -> dict[str, lsp.CompletionItem]:
    """The items at `|`, which is not part of the text."""
    at = text.index("|")
    await editor.type(FILE, text.replace("|", "", 1))
    line = text.count("\n", 0, at)
    position = lsp.Position(line, at - text.rfind("\n", 0, at) - 1)
    found = await editor.client.text_document_completion_async(
        lsp.CompletionParams(editor.document(FILE), position)
    )
    assert isinstance(found, lsp.CompletionList)
    return {item.label: item for item in found.items}


async def hovered(editor: Editor, mark: str, shift: int = 0) -> str:
    found = await editor.client.text_document_hover_async(
        lsp.HoverParams(editor.document(FILE), editor.position(FILE, mark, shift=shift))
    )
    assert found is not None
    assert isinstance(found.contents, lsp.MarkupContent)
    return found.contents.value


async def defined(editor: Editor, mark: str, shift: int = 0) -> lsp.Location | None:
    found = await editor.client.text_document_definition_async(
        lsp.DefinitionParams(editor.document(FILE), editor.position(FILE, mark, shift=shift))
    )
    assert found is None or isinstance(found, lsp.Location)
    return found


async def test_it_serves_an_editor_that_starts_it_and_ends_with_it(shop: Path) -> None:
    async with connected_to_process(shop) as editor:
        await editor.diagnostics(FILE)
        assert await editor.open(FILE) == []
        [found] = await editor.type(FILE, "-- name: smile :many\nSELECT '😀' AS a, nme FROM products;\n")
        assert found.message.startswith("unknown column 'nme'")
        assert await editor.type(FILE, QUERIES) == []
        assert "returns at most one row" in await hovered(editor, "get_product")


async def test_a_correct_project_has_no_diagnostics(editor: Editor) -> None:
    assert await editor.open(FILE) == []
    assert await editor.diagnostics("migrations/0001.shop.sql") == []


async def test_unsaved_text_gets_all_its_findings_at_their_places(editor: Editor) -> None:
    await editor.open(FILE)
    text = QUERIES.replace("p.price", "p.prize").replace("CONCAT", "CONCATT").replace(":many", ":mny")
    found = await editor.type(FILE, text)
    assert [editor.at(each.range, FILE) for each in found] == ["p.prize", ":mny", "CONCATT"]
    assert found[0].message == "unknown column 'p.prize' in the select list\nhint: did you mean 'price'?"
    assert all(each.severity == lsp.DiagnosticSeverity.Error for each in found)
    assert await editor.type(FILE, QUERIES) == []


async def test_places_count_utf_16_code_units(editor: Editor) -> None:
    await editor.open(FILE)
    text = "-- name: smile :many\nSELECT '😀' AS a, nme FROM products;\n"
    [found] = await editor.type(FILE, text)
    assert editor.at(found.range, FILE) == "nme"
    assert found.range.start.character == len("SELECT '😀' AS a, ") + 1


async def test_a_query_typed_letter_by_letter_in_a_file_of_crlf_lines_has_its_findings(
    editor: Editor,
) -> None:
    text = QUERIES.replace("\n", "\r\n")
    await editor.open(FILE)
    await editor.type(FILE, text)
    line, column, found = text.count("\n"), 0, list[lsp.Diagnostic]()
    for letter in "-- name: smile :one\nSELECT '😀', nme\nFROM products":
        found = await editor.insert(FILE, lsp.Position(line, column), letter.replace("\n", "\r\n"))
        width = len(letter.encode("utf-16-le")) // 2
        line, column = (line + 1, 0) if letter == "\n" else (line, column + width)
    [unknown] = found
    assert unknown.message.startswith("unknown column 'nme'")
    assert unknown.range == lsp.Range(lsp.Position(line - 1, 13), lsp.Position(line - 1, 16))


async def test_a_saved_migration_changes_the_findings_of_the_queries(editor: Editor) -> None:
    await editor.open(FILE)
    migration = (editor.root / "migrations/0001.shop.sql").read_text()
    editor.published.clear()
    await editor.save("migrations/0001.shop.sql", migration.replace("price DECIMAL", "cost DECIMAL"))
    found = await editor.diagnostics(FILE)
    assert {each.message.split(" in ")[0] for each in found} == {
        "unknown column 'p.price'",
        "unknown column 'price'",
    }


async def test_a_wrong_migration_has_a_diagnostic_of_its_own(editor: Editor) -> None:
    await editor.open(FILE)
    [found] = await editor.save("migrations/0001.shop.sql", "CREATE TABEL x (id INT);\n")
    assert found.range.start.line == 0


async def test_a_closed_file_has_the_findings_of_the_disk(editor: Editor) -> None:
    await editor.open(FILE)
    assert await editor.type(FILE, "-- name: a :many\nSELECT nme FROM products;\n")
    assert await editor.close(FILE) == []


async def test_a_file_behind_a_symbolic_link_is_named_as_the_editor_names_it(editor: Editor) -> None:
    link = editor.root.with_name("link")
    link.symlink_to(editor.root)
    editor.root = link
    await editor.open(FILE)
    [found] = await editor.type(FILE, "-- name: a :many\nSELECT nme FROM products;\n")
    assert found.message.startswith("unknown column 'nme'")


async def test_a_file_that_another_program_changes_is_read_again(editor: Editor) -> None:
    [found] = await editor.change_outside(FILE, "-- name: a :many\nSELECT nme FROM products;\n")
    assert found.message.startswith("unknown column 'nme'")
    assert await editor.change_outside(FILE, QUERIES) == []


async def test_a_file_that_is_gone_when_the_schema_is_read_again_loses_its_findings(editor: Editor) -> None:
    wrong, migration = "migrations/0002.wrong.sql", "migrations/0001.shop.sql"
    assert await editor.save(wrong, "DROP TABLE product;\n")
    (editor.root / wrong).unlink()
    editor.published.clear()
    await editor.save(migration, (editor.root / migration).read_text())
    assert await editor.diagnostics(wrong) == []


async def test_a_file_that_is_open_before_the_settings_can_be_read_is_compiled_after(editor: Editor) -> None:
    settings = editor.root / "pyproject.toml"
    settings.write_text("[tool.sqlgen]\nqueries = 3\n")
    async with connected(editor.root) as other:
        await other.messages.get()
        other.show(FILE, QUERIES.replace("p.price", "p.prize"))
        [found] = await other.save("pyproject.toml", "[tool.sqlgen]\n", findings_of=FILE)
    assert found.message.startswith("unknown column 'p.prize'")


async def test_wrong_settings_are_shown_and_the_last_right_ones_stay(editor: Editor) -> None:
    await editor.open(FILE)
    (editor.root / "pyproject.toml").write_text("[tool.sqlgen]\nschma = ['migrations']\n")
    params = lsp.DidSaveTextDocumentParams(editor.document("pyproject.toml"))
    editor.client.text_document_did_save(params)
    async with asyncio.timeout(PATIENCE_S):
        message = await editor.messages.get()
    assert "unknown key 'schma'" in message.message
    assert "returns at most one row" in await hovered(editor, "get_product")


@pytest.fixture
def workspace(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of two projects, shop and stock."""
    root = tmp_path_factory.mktemp("workspace")
    shop.rename(root / "shop")
    for folder in ("migrations", "sql"):
        (root / "stock" / folder).mkdir(parents=True)
    (root / "stock/migrations/0001.sql").write_text("CREATE TABLE shelves (id BIGINT PRIMARY KEY);\n")
    (root / SHELVES).write_text("-- name: shelf :one\nSELECT id FROM shelves WHERE id = :id;\n")
    (root / "stock/pyproject.toml").write_text("[tool.sqlgen]\n")
    (root / "pyproject.toml").write_text('[tool.sqlgen]\nworkspace = ["shop", "stock"]\n')
    return root


async def test_each_file_of_a_workspace_is_compiled_by_the_project_that_has_it(workspace: Path) -> None:
    products = f"shop/{FILE}"
    async with connected(workspace) as editor:
        assert await editor.open(products) == []
        assert await editor.open(SHELVES) == []
        [found] = await editor.type(SHELVES, "-- name: a :many\nSELECT name FROM shelves;\n")
        assert found.message == "unknown column 'name' in the select list"
        migration = "ALTER TABLE shelves ADD name VARCHAR(9);\n"
        assert await editor.save("stock/migrations/0002.sql", migration, findings_of=SHELVES) == []
        hovered = lsp.HoverParams(editor.document(products), editor.position(products, "get_product"))
        assert await editor.client.text_document_hover_async(hovered) is not None


async def test_a_project_that_the_workspace_no_longer_names_is_left_alone(workspace: Path) -> None:
    products = f"shop/{FILE}"
    async with connected(workspace) as editor:
        editor.show(SHELVES)
        wrong = QUERIES.replace("p.price", "p.prize")
        await editor.open(products)
        assert await editor.type(products, wrong)
        settings = '[tool.sqlgen]\nworkspace = ["stock"]\n'
        assert await editor.save("pyproject.toml", settings, findings_of=products) == []


async def test_a_quick_fix_writes_the_suggested_name(editor: Editor) -> None:
    await editor.open(FILE)
    text = QUERIES.replace("c.name AS", "c.nam AS")
    [found] = await editor.type(FILE, text)
    actions = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(editor.document(FILE), found.range, lsp.CodeActionContext([found]))
    )
    assert actions is not None
    [action] = actions
    assert isinstance(action, lsp.CodeAction)
    assert action.edit is not None
    assert action.edit.changes is not None
    [edit] = action.edit.changes[editor.uri(FILE)]
    assert isinstance(edit, lsp.TextEdit)
    assert (action.title, edit.new_text, editor.at(edit.range, FILE)) == (
        "Replace with 'name'",
        "name",
        "nam",
    )


async def test_hover_on_a_query_shows_its_rows_and_parameters(editor: Editor) -> None:
    await editor.open(FILE)
    found = await hovered(editor, "get_product")
    assert "returns at most one row" in found
    assert "the primary key (id) of products AS p is fixed by p.id = :id at line 5" in found
    assert "| category | VARCHAR(100) | `str \\| None` |" in found
    assert "| id | BIGINT | `int` |" in found


async def test_hover_on_an_expression_says_why_it_may_be_null(editor: Editor) -> None:
    await editor.open(FILE)
    found = await hovered(editor, "c.name", 3)
    assert "**VARCHAR(100)**, may be NULL" in found
    assert "LEFT JOIN categories AS c at line 4 may not match" in found
    assert "products.name is NOT NULL (migrations/0001.shop.sql:8)" in await hovered(editor, "p.name", 3)
    assert "**DECIMAL" in await hovered(editor, "* 2")


async def test_hover_on_a_table_lists_its_columns(editor: Editor) -> None:
    await editor.open(FILE)
    found = await hovered(editor, "products AS p")
    assert "| price | DECIMAL(10,2) | NOT NULL |" in found
    assert "PRIMARY (id)" in found


async def test_hover_on_a_parameter_says_where_its_type_is_from(editor: Editor) -> None:
    await editor.open(FILE)
    found = await hovered(editor, ":id;", 1)
    assert "compared with p.id at line 5" in found
    assert "products.id (migrations/0001.shop.sql:6)" in found
    assert "LIMIT at line 8" in await hovered(editor, ":limit", 1)
    await editor.type(FILE, f"\n\n{QUERIES}")
    assert "LIMIT at line 10" in await hovered(editor, ":limit", 1)


@pytest.mark.parametrize(
    ("text", "expected", "missing"),
    [
        ("SELECT p.| FROM products p", {"id", "price"}, {"CONCAT", "p"}),
        ("SELECT p.na| FROM products AS p WHERE", {"name"}, {"CONCAT"}),
        ("SELECT | FROM products p", {"price", "p", "sqlc.arg"}, {"COALESCE"}),
        ("SELECT coa| FROM products p", {"COALESCE"}, {"CONCAT"}),
        ("SELECT x.| FROM (SELECT id AS one FROM products) AS x", {"one"}, {"price"}),
        ("WITH w AS (SELECT 1 AS a) SELECT a FROM |", {"w", "products"}, {"price"}),
        ("SELECT id FROM pro|", {"products", "categories"}, {"CONCAT"}),
        ("SELECT sqlc.| FROM products", {"embed", "slice"}, {"price"}),
        ("SELECT id FROM products WHERE name = :it AND price > :|", {"it"}, {"price"}),
        ("UPDATE products SET pr| = 1", {"price"}, set[str]()),
        ("INSERT INTO products (na|) VALUES (1)", {"name"}, set[str]()),
    ],
)
async def test_completion_offers_what_can_stand_there(
    editor: Editor, text: str, expected: set[str], missing: set[str]
) -> None:
    await editor.open(FILE)
    found = await completions(editor, f"{QUERIES}{NEW}{text}\n;\n{NEW.replace('find', 'last')}SELECT 1;\n")
    assert expected <= set(found)
    assert not missing & set(found)


async def test_completion_in_comments_offers_commands_and_annotations(editor: Editor) -> None:
    await editor.open(FILE)
    assert ":copyfrom" in await completions(editor, "-- name: x :|\nSELECT 1;\n")
    assert "order: " in await completions(editor, "-- name: x :many\n-- |\nSELECT 1;\n")


async def test_a_function_is_completed_with_its_signature(editor: Editor) -> None:
    await editor.open(FILE)
    found = await completions(editor, f"{NEW}SELECT s| FROM products;\n")
    assert found["SUBSTRING_INDEX"].detail == "SUBSTRING_INDEX(text, text, integer)"
    assert found["price"].detail == "DECIMAL(10,2) NOT NULL (products)"


async def test_a_column_is_defined_in_its_migration(editor: Editor) -> None:
    await editor.open(FILE)
    found = await defined(editor, "p.price", 3)
    assert found is not None
    assert found.uri == editor.uri("migrations/0001.shop.sql")
    assert (found.range.start.line, editor.at(found.range, "migrations/0001.shop.sql")) == (8, "price")


async def test_a_table_an_alias_and_a_query_are_defined_where_they_are_written(editor: Editor) -> None:
    await editor.open(FILE)
    table = await defined(editor, "products AS p", 2)
    assert table is not None
    assert editor.at(table.range, "migrations/0001.shop.sql") == "products"
    alias = await defined(editor, "c.name")
    assert alias is not None
    assert editor.at(alias.range, FILE) == "categories AS c"
    query = await defined(editor, "get_product")
    assert query is not None
    assert query.uri == editor.uri("generated/products.py")
    assert editor.at(query.range, "generated/products.py") == "get_product"


async def test_the_definition_of_a_generated_function_is_its_query(editor: Editor) -> None:
    module = "generated/products.py"
    await editor.open(FILE)
    editor.show(module)
    found = await editor.client.text_document_definition_async(
        lsp.DefinitionParams(editor.document(module), editor.position(module, "get_product"))
    )
    assert isinstance(found, lsp.Location)
    assert (found.uri, editor.at(found.range, FILE)) == (editor.uri(FILE), "get_product")
    elsewhere = lsp.DefinitionParams(editor.document(module), editor.position(module, "conn"))
    assert await editor.client.text_document_definition_async(elsewhere) is None


async def test_references_of_a_column_are_found_in_all_files(editor: Editor) -> None:
    (editor.root / "sql/other.sql").write_text(
        "-- name: add :exec\nINSERT INTO products (name, price) VALUES (:name, :price);\n"
    )
    await editor.open("sql/other.sql")
    await editor.open(FILE)
    found = await editor.client.text_document_references_async(
        lsp.ReferenceParams(
            lsp.ReferenceContext(include_declaration=True),
            editor.document(FILE),
            editor.position(FILE, "p.price", shift=3),
        )
    )
    assert found is not None
    assert [(each.uri.rpartition("/")[2], each.range.start.line) for each in found] == [
        ("0001.shop.sql", 8),
        ("other.sql", 1),
        ("products.sql", 1),
        ("products.sql", 7),
    ]


async def test_each_query_is_a_symbol(editor: Editor) -> None:
    await editor.open(FILE)
    found = await editor.client.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(editor.document(FILE))
    )
    assert found is not None
    assert [(each.name, each.detail) for each in found if isinstance(each, lsp.DocumentSymbol)] == [
        ("get_product", ":one"),
        ("list_products", ":many"),
    ]


async def test_inlay_hints_are_the_types_of_the_select_list(editor: Editor) -> None:
    await editor.open(FILE)
    found = await editor.client.text_document_inlay_hint_async(
        lsp.InlayHintParams(editor.document(FILE), lsp.Range(lsp.Position(0, 0), lsp.Position(4, 0)))
    )
    assert found is not None
    assert [each.label for each in found] == [": int", ": str", ": str | None", ": Decimal"]


async def test_signature_help_follows_the_argument(editor: Editor) -> None:
    await editor.open(FILE)
    text = f"{NEW}SELECT DATE_FORMAT(NOW(), \n"
    await editor.type(FILE, text)
    position = editor.position(FILE, "NOW(), ", shift=len("NOW(), "))
    found = await editor.client.text_document_signature_help_async(
        lsp.SignatureHelpParams(editor.document(FILE), position)
    )
    assert found is not None
    assert found.signatures[0].label.startswith("DATE_FORMAT(")
    assert found.active_parameter == 1


async def test_a_query_is_renamed_on_its_name_line(editor: Editor) -> None:
    await editor.open(FILE)
    position = editor.position(FILE, "get_product")
    edit = await editor.client.text_document_rename_async(
        lsp.RenameParams(editor.document(FILE), position, "fetch_product")
    )
    assert edit is not None
    assert edit.changes is not None
    [change] = edit.changes[editor.uri(FILE)]
    assert isinstance(change, lsp.TextEdit)
    assert (editor.at(change.range, FILE), change.new_text) == ("get_product", "fetch_product")
    with pytest.raises(JsonRpcException, match="has a query 'list_products' already"):
        await editor.client.text_document_rename_async(
            lsp.RenameParams(editor.document(FILE), position, "list_products")
        )


async def test_only_what_works_is_advertised(editor: Editor) -> None:
    advertised = editor.capabilities
    assert advertised.hover_provider
    assert advertised.rename_provider
    for absent in ("document_formatting_provider", "semantic_tokens_provider", "code_lens_provider"):
        assert getattr(advertised, absent) is None
