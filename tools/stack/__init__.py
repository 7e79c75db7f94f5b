"""MySQL and Redis for development and for tests: containers, or servers on this machine.

`python -m tools.stack --help` is the way in for people; `testing.session_stores` is the way in for tests.
"""
