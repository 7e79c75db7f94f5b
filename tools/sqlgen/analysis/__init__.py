"""What a statement means: types, nullability, parameters, rows.

`analyse` is the whole interface of this package; `view_columns` resolves a view, or the query of a
CREATE TABLE ... SELECT, for the catalogue.
"""

from tools.sqlgen.analysis.statement import analyse, view_columns

__all__ = ["analyse", "view_columns"]
