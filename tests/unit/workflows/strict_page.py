"""A page read more strictly than any browser does: all that stands on ours is well-formed, and of kinds we know."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WITHIN_WORDS = {"span", "code", "a", "strong", "time", "b"}
_VOID = {"meta", "link", "br", "img"}


class StrictPage(HTMLParser):
    """What a page says and links to. Its `check` is asked of each element."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        assert _CONTROLS.search(text) is None
        text.encode("utf-8")
        self.feed(text)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        own = {link[1:] for link in self.links if link.startswith("#")}
        assert own <= set(self.ids)

    def check(self, tag: str, given: dict[str, str]) -> None:
        """Refuse an element that should not stand here; keep what is looked for."""
        raise NotImplementedError

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert len(given) == len(attrs)
        assert not [name for name in given if name.lower().startswith("on")]
        self.check(tag, given)
        if "id" in given:
            self.ids.append(given["id"])
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag not in _WITHIN_WORDS:
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def said(self) -> str:
        """All text of the page, in one line."""
        return " ".join("".join(self.text).split())
