"""projects.yaml says what pages/projects.txt states, all of it, and no more than is marked as inferred."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from conformance.openapi.document import Document, load
from conformance.vendor import BUNDLED

FIVE_WAY = [
    {"type": "array", "items": {}},
    {"type": "boolean"},
    {"type": "number"},
    {"type": "object"},
    {"type": "string"},
]
EMAIL = {"type": "string", "format": "email"}
UUID = {"type": "string", "format": "uuid"}
NAME = {"type": "string", "minLength": 2, "maxLength": 1024}
OPEN = "x-conformance-open"
PAGE = (BUNDLED / "pages" / "projects.txt").read_text()
SIBLINGS = ("trackers", "consent-types", "compliance-requests")

FIELD_TABLES = """
Authorizations
x-api-key
string
header
required
Path Parameters
organizationId
string<uuid>
required
Body
application/json
name
string
required
Required string length: 2 - 1024
type
enum<string>
Available options:
website
contactEmails
string<email>[]
additionalRegions
object[]
regionTemplate
object
domains
(enum<string> | string)[]
Available options:
localhost,
127.0.0.1,
::1
privacyPolicyUrl
string
termsOfServiceUrl
string
Response
Default Response
dateCreated
integer
required
dateUpdated
integer
required
id
string<uuid>
required
name
string
required
Required string length: 2 - 1024
organizationId
string<uuid>
required
settings
object
required
slug
string
required
Maximum string length: 256
statusFlags
object
required
type
enum<string>
required
Available options:
website
default
contactEmail
string<email>
contactEmails
string<email>[]
mode
organization
object
sendFromEmailId
default:default
Available options:
default
sendFromEmail
object
status
enum<string>
Available options:
active,
test,
archived
"""


def operation(document: Document) -> dict[str, Any]:
    """Return the one operation of a bundled document."""
    [item] = document.content["paths"].values()
    return dict(item["post"])


PROJECTS = load(BUNDLED / "projects.yaml")
OPERATION = operation(PROJECTS)
REQUEST = OPERATION["requestBody"]["content"]["application/json"]["schema"]
RESPONSE = OPERATION["responses"]["201"]["content"]["application/json"]["schema"]


def examples() -> tuple[Any, Any]:
    """Return the page's request and response example, as the page prints them."""
    decoder = json.JSONDecoder()
    start = PAGE.index("--data '") + len("--data '\n")
    request, end = decoder.raw_decode(PAGE, start)
    response, _ = decoder.raw_decode(PAGE, PAGE.index("{", end))
    return request, response


def mended(value: Any) -> Any:
    """Undo what the page's rendering did: unknown types shown as a list, e-mail addresses obfuscated."""
    match value:
        case ["<unknown>"]:
            return "unknown"
        case "[email\N{NO-BREAK SPACE}protected]":
            return "someone@example.com"
        case dict():
            return {key: mended(member) for key, member in value.items()}
        case list():
            return [mended(item) for item in value]
        case _:
            return value


