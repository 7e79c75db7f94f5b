"""The shape of JSON that a query builds."""

from tests.sqlgen.analysis.reading import analysed
from tools.sqlgen.types.json_shape import JsonAny, JsonArray, JsonObject, JsonScalar, JsonShape, JsonTuple


def shape(sql: str) -> JsonShape | None:
    return analysed(sql).columns[0].json


def text(found: JsonShape | None) -> str:
    match found:
        case JsonObject(fields=fields, nullable=nullable):
            inside = ", ".join(f"{field.name}: {text(field.shape)}" for field in fields)
            return "{" + inside + "}" + ("?" if nullable else "")
        case JsonArray(element=element, nullable=nullable, null_extended=null_extended):
            mark = f" null-extended {','.join(null_extended)}" if null_extended else ""
            return f"[{text(element)}]{'?' if nullable else ''}{mark}"
        case JsonTuple(elements=elements):
            return "(" + ", ".join(map(text, elements)) + ")"
        case JsonScalar(type=sql_type, nullable=nullable):
            return ("bool" if sql_type.is_bool else sql_type.name) + ("?" if nullable else "")
        case JsonAny(nullable=nullable):
            return "any" + ("?" if nullable else "")
        case None:
            return "none"


def test_objects_keep_names_types_and_nullability() -> None:
    sql = "SELECT JSON_OBJECT('id', id, 'note', note, 'paid', status = 'paid') FROM orders"
    assert text(shape(sql)) == "{id: INT, note: TEXT?, paid: bool}"


def test_an_aggregate_is_null_over_nothing_and_an_array_over_a_group() -> None:
    assert text(shape("SELECT JSON_ARRAYAGG(JSON_OBJECT('id', id)) FROM orders")) == "[{id: INT}]?"
    assert text(shape("SELECT JSON_ARRAYAGG(id) FROM orders GROUP BY status")) == "[INT]"


def test_coalesce_with_an_empty_array_makes_it_sure() -> None:
    sql = (
        "SELECT COALESCE((SELECT JSON_ARRAYAGG(JSON_OBJECT('line', i.line)) FROM items i WHERE i.order_id = o.id),"
        " JSON_ARRAY()) FROM orders o"
    )
    assert text(shape(sql)) == "[{line: SMALLINT}]"


def test_the_object_of_nulls_of_an_outer_join_is_named() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'note', o.note, 'email', c.email)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id"
    )
    assert text(shape(sql)) == "[{id: INT, note: TEXT?, email: VARCHAR}] null-extended id,note"


def test_an_object_with_a_value_of_a_row_that_did_not_match_is_data() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('email', c.email, 'order', o.id)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id"
    )
    assert text(shape(sql)) == "[{email: VARCHAR, order: INT?}]?"
    computed = sql.replace("c.email", "CONCAT(c.email, o.id)")
    assert text(shape(computed)) == "[{email: VARCHAR?, order: INT?}]?"
    assert text(shape(f"{sql} GROUP BY o.note")) == "[{email: VARCHAR, order: INT?}]"
    assert text(shape(f"{sql} GROUP BY c.email")) == "[{email: VARCHAR, order: INT}] null-extended order"


def test_a_literal_and_a_computed_field_beside_the_nulls_change_nothing() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('kind', 'order', 'id', o.id, 'next', o.id + 1)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id"
    )
    assert text(shape(sql)) == "[{kind: VARCHAR, id: INT, next: BIGINT?}]? null-extended id"


def test_without_a_column_that_is_sure_no_object_is_known_to_be_null_extended() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('note', o.note)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id"
    )
    assert text(shape(sql)) == "[{note: TEXT?}]"


def test_a_condition_on_the_null_side_removes_the_null_extended_object() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('id', o.id)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 0 GROUP BY c.id"
    )
    assert text(shape(sql)) == "[{id: INT}]"


def test_arrays_of_unlike_elements_are_tuples_and_columns_are_any() -> None:
    assert text(shape("SELECT JSON_ARRAY(1, 'a')")) == "(BIGINT, VARCHAR)"
    assert text(shape("SELECT settings FROM customers")) == "any?"
    assert text(shape("SELECT JSON_OBJECT('s', settings) FROM customers")) == "{s: any?}"
    assert text(shape("SELECT IF(vip, JSON_OBJECT('a', 1), NULL) FROM customers")) == "{a: BIGINT}?"
