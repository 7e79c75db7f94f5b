"""Says at the start if every client that reaches the service may do everything."""

import ipaddress

import structlog

log = structlog.stdlib.get_logger()


def warn_if_open(address: str, *, has_keys: bool) -> None:
    """Log one warning if the service listens on this address beyond the machine itself, and asks for no keys."""
    if not has_keys and not _is_loopback(address):
        log.warning(
            "access.open",
            address=address,
            reason="API_KEYS_FILE is not set: every client that reaches this address may read and write everything",
        )


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
