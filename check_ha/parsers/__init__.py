"""Pure parsers: the output of one tool in, immutable records out, or a ParseError."""
