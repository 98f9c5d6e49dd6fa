"""Countries as the SMS tiers see them. Clerk publishes neither table; both sets are stand-ins for testing."""

from __future__ import annotations

KNOWN = frozenset(
    """
    AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI
    CL CM CN CO CR CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR GA GB GD GE GH GI GL GM GN GP GQ GR
    GT GU GW GY HK HN HR HT HU ID IE IL IN IQ IS IT JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT
    LU LV LY MA MC MD ME MG MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OM PA PE PG PH PK PL PR
    PS PT PY QA RE RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS SV SZ TC TD TG TH TJ TL TM TN TO TR TT TW
    TZ UA UG US UY UZ VC VE VG VI VN VU WS YE ZA ZM ZW
    """.split()  # noqa: SIM905 - two hundred quoted strings would be harder to read
)
"""Codes that some tier knows; every other code is dropped without a word."""

PAID = frozenset({"AZ", "BD", "BY", "BT", "KG", "LY", "MG", "SS", "TJ", "TN", "UZ"})
"""Codes whose tier costs extra: once blocked, unblocking them needs the right plan."""
