"""The pictures of reports: small, sharp, the same for the same figures, and without letters no font has."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from bot.mails.rendering import TEMPLATES
from bot.mails.report_parts import Phrases
from bot.mails.wording import Wording, read_words
from bot.planning.notices import Picture
from bot.planning.report_values import Amount, Bar, Ranked, Sum
from bot.reports.shown import lettering
from bot.reports.shown.pictures import members_picture, weeks_picture
from tests.emails.report_samples import figures, team
from tests.hostile import PAYLOADS


def phrases(language: str = "zh-CN", currency: str = "CNY") -> Phrases:
    return Phrases(
        Wording(language, read_words(TEMPLATES, "weekly_team", language)), ZoneInfo("Asia/Shanghai"), currency
    )


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.png))
    image.load()
    return image


def member(name: str, amount: str = "100") -> Ranked:
    return Ranked(name, Sum(1, 1, Decimal(1), (Amount("CNY", Decimal(amount), 1),)))


def count(picture: Picture, colour: str) -> int:
    """Pixels of exactly this colour."""
    wanted = tuple(bytes.fromhex(colour[1:]))
    return sum(n for n, found in opened(picture).convert("RGB").getcolors(1 << 20) if found == wanted)


@pytest.fixture
def no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_paths", lambda: (lettering._OWN,))


def test_a_picture_is_twice_as_dense_as_it_is_shown_and_small() -> None:
    for picture in (
        weeks_picture(figures("en"), phrases()),
        members_picture([member(f"李娜{i}", str(i + 1)) for i in range(200)], phrases()),
    ):
        assert opened(picture).size == (2 * picture.width, 2 * picture.height)
        assert opened(picture).format == "PNG"
        assert len(picture.png) < 40_000


def test_equal_figures_give_equal_bytes() -> None:
    assert weeks_picture(figures("en"), phrases()) == weeks_picture(figures("en"), phrases())
    assert members_picture(team("en").members, phrases()) == members_picture(team("en").members, phrases())


def test_more_money_is_a_longer_bar() -> None:
    short = members_picture([member("A", "100"), member("B", "20")], phrases())
    long = members_picture([member("A", "100"), member("B", "90")], phrases())
    assert count(long, "#dba898") > 3 * count(short, "#dba898")
    assert count(long, "#a9301c") == count(short, "#a9301c")


def test_ground_and_bars_keep_the_colours_of_the_mails() -> None:
    picture = weeks_picture(figures("en"), phrases())
    for colour in ("#fffdf9", "#a9301c", "#dba898", "#2c2620"):
        assert count(picture, colour) > 100


@pytest.mark.usefixtures("no_chinese_font")
def test_where_no_font_has_the_letters_the_number_in_the_ranking_stands_alone() -> None:
    chinese = members_picture([member("张伟"), member("李娜")], phrases())
    other = members_picture([member("王芳"), member("陈晨")], phrases())
    latin = members_picture([member("Zhang"), member("Li")], phrases())
    assert chinese.png == other.png
    assert latin.png != chinese.png


@pytest.mark.parametrize("letter", ["\ue000", "\U0010fffd", "ب", "ש", "e\u0351"])
def test_a_letter_that_cannot_be_drawn_has_no_font(letter: str) -> None:
    assert lettering.font_for(letter) is None


def test_digits_dates_and_signs_never_want_a_font() -> None:
    assert lettering.font_for("0123456789 W47 11-13 ,.<×¥€£$₩₹") is not None


def test_whatever_people_are_called_there_is_a_picture() -> None:
    names = list(PAYLOADS.values())
    for start in range(0, len(names), 20):
        picture = members_picture([member(name) for name in names[start : start + 20]], phrases())
        assert opened(picture).size[0] == 1120


def test_dollars_are_dollars_and_no_formula() -> None:
    assert members_picture([member("$x^2$")], phrases()).png != members_picture([member("x2")], phrases()).png


@pytest.mark.parametrize(
    "amount", ["0", "0.01", "-5", "1E+3", "99999999999999999999999999999999.99", "1E+400"]
)
def test_an_amount_of_any_size_can_be_drawn(amount: str) -> None:
    bars = tuple(
        Bar(str(i), Decimal(amount) if i == 3 else Decimal(0), 1, date(2026, 11, 13)) for i in range(8)
    )
    week = replace(figures("en"), by_day=bars, by_week=bars)
    assert opened(weeks_picture(week, phrases())).size == (1120, 664)
    assert opened(members_picture([member("A", amount), member("B", "1")], phrases())).size[0] == 1120


@pytest.mark.parametrize("currency", ["CNY", "KWD", "XAF", "INR", "Taler"])
def test_every_currency_has_a_sign_or_its_code(currency: str) -> None:
    week = replace(figures("en"), currency=currency)
    assert opened(weeks_picture(week, phrases("en", currency))).size == (1120, 664)


def test_a_long_name_is_cut_by_columns() -> None:
    assert lettering.shortened("Zhang Wei", 14) == "Zhang Wei"
    assert lettering.shortened("欧阳某某某某某某", 10) == "欧阳某某…"
