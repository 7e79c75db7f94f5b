"""The database of the service, MySQL or MariaDB. Services import only `Database`.

database       `Database`: connections and transactions
pool           a fixed number of connections, and a bounded queue in front of them
loan           a connection of a pool, lent for a block
pipeline       the connection of a transaction, and statements that are sent together
commit         the outcome of a COMMIT
primary        the one of several servers that takes writes; README.md in this folder is for its operators
confirmation   the proof that an answer came from the primary
secondary      reads from the other servers, as fresh as those from the primary
gtid           sets of transactions
driver         a typed connection of asyncmy
server_errors  errors of the driver and of the server, as exceptions of the service
query_names    the names of queries, for spans and comments
schema         the version of the schema, compared with the one that this code needs
"""

from product_dashboard.database.database import Database

__all__ = ["Database"]
