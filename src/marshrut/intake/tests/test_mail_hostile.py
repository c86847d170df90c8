"""Letters in any charset, wrapped, torn, huge or malicious: nothing breaks the door and nothing is lost."""

import hashlib
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cast import Cast

from marshrut.channels.models import Attachment, MailDoor, RawMessage
from marshrut.core.files import read_file
from marshrut.intake.models import Inquiry
from marshrut.intake.tests.mail_door import RUSSIAN, SHARED, kept, letter, look, put
from marshrut.intake.tests.mail_door import door as door


@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251", "cp866", "utf-8"])
@pytest.mark.parametrize("named", ["right", "missing", "wrong", "unknown"])
def test_russian_is_read_whatever_charset_it_came_in(door: MailDoor, charset: str, named: str) -> None:
    said = {"right": f"; charset={charset}", "missing": "", "wrong": "; charset=us-ascii", "unknown": "; charset=x-martian-7"}[named]
    head = f"From: irina@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/plain{said}\r\nContent-Transfer-Encoding: 8bit\r\n"
    put(door, head.encode() + "Subject: Отдых летом\r\n\r\n".encode(charset) + RUSSIAN.encode(charset))
    assert look() == {"inquiry": 1}
    assert Inquiry.objects.get().message == f"Отдых летом\n\n{RUSSIAN}"


def tnef(files: dict[str, bytes]) -> bytes:
    """A winmail.dat with these files."""
    def attribute(id: int, value: bytes) -> bytes:
        return b"\x02" + id.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + (sum(value) % 65536).to_bytes(2, "little")

    packed = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00"
    for name, data in files.items():
        packed += attribute(0x00069002, bytes(14)) + attribute(0x00018010, name.encode("cp1251") + b"\0") + attribute(0x0006800F, data)
    return packed


def test_what_outlook_wrapped_into_a_winmail_dat_is_unwrapped(door: MailDoor, cast: Cast) -> None:
    message = letter()
    message.add_attachment(tnef({"загранпаспорт.pdf": b"%PDF-1.4 x", "план.txt": b"hello"}), maintype="application", subtype="ms-tnef",
                           filename="winmail.dat")
    put(door, message)
    look()
    files = {a.name: a for a in Attachment.objects.all()}
    assert set(files) == {"загранпаспорт.pdf", "план.txt"}
    assert files["загранпаспорт.pdf"].is_private
    assert not files["план.txt"].is_private
    assert b"".join(read_file(files["загранпаспорт.pdf"].file_id)) == b"%PDF-1.4 x"


def test_a_torn_winmail_dat_is_kept_as_it_is(door: MailDoor) -> None:
    message = letter()
    torn = tnef({"a.bin": b"x" * 500})[:200]
    message.add_attachment(torn, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    put(door, message)
    look()
    assert [(a.name, b"".join(read_file(a.file_id))) for a in Attachment.objects.all()] == [("winmail.dat", torn)]


def test_forty_megabytes_come_in_through_flat_memory(door: MailDoor) -> None:
    body = os.urandom(1 << 20)
    message = letter()
    message.add_attachment(body * 40, maintype="image", subtype="jpeg", filename="скан.jpg")
    data = put(door, message)
    del message
    tracemalloc.start()
    assert look() == {"inquiry": 1}
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 24 << 20, f"{most >> 20} MB of our own at once"
    kept_file = Attachment.objects.get()
    assert kept_file.file.size == 40 << 20
    assert kept_file.is_private
    assert hashlib.sha256(kept(RawMessage.objects.get())).digest() == hashlib.sha256(data).digest()


def nested(depth: int) -> bytes:
    """A letter in a letter in a letter…"""
    head = b"From: irina@example.com\r\nSubject: bomb\r\n"
    for number in range(depth):
        head += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
    return head + b"Content-Type: text/plain\r\n\r\nhello\r\n"


HOSTILE: dict[str, bytes | Callable[[], bytes]] = {
    "empty": b"",
    "only zeros": bytes(5000),
    "random": lambda: hashlib.shake_128(b"mail").digest(100_000),
    "deep": lambda: nested(3000),
    "many parts": lambda: b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
    "letters within letters": lambda: b"From: a@example.com\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"\r\nend",
    "endless header": lambda: b"From: a@example.com\r\nSubject: " + b"x" * 3_000_000 + b"\r\n\r\nhi",
    "endless line": lambda: b"From: a@example.com\r\n\r\n" + b"x" * 5_000_000,
    "many headers": lambda: b"From: a@example.com\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\nhi",
    "broken words": b"From: =?utf-8?B?!!!?= <a@example.com>\r\nSubject: =?koi8-r?Q?=F0=?= =?zip?B?eJw=?= =?\r\n\r\nhi",
    "codec that unpacks": b"From: a@example.com\r\nContent-Type: text/plain; charset=zlib_codec\r\n\r\nx\x9c",
    "boundary of quotes": b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nhi\r\n----\r\n",
    "lone surrogates": b"From: \xed\xa0\x80 <a@example.com>\r\nSubject: \xed\xa0\x80\xff\x00\r\n\r\n\x00\xff",
    "header injection": b"From: a@example.com\r\nSubject: =?utf-8?Q?a=0D=0ABcc:_all@example.com?=\r\n\r\nhi",
    "broken rfc 2231": b"From: a@example.com\r\nContent-Type: application/x; name*0*=martian'x'%ZZ; name*5=\r\n\r\nx",
    "bad base64": b"From: a@example.com\r\nContent-Type: image/png; name=../../etc/passwd\r\nContent-Transfer-Encoding: base64\r\n\r\n!a=b=c",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_letter_breaks_the_door_and_every_byte_is_kept(door: MailDoor, name: str) -> None:
    made = HOSTILE[name]
    data = put(door, made if isinstance(made, bytes) else made())
    assert sum(look().values()) == 1
    raw = RawMessage.objects.get(channel="email")
    assert kept(raw) == data
    assert "could not be" not in raw.reason
    assert MailDoor.objects.get().problem == ""


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="runs for the team only: its letters do not come with the program")
def test_a_hundred_and_three_real_letters_go_in_and_nothing_is_lost(door: MailDoor) -> None:
    sent = {put(door, file.read_bytes(), file.stem[:80]) for file in SHARED.glob("*.eml")}
    taken = look()
    assert sum(taken.values()) == len([*SHARED.glob("*.eml")]) >= 103
    assert {kept(raw) for raw in RawMessage.objects.filter(channel="email")} == sent
    assert taken["bounce"] == 5
    assert taken["copy"] >= 1, "one of the six bounces came twice"
    assert not RawMessage.objects.filter(reason__contains="понять").exists()
    assert not [*(Path(door.path) / "new").iterdir()]
