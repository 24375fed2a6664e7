"""Read the file of payouts, and refuse it as a whole if anything in it is wrong."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from plexy_pay import InvalidParameterError, Money

from .payout import Payout, Unit

COLUMNS = ["reference", "amount", "currency", "beneficiary_id"]
NAME = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
# Digits that a person can check: no "1e3", no "1_000", no digits of another alphabet.
AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
# The lists of Plexy Pay and of ISO 4217 do not agree on the decimals of these: docs/money.md.
UNCLEAR_IN_MINOR = ("DJF", "ISK", "MGA", "UYI", "VUV")


class WrongFileError(Exception):
    """Say what is wrong with a file. Nothing was sent.

    Attributes:
        problems: Everything that is wrong, with the numbers of the lines.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_payouts(path: Path, unit: Unit) -> list[Payout]:
    """Return the payouts of a file.

    Raises:
        WrongFileError: if any line is wrong, or a reference is in two lines.
    """
    payouts: list[Payout] = []
    problems: list[str] = []
    lines: dict[str, int] = {}
    try:
        for line, row in _rows(path):
            try:
                payout = _payout(row, unit)
            except ValueError as error:
                problems.append(f"line {line}: {error}")
                continue
            first = lines.setdefault(payout.reference, line)
            if first != line:
                problems.append(
                    f"line {line}: the reference {payout.reference} is in line {first}, too"
                )
            payouts.append(payout)
    except (csv.Error, UnicodeDecodeError) as error:
        problems.append(f"the file cannot be read to its end: {error}")
    if problems:
        raise WrongFileError(problems)
    return payouts


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each row below the header, with the number of its last line."""
    # Spreadsheets put a byte order mark in front.
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        if next(reader, None) != COLUMNS:
            raise WrongFileError([f"line 1: the header is not {','.join(COLUMNS)}"])
        for row in reader:
            yield reader.line_num, row


def _payout(row: list[str], unit: Unit) -> Payout:
    """Return the payout of a row.

    Raises:
        ValueError: if something is wrong with it.
    """
    if len(row) != len(COLUMNS):
        raise ValueError(f"there are {len(row)} columns, not {len(COLUMNS)}")
    reference, amount, currency, beneficiary_id = row
    if not NAME.fullmatch(reference):
        raise ValueError(
            "the reference is not 1 to 64 letters, digits and . _ : / - without spaces"
        )
    if not NAME.fullmatch(beneficiary_id):
        raise ValueError("the id of the beneficiary is missing or has other characters")
    if not AMOUNT.fullmatch(amount):
        raise ValueError(f"the amount {amount!r} is not a number such as 22000.50")
    try:
        money = Money(amount, currency)
    except InvalidParameterError as error:
        raise ValueError(str(error)) from error
    if money <= Money(0, currency):
        raise ValueError("the amount is zero")
    if unit == "minor" and currency in UNCLEAR_IN_MINOR:
        raise ValueError(
            f"the minor unit of {currency} is not certain: ask Plexy Pay, and pay it by hand"
        )
    return Payout(reference, money, beneficiary_id, unit)