def unmarked(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a schema states as fact: its inferred properties left out."""
    if "items" in schema and isinstance(schema["items"], dict):
        return schema | {"items": unmarked(schema["items"])}
    if "properties" not in schema:
        return schema
    facts = {name: unmarked(s) for name, s in schema["properties"].items() if OPEN not in s}
    rest = {key: value for key, value in schema.items() if key != "properties"}
    return rest | ({"properties": facts} if facts else {})


both_sides = pytest.mark.parametrize(
    ("schema", "example"),
    list(zip((REQUEST, RESPONSE), examples(), strict=True)),
    ids=["request", "response"],
)


def test_the_page_states_these_field_tables() -> None:
    """The facts pinned below are read off exactly this text; another page needs another reading."""
    tables = PAGE[PAGE.index("\nAuthorizations\n") :]
    assert tables.split() == FIELD_TABLES.split()


def test_operation_is_the_one_that_the_page_states() -> None:
    """Method, path, summary and success response are the page's; it documents one operation."""
    assert PAGE.startswith(
        "Skip to main content\nPOST\n/\norganizations\n/\n{organizationId}\n/\nprojects\nCreate new project\n"
    )
    assert list(PROJECTS.content["paths"]) == ["/organizations/{organizationId}/projects"]
    assert list(PROJECTS.content["paths"]["/organizations/{organizationId}/projects"]) == ["post"]
    assert OPERATION["summary"] == "Create new project"
    assert OPERATION["responses"]["201"]["description"] == "Default Response"
    assert "--url https://api.concord.tech/privacy-v1/organizations/" in PAGE
    assert PROJECTS.content["servers"][0]["url"] == "https://api.concord.tech/privacy-v1"


def test_request_states_the_body_table_and_nothing_else() -> None:
    """Every row of the Body table is there, only `name` is required, and nothing is closed."""
    assert unmarked(REQUEST) == {
        "type": "object",
        "properties": {
            "name": NAME,
            "type": {"type": "string", "enum": ["website"]},
            "contactEmails": {"type": "array", "items": EMAIL},
            "additionalRegions": {"type": "array", "items": {"type": "object"}},
            "regionTemplate": {"type": "object"},
            "domains": {
                "type": "array",
                "items": {
                    "anyOf": [
                        {"type": "string", "enum": ["localhost", "127.0.0.1", "::1"]},
                        {"type": "string"},
                    ]
                },
            },
            "privacyPolicyUrl": {"type": "string"},
            "termsOfServiceUrl": {"type": "string"},
        },
        "required": ["name"],
    }


def test_page_does_not_say_that_the_body_is_required() -> None:
    """The request body has one media type and no word on being required."""
    assert set(OPERATION["requestBody"]) == {"content"}
    assert set(OPERATION["requestBody"]["content"]) == {"application/json"}


def test_response_states_the_response_table_and_nothing_else() -> None:
    """Every row of the Response table is there, and exactly the rows marked required are."""
    assert unmarked(RESPONSE) == {
        "type": "object",
        "properties": {
            "dateCreated": {"type": "integer"},
            "dateUpdated": {"type": "integer"},
            "id": UUID,
            "name": NAME,
            "organizationId": UUID,
            "settings": {"type": "object"},
            "slug": {"type": "string", "maxLength": 256},
            "statusFlags": {"type": "object"},
            "type": {"type": "string", "enum": ["website"]},
            "default": {"oneOf": FIVE_WAY},
            "contactEmail": EMAIL,
            "contactEmails": {"type": "array", "items": EMAIL},
            "mode": {"oneOf": FIVE_WAY},
            "organization": {"type": "object"},
            "sendFromEmail": {"type": "object"},
            "status": {"type": "string", "enum": ["active", "test", "archived"]},
        },
        "required": [
            "dateCreated",
            "dateUpdated",
            "id",
            "name",
            "organizationId",
            "settings",
            "slug",
            "statusFlags",
            "type",
        ],
    }


def test_an_option_that_may_be_one_of_several_closes_nothing() -> None:
    """`sendFromEmailId` shows the option "default" but no type, so any other string will do."""
    schema = dict(RESPONSE["properties"]["sendFromEmailId"])
    assert schema.pop(OPEN) == "the page shows no type, and one option that may be one of several"
    assert schema == {"default": "default", "anyOf": [{"enum": ["default"]}, {"type": "string"}]}


@pytest.mark.parametrize("name", SIBLINGS)
def test_what_the_page_leaves_out_is_the_siblings(name: str) -> None:
    """Info, servers, security, tags, components, path parameter and error responses are as theirs."""
    sibling = load(BUNDLED / f"{name}.yaml")
    theirs = operation(sibling)
    shared = ("openapi", "info", "servers", "security", "tags", "components")
    assert {key: PROJECTS.content[key] for key in shared} == {key: sibling.content[key] for key in shared}
    assert set(PROJECTS.content) == set(sibling.content)
    assert OPERATION["parameters"] == [p for p in theirs["parameters"] if p["name"] == "organizationId"]
    errors = {"400", "401", "403", "404", "422", "500"}
    assert set(OPERATION["responses"]) == set(theirs["responses"]) == errors | {"201"}
    assert {s: OPERATION["responses"][s] for s in errors} == {s: theirs["responses"][s] for s in errors}


def test_operation_id_follows_the_siblings_pattern() -> None:
    """All four operationIds are method, base path and path in one spelling."""
    for name in ("projects", *SIBLINGS):
        document = load(BUNDLED / f"{name}.yaml")
        [path] = document.content["paths"]
        words = path.lower().replace("{", "").replace("}", "").replace("-", "_").split("/")
        assert operation(document)["operationId"] == "_".join(("post", "privacy_v1", *words[1:]))


@both_sides
def test_own_example_is_valid(schema: Any, example: Any) -> None:
    """The page's example, mended, is what the transcription describes, for both validators."""
    instance = mended(example)
    assert [
        str(e)
        for e in jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(instance)
    ] == []
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    assert list(jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(instance)) == []


def test_mending_changes_only_what_the_rendering_did() -> None:
    """Unmended, the request example fails at its obfuscated address and nowhere else."""
    validator = jsonschema_rs.Draft202012Validator(REQUEST, validate_formats=True)
    assert [e.instance_path for e in validator.iter_errors(examples()[0])] == [["contactEmails", 0]]


def leaves(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every member, list items under `*`, with its value."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield (*at, key), member
            yield from leaves(member, (*at, key))
    elif isinstance(value, list) and value != ["<unknown>"]:
        for item in value:
            yield from leaves(item, (*at, "*"))


def described(schema: Any, path: tuple[str, ...]) -> list[Any]:
    """Return the schemas that a member path leads to, through every branch."""
    branches = [schema, *schema.get("anyOf", [])]
    if not path:
        return branches
    head, rest = path[0], path[1:]
    if head == "*":
        below = [b["items"] for b in branches if "items" in b]
    else:
        below = [b["properties"][head] for b in branches if head in b.get("properties", {})]
    return [found for schema in below for found in described(schema, rest)]


@both_sides
def test_every_member_of_the_example_is_described(schema: Any, example: Any) -> None:
    """No member that the page shows is missing, and an unknown type is the five-way oneOf."""
    members = list(leaves(example))
    assert [path for path, _ in members if not described(schema, path)] == []
    unknown = [path for path, value in members if value == ["<unknown>"]]
    assert unknown
    for path in unknown:
        assert [s["oneOf"] for s in described(schema, path)] == [FIVE_WAY]


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside it."""
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from subschemas(inner)
    if schema.get("items"):
        yield from subschemas(schema["items"])
    for branch in (*schema.get("anyOf", []), *schema.get("oneOf", [])):
        yield from subschemas(branch)


def marked() -> list[dict[str, Any]]:
    """Return the schemas that carry the mark, outermost first."""
    return [s for top in (REQUEST, RESPONSE) for s in subschemas(top) if OPEN in s]


def test_inferred_schemas_demand_no_more_than_types() -> None:
    """Below a mark nothing is required, closed, bounded or enumerated: the example is no contract."""
    inferred = [s for s in marked() if s[OPEN] == "seen only in the page's example"]
    assert inferred
    keywords = {key for top in inferred for s in subschemas(top) for key in s}
    assert keywords == {OPEN, "type", "format", "properties", "items", "oneOf", "anyOf", "examples"}
    formats = {s["format"] for top in inferred for s in subschemas(top) if "format" in s}
    assert formats == {"uuid", "date-time", "email"}


def test_the_mark_stands_on_the_outermost_inferred_schema() -> None:
    """One mark covers everything below it, so no mark stands inside another."""
    assert [s for top in marked() for s in subschemas(top) if s is not top and OPEN in s] == []


def test_values_that_the_example_shows_are_examples() -> None:
    """Text and numbers of inferred leaves, placeholders aside, are there for generators to use."""
    shown = [
        (value, schema)
        for path, value in leaves(examples()[0])
        if isinstance(value, str | int) and not isinstance(value, bool) and value not in ("<string>", 123)
        for schema in described(REQUEST, path)
        if schema.get("type") in ("string", "number") and not {"enum", "format"} & schema.keys()
    ]
    plain = [(value, schema) for value, schema in shown if value != "localhost"]
    assert len(plain) >= 30
    assert [value for value, schema in plain if value not in schema.get("examples", ())] == []
    theme = ("additionalRegions", "*", "settings", "consent", "consentBanner", "theme")
    assert described(REQUEST, theme) == [{"type": "string", "examples": ["light", "brand"]}]
    duration = ("additionalRegions", "*", "settings", "consent", "consentDuration")
    assert described(REQUEST, duration) == [{"type": "number", "examples": [12]}]


@pytest.mark.parametrize("place", ["additionalRegions", "regionTemplate"])
def test_a_member_shown_in_two_shapes_may_have_either(place: str) -> None:
    """`policy` is an object in one example and an id in the other: both places take both."""
    path = (place, *(["*"] if place == "additionalRegions" else []))
    [policy] = [
        s
        for s in described(REQUEST, (*path, "settings", "consent", "consentBanner", "policy"))
        if "anyOf" in s
    ]
    assert [branch["type"] for branch in policy["anyOf"]] == ["string", "object"]
