"""Which tabs and columns of a workbook are which of the schema's, as far as titles and values tell. Pure.

    tabs ─► tabs that are known or match ─► their columns, the lookups' first ─► Proposal

A match that is beyond doubt is to be written into the config; one that is not is told and left to a person. Columns
that the bot writes are never looked for among people's own: what stands there would be written over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.mapping.matches import Match, Proposal, TabSeen
from bot.mapping.own_columns import kept_apart, still_wrong, under_matches, unfit
from bot.mapping.scores import PERHAPS, Score, beyond_doubt, column_score
from bot.mapping.values import Sample
from bot.mapping.words import tab_readings, tab_words
from sheets_schema import CONTRACTS, CUSTOMERS, FEEDBACK, ORDER_ENTRY, PRODUCTS, TEAM, Field, Owner, Tab
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import column_keys, fold, tabs_among

#: The tabs that a team may have already, the lookups first: what stands in them tells the columns of orders.
SOUGHT = (CUSTOMERS, PRODUCTS, TEAM, CONTRACTS, ORDER_ENTRY, FEEDBACK)
#: What tells a tab by its titles.
_MARKS: Mapping[str, tuple[str, ...]] = {
    CONTRACTS.key: ("customer", "product", "quantity", "salesperson"),
    ORDER_ENTRY.key: ("customer", "product", "quantity", "salesperson"),
    CUSTOMERS.key: ("customer", "email"),
    PRODUCTS.key: ("product", "unit_price"),
    TEAM.key: ("name", "email"),
    FEEDBACK.key: ("order_no", "quality", "service"),
}
#: Where the names of a column come from.
_SOURCES: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    **{(tab, "customer"): (("customers", "customer"), ("customers", "customer_no")) for tab in ("contracts", "order_entry")},
    **{(tab, "product"): (("products", "product"),) for tab in ("contracts", "order_entry")},
    **{(tab, "salesperson"): (("team", "name"), ("team", "email")) for tab in ("contracts", "order_entry")},
    ("customers", "owner"): (("team", "name"), ("team", "email")),
}  # fmt: skip
_LONGEST = 100
_HEADLESS = "'{tab}': the titles do not stand in the first row, where Order Desk looks for them. Delete the rows above them"


def propose(seen: Sequence[TabSeen], schema: Schema, language: str, *, is_new: bool) -> Proposal:
    """The matches among these tabs beyond the names in `schema`; `is_new` = the bot has not met the workbook yet."""
    known = tabs_among(schema.laid_out, [tab.title for tab in seen])
    sure, perhaps = _tab_matches(seen, schema, known)
    places = {**known, **{key: index for key, (index, _) in sure.items()}}
    certain = [found for _, found in sure.values()]
    doubtful, notes = [*perhaps], list[str]()
    foreign: dict[str, tuple[str, ...]] = {}
    columns: dict[tuple[str, str], Sample] = {}
    for tab in (schema.named(sought) for sought in SOUGHT if sought.key in places):
        here = seen[places[tab.key]]
        found = _column_matches(tab, here, columns)
        certain += found.certain
        doubtful += found.doubtful
        columns |= {(tab.key, key): sample for key, sample in found.places.items()}
        kept, told = kept_apart(under_matches(tab, found.certain), here, language, is_new=is_new)
        certain += kept
        notes += [
            *found.notes,
            *told,
            *still_wrong(under_matches(tab, [*found.certain, *kept]), here, language),
        ]
        notes += unfit(tab, here) if is_new else []
        if found.left:
            foreign[tab.key] = found.left
    notes += [_HEADLESS.format(tab=one.title) for one in seen if one.is_headless]
    taken = set(places.values())
    taken |= {index for index, tab in enumerate(seen) if tab.title in {match.title for match in perhaps}}
    strangers = tuple(tab.title for index, tab in enumerate(seen) if index not in taken)
    certain.sort(key=_place_in_schema)
    return Proposal(tuple(certain), tuple(doubtful), foreign, strangers, tuple(notes))


def _place_in_schema(match: Match) -> tuple[bool, int, int]:
    """Tabs first, then columns, all in the schema's order."""
    tab = STANDARD.by_key[match.tab]
    column = [*tab.by_key].index(match.column) if match.column else -1
    return bool(match.column), STANDARD.laid_out.index(tab), column


# ── tabs ────────────────────────────────────────────────────────────────────────────────────────────────────


def _tab_matches(
    seen: Sequence[TabSeen], schema: Schema, known: Mapping[str, int]
) -> tuple[dict[str, tuple[int, Match]], list[Match]]:
    """The tabs that match beyond doubt, with where they stand; and those that perhaps do."""
    free = [i for i, tab in enumerate(seen) if i not in known.values() and _is_usable(tab.title)]
    wanted = [schema.named(tab) for tab in SOUGHT if tab.key not in known and not schema.named(tab).own]
    worth = {(tab.key, i): _tab_worth(tab, seen[i], schema) for tab in wanted for i in free}
    pairs = {pair: _always(value) for pair, value in worth.items() if value >= PERHAPS}
    chosen, left = beyond_doubt(pairs, ())
    why = "by its title and its columns"
    sure = {key: (i, Match(key, "", seen[i].title, worth[key, i], why)) for key, i in chosen.items()}
    perhaps = [Match(key, "", seen[i].title, value, why) for (key, i), value in left.items()]
    return sure, sorted(perhaps, key=lambda match: (match.tab, -match.worth, match.title))


