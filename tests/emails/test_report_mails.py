"""The weekly reports as mails: as someone last looked at them, complete, and unmoved by what people type.

`UPDATE_GOLDEN=1 python -m pytest tests/emails/test_report_mails.py` renews the files, as in test_golden. Pictures and
workbooks are compared by what they are and not byte by byte: fonts and libraries differ from host to host.
"""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.mails.mail_text import one_line
from bot.mails.rendering import TEMPLATES, Renderer
from bot.mails.wording import read_words
from bot.planning.notices import ADMINS_LAST, Draft, ReportMail
from bot.planning.report_values import (
    Amount,
    Correction,
    LeftOut,
    OrderLine,
    PersonalReport,
    Ranked,
    Sum,
    TeamReport,
)
from bot.reports.shown.drafts import has_news
from tests.emails.reading import page, parsed, part
from tests.emails.report_samples import (
    SUMMARY_LINK,
    figures,
    line,
    lines,
    personal,
    personal_mail,
    recipient,
    report_mails,
    several_currencies,
    team,
    team_mail,
)
from tests.emails.samples import NOW
from tests.emails.samples import renderer as new_renderer
from tests.hostile import PAYLOADS

GOLDEN = Path(__file__).parent / "golden_reports"
LANGUAGES = ("zh-CN", "en")
NAMES = [
    *(f"weekly_personal.{language}.{when}" for language in LANGUAGES
      for when in ("full", "currencies", "empty", "late", "interim")),
    *(f"weekly_team.{language}.{what}" for language in LANGUAGES for what in ("one", "all", "empty")),
]  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a report opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)


@cache
def renderer(language: str) -> Renderer:
    """One for all tests: it keeps its templates."""
    return new_renderer(language)


@cache
def mails() -> Mapping[str, Draft]:
    return report_mails()


@cache
def sent(name: str) -> EmailMessage:
    draft = mails()[name]
    return parsed(renderer(draft.recipient.language).message(draft, NOW))


def bare(report: PersonalReport | TeamReport, language: str = "en") -> Draft:
    """The report's draft without pictures and files, which take time and carry nothing of their own."""
    kind = "weekly_personal" if isinstance(report, PersonalReport) else "weekly_team"
    content = ReportMail(report, link=SUMMARY_LINK)
    return Draft(f"{kind}:2026-W47:zhang.wei@example.com", kind, recipient(language), None, content)


def previewed(report: PersonalReport | TeamReport, language: str = "en") -> tuple[str, str, str]:
    return renderer(language).preview(bare(report, language))


# ── as someone last looked at them ──────────────────────────────────────────────────────────────────────────


def described(mail: EmailMessage) -> str:
    """Every part's headers; of a workbook its cells, of a table its lines, of a picture its type alone."""
    said = ["".join(f"{key}: {value}\n" for key, value in mail.items())]
    for found in mail.walk():
        if found.is_multipart() or found.get_content_subtype() in ("plain", "html"):
            continue
        said.append("".join(f"{key}: {value}\n" for key, value in found.items()))
        content = found.get_payload(decode=True)
        if found.get_content_type() == XLSX:
            for sheet in openpyxl.load_workbook(io.BytesIO(content)):
                said.append(
                    f"[{sheet.title}]\n" + "".join(f"{row}\n" for row in sheet.iter_rows(values_only=True))
                )
        elif found.get_content_maintype() == "text":
            said.append(content.decode("utf-8-sig").replace("\r\n", "\n"))
    return "\n".join(said)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_looks_as_it_did_when_someone_last_looked_at_it(name: str) -> None:
    mail = sent(name)
    seen = {
        f"{name}.txt": f"{described(mail)}\n{'~' * 40}\n{part(mail, 'plain')}",
        f"{name}.html": part(mail, "html"),
    }
    for file, content in seen.items():
        if os.environ.get("UPDATE_GOLDEN"):
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / file).write_text(content, "utf-8")
        assert content == (GOLDEN / file).read_text("utf-8")


def test_no_golden_report_is_left_of_one_that_is_gone() -> None:
    assert set(mails()) == set(NAMES)
    assert {path.name for path in GOLDEN.iterdir()} == {
        f"{n}.{end}" for n in NAMES for end in ("txt", "html")
    }


