"""The JSON of resources and its entity tag: the same for answers, the cache and preconditions."""

import msgspec

from product_dashboard.cache import etag_of

# A Decimal is an exact number: 12.30 stays 12.30.
ENCODER = msgspec.json.Encoder(decimal_format="number")


def entity_tag(resource: object) -> str:
    """Return the strong ETag that GET answers for this state of the resource."""
    return etag_of(ENCODER.encode(resource))
