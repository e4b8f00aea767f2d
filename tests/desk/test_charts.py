"""Charts as pictures: what is in the SVG is what is in the cells."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from tests.desk.client import Workbook, grid

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [["Month", "East", "West"], ["Jan", 10, 5], ["Feb", 20, 15], ["Mar", 40, None]]


def column(index: int, top: int = 0, bottom: int = 4) -> dict[str, Any]:
    return {"sourceRange": {"sources": [grid(top, index, bottom, index + 1)]}}


def basic(kind: str, *columns: int, bottom: int = 4, **more: Any) -> dict[str, Any]:
    series = [{"series": column(index, bottom=bottom)} for index in columns or (1, 2)]
    domain = {"domain": column(0, bottom=bottom)}
    return {
        "basicChart": {"chartType": kind, "headerCount": 1, "domains": [domain], "series": series, **more}
    }


class Charts:
    """A workbook's charts, put in and looked at."""

    def __init__(self, book: Workbook):
        self.book = book

    def add(self, spec: dict[str, Any]) -> int:
        position = {"overlayPosition": {"anchorCell": {"sheetId": 0}}}
        (reply,) = self.book.batch({"addChart": {"chart": {"spec": spec, "position": position}}})
        return int(reply["addChart"]["chart"]["chartId"])

    def answer(self, id_: int, theme: str = "light") -> requests.Response:
        address = f"{self.book.desk.url}/book/{self.book.id}/chart/{id_}.svg?theme={theme}"
        return self.book.session.get(address, timeout=20)

    def picture(self, spec: dict[str, Any], theme: str = "light") -> "Picture":
        answer = self.answer(self.add(spec), theme)
        assert answer.status_code == 200, answer.text
        return Picture(answer.content)


class Picture:
    """A drawn chart, taken apart."""

    def __init__(self, svg: bytes):
        self.root = ElementTree.fromstring(svg)  # noqa: S314 - the desk's own picture

    @property
    def texts(self) -> list[str]:
        return [element.text or "" for element in self.root.iter(f"{SVG}text")]

    def sizes(self, series: int, sideways: bool = False) -> list[float]:
        """How long the bars of a series are, in pixels."""
        found = []
        for group in self.root.iter(f"{SVG}g"):
            if re.fullmatch(rf"bar-{series}-\d+", group.get("id", "")):
                points = _points(group)
                values = [x if sideways else y for x, y in points]
                found.append(max(values) - min(values))
        return found

    def line(self, series: int) -> list[tuple[float, float]]:
        (group,) = [g for g in self.root.iter(f"{SVG}g") if g.get("id") == f"line-{series}"]
        return _points(group)

    def count(self, start: str) -> int:
        return sum(group.get("id", "").startswith(start) for group in self.root.iter(f"{SVG}g"))


def _points(group: ElementTree.Element) -> list[tuple[float, float]]:
    path = next(group.iter(f"{SVG}path"))
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.get("d", ""))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.fixture
def charts(book: Workbook) -> Charts:
    book.write("A1", MONTHS)
    return Charts(book)


@pytest.mark.parametrize(("kind", "sideways"), [("COLUMN", False), ("BAR", True)])
def test_bars_are_as_long_as_their_values(charts: Charts, kind: str, sideways: bool) -> None:
    picture = charts.picture({"title": "Sales", **basic(kind)})
    east, west = picture.sizes(0, sideways), picture.sizes(1, sideways)
    assert len(east) == 3
    assert len(west) == 2  # a blank cell has no bar
    assert [size / east[0] for size in east] == pytest.approx([1, 2, 4], rel=0.01)
    assert west[1] / west[0] == pytest.approx(3, rel=0.01)
    assert {"Sales", "Jan", "Feb", "Mar", "East", "West"} <= set(picture.texts)


def test_stacked_bars_stand_on_each_other_and_shares_fill_the_height(charts: Charts) -> None:
    stacked = charts.picture(basic("COLUMN", stackedType="STACKED"))
    assert stacked.sizes(0)[1] / stacked.sizes(1)[1] == pytest.approx(20 / 15, rel=0.01)
    shares = charts.picture(basic("COLUMN", stackedType="PERCENT_STACKED"))
    wholes = [a + b for a, b in zip(shares.sizes(0), shares.sizes(1), strict=False)]
    assert wholes == pytest.approx([shares.sizes(0)[2]] * 2, rel=0.01)
    assert "100%" in shares.texts


