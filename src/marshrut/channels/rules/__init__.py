"""Pure decisions about mail: what a letter holds, what kind of letter it is, what was said in it anew."""

from marshrut.channels.rules.kinds import AUTO_REPLY, AUTOMATIC, BOUNCE, BULK, PERSONAL, Failure, kind_of
from marshrut.channels.rules.letters import LARGEST, ParsedLetter, parse_letter
from marshrut.channels.rules.media import looks_private, media_type_of
from marshrut.channels.rules.parts import Part, decoded
from marshrut.channels.rules.replies import own_words

__all__ = [
    "AUTOMATIC",
    "AUTO_REPLY",
    "BOUNCE",
    "BULK",
    "LARGEST",
    "PERSONAL",
    "Failure",
    "ParsedLetter",
    "Part",
    "decoded",
    "kind_of",
    "looks_private",
    "media_type_of",
    "own_words",
    "parse_letter",
]
