"""A message → an e-mail, handed to the channel's SMTP server."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from tracker import gate
from tracker.alerts.compose import one_line
from tracker.alerts.receipt import Receipt
from tracker.config import Channel
from tracker.errors import DeliveryError
from tracker.model import Message

SECONDS = 30.0  # for each step of the conversation
DEADLINE = 600.0  # for all of it: a server that sends a byte now and then must not hold the channel for ever
_REFERRED = 20  # gaps that a message of many refers to
_PORTS = {"smtp": 587, "smtps": 465}  # RFC 6409, section 3.1; RFC 8314, section 3.3


class _Policy(EmailPolicy):
    """Folds subjects with Header: left to itself, EmailPolicy loses spaces between encoded words."""

    def fold(self, name: str, value: str) -> str:
        if name != "Subject":
            return str(super().fold(name, value))
        return f"{name}: {Header(value, header_name=name).encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")  # 7bit: servers without 8BITMIME (RFC 6152) take it too


class _Server(smtplib.SMTP):
    """Keeps what the server said when it took the message."""

    answer: tuple[int, bytes] = (0, b"")

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.answer = super().data(msg)
        return self.answer


class _SecureServer(_Server, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


def send(channel: Channel, message: Message, now: datetime) -> Receipt:
    """Hands the message to the server.

    smtps:// is TLS from the start; smtp:// becomes TLS by STARTTLS (RFC 3207), with a certificate that is verified
    (private authorities: the variable SSL_CERT_FILE).  Nothing is sent unencrypted, and no password ever is, with
    one exception: without a password, a server on this machine – or, with ``allow_private``, on a private network –
    is used as it is, with STARTTLS if it offers it and whatever its certificate.

    Raises DeliveryError, which names the server but never the password.
    """
    mail = letter(channel, message, now)
    try:
        with _connection(channel) as server:
            refused = server.send_message(mail)
            code, said = server.answer
    except OSError as error:  # SMTPException is one, too
        raise _broken(channel, error) from error
    except UnicodeError:
        reason = "host, user name and password must be ASCII: change them"
        raise _failure(channel, reason, retryable=False) from None  # the cause shows a letter of the password
    if any(code < 500 for code, _ in refused.values()):
        # those who took it get it twice, with the same Message-ID; the other way would lose it for one
        raise _failure(channel, f"refused for now {_named(refused)}", retryable=True)
    return Receipt(f"{_place(channel)}: {code} {_said(said)}", f"refused {_named(refused)}" if refused else "")


def _broken(channel: Channel, error: OSError) -> DeliveryError:
    """What it means that the conversation ended with this error."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        retryable = any(code < 500 for code, _ in error.recipients.values())
        return _failure(channel, f"refused {_named(error.recipients)}", retryable=retryable)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # the answer of the server stays out: it may repeat what was sent
        reason = f"refused user name and password ({error.smtp_code}): check them"
        return _failure(channel, reason, retryable=error.smtp_code < 500)
    if isinstance(error, smtplib.SMTPResponseException):
        reason = f"refused the message: {error.smtp_code} {_said(error.smtp_error)}"
        return _failure(channel, reason, retryable=error.smtp_code < 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _failure(channel, f"cannot take the message: {_said(str(error))}", retryable=False)
    if isinstance(error, ssl.SSLError):
        reason = f"no trusted TLS connection: {_said(error.reason or 'broken')}: check its certificate"
        return _failure(channel, reason, retryable=True)
    return _failure(
        channel, f"no connection: {one_line(error.strerror or '') or 'the connection broke'}", retryable=True
    )


def letter(channel: Channel, message: Message, now: datetime) -> EmailMessage:
    """The e-mail.  A line break in a header makes EmailMessage raise ValueError: none can be smuggled in.

    What concerns one gap refers to the same message, which nobody was ever sent: so mail programs show it as one
    thread whoever was told of the gap first (RFC 5322, section 3.6.4).
    """
    domain = channel.sender.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Subject"] = message.subject.replace("=?", "= ?")  # else a reader decodes it (RFC 2047), line breaks and all
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{quote(message.id, safe='')}@{domain}>"
    if message.threads:
        mail["References"] = " ".join(f"<gap.{quote(gap, safe='')}@{domain}>" for gap in message.threads[:_REFERRED])
    mail["List-Id"] = f"<{_label(channel.name)}.policy-tracker.{domain}>"  # RFC 2919
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: so that no absence note answers it
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def _label(name: str) -> str:
    """A channel's name as a label of a domain name (RFC 1123, section 2.1)."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-") or "alerts"


@contextmanager
def _connection(channel: Channel) -> Iterator[_Server]:
    """A server that is ready for the message: encrypted and, with a password, authenticated."""
    parts = urlsplit(channel.smtp)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: _Server = _SecureServer(host, port, timeout=SECONDS, context=context)
    else:
        server = _Server(host, port, timeout=SECONDS)
    guard = threading.Timer(DEADLINE, _break_off, [server])
    guard.daemon = True
    guard.start()
    try:
        if parts.scheme == "smtp":
            _encrypt(server, channel, context)
        if channel.password is not None:
            server.login(unquote(parts.username or ""), channel.password)
        yield server
        with suppress(OSError):  # the message is taken: a failed farewell must not make it go out again
            server.quit()
    finally:
        guard.cancel()
        server.close()


def _break_off(server: _Server) -> None:
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)  # wakes who waits for it, which closing it does not


def _encrypt(server: smtplib.SMTP, channel: Channel, context: ssl.SSLContext) -> None:
    near = channel.password is None and _is_near(server, channel.allow_private)
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("starttls"):
        if near:
            return
        reason = "offers no encryption (STARTTLS): use smtps://, or ask its keeper"
        raise _failure(channel, reason, retryable=True)
    if near:  # opportunistic (RFC 7435): better than the plain text that would do as well
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    server.starttls(context=context)


def _is_near(server: smtplib.SMTP, allow_private: bool) -> bool:
    """Whether the server is this machine or, if private addresses are allowed, on a private network."""
    if server.sock is None:
        return False
    address = str(server.sock.getpeername()[0]).partition("%")[0]
    return ip_address(address).is_loopback or (allow_private and not gate.is_public(address))


def _named(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return ", ".join(f"{address} ({code} {_said(answer)})" for address, (code, answer) in sorted(refused.items()))


def _said(answer: bytes | str) -> str:
    """A server's words, fit for one line of a terminal or a log."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(text)[:200]


def _place(channel: Channel) -> str:
    parts = urlsplit(channel.smtp)
    return f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}"


def _failure(channel: Channel, message: str, *, retryable: bool) -> DeliveryError:
    return DeliveryError(f"{_place(channel)}: {message}", retryable=retryable)