def test_a_line_goes_through_its_values_and_stops_at_blanks(charts: Charts) -> None:
    picture = charts.picture(basic("LINE"))
    heights = [y for _, y in picture.line(0)]
    assert (heights[0] - heights[2]) / (heights[0] - heights[1]) == pytest.approx(3, rel=0.01)
    assert len(picture.line(1)) == 2


def test_days_on_an_axis_are_as_far_apart_as_they_are(charts: Charts) -> None:
    days = [["Day", "Sum"], ["2026-01-01", 1], ["2026-01-02", 2], ["2026-01-05", 3]]
    charts.book.write("A1", days, "USER_ENTERED")
    picture = charts.picture(basic("LINE", 1))
    places = [x for x, _ in picture.line(0)]
    assert (places[2] - places[1]) / (places[1] - places[0]) == pytest.approx(3, rel=0.01)
    assert "2026-01-05" in picture.texts


@pytest.mark.parametrize("kind", ["AREA", "STEPPED_AREA"])
def test_areas_are_filled(charts: Charts, kind: str) -> None:
    assert charts.picture(basic(kind)).count("area-") == 2


def test_points_are_scattered_where_their_numbers_say(charts: Charts) -> None:
    charts.book.write("A1", [["x", "y"], [1, 10], [2, 20], ["none", 5]])
    marks = [
        (float(use.get("x", 0)), float(use.get("y", 0)))
        for use in charts.picture(basic("SCATTER", 1, legendPosition="NO_LEGEND")).root.iter(f"{SVG}use")
        if use.get("style", "").startswith("fill: #4285f4")
    ]
    assert len(marks) == 2
    assert marks[0][0] < marks[1][0]
    assert marks[0][1] > marks[1][1]


def test_a_combination_has_a_second_scale_at_the_right(charts: Charts) -> None:
    spec = basic("COMBO")
    spec["basicChart"]["series"][0]["type"] = "COLUMN"
    spec["basicChart"]["series"][1] |= {"type": "LINE", "targetAxis": "RIGHT_AXIS"}
    spec["basicChart"]["axis"] = [{"position": "RIGHT_AXIS", "title": "To the right"}]
    picture = charts.picture(spec)
    assert (len(picture.sizes(0)), picture.count("line-")) == (3, 1)
    assert "To the right" in picture.texts


def test_a_pie_shows_shares_and_their_names(charts: Charts) -> None:
    pie = {"domain": column(0, 1), "series": column(1, 1), "pieHole": 0.4}
    picture = charts.picture({"pieChart": pie})
    assert picture.count("slice-") == 3
    assert {"14.3%", "28.6%", "57.1%", "Jan", "Feb", "Mar"} <= set(picture.texts)


def test_a_histogram_counts(charts: Charts) -> None:
    charts.book.write("D1", [[1], [2], [11], [12], [13], [14]])
    picture = charts.picture({"histogramChart": {"series": [{"data": column(3, 0, 6)}], "bucketSize": 10}})
    low, high = picture.sizes(0)
    assert high / low == pytest.approx(2, rel=0.01)


def test_a_scorecard_shows_its_number_as_the_cell_does(charts: Charts) -> None:
    charts.book.write("D1", [["¥1,234.50"], ["¥1,000.00"]], "USER_ENTERED")
    how = {"comparisonType": "PERCENTAGE_DIFFERENCE"}
    card = {
        "keyValueData": column(3, 0, 1),
        "baselineValueData": column(3, 1, 2),
        "baselineValueFormat": how,
    }
    texts = charts.picture({"scorecardChart": card}).texts
    assert "¥1,234.50" in texts
    assert "▲ 23.45%" in texts


def test_numbers_beside_an_axis_are_written_as_in_the_cells(charts: Charts) -> None:
    charts.book.write("B2", [["¥10,000"], ["¥20,000"], ["¥40,000"]], "USER_ENTERED")
    assert "¥20,000" in charts.picture(basic("COLUMN", 1)).texts


