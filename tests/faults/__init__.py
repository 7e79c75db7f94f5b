"""The fault laboratory: a real service under load and faults, and a model that checks each of its answers.

    python -m tests.faults             run all parts
    python -m tests.faults mixed       one part: mixed, schema, slow, hot or proof

The parts of `mixed`, from the wire to the verdict:

    client, documented    sends a request; compares the answer with the OpenAPI document
    history, model        the values that an object or a sum may have, given the writes so far
    reads, writes         the requests of the load: things, orders and sending are the parts of the writes
    checks                compares the data of answers with the model
    stores, service       the processes that faults kill, stop and start again
    faults                the schedule of the faults
    closing               compares the tables with the model at the end
    mutants, proof        services with one fault built in, which prove that the checks find it
"""
