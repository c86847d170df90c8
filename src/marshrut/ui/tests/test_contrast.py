"""What is written can be read: every text colour on every ground it meets, light and dark, at least 4.5 : 1."""

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parent.parent / "frontend" / "styles"
GROUNDS = ("ground", "ground-2", "ground-3", "hover", "accent-soft")
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent-ink") for ground in GROUNDS),
    *((tone, ground) for tone in ("good", "bad", "warm") for ground in ("ground", "ground-2", "hover", "accent-soft")),
    *((tone, f"{tone}-soft") for tone in ("good", "bad", "warm", "info", "special", "star")),
    *(("accent-ink", f"{tone}-soft") for tone in ("good", "info")),
    ("ink", "good-soft"),
    *(("on-tint", f"tint-{number}") for number in range(8)),
    *((text, "toast") for text in ("toast-ink", "toast-good", "toast-bad", "toast-link")),
    ("on-accent", "accent"),
    ("on-accent", "accent-pressed"),
]


def tokens(theme: int) -> dict[str, str]:
    """Name → colour as #rrggbb; theme 0 is light, 1 is dark."""
    text = (STYLES / "tokens.css").read_text(encoding="utf-8")
    found = {}
    for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", text):
        colours = re.findall(r"#[0-9a-f]{6}\b", value)
        if value.startswith(("#", "light-dark(#")):
            found[name] = colours[theme if len(colours) == 2 else 0]
    return found


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """The ratio of two colours, from 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, theme: int) -> None:
    colours = tokens(theme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_ring_of_focus_stands_out(theme: int) -> None:
    colours = tokens(theme)
    assert all(contrast(colours["accent"], colours[ground]) >= 3 for ground in ("ground", "ground-2"))


def test_colours_are_written_only_in_the_tokens() -> None:
    for file in STYLES.glob("*.css"):
        if file.name != "tokens.css":
            assert not re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", file.read_text(encoding="utf-8")), file.name
