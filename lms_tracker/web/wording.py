"""What people read for the closed lists of the tracker: reasons, categories, bases, kinds."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from lms_tracker.learning.criteria import Wording
from lms_tracker.learning.reasons import Reason
from lms_tracker.web.languages import language

# A reason in two or three words, and a sentence for the learner.
REASONS = {
    Reason.CREDITED: (
        _l("Được ghi nhận"),
        _l("Thời gian này được ghi nhận."),
    ),
    Reason.UNKNOWN_COURSE: (
        _l("Chưa rõ khóa học"),
        _l("Đơn vị chưa khai báo nội dung này thuộc khóa học nào."),
    ),
    Reason.PROVIDER_NOT_ALLOWED: (
        _l("Đơn vị chưa được phép"),
        _l("Đơn vị gửi dữ liệu chưa được phép xác nhận giờ học của khóa này."),
    ),
    Reason.OVERLAPS: (
        _l("Trùng giờ"),
        _l("Khoảng thời gian này trùng với thời gian học khác. Mỗi phút chỉ được ghi nhận một lần."),
    ),
    Reason.DUPLICATE_CONTENT: (
        _l("Trùng nội dung"),
        _l("Nội dung này đã được ghi nhận hoặc xem xét ở một mục khác."),
    ),
    Reason.OVER_A_CAP: (
        _l("Vượt mức tối đa"),
        _l(
            "Phần vượt mức tối đa của một lần học, một ngày, một năm, một khóa học,"
            " hoặc nằm ngoài chính phiên học, không được ghi nhận."
        ),
    ),
    Reason.FUTURE_TIMESTAMP: (
        _l("Thời điểm ở tương lai"),
        _l("Thời điểm học mà đơn vị gửi muộn hơn lúc hệ thống nhận được."),
    ),
    Reason.NO_DURATION: (
        _l("Không có thời lượng"),
        _l("Đơn vị không cho biết người học đã học bao lâu."),
    ),
    Reason.NO_TIME_OF_ITS_OWN: (
        _l("Không có thời điểm học"),
        _l("Đơn vị không cho biết người học đã học vào lúc nào."),
    ),
    Reason.IMPOSSIBLE_DURATION: (
        _l("Thời lượng không hợp lý"),
        _l("Thời lượng mà đơn vị gửi không đổi được ra giờ và phút."),
    ),
    Reason.VOIDED: (
        _l("Đã rút lại"),
        _l("Đơn vị đã rút lại dữ liệu này."),
    ),
    Reason.IDENTITY_DISPUTED: (
        _l("Chưa rõ người học"),
        _l("Đang làm rõ đây có đúng là người học này hay không."),
    ),
    Reason.SHARED_ACCOUNT: (
        _l("Tài khoản dùng chung"),
        _l("Tài khoản học này có nhiều người dùng nên chưa biết thời gian là của ai."),
    ),
    Reason.OUTSIDE_VALIDITY: (
        _l("Ngoài thời hạn khóa học"),
        _l("Ngày học nằm ngoài thời hạn của khóa học."),
    ),
    Reason.SELF_ASSERTED: (
        _l("Tự kê khai"),
        _l(
            "Thời gian tự kê khai chỉ được ghi nhận sau khi thẩm định;"
            " thời gian của người hướng dẫn không phải thời gian học."
        ),
    ),
}

# What a provider can do about it.
REMEDIES = {
    Reason.UNKNOWN_COURSE: _l(
        "Khai báo địa chỉ (IRI) của nội dung học trong danh mục khóa học; dữ liệu đã gửi sẽ được tính lại."
    ),
    Reason.PROVIDER_NOT_ALLOWED: _l(
        "Nội dung thuộc khóa học của đơn vị khác, hoặc đơn vị chưa được duyệt: mời liên hệ người quản trị."
    ),
    Reason.OVERLAPS: _l("Không cần làm gì: các khoảng thời gian của một người học được gộp lại."),
    Reason.DUPLICATE_CONTENT: _l("Khi gửi lại một bản ghi, giữ nguyên mã (id) của nó."),
    Reason.OVER_A_CAP: _l("Kiểm tra xem phiên học có được kết thúc khi người học rời đi hay không."),
    Reason.FUTURE_TIMESTAMP: _l("Chỉnh lại đồng hồ và múi giờ của máy chủ gửi dữ liệu."),
    Reason.NO_DURATION: _l("Gửi kèm result.duration, ví dụ PT45M."),
    Reason.NO_TIME_OF_ITS_OWN: _l("Gửi kèm timestamp là lúc kết thúc thời gian học."),
    Reason.IMPOSSIBLE_DURATION: _l("Không dùng năm và tháng trong result.duration; dùng giờ, phút, giây."),
    Reason.VOIDED: _l("Không cần làm gì: đơn vị đã rút lại dữ liệu này."),
    Reason.OUTSIDE_VALIDITY: _l("Kiểm tra thời hạn (valid_from, valid_to) của khóa học."),
}

# Categories are data: one that is not named here is shown as it was imported.
CATEGORIES = {
    "digital-skills": _l("Kỹ năng số"),
    "foreign-language": _l("Ngoại ngữ"),
    "other": _l("Lĩnh vực khác"),
    "law": _l("Pháp luật"),
    "agriculture": _l("Nông nghiệp"),
}
BASES = {
    "measured": _l("Theo thời gian đo được"),
    "nominal": _l("Theo số giờ quy định, khi hoàn thành"),
    "capped": _l("Theo thời gian đo được, không quá số giờ quy định"),
}
# By the last word of their IRI: most senders name their verbs in English alone.
VERBS = {
    "abandoned": _l("đã bỏ dở"),
    "achieved": _l("đã đạt được"),
    "answered": _l("đã trả lời"),
    "attempted": _l("đã làm bài"),
    "attended": _l("đã tham dự"),
    "commented": _l("đã bình luận"),
    "completed": _l("đã hoàn thành"),
    "create": _l("đã tạo"),
    "created": _l("đã tạo"),
    "declared": _l("đã tự kê khai"),
    "delete": _l("đã xóa"),
    "deleted": _l("đã xóa"),
    "edited": _l("đã sửa"),
    "enrolled": _l("đã ghi danh"),
    "exited": _l("đã rời khỏi"),
    "experienced": _l("đã xem qua"),
    "failed": _l("chưa đạt"),
    "initialized": _l("đã bắt đầu"),
    "interacted": _l("đã tương tác"),
    "join": _l("đã vào"),
    "joined": _l("đã vào"),
    "launched": _l("đã mở"),
    "leave": _l("đã rời khỏi"),
    "left": _l("đã rời khỏi"),
    "mastered": _l("đã thành thạo"),
    "passed": _l("đã đạt"),
    "paused": _l("đã tạm dừng"),
    "played": _l("đã phát"),
    "progressed": _l("đã học thêm một phần"),
    "registered": _l("đã đăng ký"),
    "replied": _l("đã trả lời"),
    "resumed": _l("đã học tiếp"),
    "satisfied": _l("đã đáp ứng yêu cầu"),
    "scored": _l("đã có điểm"),
    "searched": _l("đã tìm kiếm"),
    "seeked": _l("đã tua"),
    "start": _l("đã bắt đầu"),
    "started": _l("đã bắt đầu"),
    "submit": _l("đã nộp"),
    "submitted": _l("đã nộp"),
    "suspended": _l("đã tạm dừng"),
    "terminated": _l("đã kết thúc"),
    "viewed": _l("đã xem"),
    "voided": _l("đã rút lại"),
    "waived": _l("được miễn"),
    "watched": _l("đã xem"),
}
STATUSES = {"verified": _l("Đã xác minh"), "draft": _l("Chưa xác minh")}
# By the first word of what the log of looks keeps.
LOOKS = {
    "record": _l("hồ sơ học tập"),
    "entry": _l("giải thích một lần học"),
    "list": _l("danh sách người học"),
    "search": _l("kết quả tìm người học"),
    "credit": _l("số giờ được ghi nhận"),
    "check": _l("kết quả gửi thử dữ liệu"),
    "claims": _l("danh sách bản kê khai"),
    "claim": _l("một bản kê khai"),
    "proof": _l("minh chứng của một bản kê khai"),
    "disputes": _l("danh sách đề nghị xem xét lại"),
    "dispute": _l("một đề nghị xem xét lại"),
    "flag": _l("cảnh báo cần xem"),
    "arrivals": _l("dữ liệu học tập do đơn vị gửi"),
    "accounts": _l("các tài khoản học tập"),
    "person": _l("thông tin cá nhân"),
    "people": _l("danh sách người dân"),
    "roster": _l("danh sách người dân được nộp"),
    "members": _l("danh sách người của một tổ chức"),
    "family": _l("mức đạt ngưỡng của gia đình hoặc dòng họ"),
    "awards": _l("danh sách khen thưởng"),
    "round": _l("danh sách của một đợt xét"),
    "assessment": _l("phiếu đánh giá của một đợt xét"),
    "decision": _l("danh sách của một quyết định"),
    "appeals": _l("danh sách đề nghị xem xét lại kết quả"),
    "appeal": _l("một đề nghị xem xét lại kết quả"),
    "inspection": _l("danh sách được chọn để thẩm định"),
}
READINGS = {
    "plain": _l("thời lượng kết thúc vào lúc gửi; phần trùng nhau tính một lần"),
    "cmi5": _l("theo từng phiên học của cmi5"),
    "scorm": _l("theo từng phiên học của SCORM"),
    "keeping-time": _l("thời lượng cộng dồn của lần học: chỉ tính phần tăng thêm"),
    "h5p": _l("thời lượng từ khi mở trang H5P: tính lần dài nhất"),
    "video": _l("các đoạn video đã xem"),
    "gaps": _l("khoảng cách giữa các lần thao tác"),
}
MATCHES = {
    "exact": _l("đúng địa chỉ này"),
    "prefix": _l("các địa chỉ bắt đầu như vậy"),
    "context": _l("nội dung thuộc về địa chỉ này"),
}


def reason_label(reason: int) -> str:
    return str(REASONS[Reason(reason)][0])


def reason_sentence(reason: int) -> str:
    return str(REASONS[Reason(reason)][1])


def remedy(reason: int) -> str:
    return str(REMEDIES.get(Reason(reason), ""))


def category(name: str) -> str:
    return str(CATEGORIES.get(name, name))


def basis(name: str) -> str:
    return str(BASES.get(name, name))


def reading(name: str) -> str:
    return str(READINGS.get(name, name))


def match_kind(name: str) -> str:
    return str(MATCHES.get(name, name))


def in_language(names: Mapping[str, str]) -> str:
    """The text of an xAPI language map in the page's language, else Vietnamese, English, or any."""
    for code in (language(), "vi", "en"):
        for tag, text in names.items():
            if tag.lower().split("-")[0] == code:
                return text
    return next(iter(names.values()), "")


