"""Test the export of notebooks to accessible HTML and PDF, and the errors that stop it."""

import html
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser

import nbformat
import pytest
from matplotlib import colors, font_manager, rc_context
from matplotlib.figure import Figure
from nbformat import v4
from pypdf import PdfReader

from umid_research.errors import ReportError
from umid_research.output import rendering
from umid_research.output.document import SVG, read_notebook, record_of
from umid_research.output.typesetting import FONTS, TEMPLATES
from umid_research.report.chart import style
from umid_research.report.chart.figure import NARROW_TYPE
from umid_research.report.study_report import RECORD_TYPE

LETTERS = "ə ğ ı İ ö ç ş ü Ə Ğ"
POLICY = "Content-Security-Policy"
ALT = 'Two dots: Communities 43, "officials" 61 & nobody else.'
RECORD = {
    "study": "small",
    "title": "Şəffaflıq necə görünür?",
    "subtitle": "Üç rayon, 2022",
    "provenance": "simulated",
    "mark": "SİMULYASİYA: bunlar əsl cavablar deyil",
    "language": "az",
    "district": None,
    "contents_title": "Mündəricat",
    "page_label": "Səhifə",
}
PROSE = f"""# The notebook's own title

## Əsas nəticələr

{LETTERS}. Русский текст.[^base] See [the district](districts/guba.html),
[the method](#üsul) and [the plan](https://example.org/plan).

[^base]: The base is $n = 42$.

::: {{.finding title="Gap of \\"18\\" points"}}
Officials see **more**.
:::

## Üsul

$$\\bar d = \\frac{{1}}{{n}}\\sum_i d_i$$

::: {{.technical title="How"}}
By sign flips.
:::
"""
TABLE = """<table><caption>Ballar, 0–100</caption>
<thead><tr><th scope="col">Ölçü</th><th scope="col" class="num">Bal</th></tr></thead>
<tbody><tr><th scope="row">Etimad</th><td class="num">43,5</td></tr></tbody></table>
<p class="note">× gizlədilib</p>"""


def drawing() -> str:
    font_manager.fontManager.addfont(str(FONTS / "FiraSans-Regular.ttf"))
    fonts = {
        "svg.fonttype": "none",
        "svg.hashsalt": "x",
        "font.family": ["Fira Sans", "sans-serif"],
    }
    with rc_context(fonts):
        figure = Figure(figsize=(7.2, 2))
        axes = figure.subplots()
        axes.plot([43, 61], [0, 0], "o", clip_on=True)
        axes.set_xlabel("Etimad göstəricisi")
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()


def shown(data: dict, **metadata: dict) -> nbformat.NotebookNode:
    """Return a code cell with one output."""
    output = v4.new_output("display_data", data=data, metadata=metadata.get("metadata", {}))
    return v4.new_code_cell("secret_code()", outputs=[output])


def figure_cell(
    alt: str | None = ALT, caption: str = "Qruplar *üzrə* bal"
) -> nbformat.NotebookNode:
    metadata = {"caption": caption} if alt is None else {"caption": caption, "alt": alt}
    return shown({SVG: drawing(), "text/plain": "figure"}, metadata={SVG: metadata})


def twice_drawn_cell(narrow: str | None = None) -> nbformat.NotebookNode:
    """Return a figure with a drawing for paper and one for phones."""
    data = {SVG: drawing(), NARROW_TYPE: narrow or drawing().replace("Etimad", "Telefonda")}
    metadata = {"caption": "Qruplar üzrə bal", "alt": ALT}
    return shown({**data, "text/plain": "figure"}, metadata={SVG: metadata})


def record_cell(**changes: object) -> nbformat.NotebookNode:
    return shown({RECORD_TYPE: {**RECORD, **changes}, "text/plain": "loaded: 65 respondents"})


def notebook(*cells: nbformat.NotebookNode, **changes: object) -> nbformat.NotebookNode:
    return v4.new_notebook(cells=[record_cell(**changes), *cells])


def to_html(made: nbformat.NotebookNode, *, name: str = "notebook") -> str:
    return rendering.to_html(read_notebook(made, name=name))


def to_pdf(made: nbformat.NotebookNode, *, name: str = "notebook") -> bytes:
    return rendering.to_pdf(read_notebook(made, name=name))


@pytest.fixture(scope="module")
def small() -> nbformat.NotebookNode:
    parameters = v4.new_code_cell(
        "language: str = 'az'",
        outputs=[v4.new_output("display_data", data={"text/plain": "tagged"})],
    )
    parameters.metadata["tags"] = ["parameters"]
    printed = v4.new_code_cell(outputs=[v4.new_output("stream", name="stderr", text="a warning")])
    filler = v4.new_markdown_cell(
        "\n\n".join(f"## Bölmə {n}\n\n{'Mətn. ' * 150}" for n in range(6))
    )
    return notebook(
        parameters,
        printed,
        v4.new_markdown_cell(PROSE),
        figure_cell(),
        figure_cell(alt="The same again."),
        shown({"text/html": TABLE, "text/plain": "table"}),
        shown({"text/markdown": "A sentence **made** by a cell."}),
        filler,
    )


@pytest.fixture(scope="module")
def page(small: nbformat.NotebookNode) -> str:
    return to_html(small)


