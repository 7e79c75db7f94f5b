"""Summaries, the totals that writes keep so that no read counts them: their comparison with the rows, and their repair.

`kept` has the five summaries, `repair` goes through them in steps, and `python -m product_dashboard.summaries` is the
command. A comparison is one statement, which sees one state of the database. A write changes rows and summaries in one
transaction, so what is missing in that state is missing later too: it is added without a lock on rows or summaries.

A release that does not keep all summaries may write while another one is rolled out. The database records when it does
(`statistics.unreported_at`). From then on reports are counted from the rows. Every process looks for such records at
random moments, adds what is missing, and removes the records that were there when it began. One write of such a release
leaves no record: the move of a product to another category with the same price and stock. The report by category is
wrong after it, until the next completion. A quarter of an hour after the last completion, when such a release should
have ended, the process that did it compares the categories once more. `check` finds such a move at any time.
"""
