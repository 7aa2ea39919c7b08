"""Which names say that their value is nobody's business."""

from __future__ import annotations

import pytest

from nb2pkg.pipeline.parameter_types import ANYTHING, ParameterType, Plain
from nb2pkg.pipeline.secret_names import is_secret_name, is_secret_parameter

SECRET = [
    "password", "PASSWORD", "db_password", "dbPassword", "DBPassword", "password2", "passwd", "user_pwd", "passphrase",
    "token", "tokens", "github_token", "GITHUB_TOKEN", "tokenFile", "api_key", "apikey", "apiKey", "APIKey", "api_key_2",
    "aws_access_key_id", "AWSSecretAccessKey", "aws_secret_access_key", "client_secret", "secret", "secrets", "auth",
    "auth_header", "credentials", "credential_file", "private_key", "dsn", "sentry_dsn", "conn_str", "connection_string",
    "db_connection",
]  # fmt: skip
OPEN = [
    "author", "authors", "tokenizer", "tokenise", "passenger_id", "passing", "bypass_rate", "key", "primary_key",
    "sort_keys", "n_estimators", "data_path", "seed", "secretary", "connected", "compass", "monkey", "keyboard", "X",
    "top_n", "",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET)
def test_a_name_that_says_secret_is_one(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OPEN)
def test_a_name_that_only_looks_a_little_like_it_is_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("type", "is_"),
    [(Plain("int"), False), (Plain("float"), False), (Plain("bool"), False), (Plain("date"), False),
     (Plain("str"), True), (Plain("path"), True), (ANYTHING, True)],
)  # fmt: skip
def test_a_number_is_secret_only_where_that_is_said(type: ParameterType, is_: bool) -> None:
    assert is_secret_parameter("max_tokens", type) is is_
