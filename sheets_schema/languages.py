"""Languages as people write them in a cell, read as one of those the bot speaks."""

from __future__ import annotations

from sheets_schema.titles import fold

ENGLISH = "en"
CHINESE = "zh-CN"

_WORDS = {
    "中文": CHINESE,
    "汉语": CHINESE,
    "漢語": CHINESE,
    "华语": CHINESE,
    "简体": CHINESE,
    "简体中文": CHINESE,
    "中文(简体)": CHINESE,
    "繁體中文": CHINESE,
    "普通话": CHINESE,
    "chinese": CHINESE,
    "chinese (simplified)": CHINESE,
    "simplified chinese": CHINESE,
    "mandarin": CHINESE,
    "cn": CHINESE,
    "chn": CHINESE,
    "zho": CHINESE,
}


def language_of(text: str, default: str) -> str:
    """The language a cell names: "zh-CN" or "en"; `default` when it is blank, "en" when it is one we lack.

    Someone who asks for French is more likely to read English than the workbook's language.
    """
    word = fold(text)
    if not word:
        return default
    if word.replace("_", "-").split("-")[0] == "zh":
        return CHINESE
    return _WORDS.get(word, ENGLISH)
