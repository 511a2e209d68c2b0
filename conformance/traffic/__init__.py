"""A service held against its document, by the exchanges of a kept run or of a recording."""
