"""What a file is, by its first bytes; and whether it looks like somebody's papers."""

import re

OPAQUE = "application/octet-stream"
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")
"""What a browser may show by itself, in a page that may do nothing else."""
_SIGNS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"{\\rtf", "application/rtf"),
)
_PAPERS = re.compile(
    r"паспорт|passport|\bpassp|загран|скан|scan|свидетельств|свідоцтв|удостоверен|посвідчен|доверенност|довіреніст|\bвиза\b|\bвіза\b|"
    r"\bvisa\b|id[-_ ]?card|snils|снилс|\bинн\b|\bіпн\b|birth[-_ ]?cert",
    re.I,
)


def media_type_of(start: bytes, name: str = "") -> str:
    """The media type by the first bytes (about a hundred are enough); what is unknown is opaque."""
    for sign, media_type in _SIGNS:
        if start.startswith(sign):
            return _office_type(name) if media_type == "application/zip" else media_type
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return "image/heic"
    return "text/plain" if start and _is_text(start) else OPAQUE


def _office_type(name: str) -> str:
    ending = name.lower().rpartition(".")[2]
    kinds = {"docx": "wordprocessingml.document", "xlsx": "spreadsheetml.sheet", "pptx": "presentationml.presentation"}
    return f"application/vnd.openxmlformats-officedocument.{kinds[ending]}" if ending in kinds else "application/zip"


def _is_text(start: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in start)


def looks_private(name: str, media_type: str, *, is_from_client: bool) -> bool:
    """Whether it must be opened only by those who may see passports: named like a paper, or a picture a client sent."""
    if _PAPERS.search(name.replace("_", " ")):
        return True
    return is_from_client and (media_type.startswith("image/") or media_type == "application/pdf")