@pytest.fixture(scope="module")
def pdf(small: nbformat.NotebookNode) -> bytes:
    return to_pdf(small)


@pytest.fixture(scope="module")
def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


class Elements(HTMLParser):
    """Collect every start tag of a page with its attributes, and the page's text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Store the tag."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Store the text."""
        self.words += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """Return the attributes of every `tag` that has the given attributes."""
        return [a for t, a in self.found if t == tag and attributes.items() <= a.items()]


# --- annexes -------------------------------------------------------------------------------------


def annexed(*, close: str = "") -> nbformat.NotebookNode:
    """Return a report with a collapsed part that contains a table."""
    opened = f'## Əlavə\n\nNiyə.\n\n::: {{#answers .annex{close} title="Bütün cavablar"}}'
    table = TABLE.replace("<table>", '<table id="answers-sex">')
    return notebook(
        v4.new_markdown_cell("## Nəticə\n\nBax: [Cədvəl 2](#answers-sex)."),
        shown({"text/markdown": opened}),
        shown({"text/html": table}),
        shown({"text/markdown": ":::"}),
        v4.new_markdown_cell("## Son\n\nMətn."),
    )


def test_an_annex_is_collapsed_in_html() -> None:
    """It needs no script; a link into it finds the table, and the text after it is outside."""
    page = to_html(annexed())
    folded = page.split('<details class="annex" id="answers">')[1].split("</details>")[0]

    assert "<summary>\nBütün cavablar" in folded
    assert '<table id="answers-sex">' in folded
    assert "Mətn." not in folded
    assert [{"href": "#answers-sex"}] == Elements(page).all("a", href="#answers-sex")


@pytest.mark.parametrize("close", ["", " .close"])
def test_an_annex_is_printed_in_full_in_the_pdf(close) -> None:
    """Its pages are upright and have its heading."""
    (page,) = PdfReader(io.BytesIO(to_pdf(annexed(close=close)))).pages

    assert page.mediabox.width < page.mediabox.height
    assert re.search(r"Əlavə.*Etimad.*Mətn", page.extract_text(), re.DOTALL)


def test_tables_with_equal_heads_share_one_head_per_page() -> None:
    """In the PDF each table is on one page with its note, and links find it."""
    rows = "".join(f'<tr><th>cavab {n}</th><td class="num">{n}</td></tr>' for n in range(6))
    head = '<thead><tr><th>Seçim</th><th class="num">Say</th></tr></thead>'
    tables = [
        f'<table id="answers-q{n}"><caption>Sual {n}?</caption>{head}{rows}</table><p>Qeyd {n}.</p>'
        for n in range(20)
    ]
    opened = '## Əlavə\n\n::: {#answers .annex .close caption="Cədvəl 9. Hamısı" title="Aç"}'
    made = notebook(
        v4.new_markdown_cell("Bax: [Cədvəl 9.17](#answers-q17)."),
        shown({"text/markdown": opened}),
        *(shown({"text/html": table}) for table in tables),
        shown({"text/markdown": ":::"}),
    )

    pages = [p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(made))).pages]

    assert 1 < len(pages) < 5
    for page in pages:
        asked = re.findall(r"Sual (\d+)\?", page)
        assert asked == re.findall(r"Qeyd (\d+)\.", page)
        assert 6 * len(asked) == page.count("cavab ")
        assert (1, 1) == (page.count("Seçim"), page.count("Cədvəl 9. Hamısı"))
    assert 20 == len(re.findall(r"Sual \d+\?", "".join(pages)))
    assert 20 == len(Elements(to_html(made)).all("table"))


# --- HTML ----------------------------------------------------------------------------------------


def test_page_has_its_language_title_and_mark(page: str) -> None:
    """The title comes from the record, not from the notebook's first heading."""
    elements = Elements(page)

    assert "az" == elements.all("html")[0]["lang"]
    assert f"<title>{RECORD['title']} – {RECORD['mark']}</title>" in page
    assert f'<header class="mark"><p>{RECORD["mark"]}</p></header>' in page
    assert 1 == len(elements.all("h1"))
    assert "The notebook's own title" not in page


def test_page_loads_no_other_file(page: str) -> None:
    """No element and no style rule makes a browser request another address."""
    loading = {"link", "script", "iframe", "object", "embed", "audio", "video", "source", "base"}
    elements = Elements(page)

    assert set() == {tag for tag, _ in elements.found} & loading
    assert [] == [a for _, a in elements.found if "src" in a or "srcset" in a]
    assert {"data:font/woff"} == set(re.findall(r"url\((?!#)([^;)]*)", page))
    assert "@import" not in page
    assert "default-src 'none'" in elements.all("meta", **{"http-equiv": POLICY})[0]["content"]


def test_page_stays_small(page: str) -> None:
    """The embedded font takes less than 150 KB."""
    assert len(page) < 150_000


