"""Errors of the stack. Each is shown at a terminal, without a traceback, with a hint on what to do."""


class StackError(Exception):
    """An error of the stack. `hint` says what to do about it; empty if there is nothing to say."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class Unusable(StackError):
    """One way of getting a store does not work on this machine; the next way may work."""
