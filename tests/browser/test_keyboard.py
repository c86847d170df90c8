"""The keyboard alone does everything, on every screen of the rights matrix: what can be pressed can be reached, focus is seen,
dialogs and menus close by Escape and give focus back, and Tab is nobody's prisoner. One context, one pass.
"""

import json
import os

import pytest
from playwright.sync_api import Page

from marshrut.ops import postgres
from tests.browser.screens import OPEN, Screen, all_screens
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.own_database, pytest.mark.timeout(300)]

# What answers a press, by our own attributes: clicks are heard at the document, so elements themselves have no handlers.
LOOK = """(scope) => {
    const place = document.querySelector(scope);
    const seen = (one) => one.checkVisibility({checkOpacity: false, checkVisibilityCSS: true}) && one.getClientRects().length;
    const isNative = (one) => one.matches("a[href], button, input, select, textarea, summary, [contenteditable=true]");
    const said = (one) => one.outerHTML.slice(0, 140).replace(/\\s+/g, " ");
    const wrong = [];
    const clicked = [...place.querySelectorAll("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]")].filter(
        (one) => !one.matches("form") && (one.getAttribute("hx-trigger") ?? "click").includes("click"));
    const pressed = [...place.querySelectorAll(
        "[role=button], [role=link], [role=checkbox], [role=switch], [role=slider], [popovertarget], [data-close], [data-fill], " +
        "[data-tick], [data-tick-all], [data-tick-none], [data-open], [data-key], [data-cal-plan], [data-row] > [data-preview], [onclick]")];
    const composite = [...place.querySelectorAll("[role=tab], [role=option], [role=menuitem], [role=radio], .cal-slot")];
    for (const one of [...clicked, ...pressed]) {
        if (seen(one) && !one.disabled && !(isNative(one) || one.tabIndex === 0)) wrong.push(`not focusable: ${said(one)}`);
        else if (seen(one) && !one.disabled && one.tabIndex < 0 && !composite.includes(one)) wrong.push(`skipped by Tab: ${said(one)}`);
    }
    for (const one of composite.filter(seen)) {
        const group = one.closest("[role=tablist], [role=listbox], [role=menu], [role=radiogroup], .cal-grid") ?? one.parentElement;
        const isHeld = [...group.querySelectorAll("*"), group].some((other) => other.tabIndex === 0) || document.querySelector(`[aria-controls="${group.id}"]`);
        if (one.tabIndex < 0 && !isHeld) wrong.push(`no way in: ${said(one)}`);
    }
    for (const one of place.querySelectorAll("[tabindex]")) if (one.tabIndex > 0) wrong.push(`positive tabindex: ${said(one)}`);
    for (const one of place.querySelectorAll("[data-preview]")) {
        if (seen(one) && !one.querySelector("a[href], button")) wrong.push(`a row nothing leads into: ${said(one)}`);
    }
    return wrong;
}"""
# A sample of every kind of thing: what is drawn with focus differs from what is drawn without. A kind is looked at once.
FOCUS = """([scope, known]) => {
    const place = document.querySelector(scope);
    const drawn = (one) => [one, one.parentElement, one.nextElementSibling, one.closest("label, td, li, .card")].filter(Boolean).map((part) => {
        const style = getComputedStyle(part);
        const outline = style.outlineStyle === "none" ? "" : style.outlineWidth + style.outlineColor;
        return [outline, style.boxShadow, style.borderColor, style.backgroundColor].join();
    }).join("|");
    const kinds = new Map();
    for (const one of place.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
        const kind = `${one.localName} ${one.className} ${one.type ?? ""}`;
        if (!known.includes(kind) && !kinds.has(kind) && !one.disabled && one.checkVisibility() && one.getClientRects().length) kinds.set(kind, one);
    }
    const wrong = [];
    for (const one of kinds.values()) {
        document.activeElement?.blur();
        const before = drawn(one);
        one.focus({preventScroll: true, focusVisible: true});
        const label = one.outerHTML.slice(0, 140).replace(/\\s+/g, " ");
        if (document.activeElement !== one) wrong.push(`takes no focus: ${label}`);
        else if (drawn(one) === before) wrong.push(`focus is not seen: ${label}`);
        const tab = new KeyboardEvent("keydown", {key: "Tab", bubbles: true, cancelable: true});
        one.dispatchEvent(tab);
        if (tab.defaultPrevented) wrong.push(`holds Tab: ${label}`);
    }
    document.activeElement?.blur();
    return [wrong, [...kinds.keys()]];
}"""
OPENERS = """() => {
    window.openers = [...document.querySelectorAll("[hx-get][hx-target='#dialog'], [popovertarget]")].filter(
        (one) => one.checkVisibility() && one.getClientRects().length && !one.disabled && !one.closest("[popover]"));
    return window.openers.map((one) => (one.getAttribute("hx-get") ?? one.getAttribute("popovertarget")).replace(/[?].*/, "").replace(/\\d+/g, "N"));
}"""
# Enter opens it, Escape closes it, and focus is where it was.
ROUND = """async (number) => {
    const opener = window.openers[number];
    const isOpen = () => document.querySelector("dialog[open], [popover]:popover-open");
    const until = async (met) => { for (let n = 0; n < 100 && !met(); n++) await new Promise((go) => setTimeout(go, 20)); return met(); };
    opener.focus();
    window.opener_at_hand = opener;
    opener.click();
    return Boolean(await until(isOpen));
}"""
AFTER = """async () => {
    const isOpen = () => document.querySelector("dialog[open], [popover]:popover-open");
    for (let n = 0; n < 50 && isOpen(); n++) await new Promise((go) => setTimeout(go, 10));
    if (isOpen()) return "stays open";
    return document.activeElement === window.opener_at_hand ? "" : `focus is at ${document.activeElement.outerHTML.slice(0, 90)}`;
}"""


