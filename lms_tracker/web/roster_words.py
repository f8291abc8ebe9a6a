"""What people read about rosters: columns, rules, what becomes of a line, and what contradicts it."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from lms_tracker.learning.roster_columns import Column, LeftOut
from lms_tracker.learning.roster_matching import Verdict
from lms_tracker.web import file_rules

COLUMNS = {
    Column.NAME: _l("Họ và tên"),
    Column.FAMILY_NAME: _l("Họ và tên đệm"),
    Column.GIVEN_NAME: _l("Tên"),
    Column.BIRTH: _l("Ngày sinh hoặc năm sinh"),
    Column.BIRTH_YEAR: _l("Năm sinh"),
    Column.SEX: _l("Giới tính"),
    Column.MALE: _l("Nam"),
    Column.FEMALE: _l("Nữ"),
    Column.PLACE: _l("Thôn, ấp, tổ dân phố"),
    Column.HOUSEHOLD: _l("Số hộ"),
    Column.HEAD: _l("Chủ hộ"),
    Column.RELATION: _l("Quan hệ với chủ hộ"),
    Column.CLAN: _l("Dòng họ"),
    Column.PHONE: _l("Điện thoại"),
    Column.EMAIL: _l("Thư điện tử"),
    Column.CONSENT: _l("Đồng ý lưu hồ sơ học tập"),
}
LEFT_OUT = {
    LeftOut.ETHNICITY: _l("dân tộc"),
    LeftOut.RELIGION: _l("tôn giáo"),
    LeftOut.PERSONAL_NUMBER: _l("số định danh, số giấy tờ"),
    LeftOut.NOTE: _l("lời ghi tự do có thể nói điều riêng tư"),
}
VERDICTS = {
    Verdict.NEW: _l("Người mới"),
    Verdict.KNOWN: _l("Đã có"),
    Verdict.TWICE: _l("Ghi hai lần"),
    Verdict.ASK: _l("Chờ trả lời"),
}
# What of a person a line says otherwise.
FACTS = {
    "name": _l("họ tên"),
    "birth": _l("ngày sinh"),
    "birth_year": _l("chưa rõ năm sinh"),
    "sex": _l("giới tính"),
    "place": _l("nơi ở"),
    "household": _l("hộ"),
    "relation": _l("quan hệ với chủ hộ"),
    "clan": _l("dòng họ"),
    "phone": _l("điện thoại"),
    "left": _l("đã chuyển đi"),
    "died": _l("đã mất"),
}
STATES = {
    "preview": _l("Đang xem trước"),
    "applied": _l("Đã nhập"),
    "discarded": _l("Đã bỏ"),
}
WARNINGS = {
    "dates-turned": _l(
        "Có thể bảng tính đã đổi chỗ ngày và tháng: mọi ô ngày đều có ngày không quá 12, còn các ngày lớn hơn"
        " 12 vẫn là chữ. Mời Ông/Bà kiểm tra cột ngày sinh."
    ),
}
# The file as a whole.
FILES = {
    "file-xls": _l("Tệp Excel 97-2003 (.xls) không đọc được; hãy lưu lại thành XLSX."),
    "file-encoding-mixed": _l(
        "Tệp có hai kiểu mã hóa lẫn nhau; hãy mở bằng bảng tính rồi lưu lại thành XLSX."
    ),
    "file-encoded-twice": _l("Chữ trong tệp đã hỏng vì lưu sai mã hóa; hãy lưu lại từ tệp gốc thành XLSX."),
    "file-tcvn3": _l(
        "Tệp dùng phông chữ TCVN3 (.VnTime) nên không đọc được; hãy chuyển sang Unicode rồi gửi lại."
    ),
    "file-vni": _l("Tệp dùng phông chữ VNI nên không đọc được; hãy chuyển sang Unicode rồi gửi lại."),
    "header-missing": _l(
        "Không tìm thấy dòng tên cột; trang tính đầu tiên phải có dòng ghi Họ và tên, Năm sinh"
        " và các cột khác."
    ),
    "column-twice": _l("Hai cột có cùng ý nghĩa; hãy chỉ giữ một cột."),
}
# A cell by itself, or against others.
CELLS = {
    "name-letters": _l("Họ tên chỉ gồm chữ cái; có thể ghi thêm trong ngoặc đơn ở cuối để phân biệt."),
    "birth-form": _l("Ngày sinh phải viết như 1/2/1960 (ngày trước, tháng sau), 02/1960 hoặc 1960."),
    "birth-impossible": _l("Ngày này không có trong lịch; viết ngày trước, tháng sau."),
    "birth-future": _l("Ngày sinh không được nằm trong tương lai."),
    "birth-old": _l("Năm sinh cách đây quá 130 năm."),
    "birth-century": _l("Năm sinh phải có đủ bốn chữ số."),
    "birth-contradicts": _l("Các cột ngày sinh và năm sinh của dòng này không khớp nhau."),
    "sex": _l("Giới tính phải là nam hoặc nữ."),
    "sex-once": _l("Chỉ ghi một trong hai cột nam và nữ."),
    "phone": _l("Số điện thoại phải có mười chữ số, ví dụ 0912 345 678; mỗi ô một số."),
    "consent": _l("Ô đồng ý phải là có hoặc không; để trống nếu chưa hỏi."),
    "place-unknown": _l("Không có thôn, ấp hay tổ nào tên như vậy; hãy chọn nơi đúng ở phần dưới."),
    "place-needed": _l("Dòng này không ghi thôn, ấp hay tổ."),
}
# What cannot be done.
REFUSALS = {
    "place-level": _l("Danh sách phải là của một xã, phường, đặc khu hoặc của một thôn, ấp, tổ."),
    "as-of-future": _l("Ngày lập danh sách không được nằm trong tương lai."),
    "too-many-previews": _l("Ông/Bà còn quá nhiều danh sách đang xem trước; mời nhập hoặc bỏ bớt."),
    "gone-day": _l("Mời Ông/Bà ghi ngày cuối cùng người đó còn ở, không nằm trong tương lai."),
    "settled": _l("Danh sách này đã được nhập hoặc đã bỏ từ trước."),
}
RULES = {**FILES, **CELLS, **REFUSALS}


def roster_rule(rule: str) -> str:
    return str(RULES.get(rule, "")) or file_rules.file_rule(rule)


def roster_column(name: str) -> str:
    return str(COLUMNS[Column(name)]) if name in tuple(Column) else name


def roster_fact(name: str) -> str:
    return str(FACTS.get(name, name))


def roster_state(name: str) -> str:
    return str(STATES.get(name, name))


def column_left_out(kind: str) -> str:
    return str(LEFT_OUT[LeftOut(kind)]) if kind in tuple(LeftOut) else kind


def verdict(name: str) -> str:
    return str(VERDICTS[Verdict(name)])


def warning(rule: str) -> str:
    return str(WARNINGS.get(rule, rule))


FILTERS = {
    "roster_rule": roster_rule,
    "roster_column": roster_column,
    "roster_fact": roster_fact,
    "roster_state": roster_state,
    "roster_verdict": verdict,
    "roster_warning": warning,
    "column_left_out": column_left_out,
}


def set_up(app: Flask) -> None:
    for name, filter_ in FILTERS.items():
        app.add_template_filter(filter_, name)
