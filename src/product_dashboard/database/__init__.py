"""The database of the service, MySQL or MariaDB. Services import only `Database`.

database     `Database`: connections, transactions, errors of the server as exceptions of the service
pool         a fixed number of connections, and a bounded queue in front of them
pipeline     the connection of a transaction, and statements that are sent together
commit       the outcome of a COMMIT
driver       a typed connection of asyncmy
query_names  the names of queries, for spans and comments
schema       the version of the schema, compared with the one that this code needs
"""

from product_dashboard.database.database import Database

__all__ = ["Database"]