def in_sight(page: Page, scope: str, kinds: set[str]) -> list[str]:
    """What in this place cannot be reached, or does not show that it is; `kinds` of things were looked at elsewhere."""
    wrong, looked = page.evaluate(FOCUS, [scope, sorted(kinds)])
    kinds.update(looked)
    return [*page.evaluate(LOOK, scope), *wrong]


def look_at(page: Page, screen: Screen, kinds: set[str], opened: set[str]) -> list[str]:
    """What the keyboard cannot do on one screen; `opened` are the dialogs and menus that were tried elsewhere."""
    if not screen.is_whole:
        page.evaluate(OPEN, screen.address)
        wrong = in_sight(page, "#dialog", kinds)
        page.keyboard.press("Escape")
        return wrong if page.evaluate("!document.getElementById('dialog').open") else [*wrong, "Escape does not close it"]
    page.goto(screen.address, wait_until="domcontentloaded")
    page.keyboard.press("Shift")  # whoever presses keys is shown where they are
    wrong = in_sight(page, "body", kinds)
    for number, name in enumerate(page.evaluate(OPENERS)):
        if name in opened:
            continue
        opened.add(name)
        if not page.evaluate(ROUND, number):
            wrong.append(f"{name}: nothing opens")
            continue
        page.keyboard.press("Escape")
        if said := page.evaluate(AFTER):
            wrong.append(f"{name}: {said}")
            page.goto(screen.address, wait_until="domcontentloaded")
            page.evaluate(OPENERS)
    return wrong


def test_the_keyboard_alone_does_everything_on_every_screen(own_database: str, cast: Cast, postgres_server: postgres.Server) -> None:
    chosen, kinds, opened = os.environ.get("MARSHRUT_SCREENS", ""), set[str](), set[str]()
    wrong = {}
    with all_screens(own_database, cast, postgres_server) as (listed, page):
        for screen in sorted((one for one in listed if chosen in one.route), key=lambda one: one.is_whole):
            if not screen.is_whole and not page.url.endswith("/notices"):
                page.goto("/notices", wait_until="domcontentloaded")
            if said := look_at(page, screen, kinds, opened):
                wrong[screen.route] = said
    assert chosen or len(opened) > 20
    assert wrong == {}, json.dumps(wrong, ensure_ascii=False, indent=1)