def test_figures_have_alternative_texts_and_unique_ids(page: str) -> None:
    """A screen reader reads the alternative text; two equal drawings share no id."""
    elements = Elements(page)
    ids = [a["id"] for _, a in elements.found if "id" in a]

    assert [ALT, "The same again."] == [a["aria-label"] for a in elements.all("svg", role="img")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(ids)
    assert "<figcaption>Qruplar *üzrə* bal</figcaption>" in page
    assert "<metadata" not in page


def test_a_page_has_both_drawings_of_a_figure_and_shows_one() -> None:
    """Both have the texts; the stylesheet shows one, depending on the width of the screen."""
    page = to_html(notebook(twice_drawn_cell(), twice_drawn_cell()))
    elements = Elements(page)
    ids = [a["id"] for _, a in elements.found if "id" in a]
    card = page.split('<div class="card">')[1].split("</figure>")[0]

    assert 4 * [ALT] == [a["aria-label"] for a in elements.all("svg", role="img")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(ids)
    assert "Etimad" in card.split('<div class="broad">')[1].split('<div class="narrow">')[0]
    assert "Telefonda" in card.split('<div class="narrow">')[1]
    assert 2 == page.count("<figcaption>Qruplar üzrə bal</figcaption>")


PAIRS = [
    *((ink, style.PAPER) for ink in (style.INK, style.QUIET)),
    *((style.PAPER, dark) for dark, _ in (style.NEGATIVE, style.POSITIVE)),
    *((style.INK, light) for _, light in (style.NEGATIVE, style.POSITIVE)),
    *((style.INK, grey) for grey in (style.MIDDLE, style.UNSCORED, style.FAINT)),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " on ".join(pair))
def test_drawings_keep_their_contrast_in_dark_mode(pair) -> None:
    """Each text and its background have a contrast of at least 4.5 to 1 (WCAG 2.2 AA)."""
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    dimmed = float(re.search(r"\.card { filter: brightness\(([\d.]+)\)", css).group(1))
    lights = [
        sum(
            weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
            for weight, part in zip(
                (0.2126, 0.7152, 0.0722),
                (dimmed * value for value in colors.to_rgb(colour)),
                strict=True,
            )
        )
        for colour in pair
    ]

    assert 4.5 <= (max(lights) + 0.05) / (min(lights) + 0.05)
    assert dimmed < 1


def test_only_a_drawing_without_a_phone_version_scrolls(page: str) -> None:
    """Only a frame that scrolls can be focused with the keyboard."""
    scrolls = {"class": "card scrolls", "tabindex": "0", "role": "group"}
    twice = Elements(to_html(notebook(twice_drawn_cell())))

    assert 2 == len(Elements(page).all("div", **scrolls))
    assert [{"class": "card"}] == [
        a for a in twice.all("div") if (a.get("class") or "").startswith("card")
    ]


def test_a_notebook_can_store_the_phone_version() -> None:
    """A notebook accepts its MIME type, and Jupyter without this package ignores it."""
    assert nbformat.validator.isvalid(notebook(twice_drawn_cell()))


def test_tables_have_captions_heads_and_a_frame_that_scrolls(page: str) -> None:
    """Rows and columns have heads, numbers a class, and the frame can be focused."""
    elements = Elements(page)
    frame = {"class": "table", "tabindex": "0", "role": "region"}

    assert "<caption>Ballar, 0–100</caption>" in page
    assert ["Ballar, 0–100"] == [a["aria-label"] for a in elements.all("div", **frame)]
    assert ["col", "col", "row"] == [a["scope"] for a in elements.all("th")]
    assert 1 == len(elements.all("td", **{"class": "num"}))
    assert re.search(r'<div class="note">\s*<p>× gizlədilib</p>', page)


def test_columns_of_long_texts_are_marked_for_narrow_screens() -> None:
    """On a phone a table scrolls, so that a sentence does not become one word per line."""
    long = "A reason that takes several lines on a telephone, and two or three on paper"
    rows = (
        f"<tr><th>M1</th><td>{long}</td><td>7</td></tr><tr><th>M2</th><td>Kurz</td><td>8</td></tr>"
    )

    elements = Elements(to_html(notebook(shown({"text/html": f"<table>{rows}</table>"}))))

    assert [None, "wordy", None, None, None, None] == [
        attributes.get("class") for tag, attributes in elements.found if tag in ("th", "td")
    ]


@pytest.mark.parametrize(
    ("text", "kind"), [("clear", None), ("What people see here", None), ("Said. " * 60, "prose")]
)
def test_columns_of_longer_texts_get_more_width(text, kind) -> None:
    """Their heads have a class, and so have long heads above short texts; numbers have none."""
    kinds = {"What people see here": "phrase"}
    table = "<table><thead><tr><th>A</th><th>{}</th><th>{}</th></tr></thead>".format(
        "What may be said of it", "B"
    )
    table += f"<tr><th>a</th><td>x</td><td>{text}</td></tr></table>"

    heads = Elements(to_html(notebook(shown({"text/html": table})))).all("th", scope="col")

    assert [None, "phrase", kinds.get(text, kind)] == [head.get("class") for head in heads]


def test_the_head_of_a_row_group_stays_visible_while_its_table_scrolls() -> None:
    """Its cell spans the table, so the words in it are fixed."""
    block = '<tbody><tr><th scope="rowgroup" colspan="2">Etimad</th></tr>'
    row = '<tr><th scope="row">a</th><td>1</td></tr></tbody>'
    table = f"<table><thead><tr><th>A</th><th>B</th></tr></thead>{block}{row}</table>"

    page = to_html(notebook(shown({"text/html": table})))

    assert '<span class="block">Etimad</span>' in page
    assert ".table .block { position: sticky;" in page
    assert ".table th:first-child { position: sticky;" in page


def test_regions_with_equal_names_are_numbered() -> None:
    """Two tables with equal captions are two landmarks with different names."""
    page = to_html(notebook(shown({"text/html": TABLE}), shown({"text/html": TABLE})))

    names = [a["aria-label"] for a in Elements(page).all("div", role="region")]

    assert ["Ballar, 0–100", "Ballar, 0–100 (2)"] == names


def test_a_box_that_jupyter_does_not_show_is_in_the_report() -> None:
    """It is stored in the metadata of the output, like the texts of a figure."""
    boxed = {"text/markdown": {"boxed": "::: {.finding}\nMore.\n:::"}}

    page = to_html(notebook(shown({"text/markdown": "More."}, metadata=boxed)))

    assert re.search(r'class="finding">\s*<p>More\.</p>', page)


def test_prose_keeps_footnotes_formulas_and_boxes(page: str) -> None:
    """The Markdown of a notebook becomes elements, not literal characters."""
    elements = Elements(page)

    assert 1 == len(elements.all("a", role="doc-noteref"))
    assert 2 == len(elements.all("math"))
    assert "<strong>Gap of &quot;18&quot; points</strong>" in page.replace('"18"', "&quot;18&quot;")
    assert re.search(r'<details class="technical"><summary>\s*How\s*</summary>', page)
    assert "<strong>made</strong>" in page
    assert ["districts/guba.html"] == [
        a["href"] for a in elements.all("a") if a["href"].endswith(".html")
    ]


def test_a_number_and_its_percent_sign_stay_on_one_line() -> None:
    """This holds in prose and in tables; a percent sign without number is unchanged."""
    table = "<table><caption>Pay</caption><tr><th>a</th><td>7 %</td></tr></table>"
    made = notebook(
        v4.new_markdown_cell("23,1 %, 95 %-lik, bir % iki"), shown({"text/html": table})
    )

    page = to_html(made)

    assert "23,1\N{NO-BREAK SPACE}%, 95\N{NO-BREAK SPACE}%-lik, bir % iki" in page
    assert "7\N{NO-BREAK SPACE}%</td>" in page


def test_no_line_breaks_between_the_limits_of_an_interval() -> None:
    """This holds in HTML and in the PDF."""
    limits = [f"({10**n}–{10**n + 5}; −45…−{10**n}, −13…+{10**n}" for n in range(7)]
    made = notebook(v4.new_markdown_cell(f"Quba–Bakı, bir… 2. {' '.join(limits * 9)}"))

    whole = re.findall('<span class="whole">([^<]*)</span>', to_html(made))
    words = PdfReader(io.BytesIO(to_pdf(made))).pages[0].extract_text().split("Quba")[1]

    assert " ".join(limits * 9).split() == whole
    assert " ".join(limits * 9) in " ".join(words.split())


def test_reports_have_no_code_parameters_or_printed_lines(page: str, reader: PdfReader) -> None:
    """Code, tagged cells, streams and the record are left out."""
    words = page + "".join(page.extract_text() for page in reader.pages)

    for hidden in ("secret_code", "language: str", "tagged", "a warning", "65 respondents"):
        assert hidden not in words


def test_heading_levels_have_no_gaps() -> None:
    """Below the h1 of the page come h2 and h3, even if the notebook skips levels."""
    cell = v4.new_markdown_cell("### Bir\n\n##### İki\n\n#### Üç\n\n### Dörd")

    page = to_html(notebook(cell))

    assert ["2", "3", "3", "2"] == re.findall(r"<h([2-6])", page)


def test_texts_of_respondents_are_never_markup() -> None:
    """HTML in texts, captions and Markdown is shown literally in both formats."""
    hostile = "<script>alert(1)</script> <img src=x onerror=y> #let $x$ *a* // `c` @ref \\ [l](j:s)"
    cells = [
        shown({"text/plain": hostile}),
        figure_cell(alt=hostile, caption=hostile),
        v4.new_markdown_cell("Said: <script>alert(2)</script> [go](javascript:alert(3))"),
        shown({"text/html": f"<table><caption>{html.escape(hostile)}</caption><tr><td>1</table>"}),
        shown({"text/html": "<table><tr><td><script>alert(4)</script>5</table>"}),
    ]

    elements = Elements(to_html(notebook(*cells)))
    words = PdfReader(io.BytesIO(to_pdf(notebook(*cells)))).pages[0].extract_text()

    assert [] == elements.all("script") + elements.all("img")
    assert [] == [a for a in elements.all("a") if "javascript" in a["href"]]
    assert 3 == elements.words.count(hostile)
    assert "alert(4)" not in elements.words
    assert "<script>alert(1)</script> <img src=x onerror=y> #let $x$ *a* //" in words


def test_texts_in_another_language_are_tagged_with_it() -> None:
    """This holds in prose and tables, in HTML and in the tags of the PDF."""
    table = '<table><caption>C</caption><tr><td>a: <span lang="en">Text</span> b</td></tr></table>'
    cells = [v4.new_markdown_cell("“[Текст]{lang=ru}” (x)"), shown({"text/html": table})]

    elements = Elements(to_html(notebook(*cells)))
    reader = PdfReader(io.BytesIO(to_pdf(notebook(*cells))))

    assert ["ru", "en"] == [a["lang"] for a in elements.all("span") if "lang" in a]
    assert [b"ru", b"en"] == re.findall(
        rb"/Lang\((\w+)\)", reader.pages[0].get_contents().get_data()
    )
    assert "“Текст” (x)" in reader.pages[0].extract_text()


def test_character_sequences_with_a_meaning_in_typst_are_kept() -> None:
    """Typst's shorthands would turn them into dashes, dots or a minus, or drop a character."""
    text = "a--b --- c... -? x-5 -5 1.5 ---- ......"
    cell = f"<table><caption>C</caption><tr><td>{text}</td></tr></table>"

    made = to_pdf(notebook(shown({"text/plain": text}), shown({"text/html": cell})))

    assert 2 == PdfReader(io.BytesIO(made)).pages[0].extract_text().count(text)


def test_very_long_words_break_and_control_characters_are_visible() -> None:
    """A word has 100,000 letters; some control characters would hide or reverse text."""
    text = f"a\x00b\x1b[31m \u202eleft\u202c {'x' * 100_000} end"
    cells = [
        shown({"text/plain": text}),
        figure_cell(alt="one\x01two"),
        shown({"text/html": f"<table><tr><td>{'w' * 5000}</td><td>1</td></tr></table>"}),
    ]

    page = to_html(notebook(*cells))
    pages = PdfReader(io.BytesIO(to_pdf(notebook(*cells)))).pages
    lines = [line for page in pages for line in page.extract_text().splitlines()]

    assert "a�b�[31m �left�" in page
    assert ["one�two"] == [a["aria-label"] for a in Elements(page).all("svg", role="img")]
    assert 100_000 == sum(line.count("x") for line in lines)
    assert 5000 == sum(line.count("w") for line in lines)
    assert max(map(len, lines)) < 140


# --- PDF -----------------------------------------------------------------------------------------


def test_every_pdf_page_has_mark_title_and_page_number(reader: PdfReader) -> None:
    """A single printed page still has the mark and the title."""
    texts = [page.extract_text() for page in reader.pages]

    assert len(texts) >= 3
    for number, text in enumerate(texts, start=1):
        assert RECORD["mark"] in text
        assert RECORD["title"] in text
        assert f"Səhifə {number} / {len(texts)}" in text


def test_text_extracted_from_the_pdf_has_its_letters(reader: PdfReader) -> None:
    """Azerbaijani and Cyrillic letters are kept in prose, figures and tables."""
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())

    for text in (LETTERS, "Русский текст", "Etimad göstəricisi", "Ölçü", "43,5"):
        assert text in words


def test_pdf_embeds_every_font_it_uses(reader: PdfReader) -> None:
    """Each font has a map to letters, so printers and screen readers need no other font."""
    fonts = [font.get_object() for p in reader.pages for font in p["/Resources"]["/Font"].values()]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]

    assert fonts
    assert all("/ToUnicode" in font for font in fonts)
    assert all({"/FontFile2", "/FontFile3"} & set(one.get_object()) for one in described)


