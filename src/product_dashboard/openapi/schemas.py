"""Schemas of Structs for the OpenAPI document: msgspec's own, as msgspec decodes requests and encodes answers."""

from inspect import cleandoc
from typing import Any, TypeAlias, cast

from litestar.openapi.spec import Reference, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from msgspec import Struct
from msgspec.json import schema_components

from product_dashboard.web.envelope import Envelope, Page
from product_dashboard.web.fields import MAX_PRICE, Amount

Json: TypeAlias = dict[str, Any]

REF = "#/components/schemas/{name}"


class StructSchemas(OpenAPISchemaPlugin):
    """Takes the place of Litestar's own schemas of Structs, and collects the components they refer to.

    Litestar's own leave out docstrings and the bounds of optional fields, write whole bounds as floats, call
    Decimal a text, and name generic types after their modules.
    """

    def __init__(self) -> None:
        self.components: Json = {}

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return not field_definition.is_union and field_definition.is_subclass_of(Struct)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """Return a reference to the Struct's component; an envelope is written out where it is used."""
        del schema_creator
        name = self.add(field_definition.annotation)
        if not field_definition.is_subclass_of((Envelope, Page)):
            return cast("Schema", Reference(REF.format(name=name)))
        found = self.components.pop(name)
        return Schema(
            type=OpenAPIType.OBJECT,
            properties=found["properties"],
            required=found["required"],
            additional_properties=found["additionalProperties"],
        )

    def add(self, struct: Any) -> str:
        """Add a Struct, and those it is made of, to the components. Returns its name among them."""
        (found,), components = schema_components([struct], ref_template=REF, schema_hook=_amount)
        self.components |= cast("Json", _mended(components))
        return str(found["$ref"].rpartition("/")[2])


def _amount(kind: type) -> Json:
    """Describe an amount: bounds are JSON numbers, exact as they are written."""
    if not issubclass(kind, Amount):
        raise NotImplementedError  # the answer that msgspec expects for any other type
    return {
        "type": "number",
        "minimum": float(kind.low),
        "maximum": float(MAX_PRICE),
        "multipleOf": 0.01,
    }


def _mended(schema: Any) -> Any:
    """Return msgspec's schema with each Decimal as the number that is sent, and docstrings without indentation."""
    if isinstance(schema, dict):
        entries = cast("Json", schema)
        if entries.get("format") == "decimal":
            return {"type": "number"}
        return {
            key: cleandoc(value) if key == "description" and isinstance(value, str) else _mended(value)
            for key, value in entries.items()
        }
    if isinstance(schema, list):
        return [_mended(item) for item in cast("list[object]", schema)]
    return schema
