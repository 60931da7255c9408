"""One value of the file → what it means.  Each reader raises ValueError saying what would be right."""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import soupsieve

from tracker.config.settings import Range
from tracker.config.table import nearest, printable
from tracker.model import DocumentKey, Kind

_STARTS, _ENDS = ("start_before", "start_after"), ("end_before", "end_after")
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_REGION = re.compile(r"EEA|[A-Z]{2}(-[A-Z0-9]{1,3})?")
_VARIABLE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")  # HTML's e-mail state


def _shown(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return f'"{printable(value)}"' if isinstance(value, str) else kinds.get(type(value), "a date or time")


def text(value: object) -> str:
    """One line of text that is not empty."""
    if not isinstance(value, str):
        raise ValueError(f"must be text in quotation marks, is {_shown(value)}")
    if not value.strip() or not value.isprintable():
        raise ValueError("must be one line of text that can be printed, and not empty")
    return value


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, is {_shown(value)}")
    return value


def many(read: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """A list of what ``read`` reads, without repetitions and not empty."""

    def read_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise ValueError(f'must be a list such as ["…", "…"], is {_shown(value) if value != [] else "empty"}')
        found = tuple(read(item) for item in value)
        if twice := next((item for item in value if value.count(item) > 1), None):
            raise ValueError(f"names {_shown(twice)} twice")
        return found

    return read_all


def whole(least: int, most: int) -> Callable[[object], int]:
    """A whole number between two, both included."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"must be a whole number between {least} and {most}, is {_shown(value)}")
        return int(number(least, most)(value))

    return read


def number(least: float, most: float) -> Callable[[object], float]:
    """A number between two, both included; never nan."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be a number between {least:g} and {most:g}, is {_shown(value)}")
        if not least <= value <= most:
            raise ValueError(f"must be between {least:g} and {most:g}, is {value}")
        return float(value)

    return read


def one_of(known: type[E]) -> Callable[[object], E]:
    def read(value: object) -> E:
        word = text(value)
        if word not in list(known):
            raise ValueError(f'unknown word "{printable(word)}"{nearest(word, [str(item) for item in known])}')
        return known(word)

    return read


def word_of(*known: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        word = text(value)
        if word not in known:
            raise ValueError(f'unknown word "{printable(word)}"{nearest(word, list(known))}')
        return word

    return read


def name(value: object) -> str:
    """A service's, document's or channel's name; ``/`` parts service and document on the command line."""
    found = text(value)
    if "/" in found or found != found.strip() or len(found) > 200:
        raise ValueError('must be at most 200 characters, without "/" and without spaces around it')
    return found


def document_key(value: object) -> DocumentKey:
    service, slash, document = text(value).partition("/")
    if not slash:
        raise ValueError(f'must name a document as "Service/Document", is {_shown(value)}')
    return DocumentKey(name(service), name(document))


def binding(value: object) -> tuple[Kind, ...]:
    """``"any"`` → (); a list of binding kinds that must all disclose."""
    if value == "any":
        return ()
    if not isinstance(value, list):
        raise ValueError(f'must be "any" or a list of kinds such as ["privacy", "terms"], is {_shown(value)}')
    kinds = many(one_of(Kind))(value)
    if loose := next((kind for kind in kinds if not kind.binding), None):
        known = ", ".join(kind for kind in Kind if kind.binding)
        raise ValueError(f'"{loose}" documents bind nobody: binding kinds are {known}')
    return kinds


def url(value: object) -> str:
    """An absolute http or https address without user name, password or fragment."""
    found = text(value)
    if any(c.isspace() for c in found):
        raise ValueError("must be an address without spaces")
    try:
        parts = urlsplit(found)
        parts.port  # noqa: B018 - the property raises ValueError for a port that is none
    except ValueError as error:
        raise ValueError(f"is no address: {error}") from error
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name or password")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'must begin with https:// or http://, is "{printable(found)}"')
    if parts.fragment:
        raise ValueError(f'must not hold a fragment: drop "#{printable(parts.fragment)}"')
    return found


def selector(value: object) -> str:
    """A CSS selector as soupsieve knows them."""
    found = text(value)
    try:
        soupsieve.compile(found)
    except soupsieve.SelectorSyntaxError as error:
        reason = printable(str(error).splitlines()[0], 160)
        raise ValueError(f'"{printable(found)}" is no CSS selector: {reason}') from error
    return found


def part(value: object) -> str | Range:
    """A CSS selector, or a table of two: from where to where."""
    if not isinstance(value, dict):
        return selector(value)
    starts, ends = [key for key in value if key in _STARTS], [key for key in value if key in _ENDS]
    if len(starts) != 1 or len(ends) != 1 or len(value) != 2:
        raise ValueError('must be such as { start_before = "h1", end_before = "footer" }, or start_after and end_after')
    return Range(
        selector(value[starts[0]]), selector(value[ends[0]]), starts[0] == "start_before", ends[0] == "end_after"
    )


def timezone(value: object) -> str:
    """A name of the IANA time zone database."""
    found = text(value)
    try:
        ZoneInfo(found)
    except (ValueError, OSError, KeyError) as error:  # ZoneInfoNotFoundError is a KeyError; a directory, OSError
        raise ValueError(f'unknown time zone "{printable(found)}": write a name such as "Europe/Paris"') from error
    return found


def language(value: object) -> str:
    found = text(value)
    if not _LANGUAGE.fullmatch(found):
        raise ValueError(f'must be a language tag (BCP 47) such as "en" or "pt-BR", is {_shown(value)}')
    return found


def region(value: object) -> str:
    found = text(value)
    if not _REGION.fullmatch(found):
        raise ValueError(f'must be an ISO 3166 code, "EU", "EEA" or such as "US-CA", is {_shown(value)}')
    return found


def user_agent(value: object) -> str:
    found = text(value)
    if not found.isascii():
        raise ValueError("must be ASCII: it is sent as an HTTP header (RFC 9110, section 5.5)")
    return found


def mail_address(value: object) -> str:
    found = text(value)
    if not _MAIL_ADDRESS.fullmatch(found):
        raise ValueError(f'must be an e-mail address such as "privacy@example.org", is {_shown(value)}')
    return found


def mail_server(value: object) -> str:
    """``smtp://[user@]host[:port]`` (STARTTLS) or ``smtps://…`` (TLS from the start)."""
    found = text(value)
    right = 'must be such as "smtp://user@mail.example.org:587" or "smtps://…"'
    try:
        parts = urlsplit(found)
        parts.port  # noqa: B018 - the property raises ValueError for a port that is none
    except ValueError as error:
        raise ValueError(right) from error
    if parts.password is not None:
        raise ValueError('must not hold the password: write password = "env:SMTP_PASSWORD"')
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(right)
    return found


def proxy(environment: Mapping[str, str] | None) -> Callable[[object], str | None]:
    """The address of an HTTP proxy, or ``env:NAME`` where it holds a password."""

    def read(value: object) -> str | None:
        found = text(value)
        if found.startswith("env:"):
            found = secret(environment)(found) or ""
        elif "@" in found:
            raise ValueError('must not hold a password: write proxy = "env:NAME"')
        if found and not (found.startswith(("http://", "https://")) and urlsplit(found).hostname):
            raise ValueError('must be the address of an HTTP proxy such as "http://proxy.example.org:3128"')
        return found or None

    return read


def certificates(value: object) -> str:
    """A file with the certificates of authorities, in PEM."""
    found = text(value)
    try:
        ssl.create_default_context(cafile=found)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f'"{printable(found)}" holds no certificates that can be read: name a file in PEM') from error
    return found


def secret(environment: Mapping[str, str] | None) -> Callable[[object], str | None]:
    """``env:NAME`` → the variable's value, which no message ever shows; None where there is no environment."""

    def read(value: object) -> str | None:
        found = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
        if not found:
            raise ValueError('must be "env:NAME": secrets come from the environment, never from this file')
        if environment is None:
            return None
        held = environment.get(found[1], "")
        if not held:
            raise ValueError(f"the environment variable {found[1]} is not set: set it to the secret")
        return held

    return read


def webhook_secret(environment: Mapping[str, str] | None) -> Callable[[object], str | None]:
    """As :func:`secret`, for a symmetric key of Standard Webhooks: ``whsec_`` and base64 of 24 to 64 bytes."""

    def read(value: object) -> str | None:
        held = secret(environment)(value)
        if held is None:
            return None
        try:
            key = base64.b64decode(held.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            key = b""
        if not held.startswith("whsec_") or not 24 <= len(key) <= 64:
            raise ValueError(f'{value}: must hold "whsec_" and the base64 of 24 to 64 bytes (Standard Webhooks)')
        return held

    return read