# ── complete ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_that_is_shown_came_along_and_is_told_in_words(name: str) -> None:
    mail = sent(name)
    html = part(mail, "html")
    shown = re.findall(r"<img[^>]*>", html)
    sources = [re.findall(r' src="cid:([^"]+)"', tag) for tag in shown]
    brought = [p["Content-ID"].strip("<>") for p in mail.walk() if p.get_content_type() == "image/png"]
    assert sources == [[cid] for cid in brought]
    assert all(re.search(r' alt="[^"]*¥[\d,.]+', tag) for tag in shown)
    assert len(brought) == (0 if "empty" in name else 2 if "team" in name else 1)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_can_be_read_aloud_and_by_everyone(name: str) -> None:
    html = part(sent(name), "html")
    found = page(html)
    assert found.tags.count("h1") == found.tags.count("title") == 1
    assert f'<html lang="{name.split(".")[1]}">' in html
    data = [tag for tag in re.findall(r"<table[^>]*>", html) if 'role="presentation"' not in tag]
    assert all('class="data"' in tag or 'class="facts"' in tag for tag in data)
    assert html.count("<th") - html.count("<thead") == len(re.findall(r'<th[^>]* scope="(?:row|col)"', html))
    sizes = [int(s) for s in re.findall(r"font(?:-size)?: (\d+)px", html.partition('<div class="pre"')[2])]
    assert min(size for size in sizes if size != 1) >= 14
    assert all(link.startswith(("cid:", "mailto:orders@", SUMMARY_LINK)) for link in found.links)


@pytest.mark.parametrize("name", NAMES)
def test_text_and_html_tell_the_same_figures(name: str) -> None:
    mail = sent(name)
    html = re.sub(r"alt=\"[^\"]*\"", "", part(mail, "html")).replace("<br>", "\n").partition("<h1")[2]
    figures_of = re.compile(r"(?:[¥$]|\u00a0)[\d,.]*\d")
    assert sorted(figures_of.findall(part(mail, "plain"))) == sorted(figures_of.findall(html))


@pytest.mark.parametrize("name", [n for n in NAMES if "empty" not in n])
def test_a_bar_is_as_long_as_its_row_says(name: str) -> None:
    widths = [int(w) for w in re.findall(r'class="full"[^>]* width="(\d+)%"', part(sent(name), "html"))]
    assert widths
    assert max(widths) == 100
    assert min(widths) >= 1


def test_the_largest_bar_belongs_to_the_largest_amount() -> None:
    _, text, _ = previewed(personal("en"))
    days = [row for row in text.splitlines() if re.search(r"Nov\s+\d+\s+CN¥", row)]
    amounts = {row: Decimal(re.findall(r"¥([\d,.]+)", row)[0].replace(",", "")) for row in days}
    longest = max(days, key=lambda row: row.count("#"))
    assert amounts[longest] == max(amounts.values())


# ── what they say ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("weekly_personal.zh-CN.full", "周报 2026-W47 · 12 单 · ¥625,205.50"),
        ("weekly_personal.en.full", "Weekly report 2026-W47 · 12 orders · CN¥625,205.50"),
        ("weekly_personal.zh-CN.late", "周报 2026-W47 · 12 单 · ¥625,205.50 · 补发"),
        ("weekly_personal.en.interim", "Weekly report 2026-W47 · 12 orders · CN¥625,205.50 · so far"),
        ("weekly_personal.zh-CN.empty", "周报 2026-W47 · 本周没有订单"),
        ("weekly_team.zh-CN.one", "团队周报 2026-W47 · 华东组 · 20 单 · ¥983,605.50"),
        ("weekly_team.en.all", "Weekly report 2026-W47 · All teams · 20 orders · CN¥983,605.50"),
    ],
)
def test_a_subject_begins_with_what_matters(name: str, subject: str) -> None:
    assert sent(name)["Subject"] == subject


def test_whole_amounts_stand_in_the_subject_without_a_fraction() -> None:
    week = figures("en", [line("en", 0, amount=Decimal("345600.00"))])
    assert previewed(personal("en", week))[0] == "Weekly report 2026-W47 · 1 order · CN¥345,600"


@pytest.mark.parametrize("language", LANGUAGES)
def test_currencies_are_never_added(language: str) -> None:
    _, text, html = previewed(personal(language, several_currencies(language)), language)
    for shown in (text, html):
        assert "204,799.50" in shown
        assert "1,200.00" in shown
        assert "98,000" in shown
        assert "303,999" not in shown


def test_the_window_is_said_in_the_teams_time() -> None:
    assert "11月13日 18:00 – 11月20日 18:00" in previewed(personal("zh-CN"), "zh-CN")[1]


@pytest.mark.parametrize("name", ["weekly_personal.zh-CN.empty", "weekly_team.zh-CN.empty"])
def test_an_empty_week_is_a_short_friendly_mail_alone(name: str) -> None:
    mail = sent(name)
    assert mail.get_content_type() == "multipart/alternative"
    assert "祝" in part(mail, "plain")
    assert len(part(mail, "plain").splitlines()) < 20
    assert "<h2" not in part(mail, "html")


