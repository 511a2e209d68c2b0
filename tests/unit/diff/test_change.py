"""Changes: their JSON form and the verdict on all of them."""

from __future__ import annotations

from conformance.diff.change import Change, Direction, DriftVerdict, Evidence, Proof, overall


def change(verdict: DriftVerdict) -> Change:
    return Change("request-type-changed", "op", Direction.REQUEST, verdict, "string → integer")


def test_the_gravest_verdict_is_the_overall_one() -> None:
    compatible, undecided, breaking = (change(v) for v in list(DriftVerdict)[1:])
    assert overall([]) is DriftVerdict.NONE
    assert overall([compatible]) is DriftVerdict.COMPATIBLE
    assert overall([undecided, compatible]) is DriftVerdict.UNDECIDED
    assert overall([compatible, breaking, undecided]) is DriftVerdict.BREAKING


def test_the_json_form_holds_address_verdict_and_proof() -> None:
    found = Change(
        "request-max-length-decreased", "trackers", Direction.REQUEST, DriftVerdict.BREAKING, "5 → 3",
        ("a", "maxLength"), ("b", 0, "maxLength"), Proof("abcd", base_accepts=True, revision_accepts=False),
        Evidence.WITNESS, "a note",
    )  # fmt: skip
    assert found.as_data() == {
        "rule": "request-max-length-decreased",
        "operation": "trackers",
        "pointer": "/a/maxLength",
        "direction": "request",
        "verdict": "breaking",
        "witness": {"payload": "abcd", "base": "accepts", "revision": "rejects"},
        "base_pointer": "/a/maxLength",
        "revision_pointer": "/b/0/maxLength",
        "base_at": "",
        "revision_at": "",
        "summary": "5 → 3",
        "evidence": "witness",
        "note": "a note",
        "exchange": "",
    }


def test_what_only_the_revision_has_is_addressed_there() -> None:
    added = Change("request-member-added", "op", Direction.REQUEST, DriftVerdict.COMPATIBLE, "", None, ("x",))
    assert added.pointer == ("x",)
