"""Options of the database servers, for containers and for servers of this machine."""

# The defaults of the servers differ here; with these options all of them behave the same.
_COMMON = (
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--local-infile=0",
    "--loose-mysqlx=OFF",  # unknown to MariaDB; loose- turns the error into a warning
)

DEVELOPMENT = (
    *_COMMON,
    "--max-connections=300",
    "--innodb-buffer-pool-size=512M",
    # A commit is on the disk before the server answers, as in production.
    "--innodb-flush-log-at-trx-commit=1",
)

TESTS = (
    *_COMMON,
    "--max-connections=1000",
    "--innodb-buffer-pool-size=256M",
    # The data is deleted after the session, so that durability does not matter; without it commits are faster.
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
)