def test_pdf_has_tags_title_language_and_outline(reader: PdfReader) -> None:
    """Screen readers need all of them."""
    catalogue = reader.trailer["/Root"]
    outline = [entry.title for entry in reader.outline if not isinstance(entry, list)]

    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert "az" == catalogue["/Lang"]
    assert f"{RECORD['title']} – {RECORD['mark']}" == reader.metadata.title
    assert b"<pdfuaid:part>1<" in catalogue["/Metadata"].get_data()
    assert ["Əsas nəticələr", "Üsul"] == [t for t in outline if not t.startswith("Bölmə")][-2:]


def _tags(reader: PdfReader) -> Iterator[dict]:
    """Yield every tag of the document's structure."""
    open_tags = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while open_tags:
        tag = open_tags.pop().get_object()
        if isinstance(tag, dict):
            yield tag
            below = tag.get("/K", [])
            below = below.get_object() if hasattr(below, "get_object") else below
            open_tags += below if isinstance(below, list) else [below]


def test_pdf_figures_have_alternative_texts_and_tables_have_headers(reader: PdfReader) -> None:
    """The tags have the alternative text and the header cells."""
    tags = list(_tags(reader))

    assert {ALT, "The same again."} <= {tag.get("/Alt") for tag in tags}
    kinds = {"/Title", "/H1", "/Figure", "/Caption", "/Table", "/TH", "/TD"}
    assert kinds <= {tag.get("/S") for tag in tags}


