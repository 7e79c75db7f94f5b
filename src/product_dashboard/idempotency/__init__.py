"""Idempotent writes: a request that is sent again with its Idempotency-Key gets the answer of the first request.

A write with a key takes these steps, all in one transaction. So the database has the change and its answer, or
neither:

    1. claim    the key's row is inserted; it is locked until the transaction ends     `Once.transaction`
    2. body     the statements of the service
    3. keep     the answer is put into the row                                         `Once.keep`
    4. COMMIT

    refused, or failed     ROLLBACK. The row is gone, and the key can be used again.
    before COMMIT
    deadlock               The service's `retry_on_deadlock` repeats all steps.
    claim fails            The row is read. With an answer to the same body: that answer is sent again. With an answer
                           to another body: `KeyReused`. Without an answer: the first request is still running,
                           `KeyInUse`. A claim does not wait until the row is unlocked.
    COMMIT's outcome is    All steps are repeated until the outcome is known or the time is over. That is safe: while
    unknown                the old transaction may still commit, its row is locked and the claim fails; after its
                           commit, the row has the answer; if the claim succeeds, the old one was rolled back.

Without a key, the write is an ordinary transaction, with no statement more.

header    reads the header, and answers the request; knows HTTP
once      the write itself, for services; knows no HTTP
answer    the stored answer
expiry    removes stored answers in the background when they are too old for a retry
"""
