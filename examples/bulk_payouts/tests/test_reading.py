"""A file is refused as a whole, before anything is sent, and each problem names its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from plexy_pay import Money

from bulk_payouts.reading import WrongFileError, read_payouts

HEADER = "reference,amount,currency,beneficiary_id\n"


def problems(directory: Path, text: str) -> list[str]:
    """Return what is wrong with a file of this text below the header."""
    file = directory / "payouts.csv"
    file.write_text(HEADER + text, "utf-8")
    with pytest.raises(WrongFileError) as raised:
        read_payouts(file, "major")
    return raised.value.problems


def test_amounts_are_exact_and_in_the_unit_that_was_named(tmp_path: Path) -> None:
    file = tmp_path / "payouts.csv"
    # As a spreadsheet writes it.
    file.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}P-1,0.07,KZT,ben-1\r\n".encode())
    [in_major] = read_payouts(file, "major")
    [in_minor] = read_payouts(file, "minor")
    assert in_major.money == Money("0.07", "KZT")
    assert (str(in_major.number), in_minor.number) == ("0.07", 7)


@pytest.mark.parametrize(
    "amount",
    ["", "1e3", "1_000", "1 000", "-5", "+5", "NaN", "0x10", ".5", "٥", '"1,5"', "5 "],
)
def test_an_amount_is_written_as_people_write_it(tmp_path: Path, amount: str) -> None:
    [problem] = problems(tmp_path, f"P-1,{amount},KZT,ben-1\n")
    assert problem.startswith("line 2: ")
    assert "is not a number" in problem


@pytest.mark.parametrize(
    ("row", "telling"),
    [
        ("P-1,22000.505,KZT,ben-1", "2 decimals"),
        ("P-1,5.5,JPY,ben-1", "0 decimals"),
        ("P-1,0.00,KZT,ben-1", "zero"),
        ("P-1,5,kzt,ben-1", "kzt"),
        ("P-1,5,KZT,", "beneficiary"),
        (",5,KZT,ben-1", "reference"),
        ("P 1,5,KZT,ben-1", "reference"),
        ("P-1,5,KZT", "3 columns"),
        ("P-1,5,KZT,ben-1,more", "5 columns"),
        ("", "0 columns"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, row: str, telling: str
) -> None:
    [problem] = problems(tmp_path, f"P-0,1,KZT,ben-1\n{row}\n")
    assert problem.startswith("line 3: ")
    assert telling in problem


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    rows = "P-1,5,KZT,ben-1\nP-2,x,KZT,ben-1\nP-1,6,KZT,ben-2\n"
    first, second = problems(tmp_path, rows)
    assert first.startswith("line 3: ")
    assert second == "line 4: the reference P-1 is in line 2, too"


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "payouts.csv"
    for content in (b"", b"reference;amount;currency;beneficiary_id\n", b"\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(WrongFileError):
            read_payouts(file, "major")


def test_an_amount_whose_minor_unit_is_not_certain_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "payouts.csv"
    file.write_text(f"{HEADER}P-1,5,ISK,ben-1\n", "utf-8")
    with pytest.raises(WrongFileError, match="line 2"):
        read_payouts(file, "minor")
