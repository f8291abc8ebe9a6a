"""What people read about a refusal: for each rule a sentence of what was expected, and what came instead.

Programs get the English of `xapi.faults.Fault`, which the pages keep beside these words for developers.
"""

import re

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.web.languages import number
from xapi.strict_json import DEEPEST

# The text of the request.
TEXT = {
    "json": _l("Nội dung gửi phải là JSON đúng cú pháp."),
    "json-surrogate": _l("Chuỗi ký tự phải là Unicode trọn vẹn, không có nửa cặp thay thế (surrogate)."),
    "encoding-utf8": _l("Nội dung gửi phải được mã hóa bằng UTF-8."),
    "input-unfinished": _l("Tệp phải trọn vẹn: mảng trong tệp chưa kết thúc, có thể tệp đã bị cắt."),
    "encoding-bom": _l("Nội dung gửi phải bắt đầu ngay bằng JSON, không có dấu BOM ở trước."),
    "nesting-depth": _l("Đối tượng và mảng chỉ được lồng nhau nhiều nhất %(levels)s cấp.", levels=DEEPEST),
    "property-twice": _l("Trong một đối tượng, mỗi thuộc tính chỉ được ghi một lần."),
    "array-not-allowed": _l("Lệnh PUT chỉ nhận một bản ghi, không nhận mảng."),
    "too-many-statements": _l(
        "Một lượt gửi không được có nhiều bản ghi hơn mức tối đa; hãy chia thành nhiều lượt."
    ),
    "body-too-large": _l("Một lượt gửi không được lớn hơn mức tối đa; hãy chia thành nhiều lượt."),
    "quota": _l("Mã truy cập này đã gửi đủ số bản ghi mới của một ngày; từ ngày mai mới gửi tiếp được."),
    "quota-smaller-than-batch": _l(
        "Một lượt gửi không được có nhiều bản ghi mới hơn số mã truy cập này được gửi trong một ngày; "
        "hãy chia thành nhiều lượt."
    ),
    "statement-too-large": _l("Một bản ghi không được lớn hơn mức tối đa."),
    "content-encoding": _l("Nội dung gửi chỉ được nén bằng gzip, hoặc không nén."),
    "content-gzip": _l("Nội dung gửi phải là gzip trọn vẹn, đúng như header Content-Encoding ghi."),
    "alternate-syntax": _l(
        "Yêu cầu theo cú pháp thay thế phải đúng như chuẩn xAPI 1.0.3 viết; xAPI 2.0 không còn cú pháp này."
    ),
    "content-type": _l(
        "Header Content-Type phải là application/json, hoặc multipart/mixed khi gửi bản ghi kèm dữ "
        "liệu của tệp đính kèm."
    ),
}
# Types, properties and values in general.
VALUES = {
    "type-object": _l("Giá trị phải là một đối tượng JSON, viết trong dấu { }."),
    "type-array": _l("Giá trị phải là một mảng JSON, viết trong dấu [ ]."),
    "type-string": _l("Giá trị phải là chuỗi ký tự, viết trong dấu ngoặc kép."),
    "type-boolean": _l("Giá trị phải là true hoặc false, không viết trong dấu ngoặc kép."),
    "type-number": _l("Giá trị phải là số, không viết trong dấu ngoặc kép."),
    "type-integer": _l("Giá trị phải là số nguyên từ 0 trở lên."),
    "null-value": _l(
        "Giá trị null chỉ được dùng bên trong extensions; nếu không có gì thì bỏ thuộc tính này."
    ),
    "required": _l("Thuộc tính này bắt buộc phải có."),
    "property-case": _l("Tên thuộc tính phải đúng chữ hoa, chữ thường như chuẩn xAPI viết."),
    "property-unknown": _l(
        "Chuẩn xAPI không có thuộc tính này ở đây; dữ liệu riêng phải đặt trong extensions."
    ),
    "array-empty": _l("Mảng phải có ít nhất một phần tử."),
    "enumeration": _l("Giá trị phải là một trong các từ mà chuẩn xAPI cho phép, đúng chữ hoa, chữ thường."),
    "number-range": _l("Số phải nằm trong khoảng cho phép; score.scaled là từ -1 đến 1."),
}
# Values of a certain form.
FORMS = {
    "iri-absolute": _l("Giá trị phải là IRI đầy đủ, có lược đồ ở đầu, ví dụ https://example.org/bai-1."),
    "iri-characters": _l("IRI không được chứa dấu cách hay ký tự đặc biệt chưa được mã hóa."),
    "iri-form": _l("Giá trị phải là IRI đúng như RFC 3987 quy định."),
    "uuid": _l("Mã phải là UUID, ví dụ 12345678-1234-5678-1234-567812345678."),
    "language-tag": _l("Mã ngôn ngữ phải theo RFC 5646, ví dụ vi hoặc en-US."),
    "timestamp": _l("Thời điểm phải có ngày, giờ và múi giờ, ví dụ 2026-11-22T21:00:00+07:00."),
    "duration": _l("Thời lượng phải viết theo ISO 8601, ví dụ PT1H30M hoặc PT59.14S."),
    "media-type": _l("Loại dữ liệu của tệp đính kèm phải viết như text/plain."),
    "sha2": _l("Giá trị phải là mã băm SHA-2 gồm 64 chữ số thập lục phân (hoặc 56, 96, 128)."),
    "version": _l("Phiên bản xAPI phải là 1.0.x hoặc 2.0.x; lượt gửi theo 1.0 chỉ chứa bản ghi theo 1.0."),
}
# Who learned, and what a statement says.
STATEMENTS = {
    "mbox": _l("Địa chỉ thư điện tử phải viết như mailto:ten@example.org."),
    "mbox-sha1sum": _l("Giá trị phải là mã băm SHA-1 gồm 40 chữ số thập lục phân."),
    "ifi-exactly-one": _l(
        "Mỗi người (Agent) phải có đúng một định danh, nhóm (Group) nhiều nhất một:"
        " mbox, mbox_sha1sum, openid hoặc account."
    ),
    "authority-group": _l(
        "Nhóm làm authority phải có đúng hai thành viên, một trong hai có account,"
        " và nhóm không có định danh riêng."
    ),
    "voiding-object": _l("Bản ghi rút lại (voided) phải có object là StatementRef."),
    "context-of-activity": _l("Thuộc tính này chỉ được dùng khi object của bản ghi là Activity."),
    "component-id-distinct": _l("Trong một danh sách, mỗi mã (id) chỉ được dùng một lần."),
    "score-min-max": _l("Trong score, min phải nhỏ hơn max."),
    "score-raw": _l("Trong score, raw phải từ min đến max."),
    "attachment-data": _l(
        "Tệp đính kèm phải có dữ liệu gửi cùng (multipart/mixed) hoặc có địa chỉ (fileUrl)."
    ),
    "id-twice": _l("Mỗi bản ghi trong một lượt gửi phải có mã (id) riêng."),
    "id-conflict": _l("Mã (id) này đã có ở một bản ghi khác nội dung; bản ghi mới phải có mã mới."),
    "id-differs": _l("Mã (id) của bản ghi phải giống tham số statementId, hoặc để trống."),
    "scope": _l("Mã truy cập phải có quyền (scope) cho việc này; đơn vị có thể đề nghị người quản trị cấp."),
    "voiding-not-permitted": _l("Chỉ đơn vị đã gửi bản ghi mới được rút lại bản ghi đó."),
}
# What stands in the address.
PARAMETERS = {
    "parameter-unknown": _l("Địa chỉ này không có tham số như vậy."),
    "parameter-wrong": _l("Giá trị của tham số này không đúng dạng."),
    "parameter-case": _l("Tên tham số phải đúng chữ hoa, chữ thường như chuẩn xAPI viết."),
    "parameter-twice": _l("Mỗi tham số chỉ được ghi một lần."),
    "parameter-combination": _l("Tham số này không dùng được cùng với tham số kia."),
    "parameter-needed": _l("Địa chỉ phải có tham số này đúng một lần, không kèm tham số khác."),
    "parameter-required": _l("Địa chỉ phải có tham số này."),
    "cursor": _l("Phải dùng nguyên địa chỉ đã nhận trong more."),
}
# State and profile documents.
DOCUMENTS = {
    "document-id": _l(
        "Mã tài liệu (stateId, profileId) phải là ký tự Unicode trọn vẹn, không có NUL và không quá dài."
    ),
    "document-type": _l("Header Content-Type của tài liệu phải ngắn và chỉ gồm ký tự Latin-1 in được."),
    "document-merge": _l("Chỉ gộp được hai tài liệu khi cả hai đều là đối tượng JSON (application/json)."),
    "document-too-large": _l("Một tài liệu không được lớn hơn mức tối đa."),
    "entity-tags": _l("Header này phải là dấu * hoặc các ETag đúng như đã nhận."),
    "precondition": _l("Tài liệu phải còn đúng như lúc đọc; hãy đọc lại rồi gửi với ETag mới."),
    "precondition-needed": _l(
        "Phải có header If-Match với ETag của tài liệu đang có, hoặc If-None-Match: * khi chưa có tài liệu."
    ),
}
# Parts of multipart/mixed, and signed statements.
ATTACHED = {
    "multipart-boundary": _l(
        "Header Content-Type phải là multipart/mixed và có boundary gồm 1 đến 70 ký tự ASCII."
    ),
    "multipart-form": _l(
        "Nội dung multipart/mixed phải đúng dạng RFC 2046: dòng boundary trước mỗi phần và ở cuối, "
        "dòng kết thúc bằng CRLF."
    ),
    "part-statements": _l(
        "Phần đầu tiên phải chứa các bản ghi và có header Content-Type là application/json."
    ),
    "part-hash": _l(
        "Mỗi phần sau phần đầu phải có header X-Experience-API-Hash, là sha2 của một tệp đính kèm "
        "trong các bản ghi."
    ),
    "part-encoding": _l(
        "Dữ liệu của tệp đính kèm phải được gửi nguyên dạng: Content-Transfer-Encoding là binary."
    ),
    "part-content-type": _l(
        "Header Content-Type của phần này phải giống contentType của tệp đính kèm trong bản ghi."
    ),
    "part-length": _l(
        "Header Content-Length của phần này phải đúng bằng độ dài dữ liệu và length của tệp đính kèm."
    ),
    "part-data": _l(
        "Dữ liệu nhận được phải có đúng mã băm đã nêu; có thể tệp đã bị thay đổi hoặc bị cắt trên "
        "đường truyền."
    ),
    "attachment-too-large": _l("Một tệp đính kèm không được lớn hơn mức tối đa."),
    "signature-content-type": _l("Chữ ký số của bản ghi phải có contentType là application/octet-stream."),
    "signature-data": _l("Dữ liệu của chữ ký số phải được gửi cùng bản ghi, theo multipart/mixed."),
    "signature-form": _l("Chữ ký số phải là JWS dạng rút gọn: ba phần base64url nối bằng dấu chấm."),
    "signature-algorithm": _l("Chữ ký số phải dùng thuật toán RS256, RS384 hoặc RS512."),
    "signature-payload": _l("Nội dung được ký phải là một bản ghi hợp lệ, giống bản ghi đã gửi."),
    "signature-wrong": _l("Chữ ký số phải được tạo bằng khóa của chứng thư đầu tiên trong x5c."),
    "signature-certificate": _l(
        "Các chứng thư trong x5c phải đọc được, còn hiệu lực lúc ký, mỗi chứng thư được chứng thư kế "
        "tiếp ký và được nơi này tin cậy."
    ),
}
RULES = {**TEXT, **VALUES, **FORMS, **STATEMENTS, **PARAMETERS, **DOCUMENTS, **ATTACHED}