def _always(value: float) -> Callable[[Collection[str]], float]:
    return lambda _settled: value


def _tab_worth(tab: Tab, here: TabSeen, schema: Schema) -> float:
    said = tab_readings(here.title)
    by_title = 0.7 if said & tab_words(tab.key) else 0.0
    by_columns = 0.85 * _share(tab, here)
    if not by_title and any(said & tab_words(other.key) for other in SOUGHT):
        # It says that it is something else.
        by_columns *= 0.5
    is_form = _share(schema.named(ORDER_ENTRY), here, ("timestamp",)) >= 0.8
    if tab.key == ORDER_ENTRY.key and not is_form:
        by_columns *= 0.5
    elif tab.key != ORDER_ENTRY.key and _share(schema.named(CONTRACTS), here) >= 0.7:
        # Where orders stand, customers and products are named too.
        by_columns *= (0.5 if is_form else 1.0) if tab.key == CONTRACTS.key else 0.3
    return round(1 - (1 - by_title) * (1 - by_columns), 3)


def _share(tab: Tab, here: TabSeen, marks: Sequence[str] = ()) -> float:
    """How much of what tells this tab stands among the titles, from 0 to 1."""
    known = set(column_keys(tab, [sample.title for sample in here.columns]))
    marks = marks or _MARKS[tab.key]
    return sum(1.0 if key in known else _best(tab.by_key[key], tab, here) for key in marks) / len(marks)


def _best(column: Field, tab: Tab, here: TabSeen) -> float:
    scores = (column_score(tab, column, sample, ()) for sample in here.columns)
    return max((score.worth for score in scores if score is not None), default=0.0)


# ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Found:
    certain: tuple[Match, ...]
    doubtful: tuple[Match, ...]
    #: Column key -> where it stands, of all that are certain.
    places: Mapping[str, Sample]
    left: tuple[str, ...]
    notes: tuple[str, ...]


def _column_matches(tab: Tab, here: TabSeen, columns: Mapping[tuple[str, str], Sample]) -> _Found:
    keys = column_keys(tab, [sample.title for sample in here.columns])
    known = {key: sample for sample, key in reversed([*zip(here.columns, keys, strict=True)]) if key}
    times = Counter(fold(sample.title) for sample in here.columns)
    free = [
        sample
        for sample, key in zip(here.columns, keys, strict=True)
        if not key and _is_usable(sample.title) and times[fold(sample.title)] == 1
    ]
    wanted = [f for f in tab.fields if f.key not in known and not f.own and f.owner is not Owner.BOT]
    scores: dict[tuple[str, int], Score] = {}
    for column in wanted:
        names = _names_for(tab.key, column, columns)
        for sample in free:
            score = column_score(tab, column, sample, names)
            if score is not None:
                scores[column.key, sample.index] = score
    chosen, left = beyond_doubt({pair: score.after for pair, score in scores.items()}, known)
    by_index = {sample.index: sample for sample in free}

    def match(key: str, index: int, worth: float) -> Match:
        return Match(tab.key, key, by_index[index].title, min(worth, 1.0), scores[key, index].why)

    settled = {*known, *chosen}
    certain = tuple(match(key, i, scores[key, i].after(settled)) for key, i in chosen.items())
    doubtful = [match(key, i, worth) for (key, i), worth in left.items()]
    doubtful.sort(key=lambda one: (one.column, -one.worth, one.title))
    told = {one.title for one in (*certain, *doubtful)}
    twice = {sample.title.strip() for sample, key in zip(here.columns, keys, strict=True)
             if not key and fold(sample.title) and times[fold(sample.title)] > 1}  # fmt: skip
    return _Found(
        certain,
        tuple(doubtful),
        {**known, **{key: by_index[i] for key, i in chosen.items()}},
        tuple(sample.title.strip() for sample in free if sample.title not in told),
        tuple(
            f"'{here.title}': the title '{title}' stands there more than once and cannot be matched"
            for title in sorted(twice)
        ),
    )


def _names_for(tab: str, column: Field, columns: Mapping[tuple[str, str], Sample]) -> frozenset[str]:
    sources = [columns[place] for place in _SOURCES.get((tab, column.key), ()) if place in columns]
    return frozenset().union(*(sample.distinct for sample in sources))


def _is_usable(title: str) -> bool:
    """Whether a title can be written into the config and found again."""
    return bool(fold(title)) and len(title) <= _LONGEST and title.isprintable()
