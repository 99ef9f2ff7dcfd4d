"""An accepted claim comes back with its rows."""

import pytest

from cartreview import load, synthesis
from cartreview._tables import DATA, key
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


def test_the_rows_can_be_pooled_again():
    """The rows of a claim are frames that the library takes."""
    rows = get("pooled-response").evidence["outcomes"]
    assert synthesis.pool_proportions(rows.dropna(subset=["events", "denominator"])).k > 1
