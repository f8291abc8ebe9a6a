"""What people read of claims and disputes: states, steps, and for each rule that is broken what to do."""

from flask import Flask
from flask_babel import lazy_gettext as _l

# Of a field of the form of a claim.
FIELDS = {
    "choice": _l("Mời Ông/Bà chọn một mục."),
    "required": _l("Mời Ông/Bà điền mục này."),
    "long": _l("Nội dung dài hơn mức cho phép; mời Ông/Bà viết ngắn hơn."),
    "short": _l("Mời Ông/Bà viết rõ hơn: đã học gì, ở đâu, thế nào."),
    "day": _l("Ngày phải viết như 01/10/2026."),
    "future": _l("Ngày học không được nằm trong tương lai."),
    "before": _l("Ngày cuối không được trước ngày đầu."),
    "years": _l("Ngày đầu và ngày cuối phải trong cùng một năm; mời Ông/Bà kê khai riêng cho từng năm."),
    "closed": _l("Số liệu của năm này đã chốt nên không kê khai được nữa."),
    "length": _l("Thời gian phải viết bằng số giờ và số phút tròn, số phút dưới 60."),
    "none": _l("Mời Ông/Bà ghi đã học bao lâu."),
    "many": _l("Thời gian vượt mức tối đa của một ngày; mời Ông/Bà xem lại số giờ và số ngày."),
}
# Of a file.
PROOFS = {
    "proof-empty": _l("Tệp trống; mời Ông/Bà chọn tệp khác."),
    "proof-type": _l("Tệp phải là ảnh JPEG, PNG, WebP hoặc PDF, xét theo nội dung chứ không theo tên tệp."),
    "proof-broken": _l("Tệp bị hỏng nên không đọc được; mời Ông/Bà chụp lại hoặc chọn tệp khác."),
    "proof-small": _l("Ảnh quá nhỏ nên không nhìn rõ; mời Ông/Bà gửi ảnh gốc."),
    "proof-pixels": _l("Ảnh có quá nhiều điểm ảnh; mời Ông/Bà chụp lại ở cỡ nhỏ hơn."),
    "proof-large": _l("Tệp lớn hơn mức cho phép; mời Ông/Bà gửi tệp nhỏ hơn."),
    "proof-locked": _l("Tệp PDF có mật khẩu; mời Ông/Bà gửi tệp không có mật khẩu."),
    "proof-active": _l("Tệp PDF chứa mã lệnh hoặc tệp khác; mời Ông/Bà gửi ảnh chụp hoặc bản in của nó."),
    "proofs-many": _l("Đã đủ số minh chứng được gửi cho một lần kê khai."),
    "proofs-full": _l(
        "Minh chứng của các bản kê khai chưa gửi đã đủ dung lượng; mời Ông/Bà gửi hoặc rút lại bản cũ."
    ),
    "proofs-none": _l("Cần ít nhất một minh chứng; mời Ông/Bà thêm ảnh hoặc tệp PDF."),
}
# Of a step that cannot be done now.
CASES = {
    "too-many": _l("Ông/Bà có quá nhiều việc đang chờ; mời Ông/Bà đợi hoặc rút lại bớt."),
    "form": _l("Biểu mẫu này đã cũ; mời Ông/Bà tải lại trang rồi điền lại."),
    "sent": _l("Bản kê khai đã được gửi nên không sửa được nữa."),
    "not-waiting": _l("Việc này đã được giải quyết hoặc rút lại."),
    "not-decided": _l("Bản kê khai chưa được thẩm định nên chưa thể đề nghị xem xét lại."),
    "voided": _l("Mục này đã được rút lại."),
    "about": _l("Mời Ông/Bà chọn điều cần xem xét lại."),
    "words": _l("Mời Ông/Bà viết rõ hơn."),
    "words-long": _l("Nội dung dài hơn mức cho phép; mời Ông/Bà viết ngắn hơn."),
    "seconds": _l("Thời gian phải viết bằng giờ và phút, không nhiều hơn thời gian đã kê khai."),
    "seconds-same": _l("Thời gian này không khác quyết định trước; nếu giữ nguyên thì không chấp nhận."),
    "reason": _l("Mời Ông/Bà ghi lý do để người học hiểu."),
    "decision": _l("Mời Ông/Bà chọn một quyết định."),
    "outcome": _l("Mời Ông/Bà chọn cách giải quyết."),
    "answers-many": _l("Đơn vị đã trả lời đủ số lần cho đề nghị này."),
    "changed": _l("Người khác vừa thay đổi việc này. Mời Ông/Bà xem lại trước khi quyết định."),
}
PROBLEMS = {**FIELDS, **PROOFS, **CASES}

