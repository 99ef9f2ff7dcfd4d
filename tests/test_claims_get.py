"""An accepted claim comes back with its rows."""

import pytest

from cartreview import load
from cartreview._tables import DATA, key, overlay
from cartreview.claims import read_ledger
from cartreview.claims._get import get

LEDGER = read_ledger(DATA / "claims.csv")


@pytest.mark.parametrize("claim_id", LEDGER)
def test_a_claim_has_the_rows_that_the_ledger_names(claim_id):
    """Sentence, verdict and values are the ledger's, the rows those of the tables, in order."""
    found, accepted = get(claim_id), LEDGER[claim_id]
    for name in ("claim_id", "sentence", "verdict", "values", "sources"):
        assert getattr(accepted, name) == getattr(found, name)
    assert list(accepted.evidence) == list(found.evidence)
    for table, frame in found.evidence.items():
        assert list(accepted.evidence[table]) == frame[key(table)].tolist()
        assert list(load(table)) == list(frame)
    assert accepted.sentence in repr(found)


def test_unknown_claims_are_refused_with_near_names():
    """A slip of the pen is answered with what may be meant."""
    with pytest.raises(KeyError, match=r"no claim .pooled-respons. .*'pooled-response'"):
        get("pooled-respons")
    with pytest.raises(KeyError, match="see load"):
        get("zzz")


def test_rows_that_are_gone_are_left_out():
    """A claim that was accepted before a row went away comes with the rows that are there."""
    (claim_id, accepted) = next((i, one) for i, one in LEDGER.items() if one.evidence)
    table, keys = next(iter(accepted.evidence.items()))
    rows = load(table)
    with overlay({table: rows[rows[key(table)] != keys[0]]}):
        assert list(keys[1:]) == get(claim_id).evidence[table][key(table)].tolist()
