"""Documents that are refused, and what the refusal says."""

from __future__ import annotations

import contextlib
from typing import Any, Callable

import pytest

from check_ha.parsers import cib_history, crm_mon_history
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cib_transient import without_history
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import parse_document, shorten, start_tag
from tests.replay import SAMPLES

LAUGHS = b"<!DOCTYPE l [<!ENTITY a0 'ha'>%s]><l>&a9;</l>" % b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
)
DTD = '<?xml version="1.0" encoding="%s"?><!DOCTYPE a [<!ENTITY x "y">]><a b="&x;"/>'

REFUSED = {
    "nothing at all": (b"", "no output where XML was expected", ""),
    "blank lines": (b" \n\n", "no output where XML was expected", ""),
    "text": (
        b"\nError: cluster is not available on this node\n",
        "text where XML was expected",
        "Error: cluster is not available on this node",
    ),
    "text before the XML": (
        b'Reading stonith-history failed\n<crm_mon version="2.0.3"/>\n',
        "text where XML was expected",
        "Reading stonith-history failed",
    ),
    "text behind the XML": (b"<a/>\nand more\n", "XML is not well-formed", "and more"),
    "two documents": (b"<a/><b/>", "XML is not well-formed", "<a/><b/>"),
    "truncated in a tag": (b'<a>\n  <b c="d', "XML is not well-formed", '<b c="d'),
    "truncated behind a tag": (b'<a>\n  <b c="d"/>\n', "XML is not well-formed", '<b c="d"/>'),
    "tags crossed": (b"<a>\n<b>\n</a>\n</b>", "XML is not well-formed", "</a>"),
    "attribute not quoted": (b"<a b=c/>", "XML is not well-formed", "<a b=c/>"),
    "unescaped value of 1.1": (
        b'<a>\n <attribute name="note" value="a<b" />\n</a>',
        "XML is not well-formed",
        '<attribute name="note" value=...',
    ),
    "reference to a control character": (b'<a b="&#1;"/>', "XML is not well-formed", '<a b="&#1;"/>'),
    "control character": (b'<a b="\x01"/>', "XML is not well-formed", '<a b="\x01"/>'),
    "NUL": (b'<a b="\0"/>', "binary data", '<a b="\0"/>'),
    "binary": (b"\x7fELF\x02\x01\x01\0\0\0", "binary data", ""),
    "latin-1": (b'<a b="caf\xe9"/>', "XML is not well-formed", '<a b="caf\N{REPLACEMENT CHARACTER}"/>'),
    "latin-1, and it says so": (
        b'<?xml version="1.0" encoding="iso-8859-1"?>\n<a b="\xe9"/>',
        "XML is not well-formed",
        '<a b="\N{REPLACEMENT CHARACTER}"/>',
    ),
    "entity that is not defined": (b"<a>&foo;</a>", "XML is not well-formed", "<a>&foo;</a>"),
    "document type": (b"<!DOCTYPE a>\n<a/>", "document type", "<!DOCTYPE a> <a/>"),
    "document type from a file": (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type", ""),
    "entities": ((DTD % "utf-8").encode(), "document type", ""),
    "billion laughs": (LAUGHS, "document type", ""),
    "document type in UTF-16": ((DTD % "utf-16").encode("utf-16"), "binary data", ""),
    "document type in UTF-16 without mark": ((DTD % "utf-16").encode("utf-16-be"), "binary data", ""),
    "document type in UTF-32": ((DTD % "utf-32").encode("utf-32"), "binary data", ""),
    "document type in EBCDIC": ((DTD % "ibm037").encode("cp037"), "text where XML was expected", ""),
    "document type in UTF-7": (
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
        "XML is not well-formed",
        "",
    ),
    "too deep": (b"<a>" * 300 + b"</a>" * 300, "XML is not well-formed", ""),
    "too long an attribute": (b'<a b="%s"/>' % (b"x" * 10_100_000), "XML is not well-formed", ""),
}


@pytest.mark.parametrize(("data", "message", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(data: bytes, message: str, line: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_document(data)
    assert message in refusal.value.message
    if line:
        assert refusal.value.line == line


@pytest.mark.parametrize("value", ["Pla&in;T0p", "T0p<S", '"T0p', "T0p&S", "x" * 900 + "<T0p"])
def test_the_value_of_a_node_attribute_is_not_quoted(value: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_document(f'<a>\n<attribute name="db_password" value="{value}" />\n</a>'.encode())
    assert refusal.value.line == '<attribute name="db_password" value=...'
    assert not any(part in str(refusal.value) for part in ("T0p", "'in'", "xxx"))


@pytest.mark.parametrize("data", [case[0] for case in REFUSED.values()], ids=REFUSED.keys())
def test_a_refusal_is_one_short_line(data: bytes) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_document(data)
    for text in (refusal.value.message, refusal.value.line):
        assert len(text) < 300
        assert "\n" not in text


def test_the_offending_part_of_a_long_line_is_quoted() -> None:
    with pytest.raises(ParseError) as refusal:
        parse_document(b"<a>" + b"<b/>" * 1000 + b"<c d=e/>" + b"<b/>" * 1000 + b"</a>")
    assert "<c d=e/>" in refusal.value.line
    assert len(refusal.value.line) < 300


def test_elements_only() -> None:
    root = parse_document(b'<?xml version="1.0"?>\n<!-- a --><?b c?><d>\n  <!-- e -->\n  <f/><?g?>\n</d>\n')
    assert [child.tag for child in root] == ["f"]


def test_second_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should libxml2 ever see a document type that we did not."""
    monkeypatch.setattr("check_ha.parsers.xml._refuse_other_than_xml", lambda data: None)
    with pytest.raises(ParseError, match="document type"):
        parse_document(b"<!DOCTYPE a><a/>")


def test_nothing_is_included() -> None:
    """XInclude happens only on request, and nobody requests it."""
    root = parse_document(
        b'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd" parse="text"/></a>'
    )
    assert [child.text for child in root] == [None]


def test_utf8_and_references() -> None:
    root = parse_document('<a b="é" c="&#xE9;&amp;"/>'.encode())
    assert (root.get("b"), root.get("c")) == ("é", "é&")


def test_start_tag_is_bounded() -> None:
    root = parse_document(b'<a b="1" c="%s"><d/></a>' % (b"x" * 1000))
    assert start_tag(root).startswith('<a b="1" c="xxx')
    assert len(start_tag(root)) < 210


def test_shorten_makes_one_line() -> None:
    assert shorten(" a\n\tb ") == "a b"


def test_a_large_document() -> None:
    """The CIB of 10,000 resources: of one in memory, libxml2 2.10 looks at no more than 10 MB."""
    root = parse_document(b"<a>" + b"<b c='%s'/>\n" % (b"d" * 20) * 400_000 + b"<b>%s</b></a>" % (b"x" * 500))
    assert len(root) == 400_001


def test_what_would_take_too_much_memory_is_refused_before_it_takes_it() -> None:
    for document in (b"<a>" + b"<b/>" * 2_000_000 + b"</a>", b"<a" + b" b='1'" * 1_000_000 + b"/>"):
        with pytest.raises(ParseError, match=r"XML of [0-9]+ elements, more than any cluster has"):
            parse_document(document)


def test_a_section_that_nobody_reads_takes_no_memory() -> None:
    document = b"<cib><configuration/><status>" + b"<b/>" * 2_000_000 + b"</status></cib>"
    root = parse_document(document, cut=without_history)
    assert [(child.tag, len(child)) for child in root] == [("configuration", 0), ("status", 0)]
    with pytest.raises(ParseError):
        parse_document(document.replace(b"</status>", b""), cut=without_history)


SECRET = (
    b'<cib><nvpair name="passwd" value="hunter2',
    b"<cib>&hunter2;</cib>",
    b"<hunter2><a></hunter2>",
    b"hunter2",
    b"\0hunter2",
    b"<!DOCTYPE hunter2><a/>",
    b'<a hunter2="1" hunter2="2"/>',
    b"<a><hunter2:b/></a>",
)


@pytest.mark.parametrize("data", SECRET)
def test_no_error_quotes_what_is_secret(data: bytes) -> None:
    with contextlib.suppress(ParseError):
        parse_document(data)
        return
    with pytest.raises(ParseError) as refusal:
        parse_document(data, secret=True)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("file", "parse", "cut"),
    [
        ("crm_mon.xml", parse_crm_mon, crm_mon_history.without_details),
        ("cibadmin.xml", parse_cib, cib_history._configuration),
    ],
)
def test_what_is_taken_out_of_a_large_document_nobody_reads(
    file: str, parse: Callable[[bytes], Any], cut: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [path.read_bytes() for path in sorted(SAMPLES.glob(f"*/node1/{file}"))]
    documents = [one for one in documents if b"</cib>" in one or b"</resources>" in one]
    small = [(parse(one), len(cut(one))) for one in documents]
    for module in (crm_mon_history, cib_history):
        monkeypatch.setattr(module, "LARGE", 0)
    large = [(parse(one), len(cut(one))) for one in documents]
    assert [value for value, _ in large] == [value for value, _ in small]
    assert sum(length for _, length in large) < sum(length for _, length in small)
