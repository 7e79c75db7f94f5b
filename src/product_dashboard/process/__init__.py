"""The processes of the service, from their start to their end. `product_dashboard.server` is the command.

serving     the HTTP server of one process
supervisor  several worker processes on one socket: forked, replaced, restarted, ended
restart     the restart with new code
open_files  the limit of open files, and of connections
heap        memory that the start no longer needs, returned to the system
"""
