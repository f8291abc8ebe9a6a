"""What people read of honours: their forms, to whom they are given, what is wrong with an entry."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.recognition import award_subjects
from lms_tracker.actions.recognition.awards import MOST_WORDS
from lms_tracker.learning.recognition import awards
from lms_tracker.learning.recognition.awards import SubjectKind
from lms_tracker.web.wording import worded

SUBJECT_KINDS = {
    SubjectKind.COLLECTIVE: _l("Tập thể"),
    SubjectKind.INDIVIDUAL: _l("Cá nhân"),
    SubjectKind.HOUSEHOLD: _l("Hộ gia đình"),
}
# By the rule that is broken; the field is told beside it.
PROBLEMS = {
    "subject": _l("Không tìm thấy hộ, dòng họ, nơi hoặc đơn vị này ở đây."),
    "subject-kind": _l(
        "Đối tượng không khớp: hộ gia đình là hộ gia đình; dòng họ, thôn, xã và đơn vị là tập thể."
    ),
    "kind": _l("Mời Ông/Bà chọn đối tượng."),
    "form": _l("Mời Ông/Bà chọn hình thức khen thưởng."),
    "text": _l("Mời Ông/Bà ghi mục này, nhiều nhất %(most)s ký tự.", most=MOST_WORDS),
    "day": _l("Mời Ông/Bà ghi ngày của quyết định; ngày này phải đã tới."),
    "year": _l("Năm được khen không sau năm của quyết định."),
    "login": _l("Không có ai trong phạm vi của Ông/Bà có tên đăng nhập này."),
    "login-kind": _l("Chỉ ghi tên đăng nhập khi khen cá nhân."),
    "there-already": _l("Quyết định này đã có tên này với hình thức này."),
    "withdrawn": _l("Mục này đã được rút từ trước."),
}


def subject_kind(kind: str) -> str:
    return str(SUBJECT_KINDS[SubjectKind(kind)])


def award_form(code: str) -> str:
    """A form by its code; one that is no longer in the list as it was kept."""
    found = awards.forms().get(code)
    return worded(found.title) if found else code


def set_up(app: Flask) -> None:
    app.add_template_filter(subject_kind, "award_subject")
    app.add_template_filter(award_form, "award_form")
    app.add_template_global(award_subjects.page_of, "award_page")
