"""Ways to reach somebody, hidden from those who may not see them: enough is left to tell two apart, not to call."""

import re

DOT = "•"
# Possessive, and begun only where a word begins: a message of many letters and no address is read once, not squared.
_EMAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]++@[\w\-]++(?:\.[\w\-]++)+")
# A number as people write it: a plus, 8, 7 or 0 in front, then nine digits or more with the usual signs between them.
_PHONE = re.compile(r"(?<![\w+])(?:\+\d|[780])(?:[\s\-()\u00a0–]{0,3}\d){9,13}(?!\d)")
_NUMBER = re.compile(r"\+?\d[\d\s\-()]{4,}")  # a whole name that is a number, in any grouping
_ACCOUNT = re.compile(r"[^\s:]{1,40}:\S+")  # a whole name that is an account in a messenger, as it is kept
_SEPARATORS = r"[\s\-().\u00a0–]{0,3}"


def mask_phone(phone: str | None) -> str | None:
    """`+7 ••• •••-••-21`: the first and the last two digits; None stays None."""
    if not phone:
        return phone
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 5:
        return DOT * 4
    return f"{'+' if phone.lstrip().startswith('+') else ''}{digits[0]} {DOT * 3} {DOT * 3}-{DOT * 2}-{digits[-2:]}"


def mask_email(email: str | None) -> str | None:
    """`a•••@mail.ru`: the first letter and the domain; None stays None."""
    if not email:
        return email
    local, _at, domain = email.partition("@")
    return f"{local[:1]}{DOT * 3}@{domain}" if domain else f"{local[:1]}{DOT * 3}"


def mask_contact(kind: str, value: str | None) -> str | None:
    """One way to reach somebody: phone, email or messenger."""
    if not value or kind == "phone":
        return mask_phone(value)
    if kind == "email":
        return mask_email(value)
    name, colon, rest = value.partition(":")
    return f"{name}:{rest[:1]}{DOT * 3}" if colon else f"{value[:1]}{DOT * 3}"


def mask_name(name: str) -> str:
    """Who somebody is. Whoever gave no name is called by the way to reach them, which is hidden as such."""
    if _ACCOUNT.fullmatch(name):
        return str(mask_contact("messenger", name))
    return str(mask_phone(name)) if _NUMBER.fullmatch(name) else mask_text(name)


def mask_text(text: str, known: tuple[str, ...] = ()) -> str:
    """The text with every phone and e-mail hidden; `known` numbers and names also in spellings nothing else gives away."""
    for value in known:
        digits = re.sub(r"\D", "", value)[-10:]
        if len(digits) >= 7:
            text = re.sub(_SEPARATORS.join(digits), DOT * 4 + digits[-2:], text)
        elif len(value) >= 4:
            text = re.sub(re.escape(value), DOT * 4, text, flags=re.IGNORECASE)
    text = _EMAIL.sub(lambda found: str(mask_email(found.group())), text)
    return _PHONE.sub(lambda found: str(mask_phone(found.group())), text)
