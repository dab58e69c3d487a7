"""The site of the API documentation is whole, and asks nothing of the network."""

import re
import runpy
from pathlib import Path

import pytest

import umid_research
from umid_research.disclosure.tables import PUBLISHED
from umid_research.pipeline.steps import STEPS

ROOT = Path(__file__).resolve().parents[1]
# What a browser fetches by itself; a link is followed by the reader.
_FETCHED = r"""(?:src|data-src|srcset|action)=["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//"""
_FETCHED += r"""|@import|<link[^>]+https?:|fetch\(|XMLHttpRequest|sendBeacon|WebSocket"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> dict[str, str]:
    """Return every file of the site: path -> text."""
    folder = tmp_path_factory.mktemp("site") / "docs"
    runpy.run_path(str(ROOT / "docs" / "site.py"))["make"](folder)
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_no_page_fetches_anything(site) -> None:
    """And none has a folder of the computer on which it was made."""
    fetched = {name: re.findall(_FETCHED, text) for name, text in site.items()}

    assert {} == {name: found for name, found in fetched.items() if found}
    assert [] == [name for name, text in site.items() if str(ROOT) in text]


def test_every_link_leads_to_a_page(site) -> None:
    """And to a place on it, if the link names one."""
    broken = []
    for name, text in site.items():
        for target, place in re.findall(r'<a[^>]* href="([^"#:$]*)(#[^"$]*)?"', text):
            path = Path(name).parent / target if target else Path(name)
            page = site.get(str(Path(*_resolved(path))))
            if page is None or (place and f'id="{place[1:]}"' not in page):
                broken.append((name, target, place))

    assert [] == broken


def test_the_public_functions_are_described(site) -> None:
    """Each with its docstring; `open_study` returns what has a page of its own."""
    page = site["umid_research.html"]

    for name in umid_research.__all__:
        first = getattr(umid_research, name).__doc__.split(".")[0].split("`")[0].strip()
        assert f'id="{name}"' in page
        assert first in page
    assert 'id="Bench.compare"' in site["umid_research/bench/study.html"]


def test_every_frame_and_published_table_has_its_columns(site) -> None:
    """But the frames of answers, whose columns are the questions."""
    made = {name for step in STEPS for name in (*step.makes, *step.if_activities)}
    declared = made - {"responses", "states", "study/", "published/"}

    for name in declared:
        assert f'id="{name}"' in site["guide/frames.html"], name
    for name in PUBLISHED:
        assert f'id="{name}"' in site["guide/published_tables.html"], name
    units = site["guide/frames.html"].split('<h2 id="units">')[1].split("<h2")[0]
    assert "from 0 to 100; may be blank" in units
    assert "Key: <code>unit</code>, <code>dimension</code>" in units


def test_the_glossary_has_three_languages(site) -> None:
    """Trust, in English, Azerbaijani and Russian."""
    row = site["guide/glossary.html"].split("<code>trust</code>")[1].split("</tr>")[0]

    assert ["Trust", "İnam", "Доверие"] == re.findall(r"<td>(.*?)</td>", row)


def _resolved(path: Path) -> list[str]:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return parts
