"""Make the reference document from which Word files take styles, page and running lines.

Its styles have the typeface and the colours of the PDF, so that an editor changes the look of all
paragraphs of a kind at once. Word shows the fallback where the typeface is not installed.
"""

import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

FONT, FALLBACK = "Fira Sans", "Calibri"
INK, QUIET, LINE, ACCENT, TINT = "1D2730", "52606B", "D5DCE2", "00558C", "EEF5FA"
MARK, ON_MARK = "FFF1CC", "5A3B00"
# Points: the letters of tables in `columns.lua`; each is a style such as "Cell 8.5".
CELL_SIZES = (9, 8.5, 8, 7.5, 7, 6.5)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-"
# A4 with the margins of the PDF, in twentieths of a point.
_PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1701" w:right="1247" w:bottom="1247" '
    'w:left="1247" w:header="567" w:footer="567" w:gutter="0"/>'
)


def reference_document(*, title: str, mark: str, page_label: str, language: str) -> bytes:
    """Return a DOCX without content: the header has mark and title, the footer the page number."""
    header = (_line("Mark", mark) if mark else "") + _line("header", title)
    references = (
        '<w:headerReference w:type="default" r:id="rId2"/>'
        '<w:footerReference w:type="default" r:id="rId3"/>'
    )
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(officeDocument="word/document.xml"),
        "word/_rels/document.xml.rels": _relationships(
            styles="styles.xml", header="header1.xml", footer="footer1.xml"
        ),
        "word/document.xml": _root(
            "document", f"<w:body><w:sectPr>{references}{_PAGE}</w:sectPr></w:body>"
        ),
        "word/styles.xml": _root("styles", _styles(language)),
        "word/fontTable.xml": _root(
            "fonts", f'<w:font w:name="{FONT}"><w:altName w:val="{FALLBACK}"/></w:font>'
        ),
        "word/header1.xml": _root("hdr", header),
        "word/footer1.xml": _root("ftr", _page_number(page_label)),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, _HEAD + content)
    return written.getvalue()


def _root(name: str, content: str) -> str:
    return f'<w:{name} xmlns:w="{_W}" xmlns:r="{_R}">{content}</w:{name}>'


