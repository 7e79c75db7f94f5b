"""The analysis of a statement: types, nullability, parameters, rows.

The interface of this package is `analyse`, and `view_columns`, which resolves a view, or the query of a
CREATE TABLE ... SELECT, for the catalog.
"""

from tools.sqlgen.analysis.statement import analyse
from tools.sqlgen.analysis.views import view_columns

__all__ = ["analyse", "view_columns"]
