"""Which link a URL asks for."""

from collections.abc import Sequence

from product_dashboard.cache.cluster import ClusterLink
from product_dashboard.cache.endpoint import Target
from product_dashboard.cache.link import Link, Listener, SingleLink


def make_link(target: Target, channels: Sequence[str], listener: Listener, *, timeout: float) -> Link:
    """A link of the kind that the URL names; it does nothing until started."""
    if target.kind == "cluster":
        return ClusterLink(target, channels, listener, timeout=timeout)
    return SingleLink(target, channels, listener, timeout=timeout)