@pytest.mark.parametrize("filler", range(24, 45, 4))
def test_a_heading_is_on_the_page_of_the_content_that_follows(filler: int) -> None:
    """This holds at every position on a page, before text, figure or table."""
    words = "\n\n".join(["Mətn."] * filler)
    heads = [v4.new_markdown_cell(f"## Başlıq {name}\n\nGirişdir.") for name in "AB"]
    table = TABLE.replace("Ballar, 0–100", "Cədvəlin adı")
    body = [figure_cell(caption="Şəklin adı"), shown({"text/html": table})]
    cells = [v4.new_markdown_cell(words), heads[0], body[0], heads[1], body[1]]

    pages = [p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(notebook(*cells)))).pages]

    for name, below in (("Başlıq A", "Şəklin adı"), ("Başlıq B", "Cədvəlin adı")):
        assert [below in page for page in pages] == [name in page for page in pages]
    assert len(pages) >= 2


def test_a_pdf_has_only_the_drawing_for_paper() -> None:
    """The phone version would repeat it in letters that are too large."""
    words = PdfReader(io.BytesIO(to_pdf(notebook(twice_drawn_cell())))).pages[0].extract_text()

    assert 1 == words.count("Etimad")
    assert "Telefonda" not in words


@pytest.mark.parametrize("filler", range(20, 44, 3))
def test_a_short_list_and_its_introduction_stay_on_one_page(filler: int) -> None:
    """This holds at every position on a page."""
    words = "\n\n".join(["Mətn."] * filler)
    cell = v4.new_markdown_cell(
        f"{words}\n\nRayonlar belədir:\n\n1. Birinci\n2. İkinci\n3. Sonuncu"
    )

    pages = [p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(notebook(cell)))).pages]

    (page,) = [page for page in pages if "Rayonlar belədir" in page]
    assert all(item in page for item in ("Birinci", "İkinci", "Sonuncu"))


