"""What people read of identifiers: kinds, proofs, steps of their story, and what was refused."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from lms_tracker.learning import identifiers

KINDS = {
    "mbox": _l("Thư điện tử"),
    "mbox_sha1sum": _l("Thư điện tử (mã băm)"),
    "openid": _l("OpenID"),
    "account": _l("Tài khoản học"),
}
# How it was proved that an identifier is somebody's.
PROOFS = {
    "mail": _l("bằng mã gửi đến địa chỉ"),
    "code": _l("bằng mã liên kết đưa cho đơn vị"),
    "address": _l("bằng liên kết trên trang học của đơn vị"),
    "file": _l("theo danh sách của đơn vị"),
    "seen": _l("do cán bộ đã gặp và xác nhận"),
    "own-word": _l("theo lời của chính người học"),
    "review": _l("theo kết quả thẩm định"),
    "command": _l("do người quản trị"),
}
STEPS = {
    "linked": _l("Đã liên kết"),
    "unlinked": _l("Đã bỏ liên kết"),
    "claimed": _l("Có người khác cũng chứng minh đây là tài khoản của mình"),
    "denied": _l("Báo đây không phải là mình"),
    "kept": _l("Thẩm định: giữ nguyên người có tài khoản"),
    "given": _l("Thẩm định: chuyển tài khoản cho người khác"),
    "released": _l("Thẩm định: không còn là tài khoản của ai"),
    "shared": _l("Đánh dấu là tài khoản dùng chung"),
    "not-shared": _l("Không còn là tài khoản dùng chung"),
    "merged": _l("Nhập từ một hồ sơ khác của cùng một người"),
    "unmerged": _l("Tách lại khi hủy nhập hồ sơ"),
    "agreed": _l("Hết tranh chấp vì hai hồ sơ là của một người"),
    "disagreed": _l("Tranh chấp trở lại khi hủy nhập hồ sơ"),
}
OUTCOMES = {
    "linked": _l("Đã liên kết. Giờ học qua tài khoản này sẽ được tính vào hồ sơ sau ít phút."),
    "already": _l("Tài khoản này đã được liên kết từ trước."),
    "disputed": _l("Tài khoản này đang gắn với một người khác. Cán bộ thẩm định sẽ làm rõ là của ai."),
    "unlinked": _l("Đã bỏ liên kết. Giờ học qua tài khoản này được rút khỏi hồ sơ sau ít phút."),
    "denied": _l("Đã ghi lại. Giờ học qua tài khoản này không được ghi nhận cho đến khi làm rõ."),
    "settled": _l("Đã lưu kết quả thẩm định."),
    "sent": _l("Đã gửi mã đến địa chỉ này. Mời Ông/Bà mở thư rồi nhập mã."),
    "merged": _l("Đã nhập hai hồ sơ làm một."),
    "unmerged": _l("Đã hủy việc nhập hồ sơ."),
    "shared": _l("Đã đánh dấu. Giờ học qua tài khoản này không được ghi nhận cho ai nữa."),
    "not-shared": _l("Đã bỏ đánh dấu. Giờ học qua tài khoản này sẽ được tính lại sau ít phút."),
}
PROBLEMS = {
    "a-group": _l("Đây là một nhóm, không phải một người."),
    "shared-account": _l("Tài khoản này có nhiều người dùng chung nên không là của riêng ai."),
    "not-shared": _l("Tài khoản này không còn được đánh dấu là dùng chung."),
    "a-record": _l("Đây là một hồ sơ riêng, không liên kết như tài khoản được; cần nhập hai hồ sơ."),
    "our-own": _l("Tài khoản này do hệ thống dùng để ghi giờ tự kê khai, không bỏ được."),
    "not-linked": _l("Tài khoản này không còn liên kết với người này."),
    "disputed": _l("Tài khoản này đang được thẩm định nên chưa thay đổi được."),
    "not-disputed": _l("Việc này đã được giải quyết."),
    "nobody-claims": _l("Không có người nào khác nhận tài khoản này."),
    "no-reason": _l("Mời Ông/Bà ghi lý do, nhiều nhất 500 ký tự."),
    "not-an-address": _l("Mời Ông/Bà nhập một địa chỉ thư điện tử, ví dụ ten@example.vn."),
    "not-an-identifier": _l(
        "Mời Ông/Bà nhập một địa chỉ thư điện tử, hoặc trang học cùng tên tài khoản ở đó."
    ),
    "wrong-code": _l("Mã chưa đúng, đã dùng hoặc đã hết hạn."),
    "too-many": _l("Đã yêu cầu nhiều lần. Mời Ông/Bà thử lại sau."),
    "no-letters": _l("Hệ thống chưa được cài đặt để gửi thư."),
    "decision": _l("Mời Ông/Bà chọn một quyết định."),
    "same-record": _l("Hai hồ sơ phải khác nhau."),
    "merged": _l("Một trong hai hồ sơ đã được nhập vào hồ sơ khác."),
    "no-record": _l("Không tìm thấy hồ sơ này, hoặc Ông/Bà không có quyền với hồ sơ này."),
    "has-rights": _l(
        "Hồ sơ sẽ kết thúc đang có quyền trong hệ thống: mời thu hồi quyền trước, hoặc nhập theo chiều "
        "ngược lại."
    ),
    "has-login": _l("Hồ sơ có tên đăng nhập phải được giữ lại: mời nhập theo chiều ngược lại."),
    "undone": _l("Việc nhập hồ sơ này đã được hủy."),
    "merged-again": _l("Một trong hai hồ sơ đã được nhập lần nữa: mời hủy lần sau trước."),
}


def set_up(app: Flask) -> None:
    """Filters for templates."""
    for name, words in (
        ("identifier_kind", KINDS),
        ("link_proof", PROOFS),
        ("link_step", STEPS),
        ("link_outcome", OUTCOMES),
        ("link_problem", PROBLEMS),
    ):
        app.add_template_filter(lambda key, words=words: str(words.get(key, key)), name)
    app.add_template_filter(identifiers.shown, "identifier_parts")