# Excerpts that are not what came but words about it.
_NOTHING = _l("không có gì")
CAME = {
    ("required", "nothing"): _NOTHING,
    ("parameter-required", "nothing"): _NOTHING,
    ("precondition-needed", "nothing"): _NOTHING,
    ("version", "nothing"): _NOTHING,
    ("ifi-exactly-one", "none"): _NOTHING,
    ("content-type", "no Content-Type"): _NOTHING,
    ("json", "an empty body"): _l("nội dung trống"),
    ("array-not-allowed", "an array"): _l("một mảng"),
    ("body-too-large", "more"): _l("nhiều hơn"),
    ("content-gzip", "something else"): _l("nội dung khác"),
    ("content-gzip", "a part of it"): _l("một phần"),
    ("content-gzip", "much that unpacks to next to nothing"): _l("nhiều dữ liệu nén mà hầu như không có gì"),
    ("alternate-syntax", "nothing"): _NOTHING,
    ("alternate-syntax", "more"): _l("nhiều hơn"),
    ("alternate-syntax", "twice"): _l("hai lần"),
    ("alternate-syntax", "other characters"): _l("ký tự khác"),
    ("attachment-too-large", "more"): _l("nhiều hơn"),
    ("part-hash", "nothing"): _NOTHING,
    ("part-statements", "nothing"): _NOTHING,
    ("signature-data", "nothing"): _NOTHING,
    ("multipart-form", "the end of the body"): _l("hết nội dung"),
    ("multipart-form", "no part"): _l("không có phần nào"),
    ("document-too-large", "more"): _l("nhiều hơn"),
    ("precondition", "no document"): _l("không có tài liệu"),
    ("parameter-combination", "both"): _l("cả hai"),
}
HUGE = "an integer of more than 80 digits"
CAME_COUNTED = {
    "too-many-statements": (re.compile(r"more than (?P<count>\d+)"), _l("hơn %(count)s bản ghi")),
    "quota": (re.compile(r"(?P<count>\d+) more"), _l("thêm %(count)s bản ghi")),
    "quota-smaller-than-batch": (re.compile(r"(?P<count>\d+) more"), _l("thêm %(count)s bản ghi")),
    "body-too-large": (re.compile(r"(?P<count>\d+) bytes"), _l("%(count)s byte")),
    "parameter-needed": (re.compile(r"(?P<name>\w+) (?P<count>\d+) times"), _l("%(name)s %(count)s lần")),
}


def expected(rule: str) -> str:
    """What a rule asks for, in the page's language; empty for a rule of another version of this service."""
    return str(RULES.get(rule, ""))


def came(excerpt: str, rule: str) -> str:
    """What came: JSON as it was, words about it in the page's language."""
    if excerpt == HUGE:
        return str(_("số nguyên có hơn 80 chữ số"))
    if (rule, excerpt) in CAME:
        return str(CAME[rule, excerpt])
    pattern, words = CAME_COUNTED.get(rule, (None, ""))
    found = pattern.fullmatch(excerpt) if pattern else None
    if found is None:
        return excerpt
    return str(words) % {**found.groupdict(), "count": number(int(found["count"]))}


def set_up(app: Flask) -> None:
    app.add_template_filter(expected, "expected")
    app.add_template_filter(came, "came")