@pytest.mark.parametrize("filler", range(20, 44, 3))
def test_a_long_table_starts_with_several_rows(filler: int) -> None:
    """Its head never stands with a single row at the bottom of a page."""
    words = "\n\n".join(["Mətn."] * filler)
    rows = "".join(f"<tr><th>sətir {n}</th><td>{n}</td></tr>" for n in range(30))
    table = f"<table><caption>Uzun</caption><tr><th>Ad</th><th>Say</th></tr>{rows}</table>"
    made = notebook(v4.new_markdown_cell(words), shown({"text/html": table}))

    pages = [p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(made))).pages]

    (page,) = [page for page in pages if "Uzun" in page]
    assert page.count("sətir") >= 3


def test_pdf_figures_are_vector(reader: PdfReader) -> None:
    """No page has a raster image."""
    assert [] == [image.name for page in reader.pages for image in page.images]


def test_spare_width_goes_to_the_column_of_the_longest_text() -> None:
    """A text that fits into one line takes one, whatever the position of its column."""
    long = "A row that refers to a number which stands in no other register of the study"
    rows = f"<tr><th>f.csv</th><td>{long}</td><td>Kept</td><td>1</td></tr>" * 3

    (page,) = PdfReader(
        io.BytesIO(to_pdf(notebook(shown({"text/html": f"<table>{rows}</table>"}))))
    ).pages

    assert 3 == sum(long in line for line in page.extract_text().splitlines())


def lines_of(pdf: bytes) -> list[str]:
    return [line for p in PdfReader(io.BytesIO(pdf)).pages for line in p.extract_text().split("\n")]


def test_a_long_text_gets_the_width_that_other_columns_do_not_need() -> None:
    """Numbers and short texts do not wrap; the rows here need two lines."""
    long = "Drafts should be open to everybody for a month before the council decides on them"
    row = ("P01", long, "Access to information", "Guba", "Communities", "12 (9 to 15)")
    heads = ("No.", "Proposal", "Area of the plan", "District", "Made by", "Mentioned")

    def line(tag: str, texts: tuple[str, ...]) -> str:
        cells = [f"<{tag}>{text}</{tag}>" for text in texts[:-1]]
        return f'<tr>{"".join(cells)}<{tag} class="num">{texts[-1]}</{tag}></tr>'

    table = f"<table><thead>{line('th', heads)}</thead>{line('td', row) * 4}</table>"

    lines = lines_of(to_pdf(notebook(shown({"text/html": table}))))

    assert 4 == sum("Guba Communities 12 (9 to 15)" in line for line in lines)
    assert 4 == sum("Drafts should be open to everybody for a" in line for line in lines)
    assert 4 == sum("month before the council decides on them" in line for line in lines)


def test_a_row_group_repeats_its_head_on_every_page() -> None:
    """After a page break the first rows still have a head."""
    block = '<tr><th scope="rowgroup" colspan="2">Blok {b} haqqında</th></tr>'
    row = '<tr><th scope="row">sətir {b}.{n}</th><td class="num">{n}</td></tr>'
    bodies = "".join(
        f"<tbody>{block.format(b=b)}{''.join(row.format(b=b, n=n) for n in range(7))}</tbody>"
        for b in range(12)
    )
    head = '<thead><tr><th scope="col">Müqayisə</th><th scope="col">Fərq</th></tr></thead>'
    table = f"<table><caption>Fərqlər</caption>{head}{bodies}</table>"
    made = notebook(shown({"text/html": table}))

    pages = [p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(made))).pages]
    above = "".join(re.sub(r"\s+", " ", page) for page in pages)

    assert len(pages) > 1
    for page in pages:
        heads = re.findall(r"Blok (\d+)", page)
        assert dict.fromkeys(heads) == dict.fromkeys(re.findall(r"sətir (\d+)\.", page))
    assert 12 * 7 == above.count("sətir")
    assert 12 == len(Elements(to_html(made)).all("th", scope="rowgroup"))


