"""Who decides: jsonschema-rs gives the verdict, jsonschema the second opinion and the explanation."""

from __future__ import annotations

from typing import Any, Final

import jsonschema_rs

from conformance import pointer as pointers
from conformance.contract.keywords import Schema
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON

_LONE_SURROGATES: Final = dict.fromkeys(range(55296, 57344), "�")


class Validator:
    """A compiled schema (JSON Schema 2020-12, formats asserted, ECMA-262 patterns, nothing fetched)."""

    __slots__ = ("_compiled",)

    def __init__(self, compiled: jsonschema_rs.Draft202012Validator) -> None:
        self._compiled = compiled

    def accepts(self, value: JSON) -> bool:
        """Tell whether the value is valid.

        A lone surrogate has no UTF-8 form, so it is judged as U+FFFD: one code point, like itself.
        """
        try:
            return self._compiled.is_valid(value)
        except (UnicodeEncodeError, ValueError):
            return self._compiled.is_valid(_mend(value))

    def first_error(self, value: JSON) -> jsonschema_rs.ValidationError | None:
        """Return the first violation alone, without looking for more; None where there is none."""
        try:
            return next(self._compiled.iter_errors(value), None)
        except (UnicodeEncodeError, ValueError):
            return next(self._compiled.iter_errors(_mend(value)), None)

    def errors(self, value: JSON) -> list[jsonschema_rs.ValidationError]:
        """Return every violation, in the validator's order."""
        return list(self._compiled.iter_errors(_mend(value)))


def _mend(value: JSON) -> JSON:
    match value:
        case str():
            return value.translate(_LONE_SURROGATES)
        case list():
            return [_mend(item) for item in value]
        case dict():
            return {_mend(key): _mend(item) for key, item in value.items()}
        case _:
            return value


def compile_schema(schema: Schema) -> Validator:
    """Compile a self-contained schema. Raises DocumentError where it is not one, e.g. a bad `pattern`."""
    try:
        return Validator(jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True))
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        where = pointers.text(tuple(getattr(error, "instance_path", ())))
        raise DocumentError(
            f"schema cannot be used{f' at {where}' if where else ''}: {_reason(error)}"
        ) from error


def _reason(error: Exception) -> str:
    """Return the first line of what the validator says: the lines after it repeat the schema."""
    return str(error).partition("\n")[0][:200]


def second_opinion(schema: Schema) -> Any:
    """Return jsonschema's validator for the same schema, formats on; used to explain and to cross-check."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
