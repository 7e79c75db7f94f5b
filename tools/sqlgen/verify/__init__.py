"""The verifier: every query PREPAREd, compared, executed and explained on a live server."""
