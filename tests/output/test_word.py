"""Test the Word files: one document, the same content, page, language and mark, and equal bytes."""

import io
import re

import pytest
from PIL import Image
from word_file import WordFile

from umid_research.errors import ReportError
from umid_research.output.document import Block, Document, FigureBlock, TableBlock, Text, escaped
from umid_research.output.rendering import to_html
from umid_research.output.word import to_docx

ALT = 'Two dots: Communities 43, "officials" 61 & nobody else.'
MARK = "SİMULYASİYA: bunlar əsl cavablar deyil"
RECORD = {
    "title": "Şəffaflıq necə görünür?",
    "subtitle": "Üç rayon, 2022",
    "mark": MARK,
    "language": "az",
    "contents_title": "Mündəricat",
    "page_label": "Səhifə",
}
TABLE = """<table id="scores"><caption>Cədvəl 3. Ballar</caption>
<thead><tr><th scope="col">Ölçü</th><th scope="col" class="num">Bal</th></tr></thead>
<tbody><tr><th scope="rowgroup" colspan="2">Etimad</th></tr>
<tr><th scope="row">İcmalar</th><td class="num">43,5</td></tr></tbody></table>
<p class="note">× gizlədilib</p>"""
HOSTILE = "<script>1</script> <w:p/> &lt; {{x}} $x$ *a* // `c` @ref \\ [l](j:s)"


def svg(width: float = 400, height: float = 200) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        '<rect width="100" height="50" fill="#00558c"/></svg>'
    )


def figure(alt: str = ALT, caption: str = "Ballar *üzrə*", drawing: str = "") -> FigureBlock:
    return FigureBlock(drawing or svg(), svg(), alt, caption)


def docx(*blocks: Block | str, author: str = "Umid", **changes: object) -> bytes:
    parts = tuple(Text(block) if isinstance(block, str) else block for block in blocks)
    return to_docx(Document("small", {**RECORD, **changes}, parts), author=author)


def word(*blocks: Block | str, **changes: object) -> WordFile:
    return WordFile(docx(*blocks, **changes))


def table(*rows: tuple[str, ...], heads: tuple[str, ...]) -> TableBlock:
    head = "".join(f"<th>{text}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    return TableBlock(f"<table><caption>C</caption><thead><tr>{head}</tr></thead>{body}</table>")


@pytest.fixture(scope="module")
def small() -> WordFile:
    prose = "# Own title\n\n## Nəticə\n\nBax: [Cədvəl 3](#scores). [Rayon](districts/x.html).\n\n"
    return word(prose + "### Üsul\n\nMətn.", TableBlock(TABLE, "scores"), figure())


# --- content -------------------------------------------------------------------------------------


def test_title_subtitle_and_mark_begin_the_text(small) -> None:
    """The title is that of the record, not the notebook's first heading."""
    assert [RECORD["title"], RECORD["subtitle"], MARK] == small.lines()[:3]
    assert "Own title" not in small.text()


def test_every_page_has_the_mark_and_the_title() -> None:
    """The header follows from the provenance; without a mark it has the title alone."""
    header = word("Mətn.").header()

    assert MARK in header and RECORD["title"] in header
    assert RECORD["title"] == word("Mətn.", mark="").header()
    assert MARK not in word("Mətn.", mark="").text()


def test_only_the_first_page_has_no_header_and_all_have_a_page_number(small) -> None:
    """The first page has the mark in its text."""
    (section,) = small.find("//w:sectPr")
    kinds = small.find("w:headerReference/@w:type", section)

    assert ["default"] == kinds
    assert {"default", "first"} == set(small.find("w:footerReference/@w:type", section))
    assert 1 == len(small.find("w:titlePg", section))
    assert b"Page" not in small.parts["word/footer1.xml"]
    assert "Səhifə" in small.parts["word/footer1.xml"].decode()
    assert re.findall(rb'w:instr="(\w+)"', small.parts["word/footer1.xml"]) == [
        b"PAGE",
        b"NUMPAGES",
    ]


def test_the_properties_have_title_author_language_and_mark(small) -> None:
    """Programs list a file by them; a title that has the mark already does not repeat it."""
    about = small.properties()

    assert f"{RECORD['title']} – {MARK}" == about["title"]
    assert ("Umid", RECORD["subtitle"], MARK) == (
        about["creator"],
        about["subject"],
        about["description"],
    )
    assert {"az-Latn-AZ"} == small.languages()
    assert "A title" == word("Mətn.", title="A title", mark="").properties()["title"]
    assert f"A {MARK}" == word("Mətn.", title=f"A {MARK}").properties()["title"]


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("az", "az-Latn-AZ"), ("ru", "ru")])
def test_the_language_has_the_region_that_word_needs(language, tag) -> None:
    """Without it Word checks the spelling of another language."""
    assert {tag} == word("Text.", language=language).languages()


