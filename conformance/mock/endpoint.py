"""One operation made ready to serve: its schemas compiled, its answers prepared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from conformance.contract.alternatives import shapes
from conformance.contract.contract import contract_of
from conformance.contract.direction import Direction
from conformance.contract.keywords import Schema
from conformance.contract.media_types import JSON_TYPE, media_type
from conformance.contract.requests import response_contract
from conformance.contract.shape import Shape
from conformance.contract.validator import Validator, compile_schema
from conformance.jsonvalue import JSON, NotJSONError, decode, encode
from conformance.mock.message import Absent, Answer
from conformance.mock.routes import literals_beside, names_in
from conformance.mock.sample import NoSampleError, fresh_id, largest, smallest
from conformance.openapi.document import Document
from conformance.openapi.operation import Operation
from conformance.openapi.part import Location, Part
from conformance.planning.expectation import SET_UP

_STATUS_NAMES: Final = ("statusCode", "status", "code")
_ERROR_NAMES: Final = ("error", "title")
_MESSAGE_NAMES: Final = ("message", "detail", "description")


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A path parameter; `folds` where case means nothing (UUIDs, RFC 9562 §4)."""

    name: str
    schema: Mapping[str, Any]
    validator: Validator
    folds: bool
    is_choice: bool

    def accepts(self, text: str) -> bool:
        """Tell whether the schema accepts the text, or the number or boolean that it spells."""
        return self.validator.accepts(text) or self.validator.accepts(_spelled(text))


def _spelled(text: str) -> JSON:
    try:
        value = decode(text.encode("utf-8", "replace"))
    except NotJSONError:
        return text
    return value if isinstance(value, bool | int | float) else text


class Schemas:
    """One media type's schema: its bundle, its validator and its first shape."""

    __slots__ = ("_full", "_members", "bundle", "shape", "validator")

    def __init__(self, bundled: Mapping[str, Any]) -> None:
        self.bundle = dict(bundled)
        self.validator = compile_schema(self.bundle)
        self.shape: Shape | None = next(iter(shapes(self.bundle, self.bundle)), None)
        self._members: dict[str, Validator] = {}
        self._full: list[JSON] = []

    @property
    def full(self) -> JSON:
        """A value with every declared member, as far as one is found; null where none is."""
        if not self._full:
            try:
                self._full.append(largest(self.bundle))
            except NoSampleError:
                self._full.append(None)
        return self._full[0]

    @property
    def members(self) -> Mapping[str, Schema]:
        """The declared members of the first shape."""
        return {} if self.shape is None else self.shape.properties

    def accepts_member(self, name: str, value: JSON) -> bool:
        """Tell whether the declared member `name` may have this value."""
        if name not in self._members:
            self._members[name] = compile_schema(
                {**self.bundle, "$ref": "#/member", "member": self.members[name]}
            )
        return self._members[name].accepts(value)


