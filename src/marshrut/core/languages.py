"""Languages people work and write in, by their two letters."""

OWN_NAMES = {"ru": "Русский", "uk": "Українська", "en": "English", "be": "Беларуская", "kk": "Қазақша"}
"""Each as those who speak it call it."""
LANGUAGES = tuple(OWN_NAMES)
"""Those that can be told from one another by their letters, and that an employee may be said to work in."""


def read_language(text: object) -> str:
    """The language that a site, a program or a form names (`uk`, `uk-UA`, `UK_ua`); empty for none of ours."""
    code = str(text or "").strip().lower()[:20].replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else ""
