"""The analysis of a statement: types, nullability, parameters, rows.

The interface of this package is `analyse`, and for the catalog `view_columns`, which resolves a view or the query
of a CREATE TABLE ... SELECT, and `bind_view`, which fixes the columns of a new view.
"""

from tools.sqlgen.analysis.statement import analyse
from tools.sqlgen.analysis.views import bind_view, view_columns

__all__ = ["analyse", "bind_view", "view_columns"]
