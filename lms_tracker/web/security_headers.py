"""What a browser is told about every answer: load nothing from elsewhere, run nothing, frame nothing.

There is no inline script or style in any page, so the policy needs neither nonces nor hashes.
"""

from flask import Flask, Response, current_app

from lms_tracker.web.languages import for_programs

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
EVERYWHERE = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # The origin stays visible to ourselves: the check of forms over HTTPS needs it.
    ("Referrer-Policy", "same-origin"),
)
ON_PAGES = (
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
YEAR_SECONDS = 31_536_000


def set_up(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    # Werkzeug looks through all headers for each that is asked for; this looks once.
    there = {name.lower() for name, _value in headers}
    programs = for_programs()
    for name, value in EVERYWHERE if programs else (*EVERYWHERE, *ON_PAGES):
        if name.lower() not in there:
            headers.add(name, value)
    if current_app.config["SETTINGS"].secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    if not programs and response.mimetype == "text/html":
        # A telephone is handed around in a family: no page about a person is kept on it.
        headers["Cache-Control"] = "no-store"
    return response
