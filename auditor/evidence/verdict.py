"""What `verify` says of bundles in which nothing is wrong: no more than what was shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.evidence.manifest import Predicate
from auditor.evidence.trusted_keys import TrustedKeys
from auditor.evidence.verify import CheckedBundle
from auditor.text import counted, listed, one_line

_MOST_SIGNERS = 5
_MOST_GAPS = 40


def verdict(bundles: Sequence[CheckedBundle], keys: TrustedKeys | None) -> Iterator[str]:
    """The lines, for bundles without a problem.

    Without a key, whoever can write the bundles could have made them all: so that they are
    consistent is all that can be said.

    Args:
        bundles: those that were checked, in any order.
        keys: those that signatures were demanded of.
    """
    series = sorted(
        ((item.statement.predicate, item.digest) for item in bundles if item.statement),
        key=lambda item: (item[0].captured_at, item[1]),
    )
    first, last = (series[place][0].captured_at.isoformat() for place in (0, -1))
    what = _what([predicate for predicate, _ in series], keys)
    yield f"{counted(len(series), 'bundle')} {what}, {first} to {last}"
    yield f"the latest manifest has the SHA-256 {series[-1][1]}"
    earlier = [predicate.oldest_reading for predicate, _ in series if predicate.oldest_reading]
    if earlier:
        yield (
            f"not everything was read again: {counted(len(earlier), 'bundle')} of {len(series):,} "
            f"carry lists over, the oldest of {min(earlier).isoformat()}"
        )
    incomplete = [predicate for predicate, _ in series if not predicate.complete]
    if incomplete:
        yield (
            f"not everything was checked: {counted(len(incomplete), 'bundle')} of {len(series):,} "
            f"say so, the first of {incomplete[0].captured_at.isoformat()}"
        )
    if gaps := sorted({name for predicate in incomplete for name in predicate.accepted_gaps}):
        yield f"accepted gaps, of which nothing is known: {one_line(listed(gaps, most=_MOST_GAPS))}"


def _what(series: Sequence[Predicate], keys: TrustedKeys | None) -> str:
    if keys is None:
        return "consistent with itself" if len(series) == 1 else "consistent with themselves"
    signers = dict.fromkeys(item.signer for item in series if item.signer)
    labels = [key.label for signer in signers if (key := keys.find(signer))]
    return f"signed by {listed(labels, most=_MOST_SIGNERS)} and unaltered"
