"""The checks that each request passes before the application sees it.

`gate.Gate.admit` decides, from a request's raw headers. `layer` calls it in the ASGI stack, and `client.client_of`
returns the name of the key that a request was sent with. SECURITY.md lists the threats that the checks stop.

They are not Litestar middlewares, for three reasons: an answer from the cache may be sent before the framework routes
the request; an unknown path must be checked too; and the framework's connection objects cost more than all checks
together. Litestar's `opt` is used where a handler differs from the rule: `access=Access.PUBLIC`.
"""
