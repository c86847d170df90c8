"""E-mail addresses in one normal form, so that the same box written twice is found once."""

from __future__ import annotations

import re
import unicodedata

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"([^\s@<>()\[\],;:\\\"]{{1,64}})@((?:{_LABEL}\.)+{_LABEL})")
LONGEST = 254  # RFC 5321, 4.5.3.1.3 less the angle brackets


def read_email(text: str) -> str | None:
    """The address in `text` ("Иван <Ivan@Mail.RU>", "mailto:…", with spaces around) in lower case, the domain in its
    ASCII form; None when there is no address. Dots and tags before the @ are kept: they are the box owner's."""
    plain = text[:1000]
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKC", plain) if unicodedata.category(char) != "Cf")
    found = _ADDRESS.search(plain.removeprefix("mailto:"))
    if not found:
        return None
    box, domain = found.group(1).lower(), found.group(2).lower()
    if box[0] == "." or box[-1] == "." or ".." in box or any(ord(char) < 33 or "\ud800" <= char <= "\udfff" for char in box):
        return None
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    address = f"{box}@{domain}"
    return None if len(address) > LONGEST or domain.rpartition(".")[2].isdigit() else address
