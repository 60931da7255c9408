"""What a configuration may say, and how every problem in it is told."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.config import Config, FetchSettings, Selection, load, starter, trigger
from tracker.errors import ConfigError
from tracker.model import DocumentKey, EventKind, Kind, Severity

ROOT = Path(__file__).parents[1]
KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()
DOCUMENT = """
[[service]]
name = "Example"
[[service.document]]
name = "Privacy Policy"
kind = "privacy"
url = "https://example.org/privacy"
"""


def read(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environment or {})


def problems(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    """The problems of a text, each from its line number on."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text, environment)
    return [problem.removeprefix(f"{tmp_path / 'config.toml'}:") for problem in caught.value.problems]


def test_everything_a_configuration_can_say(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        [tracker]
        database = "data.db"
        schedule = "17 */6 * * *"
        timezone = "Europe/Paris"
        [fetch]
        user_agent = "me"
        workers = 4
        delay_per_host = 1
        confirm = 0
        allow_private = true
        timeout = 5
        deadline = 9.5
        retries = 0
        max_bytes = 5000
        [[service]]
        name = "Meta"
        binding = ["privacy", "terms"]
        [[service.document]]
        name = "Privacy Policy"
        kind = "privacy"
        urls = ["https://example.org/1", "https://example.org/2"]
        select = ["main", "a > b"]
        remove = [".x"]
        language = "pt-BR"
        region = "US-CA"
        schedule = "every 30m"
        fetcher = "http"
        robots = "ignore"
        allow_private = false
        [[service.document]]
        name = "Privacy Policy@EU"
        kind = "regional-notice"
        url = "https://example.org/eu"
        [[service]]
        name = "Instagram"
        homepage = "https://example.org"
        formerly = ["Burbn"]
        uses = ["Meta/Privacy Policy"]
        [[channel]]
        name = "team"
        type = "email"
        to = ["a@example.org", "b@example.org"]
        sender = "t@example.org"
        smtp = "smtp://me@mail.example.org:587"
        password = "env:PASSWORD"
        severity = "high"
        services = ["Meta"]
        practices = ["ai-training"]
        events = ["gap-opened"]
        [[channel]]
        name = "hook"
        type = "webhook"
        url = "http://127.0.0.1:80/x"
        secret = "env:KEY"
        allow_private = true
        """,
        {"PASSWORD": "s3cret", "KEY": KEY},
    )
    assert (config.database, config.schedule, config.timezone) == ("data.db", "17 */6 * * *", "Europe/Paris")
    assert config.fetch == FetchSettings("me", 4, 1.0, 0, True, 5.0, 9.5, 0, 5000)
    meta, instagram = config.services
    policy, european = meta.documents
    assert meta.binding == (Kind.PRIVACY, Kind.TERMS)
    assert policy.key == DocumentKey("Meta", "Privacy Policy")
    assert policy.urls == ("https://example.org/1", "https://example.org/2")
    assert policy.selection == Selection(("main", "a > b"), (".x",))
    assert (policy.language, policy.region, policy.schedule) == ("pt-BR", "US-CA", "every 30m")
    assert (policy.robots, policy.allow_private) == ("ignore", False)
    assert (european.kind, european.urls) == (Kind.REGIONAL_NOTICE, ("https://example.org/eu",))
    assert (european.schedule, european.allow_private) == ("17 */6 * * *", True), "taken from [tracker] and [fetch]"
    assert instagram.uses == (DocumentKey("Meta", "Privacy Policy"),)
    assert (instagram.formerly, instagram.binding) == (("Burbn",), ())
    team, hook = config.channels
    assert (team.to, team.sender) == (("a@example.org", "b@example.org"), "t@example.org")
    assert (team.password, team.severity, team.events) == ("s3cret", Severity.HIGH, (EventKind.GAP_OPENED,))
    assert (hook.url, hook.secret, hook.allow_private) == ("http://127.0.0.1:80/x", KEY, True)
    assert "s3cret" not in repr(config)
    assert KEY not in repr(config)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Config()


def test_the_mark_that_some_editors_put_before_the_text_is_skipped(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff[tracker]").database == Config().database


def test_the_shipped_configuration_tracks_the_founding_services() -> None:
    config = load(ROOT / "config.toml", {})
    tracked = {service.name: {document.kind for document in service.documents} for service in config.services}
    named = ["LinkedIn", "Facebook", "Instagram", "X", "Reddit", "Stack Overflow", "Tumblr", "Photobucket"]
    assert list(tracked) == named
    for service, kinds in tracked.items():
        assert {Kind.PRIVACY, Kind.TERMS} <= kinds, service
        assert any(kind.informal for kind in kinds), f"{service}: nothing that could open a gap"
    assert config.channels == ()


def test_the_starter_loads_as_it_is_and_with_every_mark_taken_away(tmp_path: Path) -> None:
    assert [service.name for service in read(tmp_path, starter()).services] == ["Example"]
    whole = re.sub(r"^# (?=\w+ = |\[\[)(?!uses)", "", starter(), flags=re.MULTILINE)
    config = read(tmp_path, whole, {"SMTP_PASSWORD": "x", "WEBHOOK_SECRET": KEY})
    assert [channel.type for channel in config.channels] == ["email", "webhook"]
    assert config.fetch == FetchSettings(), "what the starter shows as defaults are the defaults"


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """[tracker]
schedle = "every 6h"
[fetch]
workers = 0
[[service]]
name = "LinkedIn"
[[service.document]]
name = "Privacy Policy"
kind = "privcy"
url = "https://example.org/"
select = ["a[["]
[[channel]]
name = "m"
type = "email"
smtp = "smtp://mail.example.org"
colour = 1
""",
    )
    assert found == [
        '2: [tracker], key "schedle": unknown key: did you mean "schedule"?',
        '4: [fetch], key "workers": must be between 1 and 256, is 0',
        '9: service "LinkedIn", document "Privacy Policy", key "kind": unknown word "privcy": did you mean "privacy"?',
        '11: service "LinkedIn", document "Privacy Policy", key "select": '
        '"a[[" is no CSS selector: Malformed attribute selector at position 1',
        '12: channel "m": key "to" is missing: add to = ["privacy@example.org"]',
        '16: channel "m", key "colour": unknown key: known are allow_private, digest, events, give_up, group, '
        "group_wait, name, password, practices, repeat, sender, services, severity, smtp, timezone, to, type",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('kind = ["privacy"]', "must be text in quotation marks, is a list"),
        ('name = "a/b"', 'without "/"'),
        ('name = "a\\u001b[2J"', "can be printed"),
        ('url = "ftp://example.org"', "must begin with https:// or http://"),
        ('url = "https://"', "must begin with https:// or http://"),
        ('url = "https://me:hunter2@example.org"', "must not hold a user name or password"),
        ('url = "https://example.org:99999/"', "is no address"),
        ('url = "https://[::1/"', "is no address"),
        ('url = "https://example.org/a b"', "without spaces"),
        ('url = "https://example.org/#part"', "must not hold a fragment"),
        ("urls = []", "must be a list"),
        ('urls = ["https://example.org/", "https://example.org/"]', 'names "https://example.org/" twice'),
        ('select = "main"', 'must be a list such as ["…", "…"], is "main"'),
        ('select = [""]', "not empty"),
        ('language = "english language"', "language tag"),
        ('region = "Europe"', "ISO 3166"),
        ('fetcher = "curl"', "known are auto, browser, http"),
        ("robots = 1", "must be text in quotation marks, is a number"),
        ('schedule = "every 6 hours"', 'such as "every 6h"'),
        ('schedule = "every 0h"', "between every 1m and every 366d"),
        ('schedule = "every 999999d"', "between every 1m and every 366d"),
        ('schedule = "hourly"', "five cron fields"),
        ('schedule = "17 25 * * *"', "is no cron line"),
        ('schedule = "0 0 1 * mon"', "keep one of them"),
        ('schedule = "0 0 31 2 *"', "no day ever meets"),
        ('schedule = "0 0 * * 9"', "is no cron line"),
    ],
)
def test_a_wrong_value_of_a_document_is_told_with_its_key(tmp_path: Path, line: str, told: str) -> None:
    key = line.partition(" ")[0]
    *service, header, name, kind, url = DOCUMENT.splitlines()
    usual = {"name": name, "kind": kind, "urls" if key == "urls" else "url": url}
    lines = [*service, header, *(usual | {key: line}).values()]
    [found] = problems(tmp_path, "\n".join(lines))
    assert f'key "{key}"' in found
    assert found.startswith(f"{lines.index(line) + 1}: service ")
    assert told in found
    assert "hunter2" not in found
    assert found.isprintable()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[tracker]\ntimezone = "Mars/Base"', 'key "timezone": unknown time zone "Mars/Base"'),
        ('[tracker]\ntimezone = "../etc/passwd"', 'key "timezone": unknown time zone'),
        ('[tracker]\ntimezone = "Europe"', 'key "timezone": unknown time zone'),
        ('[tracker]\nschedule = "sometimes"', '[tracker], key "schedule": must be'),
        ("[fetch]\nworkers = true", 'key "workers": must be a whole number'),
        ("[fetch]\nworkers = 2.5", 'key "workers": must be a whole number'),
        ("[fetch]\ndelay_per_host = nan", 'key "delay_per_host": must be between 0 and 3600, is nan'),
        ("[fetch]\ndelay_per_host = -1", 'key "delay_per_host": must be between'),
        ('[fetch]\nuser_agent = "a\\r\\nCookie: b"', 'key "user_agent": must be one line'),
        ('[fetch]\nuser_agent = "mé"', 'key "user_agent": must be ASCII'),
        ("tracker = 3", 'key "tracker": must be a table: [tracker]'),
        ("[[fetch]]", 'key "fetch": must be a table: [fetch]'),
        ("[service]\nname = 'x'", 'key "service": must be written with two pairs of brackets: [[service]]'),
        ("[[services]]\nname = 'x'", 'key "services": unknown key: did you mean "service"?'),
        ("[[service]]\nname = 'x'", 'service "x": has no document'),
        (DOCUMENT.replace('url = "https://example.org/privacy"', ""), 'one of the keys "url"'),
        (DOCUMENT + 'urls = ["https://example.org/2"]', 'one of the keys "url"'),
        (DOCUMENT.replace('kind = "privacy"', ""), 'key "kind" is missing'),
        (DOCUMENT.replace('name = "Privacy Policy"', ""), 'document 1: key "name" is missing'),
        (DOCUMENT + DOCUMENT.replace("Example", "EXAMPLE"), 'another service has the name "EXAMPLE": rename one'),
        (
            DOCUMENT + '[[service.document]]\nname = "privacy policy"\nkind = "faq"\nurl = "https://example.org/2"',
            'another document has the name "privacy policy": tell variants apart as "privacy policy@EU"',
        ),
        (DOCUMENT.replace('"Example"', '"Example"\nbinding = "privacy"'), 'must be "any" or a list of kinds'),
        (DOCUMENT.replace('"Example"', '"Example"\nbinding = []'), 'key "binding": must be a list'),
        (DOCUMENT.replace('"Example"', '"Example"\nbinding = ["faq"]'), '"faq" documents bind nobody'),
        (DOCUMENT.replace('"Example"', '"Example"\nbinding = ["term"]'), 'did you mean "terms"?'),
        (DOCUMENT.replace('"Example"', '"Example"\nuses = ["Meta"]'), 'as "Service/Document"'),
        (DOCUMENT.replace('"Example"', '"Example"\nuses = ["Meta/Terms"]'), '"Meta/Terms" is no document of this'),
        (DOCUMENT.replace('"Example"', '"Example"\nuses = ["Example/Privacy Policy"]'), "of the service itself"),
        ('channel = ["x"]', 'key "channel": must be written with two pairs of brackets'),
        ('[[channel]]\ntype = "email"\nto = ["a@b.org"]\nsmtp = "smtp://h"', 'channel 1: key "name" is missing'),
        ('[[channel]]\nname = "x"\ntype = "emial"\nto = 3', 'unknown word "emial": did you mean "email"?'),
    ],
)
def test_other_problems_are_told_with_their_place(tmp_path: Path, text: str, told: str) -> None:
    [found] = problems(tmp_path, text)
    assert told in found
    assert found.partition(":")[0].isdigit(), "no line number"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('type = "email"\nto = ["a@b.org"]', 'key "smtp" is missing'),
        ('type = "email"\nto = ["a@b.org\\nBcc: x@y.org"]\nsmtp = "smtp://h"', 'key "to": must be one line'),
        ('type = "email"\nto = ["nobody"]\nsmtp = "smtp://h"', "must be an e-mail address"),
        ('type = "email"\nto = ["a@b.org"]\nsmtp = "mail.example.org"', "must be such as"),
        ('type = "email"\nto = ["a@b.org"]\nsmtp = "smtp://me:hunter2@h"', "must not hold the password"),
        ('type = "email"\nto = ["a@b.org"]\nsmtp = "smtp://me@h"', "go together"),
        ('type = "email"\nto = ["a@b.org"]\nsmtp = "smtp://h"\npassword = "env:PASSWORD"', "go together"),
        ('type = "email"\nto = ["a@b.org"]\nsmtp = "smtp://me@h"\npassword = "hunter2"', 'must be "env:NAME"'),
        ('type = "email"\nto = ["a@b.org"]\nsmtp = "smtp://me@h"\npassword = "env:NO"', "variable NO is not set"),
        ('type = "email"\nto = ["a@b.org"]\nsmtp = "smtp://h"\nurl = "https://h"', 'key "url": unknown key'),
        ('type = "webhook"\nsecret = "env:KEY"', 'key "url" is missing'),
        ('type = "webhook"\nurl = "https://h"', 'key "secret" is missing'),
        ('type = "webhook"\nurl = "https://h"\nsecret = "env:PASSWORD"', "base64 of 24 to 64 bytes"),
        ('type = "webhook"\nurl = "https://h"\nsecret = "env:KEY"\nservices = ["Y"]', 'unknown word "Y"'),
        ('type = "webhook"\nurl = "https://h"\nsecret = "env:KEY"\nevents = ["gap-open"]', '"gap-opened"?'),
        ('type = "webhook"\nurl = "https://h"\nsecret = "env:KEY"\nseverity = "hi"', 'unknown word "hi"'),
    ],
)
def test_problems_of_a_channel_never_show_a_secret(tmp_path: Path, lines: str, told: str) -> None:
    text = f'[[channel]]\nname = "team"\n{lines}'
    [found] = problems(tmp_path, DOCUMENT + text, {"PASSWORD": "hunter2-from-outside", "KEY": KEY})
    assert 'channel "team"' in found
    assert told in found
    assert "hunter2" not in found


def test_a_missing_or_unreadable_file_is_one_clear_line(tmp_path: Path) -> None:
    def told(path: Path) -> str:
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        [line] = caught.value.problems
        return line

    assert "no such file: name one with --config" in told(tmp_path / "none.toml")
    assert "cannot be read: Is a directory" in told(tmp_path)
    path = tmp_path / "config.toml"
    path.write_bytes(b'[tracker]\ndatabase = "\xff"\n')
    assert "not UTF-8 text at line 2, column 13" in told(path)
    path.write_bytes(b"[tracker]\ndatabase : 3\n")
    assert "not TOML: Expected '=' after a key in a key/value pair (at line 2, column 10)" in told(path)
    path.write_bytes(b"[tracker]\nworkers = [1,")
    assert "(at line 2, column 14: end of document)" in told(path)
    path.write_bytes(b"a = " + b"[" * 100_000)
    assert "nested too deeply" in told(path)


def test_a_hostile_name_never_reaches_the_terminal_raw(tmp_path: Path) -> None:
    [found] = problems(tmp_path, DOCUMENT.replace('"Example"', '"Ex\\u001b[31m\\u202eample"'))
    assert "Ex\\x1b[31m\\u202eample" in found
    assert found.isprintable()


@pytest.mark.parametrize(
    ("schedule", "timezone", "after", "expected"),
    [
        ("17 */6 * * *", "UTC", "2024-09-18T00:00", "2024-09-18T00:17"),
        ("0 9 * * *", "Europe/Paris", "2024-09-18T00:00", "2024-09-18T07:00"),
        ("0 9 * * 1", "UTC", "2024-09-18T00:00", "2024-09-23T09:00"),  # a Monday
        ("0 9 * * 0", "UTC", "2024-09-18T00:00", "2024-09-22T09:00"),  # Sundays
        ("0 9 * * 7", "UTC", "2024-09-18T00:00", "2024-09-22T09:00"),
        ("0 9 * * 0-2", "UTC", "2024-09-18T00:00", "2024-09-22T09:00"),
        ("0 9 * * 1-5", "UTC", "2024-09-20T10:00", "2024-09-23T09:00"),  # from a Friday on
        ("0 9 * * */6", "UTC", "2024-09-18T00:00", "2024-09-21T09:00"),  # Sunday, Saturday
        ("0 9 * * sat,3", "UTC", "2024-09-18T10:00", "2024-09-21T09:00"),
        ("0 0 29 2 *", "UTC", "2024-09-18T00:00", "2028-02-29T00:00"),
    ],
)
def test_cron_lines_mean_what_crontab_says(schedule: str, timezone: str, after: str, expected: str) -> None:
    now = datetime.fromisoformat(after).replace(tzinfo=UTC)
    fires = trigger(schedule, timezone).get_next_fire_time(None, now)
    assert fires is not None
    assert fires.astimezone(UTC) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(("schedule", "hours"), [("every 30m", 0.5), ("every 6h", 6), ("every  1d", 24)])
def test_intervals(schedule: str, hours: float) -> None:
    now = datetime(2024, 9, 18, tzinfo=UTC)
    kept = trigger(schedule, "UTC")
    second = kept.get_next_fire_time(now, now)
    assert second is not None
    assert (second - now).total_seconds() == hours * 3600
