"""HTTP: what every request and every answer has in common. A resource's `controller` is written with these modules.

request         arguments of handlers: bodies, queries, conditional headers, the stores
validation      decodes a body or query, and names every bad field
fields, paging  types of fields that requests share; the query parameters and the cursors of lists
envelope        answers: status, headers, the envelope, 304
errors          answers to errors, and the exception handlers
representation  the JSON of a resource, and its entity tag
preconditions   If-Match and If-None-Match
protocol        one connection of a client: uvicorn's protocol with limits and more checks
one_write       an answer in one write to the socket
"""
