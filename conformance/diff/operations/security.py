"""Security compared by what a client must present, whatever the schemes are called (OpenAPI 3.1 §4.8.27, §4.8.30)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final, TypeAlias

from conformance.diff.change import Change, DriftVerdict
from conformance.diff.operations.rules import CHANGED, GONE_OR_NEW
from conformance.diff.operations.side import Owners, Scope, Side
from conformance.diff.rule import DriftRule
from conformance.jsonvalue import JSON, encode

_Credential: TypeAlias = bytes
_Demand: TypeAlias = Mapping[_Credential, frozenset[str]]
"""What one alternative asks for: each credential with the scopes it must have."""

_MEMBERS: Final = ("type", "undeclared", "in", "name", "scheme", "openIdConnectUrl")
_MOST: Final = 64
"""So many ways that one requirement may be met are looked at; flows of several schemes multiply."""


def compare_security(scope: Scope, base: Owners, revision: Owners) -> Iterator[Change]:
    """Yield the change between what two operations, or two documents, ask of whoever calls.

    A client of the base gets in where each way that the base offers still leads in.
    """
    mine, theirs = _alternatives(base), _alternatives(revision)
    stricter = [demand for demand in mine if not any(_covers(demand, other) for other in theirs)]
    looser = [demand for demand in theirs if not any(_covers(demand, other) for other in mine)]
    if stricter or looser:
        rule = _rule(base, revision, tighter=bool(stricter), looser=bool(looser))
        verdict = DriftVerdict.BREAKING if stricter else DriftVerdict.COMPATIBLE
        said = f"{_shown(base)} → {_shown(revision)}"
        yield scope.change(rule, verdict, said, _place(base), _place(revision))


def _rule(base: Owners, revision: Owners, *, tighter: bool, looser: bool) -> DriftRule:
    if tighter and looser:
        same = _requirements(base) == _requirements(revision)
        return CHANGED["security scheme" if same else "security"]
    return GONE_OR_NEW["security"][0 if tighter else 1]


def _holder(owners: Owners) -> Side:
    """Return the last owner that says something about security, the document where none does."""
    return next((owner for owner in reversed(owners) if owner.get("security") is not None), owners[0])


def _place(owners: Owners) -> Side:
    holder = _holder(owners)
    return holder.at("security") or holder


def _requirements(owners: Owners) -> list[dict[str, list[str]]]:
    return _holder(owners).get("security") or [{}]


def _alternatives(owners: Owners) -> list[_Demand]:
    """Return every way in: each requirement, with each of the flows that a token may come from (§4.8.30)."""
    return [one for requirement in _requirements(owners) for one in _ways(owners[0], requirement)]


def _ways(document: Side, requirement: Mapping[str, list[str]]) -> Iterator[_Demand]:
    forms = [_credentials(document, name) for name in requirement]
    for credentials in islice(product(*forms), _MOST):
        demand: dict[_Credential, frozenset[str]] = {}
        for credential, scopes in zip(credentials, requirement.values(), strict=True):
            demand[credential] = demand.get(credential, frozenset()) | frozenset(scopes)
        yield demand


def _covers(has: _Demand, wants: _Demand) -> bool:
    """Tell whether whoever presents `has` has all that `wants` asks for."""
    return all(credential in has and scopes <= has[credential] for credential, scopes in wants.items())


def _credentials(document: Side, name: str) -> list[_Credential]:
    """Return what a client may present for a scheme, one for each flow; its name in the document is none of that."""
    scheme = _scheme(document, name)
    meaning = {key: scheme[key] for key in _MEMBERS if key in scheme}
    if meaning.get("type") == "http":
        meaning["scheme"] = str(meaning.get("scheme")).lower()
    if meaning.get("in") == "header":
        meaning["name"] = str(meaning.get("name")).lower()
    flows = scheme.get("flows")
    if not isinstance(flows, Mapping):
        return [encode(meaning)]
    kinds = [kind for kind in flows if not kind.startswith("x-")]
    return [encode({**meaning, "flow": kind, **_flow(flows[kind])}) for kind in kinds]


def _scheme(document: Side, name: str) -> Mapping[str, JSON]:
    components = document.at("components")
    schemes = components.members("securitySchemes") if components else {}
    return schemes[name].node if name in schemes else {"undeclared": name}


def _flow(flow: JSON) -> dict[str, JSON]:
    """Return where a flow leads; which scopes there are is for the operations that ask for them to say."""
    return {key: flow[key] for key in ("authorizationUrl", "tokenUrl") if key in flow}


def _shown(owners: Owners) -> str:
    ways = [" and ".join(_described(owners[0], *one) for one in way.items()) for way in _requirements(owners)]
    return " or ".join(way or "nothing" for way in ways)


def _described(document: Side, name: str, scopes: list[str]) -> str:
    scheme = _scheme(document, name)
    kind = str(scheme.get("type", "undeclared"))
    form = (
        f" in {scheme['in']} {scheme.get('name')}"
        if "in" in scheme
        else f" {scheme.get('scheme', '')}".rstrip()
    )
    return f"{name} ({kind}{form}{': ' + ' '.join(scopes) if scopes else ''})"
