"""Lowering: from an analysed query to the SQL text that its function sends.

template    parts of a SQL text, as data
statement   lowers one statement to a template
query       lowers one query, with its command
conditions  finds the conditions that can be left out, and the AND before each
comments    removes comments from a text
keyset      ORDER BY and the cursor condition of a named order
rendering   renders a template for one choice of conditions, order and cursor
variants    lists every text that a function can send
"""
