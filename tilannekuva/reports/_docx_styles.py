"""Styles, lists and settings of our Word documents, and a new document with them.

The styles are real ones, so that a group can go on writing: change Heading 1 and every chapter
follows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.parser import parse_xml
from docx.shared import Cm

from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports._ooxml import LANGUAGE, plain, repack

__all__ = ["TEXT_WIDTH", "finish", "new"]

MARGIN = 1.5
TEXT_WIDTH = 21.0 - 2 * MARGIN
"""Width of the text on A4, in centimetres."""
_INDENT = 1500
"""Running text is so many twentieths of a point narrower than tables: about 85 letters a line."""
_LONGEST = 255
"""Characters that a core property may have."""

_OF_THE_TEMPLATE = ("/thumbnail", "/stylesWithEffects", "/customXml")
"""What the library's own template has and our documents do not."""

_INK, _ACCENT, _GREY, _LINE, _SHADE = "111827", "0B4F8A", "374151", "9CA3AF", "F3F4F6"
_FONT = "Arial"

_Style = tuple[str, str, str, str, str]
# Id, name, parent, paragraph properties, run properties.
_PARAGRAPHS: tuple[_Style, ...] = (
    ("Title", "Title", "Normal",
     '<w:keepNext/><w:spacing w:before="240" w:after="240" w:line="240" w:lineRule="auto"/>',
     f'<w:b/><w:color w:val="{_ACCENT}"/><w:sz w:val="72"/>'),
    ("Subtitle", "Subtitle", "Normal", '<w:spacing w:after="240"/>',
     f'<w:color w:val="{_GREY}"/><w:sz w:val="26"/>'),
    ("Heading1", "heading 1", "Normal",
     '<w:keepNext/><w:keepLines/><w:spacing w:before="360" w:after="160" w:line="240" '
     'w:lineRule="auto"/><w:outlineLvl w:val="0"/>',
     f'<w:b/><w:color w:val="{_ACCENT}"/><w:sz w:val="40"/>'),
    ("Heading2", "heading 2", "Normal",
     '<w:keepNext/><w:keepLines/><w:spacing w:before="320" w:after="120" w:line="240" '
     'w:lineRule="auto"/><w:outlineLvl w:val="1"/>',
     f'<w:b/><w:color w:val="{_ACCENT}"/><w:sz w:val="30"/>'),
    ("Heading3", "heading 3", "Normal",
     '<w:keepNext/><w:keepLines/><w:spacing w:before="280" w:after="80" w:line="240" '
     'w:lineRule="auto"/><w:outlineLvl w:val="2"/>',
     f'<w:b/><w:color w:val="{_INK}"/><w:sz w:val="24"/>'),
    ("Eyebrow", "Eyebrow", "Normal", '<w:keepNext/><w:spacing w:after="0"/>',
     f'<w:b/><w:color w:val="{_GREY}"/><w:sz w:val="19"/>'),
    ("Question", "Question", "Normal", '<w:spacing w:after="160"/>',
     f'<w:i/><w:color w:val="{_GREY}"/><w:sz w:val="23"/>'),
    ("Figure", "Figure", "Normal",
     '<w:keepNext/><w:spacing w:before="80" w:after="40" w:line="240" w:lineRule="auto"/>'
     '<w:ind w:right="0"/>', ""),
    ("Caption", "caption", "Normal",
     '<w:keepLines/><w:spacing w:before="80" w:after="60" w:line="240" w:lineRule="auto"/>',
     f'<w:color w:val="{_GREY}"/><w:sz w:val="19"/>'),
    ("SourceLine", "Source line", "Caption", '<w:spacing w:before="0" w:after="200"/>',
     '<w:sz w:val="17"/>'),
    ("Note", "Note", "Normal", '<w:spacing w:before="60" w:after="160"/>',
     f'<w:color w:val="{_GREY}"/><w:sz w:val="18"/>'),
    ("TableText", "Table text", "Normal",
     '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/><w:ind w:right="0"/>',
     '<w:sz w:val="16"/>'),
    ("TableHead", "Table head", "TableText", "<w:keepNext/>", '<w:b/><w:sz w:val="16"/>'),
    ("ListBullet", "List Bullet", "Normal",
     '<w:numPr><w:numId w:val="1"/></w:numPr><w:spacing w:after="60"/>'
     '<w:ind w:left="397" w:hanging="397"/>', ""),
    ("ListNote", "List Note", "ListBullet", '<w:spacing w:after="40"/><w:ind w:right="0"/>',
     '<w:sz w:val="18"/>'),
    ("Differs", "Differs", "Normal",
     '<w:pBdr><w:left w:val="single" w:sz="18" w:space="6" w:color="B45309"/></w:pBdr>'
     '<w:spacing w:after="80"/><w:ind w:left="567"/>', ""),
    ("TOCHeading", "TOC Heading", "Normal", '<w:keepNext/><w:spacing w:before="360" w:after="80"/>',
     f'<w:b/><w:color w:val="{_ACCENT}"/><w:sz w:val="28"/>'),
    ("TOC1", "toc 1", "Normal",
     f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{round(TEXT_WIDTH * xml.TWIPS)}"/>'
     '</w:tabs><w:spacing w:before="60" w:after="0" w:line="240" w:lineRule="auto"/>'
     '<w:ind w:right="0"/>', '<w:b/><w:sz w:val="20"/>'),
    ("TOC2", "toc 2", "Normal",
     f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{round(TEXT_WIDTH * xml.TWIPS)}"/>'
     '</w:tabs><w:spacing w:after="0" w:line="240" w:lineRule="auto"/>'
     '<w:ind w:left="284" w:right="0"/>', '<w:sz w:val="19"/>'),
    ("Header", "header", "Normal", '<w:spacing w:after="0"/><w:ind w:right="0"/>',
     f'<w:color w:val="{_GREY}"/><w:sz w:val="17"/>'),
    ("Footer", "footer", "Normal", '<w:spacing w:after="0"/><w:ind w:right="0"/>',
     f'<w:color w:val="{_GREY}"/><w:sz w:val="17"/>'),
)  # fmt: skip
_CHARACTERS = (
    ("Strong", "Strong", "<w:b/>"),
    ("Emphasis", "Emphasis", "<w:i/>"),
    ("Muted", "Muted", f'<w:color w:val="{_GREY}"/>'),
    ("Code", "Code", '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
     "<w:noProof/>"),
    ("Hyperlink", "Hyperlink", f'<w:color w:val="{_ACCENT}"/><w:u w:val="single"/>'),
)  # fmt: skip


_COMPACT = {
    "Title": ('<w:keepNext/><w:spacing w:before="0" w:after="60"/>', '"72"', '"40"'),
    "Question": ('<w:spacing w:after="60"/>', "", ""),
    "Heading1": ('<w:keepNext/><w:keepLines/><w:spacing w:before="200" w:after="60" w:line="240" '
                 'w:lineRule="auto"/><w:outlineLvl w:val="0"/>', '"40"', '"27"'),
    "Heading2": ('<w:keepNext/><w:keepLines/><w:spacing w:before="140" w:after="40" w:line="240" '
                 'w:lineRule="auto"/><w:outlineLvl w:val="1"/>', '"30"', '"22"'),
    "Caption": ('<w:keepLines/><w:spacing w:before="20" w:after="60" w:line="240" '
                'w:lineRule="auto"/>', '"19"', '"16"'),
    "Note": ('<w:spacing w:before="0" w:after="60"/>', "", ""),
    "ListBullet": ('<w:numPr><w:numId w:val="1"/></w:numPr><w:spacing w:after="20"/>'
                   '<w:ind w:left="397" w:hanging="397"/>', "", ""),
}  # fmt: skip
"""Paragraphs and sizes of a brief, where two pages must be enough."""


def _paragraphs(compact: bool) -> Iterator[_Style]:
    for name, said, parent, properties, letters in _PARAGRAPHS:
        if compact and name in _COMPACT:
            tight, old, new = _COMPACT[name]
            yield name, said, parent, tight, letters.replace(old, new) if old else letters
        else:
            yield name, said, parent, properties, letters


def _style_sheet(lang: str, compact: bool) -> bytes:
    spacing = 'w:after="60" w:line="252"' if compact else 'w:after="120" w:line="276"'
    size = 20 if compact else 21
    body = "" if compact else f'<w:pPr><w:ind w:right="{_INDENT}"/></w:pPr>'
    made = [
        f"<w:styles {xml.NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="{_FONT}" w:hAnsi="{_FONT}" w:eastAsia="{_FONT}" w:cs="{_FONT}"/>'
        f'<w:color w:val="{_INK}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        f'<w:lang w:val="{LANGUAGE[lang]}" w:eastAsia="{LANGUAGE[lang]}" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
        f'<w:spacing {spacing} w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f"<w:qFormat/>{body}</w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
    ]
    for name, said, parent, properties, letters in _paragraphs(compact):
        after = '<w:next w:val="Normal"/>' if not name.startswith(("Table", "List", "TOC")) else ""
        made.append(
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{said}"/>'
            f'<w:basedOn w:val="{parent}"/>{after}<w:qFormat/><w:pPr>{properties}</w:pPr>'
            f"<w:rPr>{letters}</w:rPr></w:style>"
        )
    for name, said, letters in _CHARACTERS:
        made.append(
            f'<w:style w:type="character" w:styleId="{name}"><w:name w:val="{said}"/>'
            f'<w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/><w:rPr>{letters}</w:rPr>'
            "</w:style>"
        )
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"'
    strong = f'w:val="single" w:sz="12" w:space="0" w:color="{_GREY}"'
    made.append(
        '<w:style w:type="table" w:customStyle="1" w:styleId="TilannekuvaTable">'
        '<w:name w:val="Tilannekuva Table"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders><w:top {strong}/><w:bottom {line}/><w:insideH {line}/>"
        '</w:tblBorders><w:tblCellMar><w:top w:w="28" w:type="dxa"/>'
        '<w:left w:w="57" w:type="dxa"/><w:bottom w:w="28" w:type="dxa"/>'
        '<w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
        f'<w:bottom {strong}/></w:tcBorders><w:shd w:val="clear" w:color="auto" '
        f'w:fill="{_SHADE}"/><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
        "</w:styles>"
    )
    return _part("".join(made))


def _lists() -> bytes:
    return _part(
        f'<w:numbering {xml.NAMESPACES}><w:abstractNum w:abstractNumId="0">'
        '<w:multiLevelType w:val="hybridMultilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="397" w:hanging="397"/></w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="{_FONT}" w:hAnsi="{_FONT}"/></w:rPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def _settings(lang: str) -> bytes:
    return _part(
        f'<w:settings {xml.NAMESPACES}><w:zoom w:percent="100"/>'
        '<w:defaultTabStop w:val="1304"/><w:updateFields w:val="true"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'<w:themeFontLang w:val="{LANGUAGE[lang]}"/><w:decimalSymbol '
        f'w:val="{"." if lang == "en" else ","}"/><w:listSeparator '
        f'w:val="{"," if lang == "en" else ";"}"/></w:settings>'
    )


def _part(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()


_APPLICATION = _part(
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>tilannekuva</Application></Properties>"
)


def new(lang: str, *, title: str, subject: str, running: str) -> Document:
    """An empty document on A4 with running head, page numbers and core properties.

    Args:
        lang: Language of the document.
        title: Title of the document.
        subject: What it is, in a sentence.
        running: Text of the running head of every page but the first.
    """
    document = docx.Document()
    package = document.part.package
    assert package is not None  # it has just been opened
    for rels in (package.rels, document.part.rels):
        for name in [n for n, r in rels.items() if r.reltype.endswith(_OF_THE_TEMPLATE)]:
            del rels[name]
    core = document.core_properties
    core.title, core.subject = plain(title)[:_LONGEST], plain(subject)[:_LONGEST]
    core.author = core.last_modified_by = "tilannekuva"
    core.language, core.comments, core.keywords, core.revision = LANGUAGE[lang], "", "", 1
    (section,) = document.sections
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(MARGIN)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    section.header_distance = section.footer_distance = Cm(1.0)
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    head.add_run(plain(running))
    for footer in (section.footer, section.first_page_footer):
        foot = footer.paragraphs[0]
        foot.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        line = xml.run("\t") + xml.field("PAGE", "1") + xml.run(" / ") + xml.field("NUMPAGES", "1")
        for r in parse_xml(f"<w:p {xml.NAMESPACES}>{line}</w:p>"):
            foot._p.append(r)
    # An empty first page head: without it LibreOffice takes the running one.
    section.first_page_header.paragraphs[0].text = ""
    return document


def finish(document: Document, body: str, lang: str, as_of: str, *, compact: bool = False) -> bytes:
    """The document with its body, as a file that depends on nothing but what is in it.

    Args:
        document: What :func:`new` gave, with the parts that the body names.
        body: Its paragraphs and tables.
        lang: Language of the document.
        as_of: ISO date that stands for when it was made.
        compact: Tighter styles, for a brief.
    """
    place = document.element.body
    for piece in reversed(list(parse_xml(f"<w:body {xml.NAMESPACES}>{body}</w:body>"))):
        place.insert(0, piece)
    file = io.BytesIO()
    document.save(file)
    ours = {
        "word/styles.xml": _style_sheet(lang, compact),
        "word/numbering.xml": _lists(),
        "word/settings.xml": _settings(lang),
        "docProps/app.xml": _APPLICATION,
    }
    return repack(file.getvalue(), as_of, lambda name, part: ours.get(name, part))
