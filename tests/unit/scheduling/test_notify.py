"""Who is told, as a user says it; nobody writes headers, programs or addresses of their own with it."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nb2pkg.scheduling import BadNotify, Notify, read_notify

_NEWLINE = "=?utf-8?b?YQpiY2M6IHhAeS56?="  # an encoded word: a, newline, bcc: x@y.z


def test_all_ways_are_kept_as_they_are_given() -> None:
    found = read_notify(
        ["tell", "a b", ""], ["https://hooks.example.org/T0/x?y=z#w"], ["a@example.org", "é@ö.se"]
    )

    assert found == Notify(
        command=("tell", "a b", ""),
        webhook="https://hooks.example.org/T0/x?y=z#w",
        emails=("a@example.org", "é@ö.se"),
    )
    assert not found.is_nobody
    assert read_notify([], [], []) == Notify()
    assert Notify().is_nobody


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["tell"], ("tell",)),
        (["tell --to 'the team'"], ("tell", "--to", "the team")),
        (["tell $HOME; rm -rf ~ | cat"], ("tell", "$HOME;", "rm", "-rf", "~", "|", "cat")),
        (["tell --to", "'the team'"], ("tell --to", "'the team'")),
    ],
)
def test_a_command_of_one_word_is_taken_apart_and_no_shell_is_asked(
    command: list[str], words: tuple[str, ...]
) -> None:
    assert read_notify(command, [], []).command == words


@pytest.mark.parametrize(
    "command", [[""], ["  "], ["''"], ["", "x"], ["'"], ["tell 'x"], ["tell \\"]]
)
def test_a_command_that_names_no_program_is_refused(command: list[str]) -> None:
    with pytest.raises(BadNotify, match="the command"):
        read_notify(command, [], [])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "team",
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b\n",
        "a@b\r\nBcc: x@y.z",
        "a\rb@c",
        "a\x0bb@c",
        "a\x85b@c",
        "a\u2028b@c",
        "a\x00@b",
        "a@b\x1b[2J",
        "a@b\x7f",
        "a@b,c@d",
        "a@b;c@d",
        "<a@b>",
        "Ada <a@b>",
        "a@b (Ada)",
        '"a"@b',
        "a\\@b",
        "team:a@b;",
        "a@[127.0.0.1]",
        f"x@{_NEWLINE}",
        f"{_NEWLINE}@b",
        "a=?utf-8?q?=0a?=@b",
        "a@b=?",
    ],
)
def test_what_would_write_more_than_an_address_is_refused(address: str) -> None:
    with pytest.raises(BadNotify, match="e-mail") as caught:
        read_notify([], [], ["team@example.org", address])

    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "address", ["a@b", "first.last+tag=x@mail.example.org", "o'hara_%?@x-y.z", "é@ö.se", "-x@y.z"]
)
def test_an_address_is_an_address(address: str) -> None:
    assert read_notify([], [], [address]).emails == (address,)


_PIECES = st.sampled_from(
    [
        *("a", "@", "=?utf-8?q?", "=?utf-8?b?", "?=", "=0a", "=0d=0a", "bcc=3a", "=", "?", "%0a", ".", "-"),
        *("\x00", "\x1b", "\r", "\n", "\x0c", "\x1c", "\x85", "\xa0", "\xad", "\u200b", "\u2029", "é", "𝛼"),
        _NEWLINE,
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=20))
@example(f"x@{_NEWLINE}")
def test_no_address_writes_a_header_of_its_own(address: str) -> None:
    try:
        emails = read_notify([], [], [address, "b@example.org"]).emails
    except BadNotify:
        return
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = "said"
    try:
        message["To"] = ", ".join(emails)
        written = message.as_bytes()
    except ValueError:
        return  # told when it is sent

    lines = written.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    unfolded = [line for line in lines if not line.startswith((b" ", b"\t", b"=?"))]
    assert [line.partition(b":")[0] for line in unfolded] == [b"Subject", b"To"]


@pytest.mark.parametrize(
    "webhook", ["$HOOK", "$_h1", "http://h", "https://h:8080/", "https://h?a@b"]
)
def test_a_webhook_is_an_address_or_the_variable_that_holds_it(webhook: str) -> None:
    assert read_notify([], [webhook], []).webhook == webhook


@pytest.mark.parametrize(
    "webhook",
    [
        *(
            "",
            "$",
            "$1",
            "$A-B",
            "$A B",
            "${HOOK}",
            "$HOOK\n",
            "hooks.example.org",
            "ftp://h/SECRET",
        ),
        *(
            "file:///etc/SECRET",
            "https://",
            "https:///SECRET",
            "https://u:SECRET@h/",
            "https://h/ SECRET",
        ),
        *("https://h/SECRET\r\nHost: x", "javascript:SECRET", " https://h/SECRET"),
    ],
)
def test_another_webhook_is_refused_and_not_shown(webhook: str) -> None:
    with pytest.raises(BadNotify, match=r"webhook|variable") as caught:
        read_notify([], [webhook], [])

    assert "SECRET" not in str(caught.value)


def test_there_is_one_webhook_at_most() -> None:
    with pytest.raises(BadNotify, match="more than one"):
        read_notify([], ["https://a/SECRET", "https://b/"], [])
