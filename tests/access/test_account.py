"""The account of the service on its database."""

import asyncio
import http.client
from typing import Any
from urllib.parse import urlsplit

import pymysql
import pytest

from tests.server.conftest import Start
from tests.waiting import PATIENCE_S
from tools.stack.accounts import mysql_login


async def test_it_serves_with_an_account_that_cannot_change_the_schema(
    start: Start, database_url: str
) -> None:
    serving = mysql_login(database_url)
    database = urlsplit(database_url).path.lstrip("/")
    for statement in ("CREATE TABLE t (id INT)", "ALTER TABLE orders ADD x INT", "DROP TABLE orders"):
        with (
            serving.connection(database) as connection,
            connection.cursor() as cursor,
            pytest.raises(pymysql.err.OperationalError, match="denied"),
        ):
            cursor.execute(statement)

    service = await (await start()).listening()

    def send(method: str, path: str, body: str = "") -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE_S)
        connection.request(method, f"/api/v1{path}", body or None, {"content-type": "application/json"})
        response = connection.getresponse()
        answer = response.status, response.read().decode()
        connection.close()
        return answer

    status, text = await asyncio.to_thread(send, "POST", "/categories", '{"name": "Lamps"}')
    assert status == 201
    identifier = text.split('"id":"')[1][:36]
    changed = await asyncio.to_thread(send, "PUT", f"/categories/{identifier}", '{"name": "Lights"}')
    assert changed[0] == 200
    assert (await asyncio.to_thread(send, "GET", "/dashboard/overview"))[0] == 200
    assert (await asyncio.to_thread(send, "DELETE", f"/categories/{identifier}"))[0] == 200
    service.process.terminate()
    assert await service.exit_status() == 0
    assert not [line for line in service.lines if line.get("level") in {"warning", "error"}]
