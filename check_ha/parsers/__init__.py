"""Pure parsers: the output of one tool in, frozen dataclasses out, or a ParseError."""
