"""Visitors of the pages, without a browser."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.journeys.commune import PASSWORD


def token(client: FlaskClient, page: str = "/sign-in") -> str:
    """What the forms on a page prove themselves with."""
    found = re.search('name="csrf_token" value="([^"]+)"', client.get(page).get_data(as_text=True))
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
    form = {"csrf_token": token(client), "login": login, "password": password, **more}
    return client.post("/sign-in", data=form)


def as_(app: Flask, login: str | None) -> FlaskClient:
    """Somebody who signed in, or a stranger."""
    client = app.test_client()
    if login:
        assert sign_in(client, login).status_code == 303
    return client