def last_part(iri: str) -> str:
    """The last word of an IRI, which for a verb usually says what was done."""
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]


def verb(iri: str, names: Mapping[str, str]) -> str:
    """What was done: as its sender says it in the page's language, else in our words, else in any."""
    for tag, text in names.items():
        if tag.lower().split("-")[0] == language() and text:
            return text
    word = last_part(iri)
    return str(VERBS.get(word.lower(), "")) or in_language(names) or word


def looked_at(what: str) -> str:
    """What somebody looked at, from the log of looks."""
    return str(LOOKS.get(what.split(" ")[0], what))


def domain(text: str, category: str) -> str:
    """A course's domain, which for a foreign language is its code."""
    if category != "foreign-language":
        return text
    return str(get_locale().languages.get(text, text))


def worded(wording: Wording) -> str:
    """A text that came with data in both languages."""
    return wording.vi if language() == "vi" else wording.en


def host(address: str) -> str:
    """The site that an address leads to."""
    return urlsplit(address).hostname or address


def figure_status(status: str) -> str:
    return str(STATUSES.get(status, status))


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


FILTERS = (
    reason_label,
    reason_sentence,
    remedy,
    category,
    basis,
    reading,
    match_kind,
    in_language,
    looked_at,
    verb,
    domain,
    worded,
    figure_status,
    host,
    lower_first,
)


def set_up(app: Flask) -> None:
    for filter_ in FILTERS:
        app.add_template_filter(filter_, filter_.__name__)
