"""What a closed week keeps, as JSON and back: by columns, since neighbours of one kind pack best."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from bot.planning.report_values import Correction, LeftOut
from bot.reports.figures.kept import Columns, Finding, Head, Kept, Person, Told, Version
from bot.reports.figures.numbers import Whole, safe
from bot.reports.figures.people import TeamMember
from bot.reports.figures.texts import Coded

Json = dict[str, Any]

_TEXTS = ("customer", "product", "specification", "status")
_SEPARATOR = "\n"


# ── the head ────────────────────────────────────────────────────────────────────────────────────────────────


def head_json(head: Head) -> Json:
    """The head as JSON."""
    return {
        "digests": dict(head.digests),
        "digits": head.digits,
        "versions": {
            week: [
                [v.row_id, v.amount, str(v.quantity), v.currency, list(v.person), v.cancelled, v.gone]
                for v in versions
            ]
            for week, versions in head.versions.items()
        },
    }


def unpacked_head(json: Json) -> Head:
    """The head out of JSON."""
    return Head(
        json["digests"],
        {week: tuple(map(_version, versions)) for week, versions in json["versions"].items()},
        json["digits"],
    )


def _version(json: Sequence[Any]) -> Version:
    row_id, amount, quantity, currency, person, cancelled, gone = json
    return Version(row_id, amount, Decimal(quantity), currency, Person(*person), cancelled, gone)


# ── the lines ──────────────────────────────────────────────────────────────────────────────────────────


def kept_json(kept: Kept) -> Json:
    """What totals are made of, as JSON."""
    return {
        "row_id": _joined(kept.row_ids),
        "amount": kept.amount.tolist(),
        # Fine quantities may have more digits than JSON's integers.
        "quantity": kept.quantity.tolist()
        if kept.quantity.dtype != object
        else list(map(str, kept.quantity)),
        "currency": _coded(kept.currency),
        "person": kept.person.tolist(),
        "people": [list(person) for person in kept.people],
        "cancelled": np.flatnonzero(kept.cancelled).tolist(),
    }


def unpacked_kept(json: Json) -> Kept:
    """The same out of JSON."""
    row_ids = _split(json["row_id"])
    cancelled = np.zeros(len(row_ids), dtype=bool)
    cancelled[json["cancelled"]] = True
    return Kept(
        row_ids=row_ids,
        amount=safe(np.array(json["amount"], dtype=np.int64)),
        quantity=safe(_wholes(json["quantity"])),
        currency=_column(json["currency"]),
        person=np.array(json["person"], dtype=np.int32),
        people=tuple(Person(*person) for person in json["people"]),
        cancelled=cancelled,
    )


# ── what a report lists ────────────────────────────────────────────────────────────────────────────────────────


def columns_json(columns: Columns) -> Json:
    """The lines as reports list them, as JSON."""
    day = columns["day"]
    return {
        "order_no": _joined(columns["order_no"].tolist()),
        "recorded": np.diff(columns["recorded"], prepend=0).tolist(),
        "day": np.diff(day, prepend=0).tolist(),
        # Days beside the day of recording are small numbers; a blank one is simply a large one.
        "order_day": (day - columns["order_day"]).tolist(),
        "due_day": (day - columns["due_day"]).tolist(),
        "texts": {key: _coded(columns[key]) for key in _TEXTS},
    }


def unpacked_columns(json: Json, kept: Kept) -> Columns:
    """The same out of JSON, beside what totals are made of."""
    day = np.cumsum(np.array(json["day"], dtype=np.int32), dtype=np.int32)
    return {
        "row_id": np.array(kept.row_ids, dtype=object),
        "order_no": np.array(_split(json["order_no"]), dtype=object),
        "recorded": np.cumsum(np.array(json["recorded"], dtype=np.int64)),
        "day": day,
        "order_day": day - np.array(json["order_day"], dtype=np.int32),
        "due_day": day - np.array(json["due_day"], dtype=np.int32),
        **{key: _column(json["texts"][key]) for key in _TEXTS},
        "currency": kept.currency,
        "amount": kept.amount,
        "cancelled": kept.cancelled,
    }


def told_json(told: Told) -> Json:
    """What else reports of the week say, as JSON."""
    return {
        "findings": [_finding_json(found) for found in told.findings],
        "left_out": [[o.tab, o.row, o.order_no, o.salesperson, o.why, o.text] for o in told.left_out],
        "roster": [_member_json(member) for member in told.roster],
        "new": sorted(told.new_customers),
        "tier_a": sorted(told.tier_a),
    }


def unpacked_told(json: Json) -> Told:
    """The same out of JSON."""
    return Told(
        tuple(_finding(found) for found in json["findings"]),
        tuple(LeftOut(*row) for row in json["left_out"]),
        tuple(_member(member) for member in json["roster"]),
        frozenset(json["new"]),
        frozenset(json["tier_a"]),
    )


def _finding_json(found: Finding) -> list[object]:
    c = found.correction
    return [
        c.week, c.found_in, c.row_id, c.order_no, c.salesperson, c.what, c.currency, str(c.amount), str(c.quantity),
        c.before, c.after, list(found.person),
    ]  # fmt: skip


def _finding(json: Sequence[Any]) -> Finding:
    week, found_in, row_id, order_no, salesperson, what, currency, amount, quantity, before, after, person = (
        json
    )
    correction = Correction(
        week,
        found_in,
        row_id,
        order_no,
        salesperson,
        what,
        currency,
        Decimal(amount),
        Decimal(quantity),
        before,
        after,
    )
    return Finding(correction, Person(*person))


def _member_json(member: TeamMember) -> list[object]:
    target = None if member.target is None else str(member.target)
    return [
        member.name,
        member.email,
        list(member.teams),
        sorted(member.roles),
        member.language,
        member.active,
        target,
    ]


def _member(json: Sequence[Any]) -> TeamMember:
    name, email, teams, roles, language, active, target = json
    return TeamMember(
        name,
        email,
        tuple(teams),
        frozenset(roles),
        language,
        active,
        None if target is None else Decimal(target),
    )


# ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────


def _joined(texts: Sequence[str]) -> str | list[str]:
    """One text packs better than a list; a text that has the separator in it would fall apart."""
    whole = _SEPARATOR.join(texts)
    return whole if whole.count(_SEPARATOR) == len(texts) - 1 else list(texts)


def _split(json: str | list[str]) -> list[str]:
    return json.split(_SEPARATOR) if isinstance(json, str) else json


def _wholes(json: Sequence[Any]) -> Whole:
    if json and isinstance(json[0], str):
        return np.array([int(text) for text in json], dtype=object)
    return np.array(json, dtype=np.int64)


def _coded(column: Coded) -> Json:
    """Codes and the texts they stand for, those that occur alone."""
    used = column.used()
    return {"texts": list(used.texts), "codes": used.codes.tolist()}


def _column(json: Json) -> Coded:
    return Coded(np.array(json["codes"], dtype=np.int32), json["texts"])