def test_row_groups_that_fit_on_a_page_are_on_one_page() -> None:
    """A table of 25 rows in groups is not split, so that its groups can be compared."""
    words = "\n\n".join(["Mətn."] * 20)
    block = '<tbody><tr><th scope="rowgroup" colspan="2">Blok</th></tr>{}</tbody>'.format(
        "".join(f"<tr><th>sətir {n}</th><td>{n}</td></tr>" for n in range(4))
    )
    table = f"<table><thead><tr><th>Ad</th><th>Say</th></tr></thead>{block * 5}</table>"
    made = notebook(v4.new_markdown_cell(words), shown({"text/html": table}))

    pages = [p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(made))).pages]

    assert [0, 20] == [page.count("sətir") for page in pages]


def test_a_source_stays_with_its_paragraph_or_table() -> None:
    """The PDF names no files; the source ends its paragraph or follows its table."""
    link = "[Table 3](#t) [([published: t](tables/t.csv))]{.frame}"
    source, again = (shown({"text/markdown": f"[Source: {link}]{{.source}}"}) for _ in range(2))
    table = shown({"text/html": '<table id="t"><tr><th>A</th><td>1</td></tr></table>'})

    made = notebook(shown({"text/markdown": "Ten of twelve."}), source, table, again)
    (page,) = PdfReader(io.BytesIO(to_pdf(made))).pages
    words = " ".join(page.extract_text().split())

    assert 2 == words.count("Source: Table 3")
    assert "published" not in words
    assert 2 == len(page["/Annots"])
    assert 2 == to_html(made).count('<a href="tables/t.csv">published: t</a>')


def _wide(columns: int, *, rows: int = 20) -> str:
    """Return a table with long column heads, unique numbers and row names."""
    head = "".join(f"<th>Məlumatlılıq{n}.</th>" for n in range(columns))
    cells = "".join(f'<td class="num">{1000 + n}</td>' for n in range(columns))
    body = "".join(f'<tr><th scope="row">sətir {row}</th>{cells}</tr>' for row in range(rows))
    caption = "<caption>Enli</caption>"
    return f'<table id="wide">{caption}<thead><tr><th>Ad</th>{head}</tr></thead>{body}</table>'


def test_a_wide_table_is_on_a_landscape_page_with_its_source() -> None:
    """A table with ten columns of long words needs a landscape page."""
    source = shown({"text/markdown": "[Source: registers]{.source}"})
    made = notebook(shown({"text/html": _wide(9)}), source)
    pages = PdfReader(io.BytesIO(to_pdf(made))).pages

    assert [False, True] == [page.mediabox.width > page.mediabox.height for page in pages]
    assert "Source: registers" in pages[1].extract_text()


@pytest.mark.parametrize(("columns", "rows"), [(30, 20), (70, 3), (24, 60)])
def test_a_table_too_wide_for_a_page_is_split_into_parts(columns, rows) -> None:
    """Each part has the row names, no cell is lost, and a link finds the first part."""
    link = v4.new_markdown_cell("Bax: [Cədvəl](#wide).")
    made = notebook(link, shown({"text/html": _wide(columns, rows=rows)}))
    reader = PdfReader(io.BytesIO(to_pdf(made)))
    text = "".join(page.extract_text() for page in reader.pages)

    parts = re.findall(r"Enli \((\d+)/(\d+)\)", text)
    count = int(parts[0][1])
    assert [(str(n), str(count)) for n in range(1, count + 1)] == list(dict.fromkeys(parts))
    for row in range(rows):
        assert count == len(re.findall(rf"sətir {row}\b", text))
    for column in range(columns):
        assert f"Məlumatlılıq{column}." in re.sub(r"\s", "", text)
        assert rows == len(re.findall(rf"\b{1000 + column}\b", text))
    assert 1 == len(Elements(to_html(made)).all("table"))


def test_consecutive_tables_too_wide_for_a_page_are_split_together() -> None:
    """Tables that share a head are split at the same columns; every part has their names."""
    opened = '## Əlavə\n\n::: {#answers .annex .close caption="Cədvəl 9. Hamısı" title="Aç"}'
    tables = [
        _wide(30, rows=3).replace('id="wide"', f'id="wide-{n}"').replace("Enli", f"Sual {n}?")
        for n in range(3)
    ]
    made = notebook(
        v4.new_markdown_cell("Bax: [Cədvəl 9.2](#wide-2)."),
        shown({"text/markdown": opened}),
        *(shown({"text/html": table}) for table in tables),
        shown({"text/markdown": ":::"}),
    )
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(made))).pages)

    parts = list(dict.fromkeys(re.findall(r"Hamısı \((\d+)/(\d+)\)", text)))
    assert len(parts) > 1
    assert [3 * [len(parts)]] == [[text.count(f"Sual {n}?") for n in range(3)]]
    assert 9 == len(re.findall(r"\b1029\b", text))


