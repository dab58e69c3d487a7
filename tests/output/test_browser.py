"""Test every page of the reports in Chromium: light and dark, on phone and desktop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import VARIABLE, Browser, chromium, open_browser
from whole_way import BUNDLED, ROOT

from umid_research.output.publish import planned_runs
from umid_research.report.study_report import report_languages
from umid_research.study import read_study

AXE = (ROOT / "tests" / "data" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
# All rules of axe; `target-size` (WCAG 2.2 AA) is off by default.
RUN_AXE = """axe.run(document, {rules: {'target-size': {enabled: true}}}).then(result =>
    result.violations.map(found => `${found.id}: ${found.nodes.map(node => node.html)}`))"""
# Open collapsed parts, so that they are checked too.
UNFOLD = "document.querySelectorAll('details').forEach(part => { part.open = true })"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STUDY = read_study(BUNDLED)
PAGES = [
    run.html
    for language in report_languages(STUDY)
    for run in planned_runs(STUDY, language, activities=True)
]
PAGES += [f"{language}/information.html" for language in report_languages(STUDY)]
PHONE, DESK = 390, 1280
# Tables that are wider than their frame.
CUT = """[...document.querySelectorAll('.table')]
    .filter(table => table.scrollWidth > table.clientWidth).map(table => table.ariaLabel)"""
# For each figure with two drawings: widths of its card and of each drawing (0 if hidden).
CARDS = """[...document.querySelectorAll('.card:has(> .narrow)')].map(card => [
    card.clientWidth,
    ...['broad', 'narrow'].map(name =>
        card.querySelector(`.${name} svg`).getBoundingClientRect().width)])"""
# The smallest visible letters of drawings, in pixels of the page.
LETTERS = """Math.min(...[...document.querySelectorAll('.card svg')].map(drawing => {
    const width = drawing.getBoundingClientRect().width, whole = drawing.viewBox.baseVal.width
    const sizes = [...drawing.querySelectorAll('text')].map(text =>
        parseFloat(getComputedStyle(text).fontSize))
    return width ? Math.min(...sizes) * width / whole : Infinity }))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one browser for all pages."""
    with open_browser() as browser:
        yield browser


def _unfit(cards: list[list[float]]) -> list[list[float]]:
    """Return the figures that do not show exactly one drawing or are wider than their card."""
    return [
        [card, *drawings]
        for card, *drawings in cards
        if sorted(width > 0 for width in drawings) != [False, True] or max(drawings) > card
    ]


def _wrong(browser: Browser, page: Path) -> dict[str, Any]:
    """Return the problems of a page by kind of check; empty if there are none."""
    wrong: dict[str, Any] = {}
    for width in (PHONE, DESK):
        browser.look(width=width)
        browser.open(page)
        browser.run(UNFOLD)
        wrong[f"wider than {width}"] = max(browser.run(OVERFLOW), 0)
        wrong[f"figures at {width}"] = _unfit(browser.run(CARDS))
        if width == DESK:
            wrong[f"tables at {width}"] = browser.run(CUT)
        browser.run(f"{AXE}; 0")
        for scheme in ("light", "dark"):
            browser.look(width=width, scheme=scheme)
            wrong[f"axe at {width}, {scheme}"] = browser.run(RUN_AXE)
        wrong[f"requests at {width}"] = [r for r in browser.requests if r != page.as_uri()]
        wrong[f"console at {width}"] = list(browser.complaints)
    return {name: found for name, found in wrong.items() if found}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible_fits_and_requests_nothing(browser, built, page) -> None:
    """It has no violation, nothing wider than the screen, no message and no request."""
    path = built / "reports" / page

    assert {} == _wrong(browser, path)


@pytest.mark.parametrize("page", [page for page in PAGES if "/activities" in page])
def test_a_figure_shows_the_drawing_for_its_screen(browser, built, page) -> None:
    """Up to 640 pixels it is the phone version, with letters of at least 11 pixels at 390."""
    seen = {}
    for width in (320, PHONE, 640, 641, DESK):
        browser.look(width=width)
        browser.open(built / "reports" / page)
        cards = browser.run(CARDS)
        seen[width] = {"broad" if broad else "narrow" for _, broad, narrow in cards}
        assert [] == _unfit(cards), width
        assert width != PHONE or browser.run(LETTERS) >= 11

    phone, desk = {"narrow"}, {"broad"}
    assert {320: phone, PHONE: phone, 640: phone, 641: desk, DESK: desk} == seen


def test_print_uses_the_drawing_for_paper(browser, built) -> None:
    """This holds when printing from a phone or a desktop."""
    browser.look(width=PHONE)
    browser.open(built / "reports" / PAGES[0])
    browser.call("Emulation.setEmulatedMedia", media="print")
    shown = browser.run(CARDS)
    browser.call("Emulation.setEmulatedMedia", media="")

    assert all(broad > 0 == narrow for _, broad, narrow in shown)


def test_every_page_of_the_reports_is_tested(built) -> None:
    """The tested pages are all pages that the runs plan."""
    made = {path.relative_to(built / "reports").as_posix() for path in built.rglob("*.html")}

    assert set(PAGES) == made


WRONG = {
    "axe at 390, light": '<img src="data:,">',
    "axe at 1280, light": '<p style="color: #aaa">Too pale to read.</p>',
    "axe at 1280, dark": "<style>@media (prefers-color-scheme: dark) { p { color: #eee } }</style>",
    "wider than 390": '<div style="width: 600px">Too wide for a phone.</div>',
    "figures at 390": '<div class="card"><div class="broad"><svg></svg></div>'
    '<div class="narrow"><svg></svg></div></div>',
    "tables at 1280": '<div class="table" aria-label="Long" role="region" tabindex="0" '
    'style="overflow-x: auto"><div style="width: 2000px">Too wide for a desk.</div></div>',
    "requests at 1280": '<img alt="" src="https://umid.invalid/icon.png">',
    "console at 390": "<script>console.warn('look')</script>",
    "console at 1280": "<script>throw new Error('look')</script>",
}


@pytest.mark.parametrize("where", WRONG)
def test_every_check_of_a_page_finds_its_problem(browser, tmp_path, where) -> None:
    """A problem is found on a page that has it and on no other page."""
    start = '<!DOCTYPE html><html lang="en"><title>A page</title><meta name="viewport" '
    start += 'content="width=device-width, initial-scale=1">'
    right = f"{start}<main><h1>A page</h1><p>Text.</p></main>"
    good, bad = tmp_path / "good.html", tmp_path / "bad.html"
    good.write_text(right, encoding="utf-8")
    bad.write_text(right.replace("</main>", f"{WRONG[where]}</main>"), encoding="utf-8")

    assert {} == _wrong(browser, good)
    assert where in _wrong(browser, bad)


def test_a_page_runs_no_script_and_loads_nothing_even_if_markup_came_in(
    browser, built, tmp_path
) -> None:
    """The content security policy is a second protection if the escaping fails."""
    page = (built / "reports" / PAGES[0]).read_text(encoding="utf-8")
    planted = [
        "<script>window.ran = 1</script>",
        '<img src="https://umid.invalid/x.png" onerror="window.ran = 2">',
        '<svg onload="window.ran = 3"></svg>',
        '<iframe src="https://umid.invalid/"></iframe>',
        '<style>@import "https://umid.invalid/x.css";</style>',
    ]
    broken = tmp_path / "broken.html"
    broken.write_text(page.replace("</main>", f"{''.join(planted)}</main>"), encoding="utf-8")

    browser.open(broken)

    assert browser.run("window.ran === undefined")
    assert [broken.as_uri()] == browser.requests
    assert any("Content Security Policy" in text for text in browser.complaints)


def test_a_missing_browser_fails_the_test_if_it_was_required(monkeypatch) -> None:
    """A skipped test would look like a passed one."""
    monkeypatch.setenv(VARIABLE, "no-such-browser")

    with pytest.raises(pytest.fail.Exception, match="no-such-browser"):
        chromium()