class Endpoint:
    """An operation with what serving it needs. Answers are made, not sent, here."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.label = f"{operation.method} {operation.path}"
        self.key_headers = tuple(name.lower().encode("latin-1") for name in operation.key_headers)
        declared = {p.name: p for p in operation.parameters if p.location is Location.PATH}
        self.parameters = tuple(
            _path_parameter(operation.document, name, declared.get(name))
            for name in names_in(operation.path)  # whatever is declared, these alone have values
        )
        self.bodies = {
            media_type(part.name).essence: Schemas(
                contract_of(operation.document, part, Direction.REQUEST).root
            )
            for part in (operation.body.bodies if operation.body else ())
        }
        self._responses: dict[int, tuple[str, Schemas] | None] = {}
        self._samples: dict[int, JSON] = {}
        self._templates: dict[int, JSON] = {}

    def documents(self, status: int) -> bool:
        """Tell whether the document foresees this status, by itself, its range or a default."""
        return self.operation.response_for(status) is not None

    def first_documented(self, *statuses: int) -> int:
        """Return the first status that the document names exactly; the first of all where it names none."""
        return next((s for s in statuses if str(s) in self.operation.responses), statuses[0])

    def refusal(self, *usual: int) -> int:
        """Return the status that refuses a wrong request: a usual one if documented, else what is documented.

        A range or a default stands for the first usual one. Statuses that say something else come
        last; where no 4xx is documented at all, it is the first usual one all the same.
        """
        status = self.first_documented(*usual)
        if self.documents(status):
            return status
        others = [int(s) for s in self.operation.responses if s.startswith("4") and s.isdigit()]
        return min(others, key=lambda other: other in SET_UP, default=status)

    @property
    def success(self) -> int:
        """The first documented status of success; 200 where there is none."""
        for status in self.operation.responses:
            if status.startswith("2"):
                return int(status) if status.isdigit() else 200
        return 200

    def response(self, status: int) -> tuple[str, Schemas] | None:
        """Return media type and schema of the answer with this status, None where it has no body."""
        if status not in self._responses:
            self._responses[status] = self._find_response(status)
        return self._responses[status]

    def _find_response(self, status: int) -> tuple[str, Schemas] | None:
        response = self.operation.response_for(status)
        if response is None or not response.bodies:
            return None
        part = next((p for p in response.bodies if media_type(p.name).may_be_json), response.bodies[0])
        concrete = JSON_TYPE if media_type(part.name).is_range else part.name
        return concrete, Schemas(response_contract(self.operation, part).root)

    def accepts_answer(self, answer: Answer) -> bool:
        """Tell whether the body of an answer obeys the schema of its status."""
        found = self.response(answer.status)
        return found is None or found[1].validator.accepts(answer.value)

    def error(self, status: int, message: str, gate: str) -> Answer:
        """Return an error in the documented shape, or in a plain one where none is documented.

        Where the media type is no JSON, the body is the message alone.
        """
        found = self.response(status)
        if found is None:
            plain = {"statusCode": status, "error": _phrase(status), "message": message}
            return Answer(status, plain, gate=gate)
        media, schemas = found
        if not media_type(media).may_be_json:
            return Answer(status, None, media, gate, text=message.encode())
        filled = self._template(status, schemas)
        if isinstance(filled, dict):
            filled = {**filled, **_accepted(schemas, dict.fromkeys(_MESSAGE_NAMES, message))}
        if not schemas.validator.accepts(filled):
            filled = self._sample(status, schemas)
        return Answer(status, filled, media, gate)

    def _template(self, status: int, schemas: Schemas) -> JSON:
        """Return the sample with what the names of its members ask for, but for the message."""
        if status not in self._templates:
            values = dict.fromkeys(_STATUS_NAMES, status) | dict.fromkeys(_ERROR_NAMES, _phrase(status))
            sample = self._sample(status, schemas)
            filled = {**sample, **_accepted(schemas, values)} if isinstance(sample, dict) else sample
            self._templates[status] = filled
        return self._templates[status]

    def answer_from_schema(self, body: JSON | Absent) -> Answer:
        """Return the smallest success that the document allows, echoing the members it shares with `body`."""
        status = self.success
        found = self.response(status)
        if found is None:
            empty = bool(self.operation.responses) or status == HTTPStatus.NO_CONTENT
            return Answer(status, {}, "" if empty else JSON_TYPE)
        media, schemas = found
        if not media_type(media).may_be_json:
            return Answer(status, None, media, text=b"")
        return Answer(status, self._echo(status, schemas, body), media)

    def _echo(self, status: int, schemas: Schemas, body: JSON | Absent) -> JSON:
        value = self._sample(status, schemas)
        if not isinstance(value, dict):
            return value
        echoed = dict(value)
        if "id" in schemas.members:
            echoed["id"] = fresh_id(schemas.members["id"], schemas.bundle)
        if isinstance(body, dict):
            shared = ((n, v) for n, v in body.items() if n in schemas.members)
            echoed |= {name: sent for name, sent in shared if schemas.accepts_member(name, sent)}
        return echoed if schemas.validator.accepts(echoed) else value

    def _sample(self, status: int, schemas: Schemas) -> JSON:
        if status not in self._samples:
            try:
                self._samples[status] = smallest(schemas.bundle)
            except NoSampleError:
                self._samples[status] = {}
        return self._samples[status]


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"


def _accepted(schemas: Schemas, values: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return those of the values that are declared members and obey their schemas."""
    return {
        name: value
        for name, value in values.items()
        if name in schemas.members and schemas.accepts_member(name, value)
    }


def _path_parameter(document: Document, name: str, part: Part | None) -> PathParameter:
    schema = {} if part is None else dict(contract_of(document, part, Direction.REQUEST).root)
    shape = next(iter(shapes(schema, schema)), None)
    return PathParameter(
        name=name,
        schema=schema,
        validator=compile_schema(schema),
        folds=shape is not None and "uuid" in shape.formats,
        is_choice=shape is not None and shape.enum is not None,
    )


def first_known(parameter: PathParameter, path: str) -> str:
    """Return a fixed value for a path parameter that nobody gave one; it holds no text that stands beside it."""
    beside = literals_beside(parameter.name, path)
    for value in (f"{parameter.name}-1", f"{parameter.name}1", "1"):
        if parameter.accepts(value) and not any(text in value for text in beside):
            return value
    try:
        found = smallest(parameter.schema)
    except NoSampleError:
        return "1"
    return found if isinstance(found, str) else encode(found).decode()