def test_a_wide_table_with_row_groups_keeps_their_heads() -> None:
    """The head of a row group spans the columns of each part."""
    cells = "".join(f'<td class="num">{1000 + n}</td>' for n in range(30))
    head = "".join(f"<th>Məlumatlılıq{n}</th>" for n in range(30))
    block = '<tbody><tr><th scope="rowgroup" colspan="31">Blok {b}</th></tr>{row}</tbody>'
    row = f'<tr><th scope="row">sətir</th>{cells}</tr>'
    bodies = "".join(block.format(b=b, row=row) for b in range(3))
    table = f"<table><thead><tr><th>Ad</th>{head}</tr></thead>{bodies}</table>"
    pages = PdfReader(io.BytesIO(to_pdf(notebook(shown({"text/html": table}))))).pages
    text = "".join(page.extract_text() for page in pages)

    assert text.count("Blok 0") == text.count("Blok 2") > 1
    assert 3 == len(re.findall(r"\b1029\b", text))


def test_report_of_real_data_has_no_mark() -> None:
    """A study that is not simulated has no mark in both formats."""
    real = notebook(v4.new_markdown_cell("Mətn."), provenance="field", mark="", subtitle=None)

    words = PdfReader(io.BytesIO(to_pdf(real))).pages[0].extract_text()

    assert [] == Elements(to_html(real)).all("header")
    assert ["Şəffaflıq necə görünür?", "Mətn.", "Səhifə 1 / 1"] == words.splitlines()


# --- both ----------------------------------------------------------------------------------------


def test_equal_notebooks_give_equal_bytes(
    small: nbformat.NotebookNode, page: str, pdf: bytes
) -> None:
    """A file does not depend on the time, the computer or an earlier run."""
    assert page == to_html(small)
    assert pdf == to_pdf(small)


def test_exporting_does_not_change_the_notebook(small: nbformat.NotebookNode) -> None:
    """Cells are removed from a copy."""
    before = nbformat.writes(small)

    to_html(small)

    assert before == nbformat.writes(small)


def test_the_record_is_that_of_the_load_cell() -> None:
    """A cell later in the notebook cannot change title or language."""
    two = notebook(record_cell(title="Another"))

    assert RECORD == record_of(notebook())
    assert RECORD == record_of(two)


def failed_cell() -> nbformat.NotebookNode:
    error = v4.new_output("error", ename="KeyError", evalue="'trust'", traceback=["line"])
    return v4.new_code_cell("x", outputs=[error])


REFUSED = {
    "no record": (
        v4.new_notebook(cells=[v4.new_markdown_cell("Text")]),
        "no cell shows the record",
    ),
    "failed": (notebook(failed_cell()), "cell 2 failed: KeyError: 'trust'"),
    "record without title": (notebook(title=""), r"missing entries; found \['title'\]"),
    "simulated without mark": (notebook(mark=""), r"missing entries; found \['mark'\]"),
    "figure without text": (notebook(figure_cell(alt=None)), "cell 2 has no alternative text"),
    "figure broken on a phone": (notebook(twice_drawn_cell("<svg")), "figure of cell 2 is broken"),
    "figure with blank text": (notebook(figure_cell(alt=" \n")), "cell 2 has no alternative text"),
    "broken figure": (
        notebook(shown({SVG: "<svg>"}, metadata={SVG: {"alt": "x"}})),
        "figure of cell 2 is broken",
    ),
    "photograph": (notebook(shown({"image/png": "", "text/plain": "x"})), "cannot show; found"),
    "picture in prose": (notebook(v4.new_markdown_cell("![x](/etc/x.png)")), "a picture must be"),
    "dead link": (notebook(v4.new_markdown_cell("[x](#nowhere)")), "no heading: #nowhere"),
    "open box": (notebook(v4.new_markdown_cell("::: {.finding}\nText")), "unclosed"),
    "technical box without title": (
        notebook(v4.new_markdown_cell("::: {.technical}\nText\n:::")),
        "needs a title",
    ),
    "formula": (notebook(v4.new_markdown_cell("$\\frac{1}$")), "TeX math"),
    "file elsewhere": (
        notebook(v4.new_markdown_cell("::: {.umid-table file=../secret}\n:::")),
        "is not a file of the report",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("export", [to_html, to_pdf])
def test_a_notebook_that_cannot_be_published_is_an_error(export: type, case: str) -> None:
    """The error names the notebook, the cell and the problem."""
    wrong, message = REFUSED[case]

    with pytest.raises(ReportError, match=message) as refused:
        export(wrong, name="03-district")

    assert "03-district" == refused.value.where
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("exporter", "ending", "start"),
    [
        ("umid-html", "html", b"<!DOCTYPE html>"),
        ("umid-pdf", "pdf", b"%PDF-1."),
    ],
)
def test_nbconvert_finds_the_exporters(small, tmp_path, exporter, ending, start) -> None:
    """`jupyter nbconvert --to umid-html` works through the entry point."""
    nbformat.write(small, tmp_path / "small.ipynb")

    command = [sys.executable, "-m", "nbconvert", "--to", exporter, str(tmp_path / "small.ipynb")]
    subprocess.run(command, check=True, capture_output=True)

    assert (tmp_path / f"small.{ending}").read_bytes().startswith(start)


def test_jupyterlab_offers_the_exporters() -> None:
    """The export menu lists exporters with a label and an entry point."""
    from nbconvert.exporters import get_export_names, get_exporter

    names = {"umid-html", "umid-pdf"}

    assert names <= set(get_export_names())
    assert {"Report (HTML)", "Report (PDF)"} == {
        get_exporter(n).export_from_notebook for n in names
    }
