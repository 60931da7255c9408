"""A channel's table → Channel: whom to tell, of what, and how calmly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from tracker.config import times, values
from tracker.config.settings import Channel, Digest
from tracker.config.table import Table
from tracker.model import EventKind, Grouping, Severity

Environment = Mapping[str, str] | None
GROUP_WAIT = timedelta(minutes=2)
_DAY = timedelta(days=1)


def channel(
    table: Table, services: set[str], practices: Collection[str], timezone: str, environment: Environment
) -> Channel:
    """One of the five types; ``timezone`` is what a digest's time is read in if the channel names none."""
    practice = values.word_of(*practices) if practices else values.text
    usual = Channel("", "")
    types = f'type = "email" or one of {", ".join(list(_TYPES)[1:])}'
    found = Channel(
        name=table.require("name", values.name, "", 'name = "…"'),
        type=table.require("type", values.word_of(*_TYPES), "", types),
        allow_private=table.get("allow_private", values.flag, usual.allow_private),
        severity=table.get("severity", values.one_of(Severity), usual.severity),
        services=table.get("services", values.many(values.word_of(*filter(None, services))), ()),
        practices=table.get("practices", values.many(practice), ()),
        events=table.get("events", values.many(values.one_of(EventKind)), ()),
        repeat=table.get("repeat", times.duration(_DAY, 366 * _DAY), None),
        give_up=table.get("give_up", times.duration(timedelta(minutes=1), 366 * _DAY), usual.give_up),
    )
    if not found.type:
        return found  # which other keys are right depends on the type
    found = _TYPES[found.type](table, found, environment)
    if found.type in ("email", "apprise"):
        found = _calm(table, found, timezone)
    table.finish()
    return found


def _calm(table: Table, channel: Channel, timezone: str) -> Channel:
    """For people, events are put together; machines get each by itself."""
    zone = table.get("timezone", values.timezone, timezone)
    digest = table.get("digest", times.digest, None)
    if digest:
        if "group" in table:
            table.problem("group", "a digest tells everything at once: drop one of both")
        return replace(channel, digest=Digest(digest[1], zone, digest[0]), group=Grouping.ALL)
    return replace(
        channel,
        group=table.get("group", values.one_of(Grouping), Grouping.SERVICE),
        group_wait=table.get("group_wait", times.duration(timedelta(), _DAY), GROUP_WAIT),
    )


def _email(table: Table, channel: Channel, environment: Environment) -> Channel:
    found = replace(
        channel,
        to=table.require("to", values.many(values.mail_address), (), 'to = ["privacy@example.org"]'),
        sender=table.get("sender", values.mail_address, channel.sender),
        smtp=table.require("smtp", values.mail_server, "", 'smtp = "smtp://user@mail.example.org:587"'),
        password=table.get("password", values.secret(environment), None),
    )
    if found.smtp and ("@" in found.smtp) != ("password" in table):
        table.problem("smtp", 'a user name and a password go together: "smtp://user@…" with password = "env:NAME"')
    return found


def _webhook(table: Table, channel: Channel, environment: Environment) -> Channel:
    return replace(
        channel,
        url=table.require("url", values.url, "", 'url = "https://…"'),
        secret=table.require("secret", values.webhook_secret(environment), None, 'secret = "env:NAME"'),
        ca_file=table.get("ca_file", values.certificates, None),
    )


def _feed(table: Table, channel: Channel, _: Environment) -> Channel:
    path = table.require("path", _feed_path, "", 'path = "alerts.xml"')
    return replace(channel, path=path, group=Grouping.ALL)


def _apprise(table: Table, channel: Channel, environment: Environment) -> Channel:
    return replace(channel, address=table.require("url", values.secret(environment), None, 'url = "env:NAME"'))


def _command(table: Table, channel: Channel, _: Environment) -> Channel:
    return replace(channel, command=table.require("command", _program, (), 'command = ["/path/to/program"]'))


def _feed_path(value: object) -> str:
    """A file's name; ``{service}`` in it stands for each service's."""
    found = values.text(value)
    if found.endswith("/") or "{" in found.replace("{service}", ""):
        raise ValueError('must be a file such as "alerts.xml" or "feeds/{service}.xml"')
    return found


def _program(value: object) -> tuple[str, ...]:
    """A command as a list: the program and its arguments, which may repeat."""
    if not isinstance(value, list) or not value:
        raise ValueError('must be a list such as ["/usr/local/bin/tell", "--now"]')
    return tuple(values.text(item) for item in value)


def ping(environment: Environment) -> Callable[[object], str | None]:
    """An address, or ``env:NAME`` of one: for many monitoring services it is a secret."""

    def read(value: object) -> str | None:
        held = values.secret(environment)(value) if str(value).startswith("env:") else values.url(value)
        try:
            return held and values.url(held)
        except ValueError as error:
            raise ValueError("must be an http or https address, or the variable that holds one") from error

    return read


_TYPES: dict[str, Callable[[Table, Channel, Environment], Channel]] = {
    "email": _email,
    "webhook": _webhook,
    "feed": _feed,
    "apprise": _apprise,
    "command": _command,
}