CLAIM_STATES = {
    "draft": _l("Chưa gửi"),
    "waiting": _l("Đang chờ thẩm định"),
    "accepted": _l("Được ghi nhận"),
    "reduced": _l("Được ghi nhận một phần"),
    "refused": _l("Chưa được ghi nhận"),
    "withdrawn": _l("Người gửi đã rút lại"),
}
DISPUTE_STATES = {
    "waiting": _l("Đang được xem xét"),
    "upheld": _l("Đề nghị được chấp nhận"),
    "dismissed": _l("Giữ nguyên như cũ"),
    "withdrawn": _l("Người gửi đã rút lại"),
}
ABOUT = {
    "not-me": _l("Không phải tôi"),
    "hours-wrong": _l("Số giờ chưa đúng"),
    "other": _l("Điều khác"),
}
OUTCOMES = {
    "voided": _l("Rút mục này khỏi hồ sơ"),
    "barred": _l("Ngừng ghi nhận tài khoản học này cho đến khi rõ là của ai"),
    "claim": _l("Quyết định lại số giờ của bản kê khai"),
    "provider": _l("Đơn vị đã tự rút lại mục này"),
}
# By case and step.
STEPS = {
    "provider": {
        "suspended": _l("Tạm dừng"),
        "approved": _l("Cho phép lại"),
    },
    "claim": {
        "begun": _l("Bắt đầu kê khai"),
        "entered": _l("Cán bộ bắt đầu kê khai thay"),
        "sent": _l("Gửi thẩm định"),
        "accepted": _l("Được ghi nhận toàn bộ"),
        "reduced": _l("Được ghi nhận một phần"),
        "refused": _l("Chưa được ghi nhận"),
        "withdrawn": _l("Rút lại"),
        "proofs-dropped": _l("Hết thời hạn lưu: minh chứng đã được xóa"),
    },
    "dispute": {
        "opened": _l("Gửi đề nghị xem xét lại"),
        "opened-for": _l("Cán bộ gửi đề nghị xem xét lại thay"),
        "answered": _l("Đơn vị cung cấp trả lời"),
        "dismissed": _l("Giữ nguyên như cũ"),
        "upheld-voided": _l("Chấp nhận: rút mục này khỏi hồ sơ"),
        "upheld-barred": _l("Chấp nhận: ngừng ghi nhận tài khoản học cho đến khi rõ là của ai"),
        "upheld-claim": _l("Chấp nhận: quyết định lại số giờ"),
        "upheld-provider": _l("Chấp nhận: đơn vị đã tự rút lại mục này"),
        "withdrawn": _l("Rút lại đề nghị"),
    },
}


def problem(rule: str) -> str:
    """What to do about a rule that was broken."""
    return str(PROBLEMS[rule])


def claim_state(state: str) -> str:
    return str(CLAIM_STATES[state])


def dispute_state(state: str) -> str:
    return str(DISPUTE_STATES[state])


def dispute_about(about: str) -> str:
    return str(ABOUT[about])


def dispute_outcome(outcome: str) -> str:
    return str(OUTCOMES[outcome])


def case_step(what: str, kind: str) -> str:
    return str(STEPS[kind][what])


def set_up(app: Flask) -> None:
    for filter_ in (problem, claim_state, dispute_state, dispute_about, dispute_outcome, case_step):
        app.add_template_filter(filter_, filter_.__name__)
