"""config.toml → Config, or every problem at once."""

from __future__ import annotations

import tomllib
from codecs import BOM_UTF8
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from tracker.config import values
from tracker.config.channels import channel
from tracker.config.channels import ping as read_ping
from tracker.config.settings import Config, Document, FetchSettings, Selection, Service
from tracker.config.table import Source, Table, key_lines, printable
from tracker.config.triggers import trigger
from tracker.errors import ConfigError
from tracker.model import DocumentKey, Kind


def load(path: Path, environment: Mapping[str, str] | None, practices: Collection[str] = ()) -> Config:
    """The configuration in a file, its secrets taken from ``environment``.

    None: the secrets stay None and need not be set, for who delivers nothing.  ``practices`` are those that a channel
    may name; where none is given, any word passes.

    Raises ConfigError with every problem found, in the order of the file: each is one line that begins with
    ``path:line:``, names the service, document or channel and the key, and says what would be right.
    """
    text = _text(path)
    source = Source(str(path), key_lines(text))
    config = _config(Table(_tables(path, text), source), environment, practices)
    if source.problems:
        raise ConfigError(tuple(problem for _, problem in sorted(source.problems, key=lambda found: found[0])))
    channels = (replace(each, path=str(path.parent / each.path)) if each.path else each for each in config.channels)
    return replace(config, channels=tuple(channels))


def starter() -> str:
    """The commented configuration that a new user begins with."""
    return files("tracker.config").joinpath("starter.toml").read_text(encoding="utf-8")


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes().removeprefix(BOM_UTF8)
    except FileNotFoundError as error:
        problem = f"{path}: no such file: name one with --config, or write one with `tracker init`"
        raise ConfigError((problem,)) from error
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror}",)) from error
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        problem = f"{path}:{line}: not UTF-8 text at line {line}, column {column}: save the file as UTF-8"
        raise ConfigError((problem,)) from error


