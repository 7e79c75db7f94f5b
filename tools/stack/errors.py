"""What goes wrong here is told to a developer at a terminal: what happened, and what to do about it."""


class StackError(Exception):
    """Something that keeps the stack from working. `hint` says what to do; both are printed, no traceback."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class Unusable(StackError):
    """One way of getting a store does not work on this machine; the next one may."""
