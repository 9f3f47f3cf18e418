"""XML as the cluster tools write it: bytes in, an element tree out.

The only module that calls lxml. Pacemaker's tools run as root on this node, but
what stands in their output (names, ids, exit reasons) was written by others, and a
recorded document may come from anywhere. So: no document type, hence no entities
and nothing to fetch, and libxml2's own limits on depth and size stay in force.
"""

from __future__ import annotations

import io
from typing import Any, Callable

from lxml import etree

from check_ha.parsers.errors import ParseError

Element = etree._Element
"""What the parsers of XML documents take; nobody else needs to import lxml."""

SNIPPET = 200
"""Characters of foreign text that an error carries at most."""


LARGEST = 160_000_000
"""Bytes of memory that the tree of a document may take: that of crm_mon for 20,000 resources."""
_OF_ELEMENT, _OF_ATTRIBUTE = 128, 230
"""What libxml2 takes for one, with a short value: right to 5 % for crm_mon, cibadmin and for what only wastes it."""


def parse_document(data: bytes, secret: bool = False, cut: Callable[[bytes], bytes] = bytes) -> Element:
    """Return the root element, without comments and processing instructions.

    Raise ParseError for everything that is not one well-formed document in UTF-8
    without a document type. Where the document holds what is ``secret``, the error quotes nothing of it, and none of
    libxml2's own words either, for they do. ``cut`` takes out of a large document what nobody reads.
    """
    try:
        return _parsed(data, secret, cut)
    except ParseError as error:
        raise (ParseError(error.message) if secret else error) from None


def _parsed(data: bytes, secret: bool, cut: Callable[[bytes], bytes]) -> Element:
    _refuse_other_than_xml(data)
    data = cut(data)
    _refuse_more_than_there_is_room_for(data)
    # The encoding is fixed: crm_mon and cibadmin write UTF-8 or plain ASCII (1.1.x raw
    # bytes that it calls UTF-8 by saying nothing). A document must not choose a charset
    # in which a "<!DOCTYPE" is spelt so that the test above does not see it.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        collect_ids=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        # Read piece by piece: libxml2 up to 2.10 (lxml 4) refuses a document of more than 10 MB that it has as a whole
        root = etree.parse(io.BufferedReader(io.BytesIO(data)), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise (_place(error) if secret else _syntax_error(data, error)) from None
    docinfo: Any = root.getroottree().docinfo  # lxml-stubs 0.5.1 does not know its doctype
    if docinfo.doctype:  # the second lock on that door, should libxml2 find one that the first did not
        raise ParseError("XML with a document type, which no cluster tool writes")
    return root


LARGE = 200_000
"""Bytes of a document from which it pays to take out what nobody reads before it is parsed."""


def start_tag(element: Element) -> str:
    """Return the start tag of an element, to be quoted in an error; bounded in length."""
    tag = f"<{element.tag}"
    for name, value in element.attrib.items():
        tag += f' {name!s}="{value!s}"'
        if len(tag) > SNIPPET:
            break
    return shorten(f"{tag}>")


def shorten(text: str) -> str:
    """Return text on one line, no longer than an error should be."""
    text = " ".join(text[: 4 * SNIPPET].split())
    return text if len(text) <= SNIPPET else f"{text[:SNIPPET]}..."


def _refuse_other_than_xml(data: bytes) -> None:
    """What libxml2 would describe badly or, worse, accept."""
    start = data.lstrip()[:1]
    if not start:
        raise ParseError("no output where XML was expected")
    if b"\0" in data:  # UTF-16 and UTF-32 included
        raise ParseError("binary data instead of XML", _line(data, 1, 1))
    if start != b"<":
        # Pacemaker 1.1.24 without a cluster: an empty line, then
        #   Error: cluster is not available on this node
        # 2.0.3 when the fencer does not answer, in front of the XML:
        #   Reading stonith-history failed
        raise ParseError("text where XML was expected", shorten(_text(data.lstrip()[: 4 * SNIPPET].splitlines()[0])))
    doctype = data.find(b"<!DOCTYPE")
    if doctype >= 0:
        raise ParseError(
            "XML with a document type, which no cluster tool writes", shorten(_text(data[doctype : doctype + SNIPPET]))
        )


def _syntax_error(data: bytes, error: etree.XMLSyntaxError) -> ParseError:
    """libxml2's words without its second line (the bytes of a bad character, in hex).

    Node attributes may hold a secret, and crm_mon before 2.0.3 prints them as they are: neither the value nor what
    libxml2 says of it is quoted.
    """
    line, column = error.position
    before, attribute, _ = _whole_line(data, line).partition(b" value=")
    if attribute:
        return ParseError(_place(error).message, shorten(_text(before[-SNIPPET:])) + " value=...")
    words = (error.msg or "no reason given").splitlines()[0]
    return ParseError(f"XML is not well-formed: {shorten(words)}", _line(data, line, column))


def _refuse_more_than_there_is_room_for(data: bytes) -> None:
    """Count only what could be too much: ``a=""`` is the least that an attribute can be."""
    if len(data) * _OF_ATTRIBUTE <= LARGEST * 5:
        return
    if data.count(b"<") * _OF_ELEMENT + data.count(b"=") * _OF_ATTRIBUTE <= LARGEST:
        return
    elements = data.count(b"<") - data.count(b"</")
    attributes = data.count(b'="') + data.count(b"='")
    if elements * _OF_ELEMENT + attributes * _OF_ATTRIBUTE > LARGEST:
        raise ParseError(f"XML of {elements} elements, more than any cluster has")


def _place(error: etree.XMLSyntaxError) -> ParseError:
    """Return where it is and of which kind: ``attribute not finished``."""
    line, column = error.position
    log: Any = error.error_log
    kind = log.last_error.type_name.replace("ERR_", "", 1).replace("_", " ").lower() if log else "error"
    return ParseError(f"XML is not well-formed: {kind} at line {line}, column {column}")


def _line(data: bytes, number: int, column: int) -> str:
    """Return line ``number`` of the document; of a very long one the part around ``column``.

    Where a truncated document ends in a newline, libxml2 points behind it: then the last line.
    """
    start = column - SNIPPET // 2 if column > SNIPPET else 0
    window = _whole_line(data, number)[start : start + 2 * SNIPPET]
    return shorten(_text(window)) or shorten(_text(data.rstrip()[-SNIPPET:].rsplit(b"\n", 1)[-1]))


def _whole_line(data: bytes, number: int) -> bytes:
    lines = data.split(b"\n", number)
    return lines[min(number, len(lines)) - 1]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