def _tables(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last = text.rstrip("\n").count("\n") + 1
        column = len(text.rstrip("\n").rpartition("\n")[2]) + 1
        place = f"(at line {last}, column {column}: end of document)"
        reason = str(error).replace("(at end of document)", place)
        raise ConfigError((f"{path}: not TOML: {printable(reason, 200)}",)) from error
    except RecursionError as error:
        raise ConfigError((f"{path}: not a configuration: its values are nested too deeply",)) from error


def _config(root: Table, environment: Mapping[str, str] | None, practices: Collection[str]) -> Config:
    usual = Config()
    general = root.table("tracker")
    database = general.get("database", values.text, usual.database)
    timezone = general.get("timezone", values.timezone, usual.timezone)
    schedule = _schedule(general, usual.schedule, timezone)
    ping = general.get("ping", read_ping(environment), None)
    general.finish()
    fetch = _fetch(root.table("fetch"), environment)
    services = _services(root.tables("service", "service"), schedule, timezone, fetch.allow_private)
    names = {service.name for service in services}
    tables = root.tables("channel", "channel")
    channels = tuple(channel(table, names, practices, timezone, environment) for table in tables)
    _distinct(zip(tables, (each.name for each in channels), strict=True), "channel")
    written = [each.path for each in channels]
    for table, path in zip(tables, written, strict=True):
        if path and written.count(path) > 1:
            table.problem("path", f'another channel writes "{printable(path)}": name another file')
    root.finish()
    return Config(database, schedule, timezone, ping, fetch, services, channels)


def _schedule(table: Table, usual: str, timezone: str) -> str:
    def read(value: object) -> str:
        schedule = " ".join(values.text(value).split())
        trigger(schedule, timezone)
        return schedule

    return table.get("schedule", read, usual)


def _fetch(table: Table, environment: Mapping[str, str] | None) -> FetchSettings:
    usual = FetchSettings()
    found = FetchSettings(
        user_agent=table.get("user_agent", values.user_agent, usual.user_agent),
        workers=table.get("workers", values.whole(1, 256), usual.workers),
        delay_per_host=table.get("delay_per_host", values.number(0, 3600), usual.delay_per_host),
        confirm=table.get("confirm", values.whole(0, 10), usual.confirm),
        allow_private=table.get("allow_private", values.flag, usual.allow_private),
        timeout=table.get("timeout", values.number(0.1, 600), usual.timeout),
        deadline=table.get("deadline", values.number(0.1, 3600), usual.deadline),
        retries=table.get("retries", values.whole(0, 10), usual.retries),
        max_bytes=table.get("max_bytes", values.whole(1_000, 1_000_000_000), usual.max_bytes),
        proxy=table.get("proxy", values.proxy(environment), None),
        ca_file=table.get("ca_file", values.certificates, None),
    )
    table.finish()
    return found


def _services(tables: list[Table], schedule: str, timezone: str, allow_private: bool) -> tuple[Service, ...]:
    services = tuple(_service(table, schedule, timezone, allow_private) for table in tables)
    pairs = list(zip(tables, services, strict=True))
    _distinct(((t, name) for t, service in pairs for name in (service.name, *service.formerly)), "service")
    known = {document.key for service in services for document in service.documents}
    for table, service in pairs:
        for key in service.uses:
            if key not in known:
                table.problem("uses", f'"{printable(str(key))}" is no document of this file')
            elif key.service == service.name:
                table.problem("uses", f'"{printable(str(key))}" is a document of the service itself: drop it')
    return services


def _service(table: Table, schedule: str, timezone: str, allow_private: bool) -> Service:
    name = table.require("name", values.name, "", 'name = "…"')
    tables = table.tables("document", "service.document")
    documents = tuple(_document(item, name, schedule, timezone, allow_private) for item in tables)
    _distinct(zip(tables, (document.key.document for document in documents), strict=True), "document")
    service = Service(
        name=name,
        documents=documents,
        homepage=table.get("homepage", values.url, None),
        binding=table.get("binding", values.binding, ()),
        uses=table.get("uses", values.many(values.document_key), ()),
        formerly=table.get("formerly", values.many(values.name), ()),
    )
    if not tables and "document" not in table and "uses" not in table:
        table.problem(None, "has no document: add a [[service.document]]")
    table.finish()
    return service


def _document(table: Table, service: str, schedule: str, timezone: str, allow_private: bool) -> Document:
    urls: tuple[str, ...] = table.get("urls", values.many(values.url), ())
    url = table.get("url", values.url, "")
    if ("url" in table) == ("urls" in table):
        table.problem(None, 'needs one of the keys "url" (one page) and "urls" (a list of pages)')
    document = Document(
        key=DocumentKey(service, table.require("name", values.name, "", 'name = "…"')),
        kind=table.require("kind", values.one_of(Kind), Kind.OTHER, 'kind = "privacy" or another'),
        urls=urls or (url,),
        selection=Selection(
            select=table.get("select", values.many(values.part), ()),
            remove=table.get("remove", values.many(values.part), ()),
        ),
        language=table.get("language", values.language, None),
        region=table.get("region", values.region, None),
        schedule=_schedule(table, schedule, timezone),
        fetcher=table.get("fetcher", values.word_of("http", "browser", "auto"), "http"),
        robots=table.get("robots", values.word_of("obey", "ignore"), "obey"),
        allow_private=table.get("allow_private", values.flag, allow_private),
        links=table.get("links", values.selector, None),
        limit=table.get("limit", values.whole(1, 500), 50),
    )
    pages = tuple(_page(item, document.selection) for item in table.tables("page", "service.document.page"))
    for address, _ in pages:
        if address not in document.urls:
            table.problem("page", f'"{printable(address)}" is none of the document\'s addresses: add it to "urls"')
    document = replace(document, pages=pages)
    if document.links and len(document.urls) > 1:
        table.problem("links", 'needs "url", the one index page that they stand on')
    table.finish()
    return document


def _page(table: Table, usual: Selection) -> tuple[str, Selection]:
    own = Selection(
        select=table.get("select", values.many(values.part), usual.select),
        remove=table.get("remove", values.many(values.part), usual.remove),
    )
    url = table.require("url", values.url, "", 'url = "…", one of the document\'s addresses')
    table.finish()
    return url, own


def _distinct(named: Iterable[tuple[Table, str]], noun: str) -> None:
    """Notes each name taken before; names differ by more than case, for the command line takes them in any."""
    taken: set[str] = set()
    for table, name in named:
        if name and name.casefold() in taken:
            variant = f': tell variants apart as "{printable(name)}@EU"' if noun == "document" else ": rename one"
            table.problem("name", f'another {noun} has the name "{printable(name)}"{variant}')
        taken.add(name.casefold())
