"""A module of the client's own, by a name that a package of ours has too: how often to try again."""

TRIES = 2
