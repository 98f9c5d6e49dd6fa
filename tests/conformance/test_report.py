from __future__ import annotations

from tests.conformance.report import Row, Verdict, Violation, table


def test_the_table_has_a_line_for_each_verdict_and_the_violations_below() -> None:
    wrong = Violation("prism", "2021-02-05", "GET /things", "status 500", "not described")
    rows = [
        Row(Verdict("contract", "2026-05-12", "parts", 1200), 30, ()),
        Row(Verdict("prism", "2021-02-05", "messages", 7, (wrong,)), 0, (wrong,)),
    ]

    assert table(rows).splitlines() == [
        "judge     version     checked            declared  violations",
        "-------------------------------------------------------------",
        "contract  2026-05-12     1200  parts           30           0",
        "prism     2021-02-05        7  messages         0           1",
        "  prism 2021-02-05: GET /things: status 500: not described",
    ]