def test_somebody_without_orders_still_hears_what_is_overdue() -> None:
    idle = personal("en", figures("en", (), new_customers=(), returning_customers=()))
    _, text, _ = previewed(idle)
    assert "Overdue · one item" in text
    assert has_news(idle)
    assert not has_news(replace(idle, due=(), overdue=()))


def test_only_a_whole_week_sent_in_time_has_no_tag() -> None:
    said = {name: part(sent(f"weekly_personal.en.{name}"), "html") for name in ("full", "late", "interim")}
    assert 'class="tag"' not in said["full"]
    assert "the system was down" in said["late"]
    assert "as of 18 Nov 15:20" in said["interim"]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("150", "100", "▲ 50% more than last week"),
        ("50", "100", "▼ 50% less than last week"),
        ("100", "100", "= the same as last week"),
        ("100", "0", "last week: CN¥0.00"),
        ("100", "99.9", "▲ 0.1% more than last week"),
        ("1E+9", "0.01", "▲ > 9,999% more than last week"),
    ],
)
def test_a_comparison_is_in_words(now: str, before: str, words: str) -> None:
    sums = [Sum(1, 1, Decimal(1), (Amount("CNY", Decimal(amount), 1),)) for amount in (now, before)]
    week = figures("en", week=sums[0], before=sums[1])
    assert f"({words})" in previewed(personal("en", week))[1]


@pytest.mark.parametrize(("target", "words"), [("1000000", "62.5% reached"), ("500000", "125% reached")])
def test_the_target_is_said_with_what_is_left(target: str, words: str) -> None:
    _, text, _ = previewed(personal("en", figures("en", target=Decimal(target))))
    assert words in text
    assert "Weekly target" not in previewed(personal("en", figures("en", target=None)))[1]


def test_what_is_out_of_the_ordinary_is_named() -> None:
    for language in LANGUAGES:
        _, text, html = previewed(team(language), language)
        for shown in (text, html):
            for number in ("20261110-002", "20261104-001", "20261119-009", "20261116-031", "20261119-020"):
                assert number in shown
            assert "128" in shown
            assert ("更正" if language == "zh-CN" else "Corrections") in shown
            assert ("未分配" if language == "zh-CN" else "Unassigned") in shown


@pytest.mark.parametrize(
    "why", ["no_number", "amount", "quantity", "currency", "formula", "too_large", "new_one"]
)
def test_every_reason_has_words(why: str) -> None:
    for language in LANGUAGES:
        words = read_words(TEMPLATES, "weekly_personal", language)
        week = figures(language, left_out=(LeftOut("contracts", 7, "", "", why),))
        assert words.get(f"why_{why}", words["why_other"]) in previewed(personal(language, week), language)[1]


@pytest.mark.parametrize(
    "what",
    ["cancelled", "revived", "amount", "quantity", "salesperson", "currency", "gone", "returned", "other"],
)
def test_every_correction_has_words(what: str) -> None:
    change = Correction("2026-W46", "2026-W47", "r", "N-1", "", what, "CNY", Decimal(-5), Decimal(0))
    for language in LANGUAGES:
        assert "-¥5.00" in previewed(personal(language, figures(language, corrections=(change,))), language)[
            1
        ].replace("CN¥", "¥")


# ── large ones ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mail_shows_sixty_rows_and_the_totals_of_all() -> None:
    report = personal("en", figures("en", lines("en", 212)))
    _, text, html = renderer("en").preview(personal_mail(report, "en"))
    assert "Showing the first 60; 152 more are in the attached file." in text
    assert "212 orders" in text
    assert len(html.encode()) < 100_000
    _, text, _ = previewed(report)
    assert "152 more are in the workbook." in text


def test_a_team_of_two_hundred_fits_into_a_mail() -> None:
    one = team("en").members[0]
    crowd = tuple(replace(one, name=f"Salesperson Number {i}") for i in range(200))
    idle = tuple(f"Idle Person {i}" for i in range(200))
    draft = team_mail(replace(team("en"), members=crowd, without_orders=idle), "en")
    subject, text, html = renderer("en").preview(draft)
    assert len(html.encode()) < 100_000
    assert "120. Salesperson Number 119" in text
    assert "Showing the first 120; 80 more are in the attached file." in text
    assert "and 100 more" in text
    assert len(subject) < 78


def test_cells_as_long_as_a_sheet_allows_fit_as_well() -> None:
    text = "W" * 50_000
    found = [
        line("en", i, order_no=text, customer=text, product=text, specification=text) for i in range(300)
    ]
    _, _, html = previewed(personal("en", figures("en", found)))
    assert len(html.encode()) < 100_000


