"""The words of an HTML letter: markup, styles and scripts left out, paragraphs kept as lines."""

import html
import re

import nh3

_BREAKS = re.compile(r"<\s*(br|/p|/div|/tr|/li|/h[1-6]|/table|/blockquote|hr)\b[^>]{0,2000}>", re.I)
_LONGEST = 300_000  # characters


def words_of_page(page: str) -> str:
    """The text of a page as a reader sees it."""
    if "<" not in page:
        return html.unescape(page)
    broken = _BREAKS.sub(lambda found: f"{found[0]}\n", re.sub(r"[ \t]*\n[ \t]*", " ", page[:_LONGEST]))
    return html.unescape(nh3.clean(broken, tags=set(), clean_content_tags={"script", "style", "title"})).replace("\xa0", " ")
