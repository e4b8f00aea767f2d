"""What of a sheet is not its rows, on the way in: sizes, merges, notes, links, rules, protection.

Rules go through the door clients' requests go through, one by one. What that refuses is counted and left out.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import RelationshipList
from openpyxl.utils.cell import range_boundaries
from openpyxl.xml.constants import COMMENTS_NS
from openpyxl.xml.functions import fromstring

from bot.desk.book.colours import with_colour_twins
from bot.desk.book.grid import Extra
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.changes import kinds
from bot.desk.errors import ApiError
from bot.desk.xlsx import rules_in, texts
from bot.desk.xlsx.blocks import Block, blocks
from bot.desk.xlsx.export import LINKS
from bot.desk.xlsx.looks_in import Looks
from bot.desk.xlsx.rows_in import SheetReader

Json = dict[str, Any]

MAX_MERGED = 1_000_000  #: cells under merges a file may have


class Furnisher:
    """Gives one sheet what its file says of it."""

    def __init__(
        self, book: Workbook, sheet: Sheet, reader: SheetReader, looks: Looks, relations: RelationshipList
    ):
        self.left_out: Counter[str] = Counter()
        self._book = book
        self._sheet = sheet
        self._reader: Any = reader  # its parts are typed as what openpyxl may make of them
        self._looks = looks
        self._relations = relations

    def furnish(self, archive: ZipFile, styles: Any) -> None:
        """Take over everything; `styles` are those of conditional formats."""
        self._size_columns()
        self._view()
        self._merge()
        self._validate()
        self._format_conditionally(styles)
        self._link()
        self._note(archive)
        self._filter()
        self._protect()

    @staticmethod
    def area(sheet: Sheet, cells: str) -> Json | None:
        """A GridRange of a range in A1 notation, cut to the grid; none if it is not on it."""
        left, top, right, bottom = (number or 0 for number in range_boundaries(cells.replace("$", "")))
        top, left = max(top, 1) - 1, max(left, 1) - 1
        bottom = min(bottom or sheet.row_count, sheet.row_count)
        right = min(right or sheet.column_count, sheet.column_count)
        if bottom <= top or right <= left:
            return None
        return {
            "sheetId": sheet.id,
            "startRowIndex": top,
            "endRowIndex": bottom,
            "startColumnIndex": left,
            "endColumnIndex": right,
        }

    def _ask(self, kind: str, name: str, body: Json) -> None:
        """Apply one request; what is refused is left out."""
        try:
            kinds.apply(self._book, [{name: body}])
        except ApiError:
            self.left_out[kind] += 1

    def _size_columns(self) -> None:
        for given in self._reader.column_dimensions.values():
            properties: Json = {}
            if given.get("width") and given.get("customWidth", "1") in {"1", "true"}:
                properties["pixelSize"] = round(float(given["width"]) * 7 + 5)
            if given.get("hidden") in {"1", "true"}:
                properties["hiddenByUser"] = True
            first, last = int(given["min"]) - 1, min(int(given["max"]), self._sheet.column_count)
            for index in range(first, last) if properties else ():
                self._sheet.columns()[str(index)] = dict(properties)

    def _view(self) -> None:
        grid = self._sheet.properties["gridProperties"]
        views = getattr(self._reader, "views", None)
        view = views.sheetView[0] if views and views.sheetView else None
        pane = view.pane if view else None
        if pane is not None and pane.state in {"frozen", "frozenSplit"}:
            frozen_rows, frozen_columns = int(pane.ySplit or 0), int(pane.xSplit or 0)
            grid["frozenRowCount"] = min(frozen_rows, self._sheet.row_count - 1)
            grid["frozenColumnCount"] = min(frozen_columns, self._sheet.column_count - 1)
        if view is not None and view.showGridLines is False:
            grid["hideGridlines"] = True
        if view is not None and view.rightToLeft:
            self._sheet.properties["rightToLeft"] = True
        properties = getattr(self._reader, "sheet_properties", None)
        colour = self._looks.colour(properties.tabColor) if properties and properties.tabColor else None
        if colour is not None:
            self._sheet.properties.update(with_colour_twins({"tabColor": colour}))

    def _merge(self) -> None:
        merged = self._reader.merged_cells
        covered: set[tuple[int, int]] = set()
        merges = self._sheet.part("merges")
        for one in merged.mergeCell if merged else ():
            area = self.area(self._sheet, str(one.ref))
            if area is None:
                continue
            block = _block(area)
            size = (block.bottom - block.top) * (block.right - block.left)
            cells = (
                {
                    (row, column)
                    for row in range(block.top, block.bottom)
                    for column in range(block.left, block.right)
                }
                if len(covered) + size <= MAX_MERGED
                else covered
            )
            if size < 2 or cells & covered or cells is covered:
                self.left_out["merges"] += 1
                continue
            covered |= cells
            merges.append(area)
            self._empty_but_first(block)

    def _empty_but_first(self, block: Block) -> None:
        """Take values out of cells a merge hides, as Sheets has none there."""
        grid = self._sheet.grid
        for index in range(block.top, min(block.bottom, len(grid.rows))):
            draft = grid.edit(index)
            for column in range(block.left, block.right):
                if (index, column) == (block.top, block.left):
                    continue
                extra = draft.extras.get(column)
                draft.put_value(column, "")
                draft.put_extra(column, Extra(None, extra.style, extra.note) if extra else None)
            grid.put(index, draft)

    def _validate(self) -> None:
        usual = getattr(self._reader, "data_validations", None)
        found = [rules_in.of_rule(one) for one in (usual.dataValidation if usual else ())]
        found += [rules_in.of_element(one) for one in self._reader.younger_validations]
        for validation in found:
            areas = [area for cells in validation.cells if (area := self.area(self._sheet, cells))]
            if not areas or validation.kind == "none":
                continue
            rule = rules_in.rule_of(validation, _block(areas[0]))
            if rule is None:
                self.left_out["validations"] += 1
                continue
            for area in areas:
                self._ask("validations", "setDataValidation", {"range": area, "rule": rule})

    def _format_conditionally(self, styles: Any) -> None:
        found = [(rule, str(one.sqref)) for one in self._reader.formatting for rule in one.rules]
        for rule, cells in sorted(found, key=lambda pair: pair[0].priority or 0):
            areas = [area for part in cells.split() if (area := self.area(self._sheet, part))]
            if not areas:
                continue
            look = styles[rule.dxfId] if rule.dxfId is not None else None
            made = rules_in.conditional(rule, areas, _block(areas[0]), self._looks, look)
            if made is None:
                self.left_out["conditional formats"] += 1
                continue
            place = len(self._sheet.meta.get("conditionalFormats", []))
            self._ask("conditional formats", "addConditionalFormatRule", {"rule": made, "index": place})

    def _link(self) -> None:
        for one in self._reader.hyperlinks.hyperlink:
            target = self._relations.get(one.id).Target if one.id else ""
            try:
                fits = urlsplit(target).scheme in LINKS
            except ValueError:
                fits = False
            area = self.area(self._sheet, str(one.ref))
            if not fits or area is None:
                self.left_out["links"] += 1
                continue
            block = _block(area)
            for index in range(block.top, min(block.bottom, len(self._sheet.grid.rows))):
                self._link_row(index, block, target)

    def _link_row(self, index: int, block: Block, target: str) -> None:
        draft = self._sheet.grid.edit(index)
        row = self._sheet.grid.row(index)
        for column in range(block.left, min(block.right, row.width)):
            extra = draft.extras.get(column) or Extra()
            if row.cell(column).value == "" and extra.formula is None:
                continue
            data = dict(extra.style.data) if extra.style else {}
            cell_format = dict(data.get("userEnteredFormat", {}))
            cell_format["textFormat"] = {**cell_format.get("textFormat", {}), "link": {"uri": target}}
            style = self._book.style({**data, "userEnteredFormat": cell_format})
            draft.put_extra(column, Extra(extra.formula, style, extra.note))
        self._sheet.grid.put(index, draft)

    def _note(self, archive: ZipFile) -> None:
        for relation in self._relations.find(COMMENTS_NS):
            root: Any = fromstring(archive.read(relation.target))
            comments: Any = CommentSheet.from_tree(root)
            for one in comments.commentList:
                area = self.area(self._sheet, str(one.ref))
                text = texts.read(one.content or "")
                if area is None or not text:
                    continue
                draft = self._sheet.grid.edit(area["startRowIndex"])
                column = area["startColumnIndex"]
                extra = draft.extras.get(column) or Extra()
                draft.put_extra(column, Extra(extra.formula, extra.style, text))
                self._sheet.grid.put(area["startRowIndex"], draft)

    def _filter(self) -> None:
        given = getattr(self._reader, "auto_filter", None)
        area = self.area(self._sheet, str(given.ref)) if given is not None and given.ref else None
        if area is not None:
            self._ask("filters", "setBasicFilter", {"filter": {"range": area}})

    def _protect(self) -> None:
        given = getattr(self._reader, "protection", None)
        if given is None or not given.sheet:
            return
        unlocked = self._reader.unlocked
        rows = (unlocked.get(index, {}) for index in range(max(unlocked, default=-1) + 1))
        free = [
            {**(self.area(self._sheet, block.name) or {})}
            for block in blocks(rows, lambda one: one).get(True, [])
        ]
        protected: Json = {"range": {"sheetId": self._sheet.id}}
        if free:
            protected["unprotectedRanges"] = [one for one in free if one]
        self._ask("protections", "addProtectedRange", {"protectedRange": protected})


def _block(area: Json) -> Block:
    return Block(area["startRowIndex"], area["startColumnIndex"], area["endRowIndex"], area["endColumnIndex"])
