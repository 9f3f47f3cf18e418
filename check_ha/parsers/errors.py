"""The one error of every parser."""


class ParseError(ValueError):
    """Output that was not understood.

    ``message`` says what is wrong with it, ``line`` is the offending line as the tool
    printed it (empty when there is none to show, as for empty output). Both may hold
    hostile text: whoever prints them cleans them first.
    """

    def __init__(self, message: str, line: str = "") -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return f"{self.message}: {self.line}" if self.line else self.message
