"""A small API whose mistakes lie where enumerated cases do not look."""

from __future__ import annotations

from pathlib import Path
from typing import Final

DOCUMENT: Final = """\
openapi: 3.1.0
info: {title: Parcels, version: "1"}
paths:
  /parcels:
    post:
      operationId: createParcel
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              required: [weight]
              properties:
                weight: {type: integer, minimum: 1, maximum: 1000}
                fragile: {type: boolean}
                express: {type: boolean}
                gift: {type: boolean}
                contact: {type: string, format: email}
                note: {type: string, maxLength: 20}
      responses:
        "201":
          description: made
          content:
            application/json:
              schema: {type: object, properties: {weight: {type: integer}}}
        "400":
          description: refused
          content:
            application/json:
              schema: {type: object, properties: {message: {type: string}}}
"""

FAULTS: Final = """\
[[fault]]
name = "middle-refused"
operation = "parcels"
about = "Refuses what is neither light nor heavy."
finds = []
[[fault.effects]]
at = "handled"
status = 400
text = '{"message":"no"}'
when = { properties = { weight = { minimum = 100, maximum = 900 } } }
"""


def parcels(folder: Path) -> Path:
    """Write the document and its faults into a folder of their own; return it."""
    home = folder / "parcels"
    home.mkdir()
    (home / "parcels.yaml").write_text(DOCUMENT)
    (home / "faults.toml").write_text(FAULTS)
    return home