# ── hostile ─────────────────────────────────────────────────────────────────────────────────────────────────


def _texts(kind: type, text: str, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    return {f.name: text for f in fields(kind) if f.type == "str" and f.name not in but}


def everywhere(text: str) -> tuple[PersonalReport, TeamReport]:
    """Both reports with this text in every field that people can write."""
    own = replace(line("en", 0), **_texts(OrderLine, text, but=("currency", "row_id")))
    nobody = replace(own, row_id="x", assigned=False, late_entry=True, currency=text)
    gone = replace(own, cancelled=True)
    change = Correction(*[text] * 5, "amount", text, Decimal(1), Decimal(1), text, text)
    left = LeftOut(text, 3, text, text, text, text)
    week = figures("en", (own, nobody), cancelled=(gone,), corrections=(change,), left_out=(left,),
                   new_customers=(text,), returning_customers=(text, text))  # fmt: skip
    ranked = (Ranked(text, week.week, week.before, text, target=Decimal(1), month=week.week),) * 2
    return (
        PersonalReport(text, text, week, due=(own,), overdue=(nobody,)),
        TeamReport((text, text), week, ranked, ranked, (text,), Decimal("0.5"), (own, nobody)),
    )


@cache
def harmless(kind: int) -> tuple[set[tuple[str, str]], set[str], list[str]]:
    found = [page(previewed(everywhere(text)[kind])[2]) for text in ("Zhang Wei", "-")]
    return {a for p in found for a in p.attributes}, {t for p in found for t in p.tags}, found[0].comments


@pytest.mark.parametrize("kind", [0, 1], ids=["personal", "team"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_text_from_cells_changes_nothing_but_the_words(name: str, kind: int) -> None:
    draft = bare(everywhere(PAYLOADS[name])[kind])
    draft = replace(draft, recipient=replace(draft.recipient, name=PAYLOADS[name]))
    mail = parsed(renderer("en").message(draft, NOW))
    assert not mail.defects
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert [address.addr_spec for address in mail["To"].addresses] == ["zhang.wei@example.com"]
    assert len(str(mail["Subject"])) < 78
    assert str(mail["Subject"]).startswith("Weekly report 2026-W47 · ")
    attributes, tags, comments = harmless(kind)
    found = page(part(mail, "html"))
    assert found.attributes <= attributes
    assert set(found.tags) <= tags
    assert found.comments == comments
    assert found.tags.count("h1") == found.tags.count("title") == found.tags.count("body") == 1
    assert set(found.links) <= {"mailto:orders@example.com", SUMMARY_LINK}
    words = one_line(PAYLOADS[name], 40).removesuffix("…")
    for body in (part(mail, "plain"), found.text):
        assert words in " ".join(body.split())


@pytest.mark.parametrize("name", [n for n in PAYLOADS if n.startswith(("header", "markup"))])
def test_a_teams_name_in_a_subject_is_a_name(name: str) -> None:
    report = replace(team("en"), scope=(PAYLOADS[name],))
    subject = str(parsed(renderer("en").message(bare(report), NOW))["Subject"])
    assert not re.search(r"[<>@\"\\;=?\[\]{}\r\n]|://|www\.", subject)
    assert "20 orders" in subject


def test_a_picture_is_told_in_words_that_stay_in_their_place() -> None:
    evil = '"><script>alert(1)</script>'
    first, *others = team("en").members
    draft = team_mail(replace(team("en"), members=(replace(first, name=evil), *others)), "en")
    found = page(part(parsed(renderer("en").message(draft, NOW)), "html"))
    assert found.tags.count("img") == 2
    assert "script" not in found.tags


# ── as drafts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_its_run_and_its_reader() -> None:
    mail = mails()["weekly_personal.zh-CN.full"]
    assert mail.id == "weekly_personal:2026-W47:zhang.wei@example.com"
    assert mail.priority == ADMINS_LAST
    assert mail.reply_to == recipient("zh-CN", 1)
    assert mails()["weekly_team.zh-CN.one"].reply_to is None
    assert SUMMARY_LINK in part(sent("weekly_personal.zh-CN.full"), "plain")


def test_rendering_twice_gives_the_same_bytes() -> None:
    draft = mails()["weekly_team.en.one"]
    assert renderer("en").message(draft, NOW) == renderer("en").message(draft, NOW)


def test_a_worker_that_can_write_reports_loads_nothing_that_draws_them() -> None:
    code = (
        "import sys; import bot.mails.rendering, bot.planning.notices, bot.mails.report_view, bot.mails.mime;"
        "print({'pandas', 'numpy', 'matplotlib', 'openpyxl', 'jinja2', 'babel'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"
