"""The servers whose language the compiler knows."""

from typing import Literal

Server = Literal["mysql", "mysql-8", "mariadb"]
"""The newest MySQL; MySQL 8.0 to 9.6, which have MD5 and SHA1; MariaDB."""
MARIADB_HINT = 'MariaDB has it: set `server = "mariadb"` in [tool.sqlgen]'
