"""The container's health check: `python -m product_dashboard.health.probe` exits 0 when all is ready."""

import http.client
import os
import sys

_TIMEOUT_S = 4


def main() -> int:
    """Ask the service on this machine. Returns 0 if it is ready; prints the reason and returns 1 if not."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(os.environ.get("PORT") or 3000), timeout=_TIMEOUT_S
    )
    try:
        connection.request("GET", "/health/ready")
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
    except OSError as error:
        print(f"not ready: {error}")  # noqa: T201 - what `docker inspect` shows
        return 1
    print(body)  # noqa: T201 - as above
    return 0 if response.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
