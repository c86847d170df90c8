"""A letter as it goes out: what a stranger wrote into a subject or an id brings nothing of its own into our headers."""

from email import message_from_bytes
from email.header import Header
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.channels.smtp import Enclosure, Outgoing, composed
from marshrut.core.clock import utc_now

OURS = {"From", "To", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding"}  # fmt: skip
INJECTED = "=0D=0AReply-To: evil@x.example=0D=0A=0D=0Aanother text"
HOSTILE = [f"=?utf-8?q?{INJECTED}?=", Header(f"=?utf-8?q?{INJECTED}?=", "utf-8").encode(), "a\r\nReply-To: evil@x.example", "=?\x00?=",
           "=?=?utf-8?q?x?=", "Re: =?koi8-r?B?DQpSZXBseS1UbzogZXZpbEB4LmV4YW1wbGU=?="]  # fmt: skip


def sent(subject: str, id: str = "a@b", file: str = "счёт.pdf") -> bytes:
    letter = Outgoing("1@nevsky.example", "irina@example.com", subject, "Добрый день", in_reply_to=id, references=[id],
                      files=[Enclosure(file, "application/pdf", b"%PDF")])  # fmt: skip
    return composed(letter, "hello@nevsky.example", utc_now()).as_bytes()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_header_of_a_strangers_goes_out(text: str) -> None:
    for raw in (sent(text), sent("Re: Тур", id=text), sent("Re: Тур", file=text)):
        read = message_from_bytes(raw, policy=default)
        assert set(read.keys()) <= OURS
        assert read.get_body().get_content().strip() == "Добрый день"  # type: ignore[union-attr]


@given(st.text(max_size=200))
def test_any_subject_goes_out_on_one_line_of_its_own(text: str) -> None:
    read = message_from_bytes(sent("".join(c for c in text if not "\ud800" <= c <= "\udfff")), policy=default)
    assert set(read.keys()) <= OURS


def test_a_letter_keeps_its_thread_and_the_name_of_its_file() -> None:
    read = message_from_bytes(sent("Re: Тур в Турцию", "abc.1@mail.example"), policy=default)
    assert (read["Subject"], read["In-Reply-To"]) == ("Re: Тур в Турцию", "<abc.1@mail.example>")
    assert [part.get_filename() for part in read.iter_attachments()] == ["счёт.pdf"]  # type: ignore[attr-defined]
