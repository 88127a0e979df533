"""The text of an HTML mail, for one that has no plain part."""

import re
from collections.abc import Iterator

from lxml import etree

_UNREAD = frozenset({"head", "script", "style", "title"})
_EMPTY = frozenset({"br", "hr"})
_BREAKS = _EMPTY | {"address", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "table", "tr"}


def text_of(html: str) -> str:
    """What a person reads, line by line; nothing of it is markup any more."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(html.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ""
    if root is None:
        return ""
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(_pieces(root)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _pieces(root: etree._Element) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = str(element.tag)
        if event == "start":
            if tag in _UNREAD:
                walk.skip_subtree()
                continue
            yield "\n" if tag in _BREAKS else ""
            yield _words(element.text)
        else:
            yield "\n" if tag in _BREAKS - _EMPTY else ""
            yield _words(element.tail)


def _words(text: str | None) -> str:
    return (text or "").replace("\n", " ").replace("\r", " ")