def test_a_table_is_native_with_caption_head_and_row_groups(small) -> None:
    """Its first row is repeated on each page, its first column holds the row heads."""
    (native,) = small.find("//w:tbl")

    assert [
        ("Cədvəl 3. Ballar", [["Ölçü", "Bal"], ["Etimad"], ["İcmalar", "43,5"]])
    ] == small.tables()
    assert ["Cədvəl 3. Ballar"] == small.lines("TableCaption")
    assert [1, 0, 0] == [
        int(small.find("count(w:trPr/w:tblHeader)", row)) for row in small.find("w:tr", native)
    ]
    assert ["1"] == small.find("w:tblPr/w:tblLook/@w:firstColumn", native)
    assert ["right", "right"] == small.find(".//w:jc/@w:val", native)
    assert ["× gizlədilib"] == small.lines("Note")


@pytest.mark.parametrize(("rows", "kept"), [(15, 30), (16, 0)])
def test_the_rows_of_a_short_table_stay_on_one_page(rows, kept) -> None:
    """Each cell but those of the last row is kept with the next; no row is split in any table."""
    made = word(table(*[("a", "1")] * rows, heads=("A", "B")))

    assert kept == len(made.find("//w:tbl//w:keepNext"))
    assert rows + 1 == len(made.find("//w:tr/w:trPr/w:cantSplit"))


def test_columns_fill_the_page(small) -> None:
    """A4 less two margins of 22 mm is 9412 twentieths of a point wide."""
    widths = [int(width) for width in small.find("//w:gridCol/@w:w")]

    assert 9400 <= sum(widths) <= 9412
    assert widths[0] > widths[1]


def test_a_wide_table_has_landscape_pages_of_its_own() -> None:
    """The text before and after it is upright, and the columns fill the wider page."""
    wide = tuple(f"wording {number}" for number in range(24))

    made = word("Before.", table(*[wide] * 3, heads=wide), "After.")

    pages = made.find("//w:pgSz")
    assert [False, True, False] == ["landscape" in page.attrib.values() for page in pages]
    assert 14300 < sum(int(width) for width in made.find("//w:gridCol/@w:w")) < 14400
    assert [1, 0, 0] == [len(made.find("w:headerReference", s)) for s in made.find("//w:sectPr")]


def test_a_picture_has_its_alternative_text_and_caption() -> None:
    """It is the drawing for wide screens, as wide as the text; no file name is read out."""
    made = word(figure(), figure(alt="A tall one.", drawing=svg(100, 400)))
    sizes = [[int(n) for n in part.attrib.values()] for part in made.find("//wp:extent")]
    (wide, tall) = [sorted(size) for size in sizes]
    pictures = [Image.open(io.BytesIO(part)) for name, part in made.parts.items() if ".png" in name]

    assert [ALT, "A tall one."] == made.alternative_texts()
    assert ["Ballar *üzrə*"] * 2 == made.lines("ImageCaption")
    assert b"figure-1.png" not in made.parts["word/document.xml"]
    # 36,000 units a millimetre: 166 mm wide, 175 mm high
    assert 165 < wide[1] / 36_000 < 167 and 174 < tall[1] / 36_000 < 176
    assert {1306} == {picture.width for picture in pictures}  # 470 points at 200 per inch


def test_headings_begin_at_level_one_without_gaps() -> None:
    """Below the title come levels 1 and 2, even if the notebook skips levels."""
    made = word("### Bir\n\n##### İki\n\n#### Üç\n\n### Dörd")

    assert [(1, "Bir"), (2, "İki"), (2, "Üç"), (1, "Dörd")] == list(made.headings())


def test_a_long_report_has_contents_with_links() -> None:
    """They are a field, which Word can renew with page numbers."""
    made = word("\n\n".join(f"## Bölmə {n}\n\nMətn." for n in range(12)))
    links = made.find('//w:p[w:pPr/w:pStyle/@w:val="Toc1"]/w:hyperlink/@w:anchor')
    names = set(made.find("//w:bookmarkStart/@w:name"))

    assert [f"Bölmə {n}" for n in range(12)] == made.lines("Toc1")
    assert ["Mündəricat"] == made.lines("TOCHeading")
    assert 12 == len(links) and set(links) <= names
    assert ["begin", "separate", "end"] == made.find("//w:fldChar/@w:fldCharType")
    short = word("\n\n".join(f"## Bölmə {n}\n\nMətn." for n in range(11)))
    assert [] == short.lines("Toc1") + short.lines("TOCHeading")


def test_links_lead_into_the_file_or_to_the_network(small) -> None:
    """A file that is sent alone has no other pages; the words stay."""
    made = word("## A\n\n[in](#a), [out](https://example.org), [page](x.html), [bad](j:s)")
    outside = made.parts["word/_rels/document.xml.rels"].decode()

    assert ["scores"] == small.find("//w:hyperlink/@w:anchor")
    assert "Rayon." in small.text()
    assert ["a"] == made.find("//w:hyperlink/@w:anchor")
    assert ["https://example.org"] == re.findall(r'Target="([^"]+)" TargetMode="External"', outside)
    assert "in, out, page, bad" in made.text()


