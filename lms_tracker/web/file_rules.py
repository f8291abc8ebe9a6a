"""What people read about a line of a file that is wrong: for each rule a sentence of what was expected.

The English of `learning`, with the details, stands beside it on the page.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from lms_tracker.web import refusals

# The file as a whole, and its columns.
FILES = {
    "file-size": _l("Tệp lớn hơn mức cho phép; hãy chia thành nhiều tệp."),
    "file-lines": _l("Tệp có nhiều dòng hơn mức cho phép; hãy chia thành nhiều tệp."),
    "file-empty": _l("Tệp phải có dòng tên cột và ít nhất một dòng dữ liệu."),
    "file-encoding": _l("Tệp CSV phải được lưu với mã hóa UTF-8; nếu không rõ, hãy gửi tệp XLSX."),
    "file-csv": _l("Tệp CSV phải có đủ từng cặp dấu ngoặc kép."),
    "file-xlsx": _l("Tệp XLSX bị hỏng hoặc có mật khẩu nên không đọc được."),
    "file-formulas": _l(
        "Có công thức chưa được tính; hãy mở tệp bằng bảng tính rồi lưu lại, hoặc dán thành giá trị."
    ),
    "column-known": _l("Tên cột này không có trong danh sách các cột."),
    "column-once": _l("Mỗi tên cột chỉ được dùng một lần."),
    "column-missing": _l("Tệp thiếu cột bắt buộc này."),
    "cell-beyond-header": _l("Có dữ liệu nằm ngoài các cột đã có tên."),
}
# A cell by itself.
CELLS = {
    "required": _l("Cột này phải có giá trị ở mọi dòng."),
    "length": _l("Nội dung dài hơn mức cho phép."),
    "characters": _l("Nội dung phải nằm trên một dòng, không có ký tự điều khiển."),
    "type-text": _l("Ô này phải là chữ hoặc số; hãy định dạng ô là văn bản."),
    "formula-error": _l("Công thức trong ô bị lỗi."),
    "iri-absolute": _l("Giá trị phải là địa chỉ đầy đủ, ví dụ https://example.org/khoa-1."),
    "email": _l("Phải là một địa chỉ thư điện tử, ví dụ lan@example.vn."),
    "account-digits": _l("Mã tài khoản dài hơn 15 chữ số phải nằm trong ô định dạng văn bản."),
    "date": _l("Ngày phải viết như 2026-10-01 hoặc 01/10/2026."),
    "moment": _l("Thời điểm phải viết như 2026-10-01, 01/10/2026 hoặc 01/10/2026 16:30."),
    "date-future": _l("Thời điểm hoàn thành không được nằm trong tương lai."),
    "hours-positive": _l("Số giờ phải là số dương, ví dụ 20 hoặc 2,5."),
    "hour-minutes": _l("Độ dài một tiết phải là số phút nguyên từ 1 đến 60."),
    "minutes": _l("Số phút phải là số dương, ví dụ 90."),
    "duration-form": _l("Thời lượng phải viết như 1:30 (giờ:phút) hoặc PT1H30M."),
    "duration-range": _l("Thời lượng phải lớn hơn 0, không quá 1.000 giờ và tròn giây."),
    "hours-whole-seconds": _l("Số giờ nhân với độ dài một tiết phải tròn giây và không quá 1.000 giờ."),
    "result": _l("Kết quả phải là đạt hoặc chưa đạt (passed, failed)."),
    "score": _l("Điểm phải là số từ 0 trở lên, ví dụ 8,5."),
}
# What of a line does not go together, with itself, the catalogue or other lines.
LINES = {
    "learner-one": _l("Mỗi dòng phải có email, hoặc account cùng với home_page, không có cả hai."),
    "account-home-page": _l("Cột account và cột home_page phải đi cùng nhau."),
    "course-known": _l("Mã khóa học này không có trong danh mục khóa học của đơn vị."),
    "course-without-activity": _l("Khóa học này không có nội dung học riêng trong danh mục."),
    "activity-needed": _l("Khóa học có nhiều nội dung học; hãy ghi rõ nội dung nào ở cột activity."),
    "activity-of-course": _l("Nội dung học này không thuộc khóa học."),
    "length-once": _l("Chỉ ghi thời gian học ở một trong các cột minutes, hours, duration."),
    "hour-minutes-alone": _l("Cột hour_minutes chỉ dùng cùng với cột hours."),
    "time-needed": _l(
        "Khi có thời gian học thì phải ghi cả giờ kết thúc, ví dụ 01/10/2026 16:30;"
        " nếu không, hãy bỏ thời gian học."
    ),
    "score-needed": _l("Cột score_max chỉ dùng cùng với cột score."),
    "score-range": _l("Điểm không được lớn hơn điểm tối đa."),
    "account-once": _l("Mỗi tài khoản chỉ được ghi một dòng."),
    "birth-year": _l("Năm sinh phải có bốn chữ số, ví dụ 1960."),
    "login-or-year": _l("Mỗi dòng cần tên đăng nhập hoặc năm sinh."),
    "email-or-account": _l("Mỗi dòng cần thư điện tử, hoặc tài khoản cùng home_page."),
    "line-twice": _l("Mỗi lần hoàn thành chỉ được ghi một dòng."),
    "id-conflict": _l("Dữ liệu khác đã dùng mã của dòng này; mời liên hệ người quản trị."),
}
RULES = {**FILES, **CELLS, **LINES}


def file_rule(rule: str) -> str:
    """What a rule asks for, in the page's language; also one of statements, which lines are made into."""
    return str(RULES.get(rule, "")) or refusals.expected(rule)


def set_up(app: Flask) -> None:
    app.add_template_filter(file_rule, "file_rule")
