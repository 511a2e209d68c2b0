"""The order in which a request is judged: key, path, known ids, body; then it is handled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from json import JSONDecoder
from typing import Final

from conformance.contract.media_types import media_type
from conformance.contract.validator import Validator
from conformance.jsonvalue import JSON, NotJSONError, TooDeepError, decode, encode
from conformance.mock.behaviour import Call, Handler, known_kind
from conformance.mock.endpoint import Endpoint, PathParameter, Schemas
from conformance.mock.message import ABSENT, Absent, Answer, MockRequest
from conformance.mock.policy import NO_FAULTS, Policy
from conformance.mock.repeats import RepeatCounter
from conformance.mock.routes import Values
from conformance.mock.store import Store

ANY_PARAMETER: Final = known_kind("*")
"""Ids that were created without own code are known wherever an id is needed."""

_DEPTH: Final = 200
"""What nests deeper is beyond what is judged for sure (RFC 8259 §9)."""


class Refusal(Exception):  # noqa: N818 -- not a failure: the documented answer to a wrong request
    """Ends the judgement: the gate that refused, the status, and why."""

    def __init__(self, gate: str, status: int, message: str) -> None:
        super().__init__(message)
        self.gate = gate
        self.status = status


@dataclass(slots=True)
class OperationJudge:
    """Everything that judging the requests of one operation takes."""

    endpoint: Endpoint
    store: Store
    key: bytes
    handler: Handler | None = None
    body_needed: bool = False
    policy: Policy = field(default=NO_FAULTS)
    repeats: RepeatCounter = field(default_factory=RepeatCounter)

    def judge(self, request: MockRequest, values: Values) -> Answer:
        """Return the answer to a request on this operation's method and path, written already.

        What only turns out to be too much while it is judged or written is refused like what is no JSON.
        """
        if self.policy:
            request.occurrence = self.repeats.of(request)
        try:
            answer = self._judged(request, values)
            answer.body()
        except (ValueError, RecursionError):
            if not _is_too_much(request.body):
                raise
            answer = self.endpoint.error(self._refused(), "body holds too large a number or depth", "json")
        return answer

    def _judged(self, request: MockRequest, values: Values) -> Answer:
        try:
            self._check_key(request)
            params = self._check_path(values)
            body, is_lenient = self._check_body(request)
        except Refusal as refusal:
            answer = self.endpoint.error(refusal.status, str(refusal), refusal.gate)
        else:
            call = Call(body, params, self.store)
            answer = self._handle_leniently(call) if is_lenient else self._handle(call)
        return self.policy.alter(self.endpoint, request, answer) if self.policy.responses else answer

    def _check_key(self, request: MockRequest) -> None:
        names = self.endpoint.key_headers
        if not names:
            return
        given = [request.headers[name] for name in names if name in request.headers]
        if any(compare_digest(value, self.key) for value in given):
            return
        state = "missing" if not given else "wrong" if any(given) else "empty"
        if f"key:{state}" not in self.policy.skips:
            status = self.endpoint.first_documented(401, 403)
            raise Refusal("key", status, f"the API key is {state}; send it as {names[0].decode('latin-1')}")

    def _check_path(self, values: Values) -> dict[str, str]:
        """Return the path parameters by name, in the form under which they are known."""
        params: dict[str, str] = {}
        well_formed: list[PathParameter] = []
        for parameter, text in zip(self.endpoint.parameters, values, strict=True):
            params[parameter.name] = text.lower() if parameter.folds else text
            if parameter.accepts(text):
                well_formed.append(parameter)
            elif f"path:{parameter.name}" not in self.policy.skips:
                status = self.endpoint.refusal(400, 422, 404)
                raise Refusal("path", status, f"path parameter {parameter.name} does not obey its schema")
        if self.endpoint.documents(404):
            self._check_known(well_formed, params)
        return params

    def _check_known(self, parameters: Iterable[PathParameter], params: Mapping[str, str]) -> None:
        for parameter in parameters:
            name, value = parameter.name, params[parameter.name]
            if parameter.is_choice or f"known:{name}" in self.policy.skips:
                continue
            if not (self.store.has(known_kind(name), value) or self.store.has(ANY_PARAMETER, value)):
                raise Refusal("known", 404, f"there is no such {name}")

    def _check_body(self, request: MockRequest) -> tuple[JSON | Absent, bool]:
        """Return the body and whether only a fault lets it pass."""
        if self.endpoint.operation.body is None:
            return ABSENT, False
        if not request.body:
            return ABSENT, self._check_absence()
        schemas, is_read = self._check_media_type(request.headers.get(b"content-type", b""))
        if schemas is None:
            return self._decode_leniently(request.body), True
        return self._check_json(request, schemas) if is_read else (ABSENT, False)

    def _check_absence(self) -> bool:
        body = self.endpoint.operation.body
        if body is None or not (body.required or self.body_needed):
            return False
        if "body" in self.policy.skips:
            return True
        raise Refusal("body", self.endpoint.refusal(400, 422), "a body is needed")

    def _check_media_type(self, content_type: bytes) -> tuple[Schemas | None, bool]:
        """Return the schemas of a body of this type, None where only a fault lets it pass; and whether it is read."""
        sent = media_type(content_type.decode("latin-1"))
        for name in (sent.essence, f"{sent.kind}/*", "*/*"):
            if sent.kind and name in self.endpoint.bodies:
                schemas = self.endpoint.bodies[name]
                # a schema over a form or text body is not checked yet
                return schemas, sent.may_be_json or not schemas.bundle
        if "media-type" in self.policy.skips:
            return None, True
        status = self.endpoint.refusal(415, 400, 422)
        raise Refusal("media-type", status, f"send the body as {', '.join(self.endpoint.bodies)}")

    def _check_json(self, request: MockRequest, schemas: Schemas) -> tuple[JSON | Absent, bool]:
        try:
            value = decode(request.body)
        except NotJSONError as error:
            return self._broken_json(request.body, error)
        if not self.policy:
            if not schemas.validator.accepts(value):
                raise Refusal("schema", self._refused(), _why(schemas.validator, value))
            return value, False
        if not self.policy.accepts(schemas.validator, value, request):
            raise Refusal("schema", self._refused(), "body does not obey its schema")
        return value, not schemas.validator.accepts(value)

    def _refused(self) -> int:
        return self.endpoint.refusal(400, 422)

    def _broken_json(self, body: bytes, error: NotJSONError) -> tuple[JSON | Absent, bool]:
        skips = self.policy.skips
        if "json" in skips:
            return ABSENT, True
        if "json:trailing" in skips and (found := self._decode_leniently(body)) is not ABSENT:
            return found, True
        if "json:nan" in skips and b"NaN" in body and (found := self._decode_leniently(body)) is not ABSENT:
            return found, True
        broken = "" if isinstance(error, TooDeepError) else "not JSON: "
        raise Refusal("json", self._refused(), f"body is {broken}{str(error)[:200]}")

    @staticmethod
    def _decode_leniently(body: bytes) -> JSON | Absent:
        """Return the first JSON value of the bytes, whatever follows it."""
        try:
            return JSONDecoder().raw_decode(body.decode(errors="replace").lstrip())[0]
        except (ValueError, RecursionError):
            return ABSENT

    def _handle(self, call: Call) -> Answer:
        if self.handler is not None:
            return Answer(*self.handler(call))
        answer = self.endpoint.answer_from_schema(call.body)
        if isinstance(answer.value, dict) and isinstance(new := answer.value.get("id"), str | int):
            self.store.add([(ANY_PARAMETER, str(new), True)])
        return answer

    def _handle_leniently(self, call: Call) -> Answer:
        """Handle what only a fault let pass, so that the answer itself obeys: one fault, one violation."""
        try:
            answer = self._handle(call)
        except Exception:  # noqa: BLE001 -- handlers may rely on the contract, which this body breaks
            return self.endpoint.answer_from_schema(ABSENT)
        return answer if self.endpoint.accepts_answer(answer) else self.endpoint.answer_from_schema(ABSENT)


def _is_too_much(body: bytes) -> bool:
    """Tell whether a body is JSON, but too deep or with a number too large to judge and to write it."""
    try:
        encode(value := decode(body))
    except (ValueError, RecursionError):
        return True
    level, depth = [value], 0
    while level:
        level = [v for node in level for v in _children(node)]
        depth += 1
    return depth > _DEPTH


def _children(node: JSON) -> Iterable[JSON]:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


def _why(validator: Validator, value: JSON) -> str:
    """Name the first violated keyword and where; never the value itself."""
    error = validator.first_error(value)
    if error is None:
        return "body does not obey its schema"
    place = "/".join(("body", *map(str, error.instance_path)))
    return f"{place} violates {error.schema_path[-1]}"[:300]
