"""The one error of every parser."""

from __future__ import annotations

UNRECOGNISED = ""
"""The output is not what this tool prints, or only a part of it."""
UNCONNECTED = "unconnected"
"""The output says that the daemon behind the tool cannot be reached."""
REFUSED = "refused"
"""The output says that the user may not ask."""


class ParseError(ValueError):
    """Output that was not understood.

    ``message`` says what is wrong with it, ``line`` is the offending line as the tool printed it (empty when there is
    none to show, as for empty output). Both may hold hostile text: whoever prints them cleans them first. What a
    program should go by is in ``kind`` (a word of this module), ``state`` (of pacemakerd, where the output has it
    and it is not ``running``) and ``hidden`` (the part of the CIB that is lacking, where nothing else is wrong: a user
    from whom a Pacemaker ACL hides it sees just that).
    """

    def __init__(
        self, message: str, line: str = "", kind: str = UNRECOGNISED, state: str = "", hidden: str = ""
    ) -> None:
        super().__init__(message, line, kind, state, hidden)
        self.message = message
        self.line = line
        self.kind = kind
        self.state = state
        self.hidden = hidden

    def __str__(self) -> str:
        return f"{self.message}: {self.line}" if self.line else self.message