def test_boxes_lists_sources_and_notes_have_styles() -> None:
    """Items of a list in a box are still a list."""
    made = word(
        '::: {.finding title="T"}\nOne.\n\n1. two\n2. three\n:::\n\n'
        '::: {.technical title="How"}\nSo.\n:::\n\n::: {.limits}\nNo.\n:::\n\n'
        "Said. [Source: x]{.source}"
    )
    listed = made.find('//w:p[w:pPr/w:pStyle/@w:val="Finding" and w:pPr/w:numPr]')

    assert ["T", "One.", "two", "three"] == made.lines("Finding")
    assert ["two", "three"] == [made.text(line) for line in listed]
    assert ["How", "So."] == made.lines("Technical")
    assert ["No."] == made.lines("Limits")
    assert "Source: x" == "".join(made.find('//w:r[w:rPr/w:rStyle/@w:val="Source"]/w:t/text()'))


def test_every_style_in_use_is_defined(small) -> None:
    """Else Word shows a paragraph as plain text."""
    used = set(small.find("//w:pStyle/@w:val | //w:rStyle/@w:val | //w:tblStyle/@w:val"))
    defined = set(re.findall(r'w:styleId="([^"]*)"', small.parts["word/styles.xml"].decode()))

    assert {"Title", "Heading1", "Table", "Mark"} <= used <= defined
    assert b"Fira Sans" in small.parts["word/styles.xml"]


def test_an_annex_is_printed_in_full_and_a_new_page_begins() -> None:
    """A link to the annex finds it."""
    made = word(
        '[To it](#annex).\n\n::: {#annex .annex title="Open"}\nAll.\n:::\n\n'
        "::: {.new-page}\n:::\n\nEnd."
    )

    assert ["annex"] == made.find("//w:hyperlink/@w:anchor")
    assert "annex" in made.find("//w:bookmarkStart/@w:name")
    assert "All." in made.text() and "Open" not in made.text()
    assert ["page"] == made.find("//w:br/@w:type")


def test_words_in_another_language_are_tagged_with_it() -> None:
    """In prose and in a table."""
    cell = table(('a: <span lang="en">Text</span>', "1"), heads=("A", "B"))
    made = word("“[Текст]{lang=ru}” (x)", cell)
    tagged = [
        (made.text(run), made.find("string(w:rPr/w:lang/@w:val)", run))
        for run in made.find("//w:r")
    ]

    assert {("Текст", "ru"), ("Text", "en")} <= set(tagged)


# --- safety --------------------------------------------------------------------------------------


def test_texts_of_respondents_are_never_markup() -> None:
    """In prose, table, caption, alternative text, title and author."""
    cells = table((HOSTILE.replace("&", "&amp;").replace("<", "&lt;"), "1"), heads=("A", "B"))
    made = word(escaped(HOSTILE), cells, figure(alt=HOSTILE, caption=HOSTILE),
                title=HOSTILE, author=HOSTILE)  # fmt: skip

    assert HOSTILE == made.tables()[0][1][1][0]
    assert [HOSTILE] == made.alternative_texts()
    assert [HOSTILE] == made.lines("ImageCaption")
    assert HOSTILE == made.properties()["creator"]
    assert made.properties()["title"].startswith(HOSTILE)
    assert HOSTILE in made.header() and HOSTILE in made.lines("Title")[0]
    assert 4 == made.text().count(HOSTILE)  # title, prose, cell, caption


def test_control_characters_are_visible() -> None:
    """Some would hide or reverse a text, and XML does not allow others."""
    made = word("a\x00b \u202eleft", figure(alt="one\x01two"), author="x\x02y", title="t\x03u")

    assert "a�b �left" in made.text()
    assert ["one�two"] == made.alternative_texts()
    assert "x�y" == made.properties()["creator"]
    assert made.properties()["title"].startswith("t�u")


def test_a_link_without_target_is_an_error_that_names_the_report() -> None:
    """As in HTML and PDF, no file is written then."""
    document = Document("small", RECORD, (Text("[x](#nowhere)"),))

    for render in (to_html, lambda one: to_docx(one, author="")):
        with pytest.raises(ReportError, match=r"small: .*a link leads to no heading: #nowhere"):
            render(document)


def test_a_picture_in_the_notebooks_own_text_is_an_error() -> None:
    """It has no alternative text of a figure, and it could be any file of the machine."""
    with pytest.raises(ReportError, match="a picture must be a figure of a cell"):
        docx("![x](/etc/passwd)")


def test_equal_documents_give_equal_bytes(monkeypatch) -> None:
    """All dates in the file are the fixed one of all outputs."""
    blocks = ("## A\n\nText.", TableBlock(TABLE, "scores"), figure())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "946684800")

    assert docx(*blocks) == docx(*blocks) != docx(*blocks, figure())
    assert {(2000, 1, 1)} == word(*blocks).dates
    about = word(*blocks).properties()
    assert {"2000-01-01T00:00:00Z"} == {about["created"], about["modified"]}


def test_a_report_without_figures_needs_no_drawing() -> None:
    """The processes that make several reports could not draw after others have drawn."""
    assert "Text." in word("Text.").text()