def _relationships(**targets: str) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_R}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _content_types() -> str:
    kinds = {"document": "document.main", "header1": "header", "footer1": "footer"}
    kinds |= {name: name for name in ("styles", "fontTable")}
    listed = "".join(
        f'<Override PartName="/word/{name}.xml" '
        f'ContentType="{_TYPES}officedocument.wordprocessingml.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    rels = f'<Default Extension="rels" ContentType="{_TYPES}package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{rels}{listed}</Types>'


def _line(style: str, text: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{_id(style)}"/></w:pPr>{_run(text)}</w:p>'


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _page_number(label: str) -> str:
    page, pages = (
        f'<w:fldSimple w:instr="{name}">{_run("1")}</w:fldSimple>' for name in ("PAGE", "NUMPAGES")
    )
    numbers = f"{_run(f'{label} ')}{page}{_run(' / ')}{pages}"
    return f'<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{numbers}</w:p>'


# Styles ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """The look of a paragraph: letters and distances in points, lines as a multiple."""

    size: float = 10.5
    colour: str = INK
    bold: bool = False
    before: float = 0
    after: float = 7
    lines: float = 1.15
    keep: bool = False
    border: str = ""
    fill: str = ""
    indent: tuple[float, float] = (0, 0)
    align: str = "left"
    level: int | None = None
    base: str = "Normal"


def _heading(level: int, size: float, before: float, after: float) -> _Look:
    return _Look(size, bold=True, before=before, after=after, lines=1.05, keep=True, level=level)


def _rule(side: str, width: float, colour: str, space: float) -> str:
    return (
        f'<w:{side} w:val="single" w:sz="{round(8 * width)}" w:space="{space:g}" '
        f'w:color="{colour}"/>'
    )


# The names are those of Word and pandoc; "Mark" and those from "Finding" to "Cell" are our own.
_LOOKS = {
    "Normal": _Look(base=""),
    "Body Text": _Look(),
    "First Paragraph": _Look(before=6, base="Body Text"),
    "Lead In": _Look(before=4, keep=True, base="Body Text"),
    "Compact": _Look(before=1.5, after=1.5, base="Body Text"),
    "Title": _Look(24, bold=True, after=3, lines=1, keep=True),
    "Subtitle": _Look(12, QUIET, after=14, keep=True, border=_rule("bottom", 2, ACCENT, 6)),
    "heading 1": _heading(0, 15, 24, 4),
    "heading 2": _heading(1, 12, 19, 3),
    "heading 3": _heading(2, 10.5, 15, 2),
    "heading 4": _heading(3, 10, 13, 2),
    "heading 5": _heading(4, 10, 12, 2),
    "heading 6": _heading(5, 10, 12, 2),
    "TOC Heading": _Look(11, bold=True, after=4, keep=True),
    "toc 1": _Look(9.5, after=2),
    "Block Text": _Look(colour=QUIET, indent=(23, 0), base="Body Text"),
    "Finding": _Look(
        after=6, border=_rule("left", 3, ACCENT, 9), fill=TINT, indent=(11, 11), lines=1.1
    ),
    "Limits": _Look(after=6, border=_rule("left", 3, QUIET, 9), indent=(11, 11)),
    "Technical": _Look(8.5, QUIET),
    "Note": _Look(8, QUIET, before=3, after=3),
    **{
        f"Cell {size:g}": _Look(size, before=1, after=1, lines=1.05, base="Compact")
        for size in CELL_SIZES
    },
    "Table Caption": _Look(9, bold=True, before=13, after=4, keep=True),
    "Captioned Figure": _Look(before=10, after=3, lines=1, keep=True),
    "Image Caption": _Look(8.5, QUIET, after=14),
    "footnote text": _Look(8, after=2),
    "header": _Look(8, QUIET, after=0),
    "footer": _Look(8, QUIET, after=0, align="right"),
    "Mark": _Look(8, ON_MARK, bold=True, after=3, fill=MARK, align="center"),
}
_LETTERS = {
    "Default Paragraph Font": "",
    "Hyperlink": f'<w:color w:val="{ACCENT}"/><w:u w:val="single"/>',
    "footnote reference": '<w:vertAlign w:val="superscript"/>',
    "Source": f'<w:color w:val="{QUIET}"/><w:sz w:val="16"/>',
    "Verbatim Char": '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>',
}
_FONTS = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
_TABLE = (
    '<w:style w:type="table" w:styleId="Table"><w:name w:val="Table"/><w:tblPr>'
    f"<w:tblBorders>{_rule('bottom', 0.5, LINE, 0)}{_rule('insideH', 0.5, LINE, 0)}</w:tblBorders>"
    '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar>'
    '</w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
    f'{_rule("bottom", 0.8, INK, 0)}</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr>'
    "</w:tblStylePr></w:style>"
)


def _id(name: str) -> str:
    """Return the id of a style: its name without spaces, each word with a capital."""
    return "".join(word[:1].upper() + word[1:] for word in name.split())


def _styles(language: str) -> str:
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_FONTS}<w:lang w:val="{language}"/></w:rPr>'
        "</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    paragraphs = "".join(_paragraph_style(name, look) for name, look in _LOOKS.items())
    characters = "".join(
        f'<w:style w:type="character" w:styleId="{_id(name)}"><w:name w:val="{name}"/>'
        f"<w:rPr>{letters}</w:rPr></w:style>"
        for name, letters in _LETTERS.items()
    )
    return defaults + paragraphs + characters + _TABLE


def _paragraph_style(name: str, look: _Look) -> str:
    """Return a style; the schema fixes the order of its properties."""
    before, after, left, right = (
        round(20 * points) for points in (look.before, look.after, *look.indent)
    )
    paragraph = (
        ("<w:keepNext/><w:keepLines/>" if look.keep else "")
        + (f"<w:pBdr>{look.border}</w:pBdr>" if look.border else "")
        + (f'<w:shd w:val="clear" w:color="auto" w:fill="{look.fill}"/>' if look.fill else "")
        + f'<w:spacing w:before="{before}" w:after="{after}" '
        + f'w:line="{round(240 * look.lines)}" w:lineRule="auto"/>'
        + (f'<w:ind w:left="{left}" w:right="{right}"/>' if left or right else "")
        + f'<w:jc w:val="{look.align}"/>'
        + ("" if look.level is None else f'<w:outlineLvl w:val="{look.level}"/>')
    )
    size = round(2 * look.size)
    letters = (
        "<w:b/>" if look.bold else ""
    ) + f'<w:color w:val="{look.colour}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{_id(name)}"'
        + (' w:default="1">' if name == "Normal" else ">")
        + f'<w:name w:val="{name}"/>'
        + (f'<w:basedOn w:val="{_id(look.base)}"/>' if look.base else "")
        + ('<w:next w:val="BodyText"/>' if look.level is not None else "")
        + f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )
