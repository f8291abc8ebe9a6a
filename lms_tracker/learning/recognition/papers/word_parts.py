"""The parts of a DOCX beside its text: how paragraphs look, the numbers of pages, what belongs to what.

Sizes are those of Nghị định 30/2020/NĐ-CP, Phụ lục I: Times New Roman, 13 to 14 pt, tables and small print
below; ECMA-376 part 1 has the elements.
"""

from xml.sax.saxutils import escape

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = f'xmlns:w="{MAIN}" xmlns:r="{_OFFICE}/relationships"'

CONTENT_TYPES = (
    f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD_TYPE}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD_TYPE}.settings+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD_TYPE}.header+xml"/>'
    f'<Override PartName="/word/header2.xml" ContentType="{_WORD_TYPE}.header+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
RELATIONSHIPS = (
    f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/></Relationships>'
)
RELATIONSHIPS_OF_TEXT = (
    f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/settings" Target="settings.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/relationships/header" Target="header1.xml"/>'
    f'<Relationship Id="rId4" Type="{_OFFICE}/relationships/header" Target="header2.xml"/>'
    "</Relationships>"
)
NUMBERED_HEADER, EMPTY_HEADER = "rId3", "rId4"
SETTINGS = (
    f'{DECLARATION}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
    '<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="vi-VN"/></w:settings>'
)
# The number of the page, in the middle above the text.
HEADER_WITH_NUMBER = (
    f'{DECLARATION}<w:hdr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr>'
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>'
)
HEADER_WITHOUT = (
    f'{DECLARATION}<w:hdr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr></w:p></w:hdr>'
)

FONT = "Times New Roman"
# By style id: its name, half points, marks (b bold, i italic, c capitals), alignment, and spacing and indents
# in twentieths of a point: before, after, first line.
_STYLES = (
    ("Body", "Nội dung", 28, "", "both", 0, 120, 720),
    ("Ground", "Căn cứ", 28, "i", "both", 0, 120, 720),
    ("Kind", "Tên loại văn bản", 28, "bc", "center", 240, 0, 0),
    ("Subject", "Trích yếu", 28, "b", "center", 0, 0, 0),
    ("PartHeading", "Đề mục", 28, "b", "left", 120, 120, 720),
    ("Centered", "Giữa dòng", 28, "", "center", 0, 120, 0),
    ("Authority", "Thẩm quyền ban hành", 28, "bc", "center", 120, 120, 0),
    ("Reference", "Kèm theo", 28, "i", "center", 0, 60, 0),
    ("FormLine", "Dòng của phiếu", 28, "", "left", 0, 80, 0),
    ("SmallNote", "Ghi chú", 22, "i", "both", 60, 60, 0),
    ("Above", "Cơ quan chủ quản", 24, "c", "center", 0, 0, 0),
    ("IssuingBody", "Cơ quan ban hành", 24, "bc", "center", 0, 0, 0),
    ("Nation", "Quốc hiệu", 24, "bc", "center", 0, 0, 0),
    ("Motto", "Tiêu ngữ", 26, "b", "center", 0, 0, 0),
    ("Number", "Số ký hiệu", 26, "", "center", 60, 0, 0),
    ("Dated", "Địa danh ngày tháng", 26, "i", "center", 60, 0, 0),
    ("Line", "Đường kẻ", 4, "", "center", 20, 60, 0),
    ("Cell", "Ô bảng", 24, "", "left", 20, 20, 0),
    ("CellMiddle", "Ô bảng giữa", 24, "", "center", 20, 20, 0),
    ("CellRight", "Ô bảng phải", 24, "", "right", 20, 20, 0),
    ("CellHead", "Đầu bảng", 22, "b", "center", 20, 20, 0),
    ("CellGroup", "Nhóm trong bảng", 24, "b", "left", 40, 40, 0),
    ("ReceiversHead", "Nơi nhận", 24, "bi", "left", 0, 0, 0),
    ("Receivers", "Danh sách nơi nhận", 22, "", "left", 0, 0, 0),
    ("Signs", "Chức vụ người ký", 28, "bc", "center", 0, 0, 0),
    ("SignHint", "Ký ghi rõ họ tên", 26, "i", "center", 0, 0, 0),
    ("SignedBy", "Họ tên người ký", 28, "b", "center", 0, 0, 0),
    ("PageNumber", "Số trang", 26, "", "center", 0, 0, 0),
    ("CertNation", "Quốc hiệu giấy chứng nhận", 28, "bc", "center", 0, 0, 0),
    ("CertMotto", "Tiêu ngữ giấy chứng nhận", 30, "b", "center", 0, 0, 0),
    ("CertBody", "Cơ quan cấp giấy chứng nhận", 28, "bc", "center", 320, 0, 0),
    ("CertTitle", "Tên giấy chứng nhận", 64, "bc", "center", 400, 200, 0),
    ("CertName", "Người được chứng nhận", 52, "b", "center", 160, 240, 0),
    ("CertLongName", "Tên dài được chứng nhận", 30, "b", "center", 60, 60, 0),
    ("CertText", "Nội dung giấy chứng nhận", 30, "", "center", 0, 160, 0),
)


def styles() -> str:
    fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
    return "".join(
        (
            f"{DECLARATION}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{fonts}",
            '<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/>',
            "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>",
            '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>',
            "<w:qFormat/></w:style>",
            '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>',
            '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0"',
            ' w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>',
            '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr>',
            "</w:style>",
            *(_style(*one) for one in _STYLES),
            "</w:styles>",
        )
    )


def _style(
    code: str, name: str, size: int, marks: str, align: str, before: int, after: int, first: int
) -> str:
    looks = "".join(
        (
            "<w:b/><w:bCs/>" if "b" in marks else "",
            "<w:i/><w:iCs/>" if "i" in marks else "",
            "<w:caps/>" if "c" in marks else "",
            f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>',
        )
    )
    # A heading stays with what it is of.
    kept = "<w:keepNext/>" if code in ("PartHeading", "Authority") else ""
    indent = f'<w:ind w:firstLine="{first}"/>' if first else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{code}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{kept}'
        f'<w:spacing w:before="{before}" w:after="{after}"/>{indent}'
        f'<w:jc w:val="{align}"/></w:pPr><w:rPr>{looks}</w:rPr></w:style>'
    )


def properties(title: str) -> str:
    """The title of a file, in Vietnamese; no time and nobody's name, so that it says nothing by itself."""
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:language>vi-VN</dc:language></cp:coreProperties>"
    )
