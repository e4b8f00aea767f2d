"""Every kind of batchUpdate request the desk knows, and how one is carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk import formulas
from bot.desk.access.protection import guarded
from bot.desk.book.workbook import Workbook
from bot.desk.changes import (
    arranging,
    blocks,
    cells,
    copying,
    data_sources,
    developer,
    embedded,
    filling,
    filters,
    groups,
    objects,
    pasting,
    rows_columns,
    sheets,
    tables,
    tidying,
)
from bot.desk.errors import ApiError, bad_request

Change = Callable[[Workbook, dict[str, Any]], dict[str, Any] | None]

KINDS: dict[str, Change] = {
    "addSheet": sheets.add_sheet,
    "deleteSheet": sheets.delete_sheet,
    "updateSheetProperties": sheets.update_sheet_properties,
    "updateSpreadsheetProperties": sheets.update_spreadsheet_properties,
    "duplicateSheet": sheets.duplicate_sheet,
    "insertDimension": rows_columns.insert_dimension,
    "deleteDimension": rows_columns.delete_dimension,
    "moveDimension": rows_columns.move_dimension,
    "appendDimension": rows_columns.append_dimension,
    "updateDimensionProperties": rows_columns.update_dimension_properties,
    "autoResizeDimensions": rows_columns.auto_resize_dimensions,
    "addDimensionGroup": rows_columns.add_dimension_group,
    "deleteDimensionGroup": rows_columns.delete_dimension_group,
    "updateDimensionGroup": groups.update_dimension_group,
    "insertRange": blocks.insert_range,
    "deleteRange": blocks.delete_range,
    "updateCells": cells.update_cells,
    "appendCells": cells.append_cells,
    "repeatCell": cells.repeat_cell,
    "copyPaste": copying.copy_paste,
    "cutPaste": copying.cut_paste,
    "setDataValidation": cells.set_data_validation,
    "updateBorders": cells.update_borders,
    "mergeCells": cells.merge_cells,
    "unmergeCells": cells.unmerge_cells,
    "sortRange": arranging.sort_range,
    "findReplace": arranging.find_replace,
    "deleteDuplicates": tidying.delete_duplicates,
    "trimWhitespace": tidying.trim_whitespace,
    "randomizeRange": tidying.randomize_range,
    "pasteData": pasting.paste_data,
    "textToColumns": pasting.text_to_columns,
    "autoFill": filling.auto_fill,
    "addProtectedRange": objects.add_protected_range,
    "updateProtectedRange": objects.update_protected_range,
    "deleteProtectedRange": objects.delete_protected_range,
    "addNamedRange": objects.add_named_range,
    "updateNamedRange": objects.update_named_range,
    "deleteNamedRange": objects.delete_named_range,
    "setBasicFilter": filters.set_basic_filter,
    "clearBasicFilter": filters.clear_basic_filter,
    "addFilterView": filters.add_filter_view,
    "updateFilterView": filters.update_filter_view,
    "deleteFilterView": filters.delete_filter_view,
    "duplicateFilterView": filters.duplicate_filter_view,
    "addConditionalFormatRule": objects.add_conditional_format_rule,
    "updateConditionalFormatRule": objects.update_conditional_format_rule,
    "deleteConditionalFormatRule": objects.delete_conditional_format_rule,
    "addChart": embedded.add_chart,
    "updateChartSpec": embedded.update_chart_spec,
    "addSlicer": embedded.add_slicer,
    "updateSlicerSpec": embedded.update_slicer_spec,
    "updateEmbeddedObjectPosition": embedded.update_embedded_object_position,
    "updateEmbeddedObjectBorder": embedded.update_embedded_object_border,
    "deleteEmbeddedObject": embedded.delete_embedded_object,
    "addBanding": objects.add_banding,
    "updateBanding": objects.update_banding,
    "deleteBanding": objects.delete_banding,
    "addTable": tables.add_table,
    "updateTable": tables.update_table,
    "deleteTable": tables.delete_table,
    "addDataSource": data_sources.add_data_source,
    "updateDataSource": data_sources.change_data_source,
    "deleteDataSource": data_sources.change_data_source,
    "refreshDataSource": data_sources.refresh_data_source,
    "cancelDataSourceRefresh": data_sources.refresh_data_source,
    "createDeveloperMetadata": developer.create_developer_metadata,
    "updateDeveloperMetadata": developer.update_developer_metadata,
    "deleteDeveloperMetadata": developer.delete_developer_metadata,
}

#: Kinds that look at values, so that formulas written earlier in the same batch have to be worked out first.
READING = {
    "autoFill",
    "autoResizeDimensions",
    "copyPaste",
    "cutPaste",
    "deleteDuplicates",
    "findReplace",
    "mergeCells",
    "sortRange",
    "textToColumns",
}


def apply(book: Workbook, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Carry out requests in order and return a reply for each; the first refusal ends it."""
    if not requests:
        raise bad_request("Must specify at least one request.")
    replies = []
    for index, request in enumerate(requests):
        if len(request) != 1:
            text = "No request set." if not request else "Only one kind of request can be set."
            raise bad_request(text).within(f"requests[{index}]")
        ((kind, body),) = request.items()
        change = KINDS.get(kind)
        if change is None:
            raise bad_request("This kind of request is not imitated by the local desk.").within(
                f"requests[{index}].{kind}"
            )
        if kind in READING:
            formulas.settle(book)
        try:
            reply = guarded(book, kind, body, change)
        except ApiError as error:
            raise error.within(f"requests[{index}].{kind}") from None
        replies.append({} if reply is None else {kind: reply})
    return replies
