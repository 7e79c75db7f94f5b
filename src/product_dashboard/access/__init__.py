"""The checks that each request passes before the application sees it. SECURITY.md lists the threats that they stop.

admission      `AdmissionControl.admit` decides from a request's raw headers, in the order of the next five
hosts          the hosts that the service answers for
keys           API keys, and the lines of the key file; `key_file` reads it, `new_key` is the command that adds a line
rate           token buckets
origins        requests that a browser sends for a page of another site
content_type   bodies that are not JSON
rules          the access that a request needs; `routes` finds what handlers declare: `access=Access.PUBLIC`
middleware     calls admission control in the ASGI stack
client         `client_of` returns the name of the key that a request was sent with
notice         the warning at the start of a service that is open to everyone

The middleware is not one of Litestar's, for three reasons: an answer from the cache may be sent before the framework
routes the request; an unknown path must be checked too; and the framework's connection objects cost more than all
checks together.
"""
