"""The language server: a `Project`, or several, behind the Language Server Protocol.

`documents.py` compiles only the changed queries of a file; `workspace.py` has a project and its open files; each
other module is one feature, as functions of a document and an offset; `server.py` connects them to pygls.
"""
