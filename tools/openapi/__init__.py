"""The OpenAPI document as a file: writing it, checking it, and making a client from it."""
