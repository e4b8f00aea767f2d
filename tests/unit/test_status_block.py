"""The block in Automations: what it says in both languages, and which of its cells are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.planning.judgement import Judgement, TabJudgement
from bot.planning.orders import Candidate
from bot.planning.problems import SENTENCES, problem
from bot.planning.reasons import waiting_reasons
from bot.planning.rules import Rules
from bot.planning.sightings import Hold, Row, TabSnapshot
from bot.ports import Columns, Requests
from bot.watching.block import _WORDS, Standing, block, lacking, what_matters
from bot.watching.old_problems import Age, aged, ages_of, ages_text, named, told
from sheets_schema import LANGUAGES
from sheets_schema.automations import RELEASE
from tests.unit.rows import header, placeholders

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
BUSY = Standing(
    waiting={"customer": 1, "missing": 1200, "held": 62},
    counts={"mail.queued": 3, "mail.sending": 1, "mail.dead": 2, "mail.held": 5, "uncertain": 1},
    sent_today=1234, per_day=2000, requests=Requests(3, 1, 17, 900, 30),
    holds={"flood": Hold("flood", NOON, 62), "emptied:contracts": Hold("emptied:contracts", NOON, 9, released=True)},
    troubles=("stuck", "quota"), paused=(NOON + timedelta(hours=1), "535 5.7.8\n=login refused"), version="0.1.0",
)  # fmt: skip


def shown(language: str, standing: Standing = BUSY) -> dict[str, str]:
    return dict(block(standing, 10, NOON, Rules(language=language)))


def test_it_says_in_english_how_the_bot_stands() -> None:
    assert shown("en") == {
        "Last look": "11-21 12:00 (told every 10 min)",
        "Trouble": "no mail leaves until 11-21 13:00: 535 5.7.8 =login refused; mail is stuck; close to a limit",
        "Held": "62 new orders. To let it go tick Run now of 'Release what is held'",
        "Orders waiting": "1,263: 1,200 incomplete, 1 customer unclear, 62 held",
        "Mail": "1,234 of 2,000 sent in 24 h; 4 queued, 5 held, 2 failed, 1 maybe sent",
        "Next due": "none",
        "Google requests": "3 reads and 1 writes in the last minute, at most 17 in one of the last hour, of 60",
        "Version": "0.1.0",
    }


def test_it_says_the_same_in_chinese() -> None:
    assert shown("zh-CN") == {
        "最近一次检查": "11-21 12:00（每 10 分钟更新）",
        "故障": "11-21 13:00 之前不发送邮件：535 5.7.8 =login refused；邮件滞留；接近上限",
        "已暂停": "62 个新订单。如需放行，请为“放行被暂停的内容”勾选“立即运行”",
        "等待处理的订单": "1,263 行：未填完整 1,200、客户待确认 1、已暂停 62",
        "邮件": "24 小时内已发送 1,234/2,000；排队 4，暂停 5，失败 2，可能已发送 1",
        "下一次运行": "无",
        "Google 请求": "最近一分钟读取 3 次、写入 1 次；一小时内最高每分钟 17 次；上限 60",
        "版本": "0.1.0",
    }


def test_a_bot_that_has_nothing_to_do_says_none() -> None:
    quiet = shown("en", Standing(version="0.1.0"))
    assert {quiet[key] for key in ("Trouble", "Held", "Orders waiting", "Next due")} == {"none"}


def test_both_languages_have_the_same_words_and_name_the_row_that_releases() -> None:
    assert _WORDS["en"].keys() == _WORDS["zh-CN"].keys()
    for key in _WORDS["en"]:
        assert placeholders(_WORDS["en"][key]) == placeholders(_WORDS["zh-CN"][key]), key
    for language in LANGUAGES:
        assert RELEASE.title(language) in _WORDS[language]["held_is"]
        assert RELEASE.title(language) in SENTENCES[language]["flood"]


def test_only_what_differs_is_written_and_what_is_below_the_block_is_emptied() -> None:
    lines = (("a", "1"), ("b", "2"))
    assert lacking(lines, [("a", "1"), ("b", 2), ("c", "3"), ("", "")]) == {3: ("b", "2"), 4: ("", "")}
    assert lacking(lines, []) == {2: ("a", "1"), 3: ("b", "2")}
    assert lacking(lines, lines) == {}


def test_what_matters_is_holds_troubles_and_a_pause_that_lasts() -> None:
    assert what_matters(BUSY, NOON) == "emptied:contracts:True flood:False stuck quota paused"
    assert what_matters(BUSY, NOON + timedelta(hours=2)) == "emptied:contracts:True flood:False stuck quota"
    assert what_matters(Standing(sent_today=5), NOON) == ""


# ── why rows wait ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("missing", "missing"), ("unknown_customer", "customer"), ("no_customer_email", "customer"),
        ("different_customers", "lines"), ("different_salespeople", "lines"), ("which_product", "product"),
        ("no_price", "product"), ("not_on_sale", "product"), ("unknown_specification", "product"),
        ("inactive_salesperson", "person"), ("waits_for_lines", "lines"), ("joins_confirmed", "lines"),
        ("copied_entry", "lines"), ("same_answer", "lines"), ("amount_differs", "cell"), ("date", "cell"),
        ("unusable_number", "cell"),
    ],
)  # fmt: skip
def test_a_row_waits_for_a_kind_of_reason(code: str, kind: str) -> None:
    assert code in SENTENCES["en"]
    assert reasons(((problem(code),), True)) == {kind: 1}


def reasons(*rows: tuple[tuple[object, ...], bool]) -> dict[str, int]:
    """Of rows of Contract Orders, each with what it lacks and whether it has settled."""
    tab = TabSnapshot("contracts", "Contract Orders", header("contracts"), ())
    candidates = tuple(
        Candidate(Row("contracts", n, {}, "", ""), lacks, settled, "")  # type: ignore[arg-type] # what it lacks is all that is looked at
        for n, (lacks, settled) in enumerate(rows, 2)
    )
    problems = {c.row.number: c.verdict for c in candidates if c.settled and c.verdict}
    judged = TabJudgement(tab, candidates=candidates, problems=problems)  # type: ignore[arg-type] # as above
    return dict(waiting_reasons(Judgement({"contracts": judged}, {}, (), frozenset(), (), ())))


def test_rows_are_counted_by_the_first_thing_that_is_wrong() -> None:
    both = (problem("missing"), problem("unknown_customer"))
    assert reasons((both, True), (both, False), ((), True)) == {"missing": 1, "just_typed": 1, "held": 1}


# ── problems that stand for long ────────────────────────────────────────────────────────────────────────────

DAY = timedelta(hours=24)


def sheet(problems: list[str], numbers: list[str] | None = None) -> dict[str, Columns]:
    """Contract Orders with these Problem cells."""
    cells = {"problem": problems, "order_no": numbers or []}
    return {"contracts": Columns("contracts", cells), "order_entry": Columns("order_entry", {"result": ["→ A-1", "was here before Order Desk"]})}  # fmt: skip


def test_a_problem_is_old_when_it_has_stood_for_a_day() -> None:
    found = sheet(["", "Still missing: Quantity"])
    first = aged(found, {}, DAY, NOON, "en")
    assert (first.old, len(first.ages)) == ((), 1)
    kept = ages_of(ages_text(first.ages))
    assert aged(found, kept, DAY, NOON + DAY - timedelta(minutes=1), "en").old == ()
    late = aged(found, kept, DAY, NOON + DAY, "en")
    assert (late.old, late.are_new) == (("Contract Orders, row 3: Still missing: Quantity",), True)
    assert aged(found, told(late.ages, DAY, NOON + DAY), DAY, NOON + DAY, "en").are_new is False


def test_a_row_is_known_again_by_its_number_whatever_its_problem_says() -> None:
    ages = aged(sheet(["one"], ["A-1"]), {}, DAY, NOON, "en").ages
    late = aged(sheet(["", "two"], ["", "A-1"]), ages, DAY, NOON + DAY, "en")
    assert late.old == ("Contract Orders, row 3: A-1: two",)


def test_a_problem_that_is_put_right_is_forgotten() -> None:
    ages = aged(sheet(["one"]), {}, DAY, NOON, "en").ages
    assert aged(sheet([""]), ages, DAY, NOON + DAY, "en").ages == {}
    again = aged(sheet(["one"]), {}, DAY, NOON + DAY, "en")
    assert set(again.ages.values()) == {Age(NOON + DAY)}


def test_a_mail_names_nineteen_and_counts_the_others() -> None:
    old = tuple(f"row {n}" for n in range(20))
    assert named(old[:19], "en") == old[:19]
    assert named(old, "zh-CN")[19] == "另有 1 条"
