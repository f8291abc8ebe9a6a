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
YEAR_SECONDS = 31_536_000


def set_up(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # The origin stays visible to ourselves: the check of forms over HTTPS needs it.
    headers.setdefault("Referrer-Policy", "same-origin")
    if current_app.config["SETTINGS"].secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    if not for_programs():
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if response.mimetype == "text/html":
            # A telephone is handed around in a family: no page about a person is kept on it.
            headers["Cache-Control"] = "no-store"
    return response
