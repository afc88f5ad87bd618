"""The staff's pages, all of their addresses in one place. They show bands and published statements, never answers;

to reviewers alone, after the close, comments without their authors.
"""

from flask import Blueprint

from feedback.web.staff import comments, comparisons, programmes, reports, sign_in, support, waves
from forms.staff import SignOutForm

staff = Blueprint("staff", __name__, url_prefix="/staff")

staff.add_url_rule("/", "programmes", programmes.index)
staff.add_url_rule("/programmes/<int:programme_id>", "programme", programmes.one)
staff.add_url_rule("/programmes/<int:programme_id>/support", "support", support.requests)
staff.add_url_rule("/programmes/<int:programme_id>/support", "finish_support", support.finish, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>", "wave", waves.one)
staff.add_url_rule("/waves/<int:wave_id>/close", "close_wave", waves.close, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/retry", "retry_wave", waves.retry, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/discard", "discard_wave", waves.discard, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/report", "report", reports.page)
staff.add_url_rule("/waves/<int:wave_id>/report.pdf", "report_pdf", reports.as_pdf)
staff.add_url_rule("/waves/<int:wave_id>/report.xlsx", "report_xlsx", reports.as_xlsx)
_BETWEEN = "/waves/<int:wave_id>/compared-with/<int:before_id>"
staff.add_url_rule(_BETWEEN, "comparison", comparisons.of_two)
staff.add_url_rule(f"{_BETWEEN}.pdf", "comparison_pdf", comparisons.of_two_as_pdf)
staff.add_url_rule(f"{_BETWEEN}.xlsx", "comparison_xlsx", comparisons.of_two_as_xlsx)
_OVER = "/programmes/<int:programme_id>/changes"
staff.add_url_rule(_OVER, "changes", comparisons.of_all)
staff.add_url_rule(f"{_OVER}.pdf", "changes_pdf", comparisons.of_all_as_pdf)
staff.add_url_rule(f"{_OVER}.xlsx", "changes_xlsx", comparisons.of_all_as_xlsx)
staff.add_url_rule("/waves/<int:wave_id>/report.csv", "report_csv", reports.as_csv)
staff.add_url_rule("/waves/<int:wave_id>/report.json", "report_json", reports.as_json)
staff.add_url_rule("/waves/<int:wave_id>/report/comments.json", "comments_json", reports.comments_as_json)
staff.add_url_rule("/waves/<int:wave_id>/comments", "comments", comments.review)
staff.add_url_rule("/waves/<int:wave_id>/comments/decide", "decide_comment", comments.decide, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/comments/sum-up", "sum_up_comments", comments.sum_up, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/comments/release", "release_comments", comments.release, methods=["POST"])
staff.add_url_rule("/sign-in", "how_to_sign_in", sign_in.explain)
staff.add_url_rule("/sign-in/<token>", "ask_sign_in", sign_in.ask)
staff.add_url_rule("/sign-in/<token>", "sign_in", sign_in.enter, methods=["POST"])
staff.add_url_rule("/sign-out", "sign_out", sign_in.leave, methods=["POST"])


@staff.context_processor
def _sign_out_button() -> dict[str, SignOutForm]:
    return {"sign_out_form": SignOutForm()}
