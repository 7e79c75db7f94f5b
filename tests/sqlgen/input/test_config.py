"""[tool.sqlgen] in pyproject.toml."""

from pathlib import Path

import pytest

from tools.sqlgen.input.config import Config, ConfigError, load_config


def load(folder: Path, text: str) -> Config:
    path = folder / "pyproject.toml"
    path.write_text(text)
    return load_config(path)


def test_without_a_table_everything_has_its_default(tmp_path: Path) -> None:
    config = load(tmp_path, "[project]\nname = 'x'\n")
    assert (config.schema, config.queries, config.out) == (("migrations",), ("sql",), "generated")
    assert config.root == tmp_path


def test_uuid_columns_are_named_by_patterns(tmp_path: Path) -> None:
    config = load(tmp_path, "[tool.sqlgen]\nuuid = ['orders.id', '*.customer_*']\n")
    assert config.is_uuid("Orders", "ID")
    assert config.is_uuid("invoices", "customer_ref")
    assert not config.is_uuid("products", "id")


def test_a_column_override_is_stronger_than_that_of_its_type(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        """
        [tool.sqlgen.types]
        DECIMAL = "shop.types:Money"
        [tool.sqlgen.columns]
        "orders.total" = { type = "shop.types:Total", decode = "shop.types:total" }
        """,
    )
    override = config.override("DECIMAL", None, "orders", "total")
    assert override
    assert (override.type, override.decode) == ("shop.types:Total", "shop.types:total")
    by_type = config.override("DECIMAL", None, "orders", "tax")
    assert by_type
    assert by_type.type == "shop.types:Money"
    assert config.override("INT", None, "", "") is None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("quries = ['sql']", "unknown key 'quries'; did you mean 'queries'?"),
        ("out = 3", "Expected `str`, got `int` - at `$.out`"),
        ("uuid = ['id']", "'id' is no column pattern; write table.column"),
        (
            "stream_cursor = 'asyncmy.cursors.SSCursor'",
            "stream_cursor = 'asyncmy.cursors.SSCursor' is no reference",
        ),
        (
            "[tool.sqlgen.columns]\n'a.b' = 'shop:class'",
            "a.b = 'shop:class' is no reference; write module:Name",
        ),
        ("[tool.sqlgen.types]\nDECIMEL = 'a:B'", "unknown SQL type 'DECIMEL'; did you mean 'DECIMAL'?"),
        ("[tool.sqlgen.columns]\n'a.b' = 'nonsense'", "a.b = 'nonsense' is no reference; write module:Name"),
        ("[tool.sqlgen.columns]\n'a.b' = {typ = 'a:B'}", "unknown field `typ`"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f"[tool.sqlgen]\n{table}\n")
    assert message in str(caught.value)
    assert "pyproject.toml" in str(caught.value)


def test_a_file_that_is_not_there_or_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_config(tmp_path / "pyproject.toml")
    with pytest.raises(ConfigError, match="not TOML"):
        load(tmp_path, "[tool")
    with pytest.raises(ConfigError, match=r"\[tool\] is not a table"):
        load(tmp_path, "tool = 3")