def test_chinese_texts_stay_texts_the_browser_draws(charts: Charts) -> None:
    charts.book.write("A1", [["月份", "华东"], ["一月", 1], ["二月", 2]])
    picture = charts.picture({"title": "按月销售额", **basic("COLUMN", 1)})
    assert {"按月销售额", "华东", "一月", "二月"} <= set(picture.texts)
    styles = [text.get("style", "") for text in picture.root.iter(f"{SVG}text")]
    assert all("Noto Sans SC" in style for style in styles)


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '"/><image href="//x"/>', "$\\frac{1}{0}$", "_hidden", "a\x07b\u202e"],
)
def test_hostile_texts_are_texts(charts: Charts, hostile: str) -> None:
    charts.book.write("A1", [["x", hostile], [hostile, 1], ["b", 2]])
    picture = charts.picture({"title": hostile, **basic("COLUMN", 1)})
    tags = {element.tag.rpartition("}")[2] for element in picture.root.iter()}
    assert not tags & {"script", "image", "foreignObject", "a"}
    written = re.sub("[\x07\u202e]", " ", hostile).strip()
    assert any(written in text.replace("\u2060", "") for text in picture.texts)


@pytest.mark.parametrize(
    "spec",
    [
        {"treemapChart": {}},
        {"title": "x"},
        basic("COLUMN") | {"filterSpecs": [{"columnIndex": 0}]},
        {"pieChart": {"domain": column(0, 1), "series": column(3, 1)}},
    ],
)
def test_what_is_not_drawn_says_so_in_both_languages(charts: Charts, spec: dict[str, Any]) -> None:
    charts.book.write("D2", [[-1], [2]])
    texts = charts.picture(spec).texts
    assert {"This kind of chart is not drawn here.", "此处不绘制这种图表。"} <= set(texts)


def test_a_chart_about_nothing_says_so(charts: Charts) -> None:
    assert "There are no numbers to draw." in charts.picture(basic("COLUMN", 8)).texts


def test_more_bars_than_anybody_can_see_are_not_drawn(charts: Charts) -> None:
    charts.book.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 500}})
    charts.book.write("A1", [[f"n{n}", n] for n in range(1200)])
    assert (
        "There are more points than a picture can show."
        in charts.picture(basic("COLUMN", 1, bottom=1200)).texts
    )


def test_rows_people_hide_are_left_out(charts: Charts) -> None:
    hidden = {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    charts.book.batch(
        {
            "updateDimensionProperties": {
                **hidden,
                "properties": {"hiddenByUser": True},
                "fields": "hiddenByUser",
            }
        }
    )
    assert len(charts.picture(basic("COLUMN")).sizes(0)) == 2


def test_labels_of_one_name_are_added_up_where_the_chart_says_so(charts: Charts) -> None:
    charts.book.write("A1", [["Who", "Sum"], ["a", 1], ["b", 2], ["a", 3]])
    spec = basic("COLUMN", 1)
    spec["basicChart"]["series"][0]["series"]["aggregateType"] = "SUM"
    sizes = charts.picture(spec).sizes(0)
    assert sizes[0] / sizes[1] == pytest.approx(2, rel=0.01)


def test_a_changed_cell_changes_the_picture_and_nothing_else_does(charts: Charts) -> None:
    id_ = charts.add(basic("COLUMN"))
    before = charts.answer(id_).content
    assert charts.answer(id_).content == before
    charts.book.write("B2", [[33]])
    assert charts.answer(id_).content != before


def test_both_themes_are_readable(charts: Charts) -> None:
    id_ = charts.add({"title": "Sales", **basic("COLUMN")})
    light, dark = charts.answer(id_).text, charts.answer(id_, "dark").text
    assert "fill: #202124" in light
    assert "fill: #e8eaed" in dark
    assert "fill: #ffffff" not in light + dark  # the ground is the page's


def test_a_picture_opened_on_its_own_can_do_nothing(charts: Charts) -> None:
    answer = charts.answer(charts.add(basic("COLUMN")))
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["7.svg", "7.png", "x", "..%2f..%2fetc"])
def test_a_chart_that_is_not_there_is_not_found(make_book: Callable[..., Workbook], name: str) -> None:
    book = make_book()
    answer = requests.get(f"{book.desk.url}/book/{book.id}/chart/{name}", timeout=5)
    assert answer.status_code == 404
